# SPDX-License-Identifier: Apache-2.0
"""Promises of the stand-in's answers to clients: pages, errors, caches, limits, disagreements."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from otakube_standins.upstream.catalogue import load
from otakube_standins.upstream.faults import FaultKind, FaultRule
from otakube_standins.upstream.settings import UpstreamSettings
from upstream_app import ANILIST_QUERY, NOW, PUBLIC_URL, upstream

KEYS = [title.key for title in load(NOW.date()).titles]
PARTS = ("", "/full", "/episodes", "/characters", "/staff", "/statistics", "/relations", "/recommendations",
         "/pictures", "/external", "/streaming")  # fmt: skip


KITSU_ASKED_FOR_UMBRELLAS = (
    "/anime/61377",
    "/anime/61377/episodes",
    "/anime?filter[text]=Kasa no Eki",
    "/anime?filter[slug]=kasa-no-eki",
    "/mappings?filter[externalSite]=myanimelist/anime&filter[externalId]=70588",
)


async def ask(query: str, **variables: Any) -> Any:
    async with upstream() as client:
        return await client.post("/anilist", json={"query": query, "variables": variables})


@pytest.mark.parametrize("key", KEYS)
async def test_every_part_of_every_title_is_answered_or_not_found(key: str) -> None:
    title = next(title for title in load(NOW.date()).titles if title.key == key)
    include = "mappings,categories,animeProductions.producer,mediaRelationships.destination"
    expected = {name: 404 if title.seen_by(name) is None else 200 for name in ("jikan", "anilist", "kitsu")}
    if key == "kasa-no-eki":
        expected["kitsu"] = 503
    async with upstream() as client:
        for part in PARTS:
            answer = await client.get(f"/jikan/v4/anime/{title.ids.myanimelist}{part}")
            assert (part, answer.status_code) == (part, expected["jikan"])
        answer = await client.get(f"/kitsu/api/edge/anime/{title.ids.kitsu}?include={include}")
        assert answer.status_code == expected["kitsu"]
        question = {"query": ANILIST_QUERY, "variables": {"id": title.ids.anilist}}
        assert (await client.post("/anilist", json=question)).status_code == expected["anilist"]


async def test_jikan_has_two_pages_of_a_long_runner() -> None:
    async with upstream() as client:
        pages = [(await client.get(f"/jikan/v4/anime/70009/episodes?page={n}")).json() for n in (1, 2, 3)]
    assert [len(page["data"]) for page in pages] == [100, 50, 0]
    assert [page["pagination"]["has_next_page"] for page in pages] == [True, False, False]


async def test_kitsu_leads_from_page_to_page_by_its_links() -> None:
    numbers, following = [], f"{PUBLIC_URL}/kitsu/api/edge/anime/60911/episodes?page[limit]=20"
    async with upstream() as client:
        while following:
            page = (await client.get(following.removeprefix(PUBLIC_URL))).json()
            numbers += [one["attributes"]["number"] for one in page["data"]]
            following = page["links"].get("next")
    assert numbers == list(range(1, 149))


async def test_kitsu_refuses_pages_over_twenty() -> None:
    async with upstream() as client:
        answer = await client.get("/kitsu/api/edge/anime/60911/episodes?page[limit]=21")
    assert (answer.status_code, answer.json()["errors"][0]["status"]) == (400, "400")


async def test_anilist_pages_through_the_characters() -> None:
    query = """query($p: Int){Media(id: 210018){
        characters(page: $p, perPage: 25){nodes{id} pageInfo{hasNextPage}}}}"""
    pages = [(await ask(query, p=page)).json()["data"]["Media"]["characters"] for page in (1, 2)]
    assert [len(page["nodes"]) for page in pages] == [25, 2]
    assert [page["pageInfo"]["hasNextPage"] for page in pages] == [True, False]


async def test_anilist_returns_only_what_was_asked_for_under_the_names_that_were_asked() -> None:
    answer = await ask(
        "{ one: Media(idMal: 70211) { ...names } } fragment names on Media { title { romaji } }"
    )
    assert answer.json() == {"data": {"one": {"title": {"romaji": "Hoshi no Toudaimori"}}}}


async def test_anilist_refuses_a_field_that_it_does_not_have() -> None:
    answer = await ask("{ Media(id: 210437) { director } }")
    assert answer.status_code == 400
    assert "director" in answer.json()["errors"][0]["message"]


async def test_anilist_does_not_know_an_unknown_id() -> None:
    answer = await ask("{ Media(id: 1) { id } }")
    assert (answer.status_code, answer.json()["data"]) == (404, {"Media": None})


async def test_anilist_searches_pages_and_counts_the_matches() -> None:
    query = "query($s: String){Page(perPage: 1){pageInfo{total} media(search: $s){title{romaji}}}}"
    page = (await ask(query, s="Hoshi no Toudaimori")).json()["data"]["Page"]
    assert page["media"] == [{"title": {"romaji": "Hoshi no Toudaimori"}}]
    assert page["pageInfo"]["total"] >= 3


async def test_jikan_answers_304_while_nothing_changed_and_says_how_fresh_it_is() -> None:
    async with upstream() as client:
        first = await client.get("/jikan/v4/anime/70211")
        second = await client.get("/jikan/v4/anime/70211", headers={"If-None-Match": first.headers["etag"]})
    assert first.headers["x-cache-status"] == "HIT"
    assert (second.status_code, second.content) == (304, b"")


async def test_a_25_30_slot_is_saturday_at_jikan_and_anilist_and_friday_at_kitsu() -> None:
    async with upstream() as client:
        jikan = (await client.get("/jikan/v4/anime/73815")).json()["data"]
        kitsu = (await client.get("/kitsu/api/edge/anime/63702")).json()["data"]["attributes"]
    query = "{Media(id: 217660){startDate{year month day} airingSchedule{nodes{airingAt}}}}"
    anilist = (await ask(query)).json()["data"]["Media"]
    first = datetime.fromtimestamp(anilist["airingSchedule"]["nodes"][0]["airingAt"], UTC)
    assert jikan["broadcast"]["string"] == "Saturdays at 01:30 (JST)"
    assert (jikan["aired"]["from"][:10], kitsu["startDate"]) == ("2026-10-03", "2026-10-02")
    assert anilist["startDate"] == {"year": 2026, "month": 10, "day": 3}
    assert first == datetime(2026, 10, 2, 16, 30, tzinfo=UTC)


async def test_providers_disagree_where_a_title_says_so() -> None:
    async with upstream() as client:
        jikan = (await client.get("/jikan/v4/anime/71544")).json()["data"]
        kitsu = (await client.get("/kitsu/api/edge/anime/61950")).json()["data"]["attributes"]
    anilist = (await ask("{Media(id: 212117){episodes averageScore}}")).json()["data"]["Media"]
    assert (jikan["episodes"], anilist["episodes"], kitsu["episodeCount"]) == (24, 25, 23)
    assert (jikan["score"], anilist["averageScore"], kitsu["averageRating"]) == (8.12, 83, "76.00")


async def test_kitsu_is_down_for_one_title_however_it_is_asked() -> None:
    async with upstream() as client:
        for path in KITSU_ASKED_FOR_UMBRELLAS:
            answer = await client.get(f"/kitsu/api/edge{path}")
            assert (path, answer.status_code, answer.headers["retry-after"]) == (path, 503, "120")
        assert (await client.get("/jikan/v4/anime/70588")).status_code == 200


async def test_limits_are_the_providers_own_by_default() -> None:
    async with upstream(UpstreamSettings(clock_scale=0.01)) as client:  # slow, so that a busy machine is not
        jikan = [await client.get("/jikan/v4/anime/70211") for _ in range(4)]
        anilist = [
            await client.post("/anilist", json={"query": "{Media(id: 210437){id}}"}) for _ in range(31)
        ]
    assert [answer.status_code for answer in jikan] == [200, 200, 200, 429]
    assert jikan[-1].json()["type"] == "RateLimitException"
    assert anilist[0].headers["x-ratelimit-remaining"] == "29"
    assert (anilist[-1].status_code, anilist[-1].json()["errors"][0]["status"]) == (429, 429)
    assert 0 < int(anilist[-1].headers["retry-after"]) <= 60


@pytest.mark.parametrize("kind", [kind for kind in FaultKind if kind is not FaultKind.RESET])
async def test_every_kind_of_fault_strikes_once_and_is_counted(kind: FaultKind) -> None:
    rule = {"provider": "jikan", "kind": kind, "seconds": 0.01, "megabytes": 1, "count": 1}
    async with upstream() as client:
        true = await client.get("/jikan/v4/anime/70211/characters")
        assert (await client.put("/admin/faults", json=[rule])).status_code == 200
        wrong = await client.get("/jikan/v4/anime/70211/characters")
        again = await client.get("/jikan/v4/anime/70211/characters")
        counted = (await client.get("/admin/requests")).json()
    same = (wrong.status_code, wrong.content, wrong.headers.get("x-cache-status")) == (
        200,
        true.content,
        "HIT",
    )
    assert same == (kind in (FaultKind.SLOW, FaultKind.DRIP))
    assert again.content == true.content
    assert sum(row["count"] for row in counted) == 3


async def test_a_fault_of_the_settings_outlives_a_clearing() -> None:
    down = UpstreamSettings(faults=[FaultRule(provider="kitsu", kind=FaultKind.STATUS)])
    async with upstream(down) as client:
        assert (await client.delete("/admin/faults")).status_code == 204
        assert (await client.get("/kitsu/api/edge/anime/61204")).status_code == 503


async def test_every_own_image_url_of_every_answer_leads_to_a_picture() -> None:
    async with upstream() as client:
        texts = [(await client.get(f"/jikan/v4/anime/70211{part}")).text for part in PARTS]
        for path in ("", "/anime-characters?include=character", "/episodes"):
            texts.append((await client.get(f"/kitsu/api/edge/anime/61204{path}")).text)
        question = {"query": ANILIST_QUERY, "variables": {"id": 210437}}
        texts.append((await client.post("/anilist", json=question)).text)
        urls = set(re.findall(rf'{PUBLIC_URL}(/images/[^"]+)"', " ".join(texts)))
        answers = {url: await client.get(url) for url in urls}
    assert len(urls) > 30
    assert {url: one.status_code for url, one in answers.items() if one.status_code != 200} == {}


async def test_hostile_text_arrives_unchanged() -> None:
    async with upstream() as client:
        answer = await client.get("/jikan/v4/anime/76001")
    data = json.loads(answer.content)["data"]
    assert "<script>" in data["title"]
    assert "\x00" in data["title_japanese"]
    assert len(data["synopsis"]) > 100_000
