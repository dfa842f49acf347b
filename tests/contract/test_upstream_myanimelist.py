# SPDX-License-Identifier: Apache-2.0
"""Promises of the stand-in of MyAnimeList's own API, and of Jikan's lists, to clients."""

from typing import Any

import httpx2
import pytest

from otakube_standins.upstream.catalogue import load
from otakube_standins.upstream.settings import UpstreamSettings
from unit.otakube.adapters.providers.catalogues import upstream_of
from upstream_app import NOW, PUBLIC_URL, upstream

KEYS = [title.key for title in load(NOW.date()).titles]
OURS = {"X-MAL-CLIENT-ID": "ours"}


async def get(path: str, headers: dict[str, str] = OURS) -> httpx2.Response:
    async with upstream() as client:
        return await client.get(f"/myanimelist/v2{path}", headers=headers)


@pytest.mark.parametrize("key", KEYS)
async def test_every_title_is_answered_or_not_found(key: str) -> None:
    title = next(title for title in load(NOW.date()).titles if title.key == key)
    answer = await get(f"/anime/{title.ids.myanimelist}?fields=synopsis,pictures,related_anime,statistics")
    assert answer.status_code == (404 if title.seen_by("jikan") is None else 200)
    if answer.status_code == 200:
        assert answer.json()["id"] == title.ids.myanimelist


@pytest.mark.parametrize(
    ("headers", "status", "error"),
    [({}, 403, "forbidden"), ({"X-MAL-CLIENT-ID": ""}, 400, "bad_request"), (OURS, 404, "not_found")],
)
async def test_it_answers_those_who_say_who_they_are(
    headers: dict[str, str], status: int, error: str
) -> None:
    answer = await get("/anime/1", headers)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert set(answer.json()) == {"message", "error"}


async def test_it_shows_the_fields_that_were_asked_for() -> None:
    bare = (await get("/anime/70211")).json()
    assert set(bare) == {"id", "title", "main_picture"}
    some = (await get("/anime/70211?fields=mean,statistics,related_anime{node{mean}}")).json()
    assert set(some) == {"id", "title", "main_picture", "mean", "statistics", "related_anime"}


async def test_a_list_has_no_pictures_and_no_relations() -> None:
    rows = (await get("/anime?q=Hoshi no Toudaimori&fields=mean,pictures,related_anime")).json()["data"]
    assert set(rows[0]["node"]) == {"id", "title", "main_picture", "mean"}


@pytest.mark.parametrize(
    "path",
    [
        "/anime?q=Ho",
        f"/anime?q={'x' * 65}",
        "/anime",
        "/anime?q=Hoshi&limit=101",
        "/anime/ranking?limit=501",
        "/anime/ranking?ranking_type=best",
    ],
)
async def test_what_it_does_not_take_is_refused(path: str) -> None:
    answer = await get(path)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")
    assert answer.json()["message"].startswith("invalid ")


async def test_a_slot_after_midnight_is_the_next_day() -> None:
    said = (await get("/anime/73815?fields=broadcast,start_date")).json()
    assert said["broadcast"] == {"day_of_the_week": "saturday", "start_time": "01:30"}
    assert said["start_date"] == "2026-10-03"


async def test_what_is_not_known_is_absent() -> None:
    said = (await get("/anime/70211?fields=mean,rank,broadcast")).json()
    assert {"mean", "rank", "broadcast"} <= set(said)
    movie = next(
        title for title in load(NOW.date()).titles if title.broadcast is None and title.seen_by("jikan")
    )
    assert "broadcast" not in (await get(f"/anime/{movie.ids.myanimelist}?fields=broadcast")).json()


async def pages(client: httpx2.AsyncClient, path: str) -> list[Any]:
    """All pages from one on, by their links."""
    found: list[Any] = []
    following: str | None = f"{PUBLIC_URL}{path}"
    while following:
        found.append((await client.get(following.removeprefix(PUBLIC_URL), headers=OURS)).json())
        following = found[-1]["paging"].get("next")
    return found


async def test_the_ranking_leads_from_page_to_page_by_its_links() -> None:
    async with upstream_of(range(1, 1101)) as client:
        found = await pages(
            client, "/myanimelist/v2/anime/ranking?ranking_type=bypopularity&limit=500&fields=mean"
        )
    assert [len(page["data"]) for page in found] == [500, 500, 100]
    rows = [row for page in found for row in page["data"]]
    assert [row["ranking"]["rank"] for row in rows] == list(range(1, 1101))
    assert [row["node"]["id"] for row in rows] == list(range(1, 1101))
    assert set(rows[-1]["node"]) == {"id", "title", "main_picture", "mean"}


async def test_a_season_has_its_titles() -> None:
    rows = (await get("/anime/season/2023/spring?limit=500")).json()["data"]
    assert [row["node"]["id"] for row in rows] == [70211]


async def test_its_limit_is_its_own() -> None:
    async with upstream(UpstreamSettings(limits={"myanimelist": {60: 2}})) as client:
        codes = [(await client.get("/myanimelist/v2/anime/1", headers=OURS)).status_code for _ in range(3)]
        jikan = (await client.get("/jikan/v4/anime/70211")).status_code
    assert (codes, jikan) == ([404, 404, 429], 200)


async def test_jikans_list_stands_in_the_order_of_its_ids() -> None:
    path = "/jikan/v4/anime?order_by=mal_id&sort=asc&limit=25&page="
    async with upstream_of([*range(60, 40, -1), *range(1, 41)]) as client:
        found = [(await client.get(f"{path}{page}")).json() for page in (1, 2, 3, 4)]
        last = (await client.get("/jikan/v4/anime?order_by=mal_id&sort=desc&limit=1")).json()
    assert [row["mal_id"] for page in found for row in page["data"]] == list(range(1, 61))
    assert [page["pagination"]["last_visible_page"] for page in found] == [3, 3, 3, 3]
    assert found[0]["pagination"]["items"] == {"count": 25, "total": 60, "per_page": 25}
    assert last["data"][0]["mal_id"] == 60


async def test_jikans_reviews_have_pages_and_no_number() -> None:
    async with upstream() as client:
        first, last = [(await client.get(f"/jikan/v4/anime/70211/reviews?page={n}")).json() for n in (1, 2)]
    assert [len(page["data"]) for page in (first, last)] == [20, 20]
    assert first["pagination"] == {"last_visible_page": 1, "has_next_page": True}
    assert len({row["mal_id"] for page in (first, last) for row in page["data"]}) == 40
