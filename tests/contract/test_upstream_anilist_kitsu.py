# SPDX-License-Identifier: Apache-2.0
"""Promises of the stand-ins of AniList and Kitsu to clients: batches, pages of people, counts, and speed."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from otakube_standins.upstream import anilist, kitsu
from otakube_standins.upstream.anilist import shapes as anilist_shapes
from otakube_standins.upstream.app import create
from otakube_standins.upstream.catalogue import TitleCatalogue, load
from otakube_standins.upstream.kitsu import shapes as kitsu_shapes
from otakube_standins.upstream.provider import IncomingRequest, World
from upstream_app import NOW, PUBLIC_URL, UNLIMITED, upstream

KITSU = "/kitsu/api/edge"
CATALOGUE = load(NOW.date())


async def query(text: str, **variables: Any) -> Any:
    async with upstream() as client:
        answer = await client.post("/anilist", json={"query": text, "variables": variables})
    return answer.json()["data"]


async def get(path: str) -> Any:
    async with upstream() as client:
        return (await client.get(f"{KITSU}{path}")).json()


async def test_anilist_gives_media_by_their_numbers_and_leaves_out_the_unknown() -> None:
    text = "query($ids: [Int]) { Page(perPage: 50) { pageInfo { hasNextPage } media(id_in: $ids) { id } } }"
    page = (await query(text, ids=[210437, 1, 210018, 210437]))["Page"]
    assert page == {"pageInfo": {"hasNextPage": False}, "media": [{"id": 210437}, {"id": 210018}]}


@pytest.mark.parametrize(("size", "total", "more"), [(25, 500, True), (2, 500, True)])
async def test_anilist_guesses_the_total_where_there_is_a_second_page(
    size: int, total: int, more: bool
) -> None:
    text = "query($n: Int) { Media(id: 210018) { reviews(perPage: $n) { pageInfo { total hasNextPage } } } }"
    info = (await query(text, n=size))["Media"]["reviews"]["pageInfo"]
    assert info == {"total": total, "hasNextPage": more}


async def test_anilist_counts_what_fits_into_one_page() -> None:
    text = "{ Media(id: 210437) { staff { pageInfo { total hasNextPage } edges { role } } } }"
    staff = (await query(text))["Media"]["staff"]
    assert staff["pageInfo"] == {"total": 4, "hasNextPage": False}
    assert [one["role"] for one in staff["edges"]] == ["Director", "Storyboard", "Original Creator", "Music"]


async def test_anilist_pages_through_air_times_by_fifty_and_through_reviews_by_twenty_five() -> None:
    text = """query($p: Int) { Media(id: 210018) {
        airingSchedule(page: $p, perPage: 50) { nodes { episode } }
        reviews(page: $p, perPage: 50) { nodes { id } } } }"""
    pages = [(await query(text, p=page))["Media"] for page in (1, 2, 3, 4)]
    assert [len(page["airingSchedule"]["nodes"]) for page in pages] == [50, 50, 50, 0]
    assert [len(page["reviews"]["nodes"]) for page in pages] == [25, 25, 11, 0]


async def test_kitsu_gives_anime_by_their_numbers_and_leaves_out_the_unknown() -> None:
    document = await get("/anime?filter[id]=61204,1,60911,61204&page[limit]=20")
    assert [one["id"] for one in document["data"]] == ["61204", "60911"]
    assert document["meta"]["count"] == 2


async def test_kitsu_names_the_site_of_a_stream() -> None:
    document = await get("/anime?filter[id]=61204&include=streamingLinks.streamer")
    kinds = {one["type"]: one["attributes"] for one in document["included"]}
    assert kinds["streamers"]["siteName"] == "Crunchyroll"
    assert kinds["streamingLinks"]["url"].startswith("https://www.crunchyroll.com/")


@pytest.mark.parametrize(
    ("path", "kind", "related"),
    [
        ("/anime/61204/characters?include=character", "mediaCharacters", {"characters"}),
        ("/anime/61204/staff?include=person", "mediaStaff", {"people"}),
        (
            "/castings?filter[media_type]=Anime&filter[media_id]=61204&include=character,person",
            "castings",
            {"characters", "people"},
        ),
    ],
)
async def test_kitsu_tells_who_made_an_anime(path: str, kind: str, related: set[str]) -> None:
    document = await get(path)
    assert {one["type"] for one in document["data"]} == {kind}
    assert {one["type"] for one in document["included"]} == related


async def test_kitsu_counts_reviews_on_a_page_of_one() -> None:
    document = await get("/anime/61204/reviews?page[limit]=1&fields[reviews]=createdAt")
    assert (len(document["data"]), document["meta"]["count"]) == (1, 33)
    assert set(document["data"][0]["attributes"]) == {"createdAt"}


@pytest.mark.parametrize(
    "mapping", ["myanimelist/anime:70211", "anilist/anime:210437", "anidb:18211"], ids=lambda one: one[:7]
)
async def test_kitsu_is_found_by_each_mapping(mapping: str) -> None:
    site, number = mapping.split(":")
    document = await get(f"/mappings?filter[externalSite]={site}&filter[externalId]={number}&include=item")
    assert [one["attributes"]["externalSite"] for one in document["data"]] == [site]
    assert document["included"][0]["id"] == "61204"


@pytest.mark.parametrize(
    ("variables", "keys"),
    [
        ({"id": 210437, "page": 210018}, {"hoshi-no-toudaimori"}),
        ({"ids": [210437, 210902]}, {"hoshi-no-toudaimori", "kasa-no-eki"}),
        ({"myanimelist": 70588}, {"kasa-no-eki"}),
        ({"search": "Kasa no Eki"}, {"kasa-no-eki"}),
        ({"id": 1}, set()),
    ],
)
def test_a_question_to_anilist_is_about_the_titles_that_it_names(
    variables: dict[str, Any], keys: set[str]
) -> None:
    body = httpx2.Request("POST", "http://x", json={"query": "", "variables": variables}).content
    assert anilist.subjects(CATALOGUE, IncomingRequest("/", {}, body)) == keys


@pytest.mark.parametrize(
    ("path", "asked", "keys"),
    [
        ("/anime/61204/episodes", {}, {"hoshi-no-toudaimori"}),
        ("/anime", {"filter[id]": "61204,61377"}, {"hoshi-no-toudaimori", "kasa-no-eki"}),
        ("/castings", {"filter[media_id]": "61377"}, {"kasa-no-eki"}),
        ("/anime", {"filter[slug]": "kasa-no-eki"}, {"kasa-no-eki"}),
        (
            "/mappings",
            {"filter[externalSite]": "anidb", "filter[externalId]": "18211"},
            {"hoshi-no-toudaimori"},
        ),
        ("/anime", {}, set()),
    ],
)
def test_a_question_to_kitsu_is_about_the_titles_that_it_names(
    path: str, asked: dict[str, str], keys: set[str]
) -> None:
    assert kitsu.subjects(CATALOGUE, IncomingRequest(path, asked, b"")) == keys


MANY = 3_000


@asynccontextmanager
async def many() -> AsyncIterator[httpx2.AsyncClient]:
    """A stand-in with thousands of titles."""
    plain = next(title for title in CATALOGUE.titles if title.key == "hoshi-no-toudaimori")
    titles = [
        plain.model_copy(
            update={
                "key": f"title-{n}",
                "ids": plain.ids.model_copy(update={"myanimelist": n, "anilist": n, "kitsu": n, "anidb": n}),
                "relations": [],
                "characters": [],
                "episodes": 1,
            }
        )
        for n in range(1, MANY + 1)
    ]
    app = create(World(TitleCatalogue(titles=titles), lambda: NOW, PUBLIC_URL), UNLIMITED)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://upstream.test") as client:
        yield client


def counting(shape: Callable[..., Any], calls: list[str]) -> Callable[..., Any]:
    def counted(title: Any, *rest: Any) -> Any:
        calls.append(title.key)
        return shape(title, *rest)

    return counted


async def test_no_request_to_anilist_builds_more_rows_than_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(anilist_shapes, "media", counting(anilist_shapes.media, calls))
    batch = {"query": "query($ids: [Int]) { Page(perPage: 50) { media(id_in: $ids) { id } } }"}
    async with many() as client:
        await client.post("/anilist", json=batch | {"variables": {"ids": list(range(100, 150))}})
        assert len(calls) == 50
        await client.post("/anilist", json={"query": "{ Media(id: 7) { id } }"})
        assert len(calls) == 51
        await client.post(
            "/anilist", json={"query": "{ Page(perPage: 50) { media(status: FINISHED) { id } } }"}
        )
        assert len(calls) == 101


async def test_no_request_to_kitsu_builds_more_rows_than_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(kitsu_shapes, "anime", counting(kitsu_shapes.anime, calls))
    ids = ",".join(map(str, range(100, 120)))
    async with many() as client:
        await client.get(f"{KITSU}/anime?filter[id]={ids}&page[limit]=20")
        assert len(calls) == 20
        await client.get(f"{KITSU}/mappings?filter[externalSite]=anidb&filter[externalId]=7&include=item")
        assert len(calls) <= 22
        await client.get(f"{KITSU}/anime?page[limit]=20&page[offset]=2000")
        assert len(calls) <= 42
