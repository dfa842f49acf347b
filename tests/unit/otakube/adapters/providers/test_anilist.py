# SPDX-License-Identifier: Apache-2.0
"""Requests to AniList: against its stand-in, which counts them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from graphql import FieldNode, parse, validate, visit
from graphql.language.visitor import Visitor

from otakube.adapters.http.client import ProviderClient, RequestLimits
from otakube.adapters.providers.anilist import convert, queries
from otakube.adapters.providers.anilist.client import AniList
from otakube.errors import SourceError
from otakube_api.contract import SourceReason
from otakube_standins.upstream.anilist.routes import schema
from upstream_app import upstream

LONG_RUNNER, UMBRELLAS, LIGHTHOUSE = "210018", "210902", "210437"


@asynccontextmanager
async def anilist(*faults: dict[str, Any]) -> AsyncIterator[tuple[AniList, httpx2.AsyncClient]]:
    async with upstream() as client:
        assert (await client.put("/admin/faults", json=list(faults))).status_code == 200
        yield (
            AniList(ProviderClient(client, RequestLimits(10, 2**24)), "http://upstream.test/anilist"),
            client,
        )


async def asked(client: httpx2.AsyncClient) -> int:
    """Requests that the stand-in counted."""
    return sum(row["count"] for row in (await client.get("/admin/requests")).json())


async def test_a_title_costs_as_many_requests_as_its_longest_connection_has_pages() -> None:
    async with anilist() as (source, client):
        record = await source.fetch(LONG_RUNNER)
        assert await asked(client) == 3  # 150 air times by 50, 61 reviews by 25, 27 characters by 25
    assert list(record.answers) == ["anime", "further/2", "further/3"]
    assert record.missing == {}
    assert len(convert.episodes(record)) == 150
    assert len(convert.characters(record)) == 27
    assert convert.statistics(record).reviews == 61


async def test_a_further_page_asks_for_nothing_that_is_whole_already() -> None:
    async with anilist() as (source, _):
        record = await source.fetch(LONG_RUNNER)
    second, third = (set(record.answers[f"further/{n}"].body["data"]["Media"]) for n in (2, 3))
    assert second == {"airingSchedule", "characters", "reviews"}
    assert third == {"airingSchedule", "reviews"}


async def test_an_update_of_episodes_asks_for_episodes_only() -> None:
    async with anilist() as (source, _):
        record = await source.fetch(LIGHTHOUSE, episodes_only=True)
    assert len(convert.episodes(record)) == 26
    assert convert.metadata(record).title == "Hoshi no Toudaimori"
    assert convert.characters(record) == convert.staff(record) == []
    assert convert.statistics(record).reviews is None


OFF_AFTERWARDS = (
    {"provider": "anilist", "kind": "slow", "seconds": 0.01, "count": 1},
    {"provider": "anilist", "kind": "status", "status": 403},
)


async def test_a_failed_page_leaves_its_parts_missing_and_not_half() -> None:
    async with anilist(*OFF_AFTERWARDS) as (source, _):
        record = await source.fetch(LONG_RUNNER)
    assert set(record.missing) == {"episodes", "characters", "reviews"}
    assert {one.reason for one in record.missing.values()} == {SourceReason.UNAVAILABLE}
    assert convert.characters(record) == []
    assert convert.statistics(record).reviews is None
    assert not any(one.aired for one in convert.episodes(record))
    assert convert.staff(record)
    assert convert.metadata(record).title == "Ginrei no Kaidou"


async def test_an_unknown_number_is_not_found() -> None:
    async with anilist() as (source, _):
        with pytest.raises(SourceError) as caught:
            await source.fetch("1")
    assert caught.value.reason is SourceReason.NOT_FOUND


@pytest.mark.parametrize("name", ["", "x", "-1", "１", "1 OR 1"])
async def test_what_is_no_number_is_refused_before_a_request(name: str) -> None:
    async with anilist() as (source, client):
        with pytest.raises(SourceError, match="AniList's id is"):
            await source.fetch(name)
        assert await asked(client) == 0


@pytest.mark.parametrize(("count", "requests"), [(0, 0), (1, 1), (50, 1), (51, 2), (100, 2), (120, 3)])
async def test_many_are_described_by_fifty_a_request(count: int, requests: int) -> None:
    numbers = [LIGHTHOUSE, UMBRELLAS, *map(str, range(1, 200))][:count]
    async with anilist() as (source, client):
        found = await described(source, numbers)
        assert await asked(client) == requests
    assert set(found) == {LIGHTHOUSE, UMBRELLAS} & set(numbers)


async def test_a_row_of_many_says_as_much_as_the_anime_alone() -> None:
    async with anilist() as (source, _):
        alone = convert.metadata(await source.fetch(LIGHTHOUSE))
        assert (await described(source, [LIGHTHOUSE, LIGHTHOUSE]))[LIGHTHOUSE] == alone


async def described(source: AniList, numbers: Sequence[str]) -> dict[str, Any]:
    return {number: one async for page in source.describe(numbers) for number, one in page.items()}


async def test_a_search_gives_the_best_first() -> None:
    async with anilist() as (source, _):
        rows = await source.search("Hoshi no Toudaimori")
    assert rows[0].title == "Hoshi no Toudaimori"
    assert 1 < len(rows) <= 10


@pytest.mark.parametrize(
    ("page", "found", "requests"),
    [
        ("https://myanimelist.net/anime/70211", LIGHTHOUSE, 1),
        ("https://anilist.co/anime/7", "7", 0),
        ("https://myanimelist.net/anime/1", None, 1),
        ("https://kitsu.app/anime/1", None, 0),
        ("https://example.com/", None, 0),
    ],
)
async def test_it_is_found_by_the_link_that_anilist_has(page: str, found: str | None, requests: int) -> None:
    async with anilist() as (source, client):
        assert await source.find([page]) == found
        assert await asked(client) == requests


QUERIES = {
    "anime": queries.ANIME,
    "episodes": queries.EPISODES,
    "search": queries.SEARCH,
    "by MAL": queries.BY_MAL,
    "by ids": queries.BY_IDS,
    "further": queries.further(queries.CONNECTIONS),
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_fits_the_schema_and_stays_far_below_the_limit_of_complexity(name: str) -> None:
    document, fields = parse(QUERIES[name]), []

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            fields.append(node.name.value)

    visit(document, Fields())
    assert validate(schema(), document) == []
    assert len(fields) < 150  # of 500


def test_each_connection_is_a_part_of_the_record() -> None:
    assert queries.PARTS.keys() == queries.CONNECTIONS.keys()
