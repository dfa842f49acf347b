# SPDX-License-Identifier: Apache-2.0
"""Requests to Jikan: against its stand-in, which counts them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from otakube.adapters.http.client import ProviderClient, RequestLimits
from otakube.adapters.providers.jikan import batches, convert
from otakube.adapters.providers.jikan.client import Jikan
from otakube.domain.record.claims import Metadata
from otakube.errors import SourceError
from otakube_api.contract import SourceReason
from unit.otakube.adapters.providers.catalogues import asked, upstream_of
from upstream_app import upstream

LONG_RUNNER, LIGHTHOUSE, ONLY_ANILIST = "70009", "70211", "74999"
PARTS = ("characters", "staff", "recommendations", "pictures")


def source_of(client: httpx2.AsyncClient) -> Jikan:
    return Jikan(ProviderClient(client, RequestLimits(10, 2**24)), "http://upstream.test/jikan/v4/")


@asynccontextmanager
async def jikan(*faults: dict[str, Any]) -> AsyncIterator[tuple[Jikan, httpx2.AsyncClient]]:
    async with upstream() as client:
        rules = [{"provider": "jikan", "kind": "status", "status": 403, **fault} for fault in faults]
        assert (await client.put("/admin/faults", json=rules)).status_code == 200
        yield source_of(client), client


async def described(source: Jikan, numbers: Sequence[str]) -> dict[str, Metadata]:
    return {number: one async for found in source.describe(numbers) for number, one in found.items()}


async def test_all_parts_are_asked_for_with_all_pages_of_episodes() -> None:
    async with jikan() as (source, client):
        record = await source.fetch(LONG_RUNNER)
        assert await asked(client) == 7
    assert list(record.answers) == ["anime", "episodes/1", "episodes/2", *PARTS]
    assert record.missing == {}
    assert (len(convert.episodes(record)), len(convert.characters(record))) == (150, 27)


async def test_what_jikan_says_beside_the_anime_is_read() -> None:
    async with jikan() as (source, _):
        record = await source.fetch(LIGHTHOUSE)
    said = convert.relationships(record)
    assert [(one.title, one.votes) for one in said.recommendations] == [
        ("Kasa no Eki", 9),
        ("Yoake no Ressha", 8),
    ]
    assert said.external_links == ["https://hoshitou.example/"]
    assert [one.site for one in said.streaming] == ["Crunchyroll"]
    assert next((one.name, one.positions) for one in convert.staff(record)) == (
        "Kentaro Yukimura",
        ["Director", "Storyboard"],
    )
    assert len(convert.metadata(record).images) == 2


async def test_an_update_of_episodes_asks_for_the_anime_and_its_episodes_only() -> None:
    async with jikan() as (source, client):
        record = await source.fetch(LONG_RUNNER, episodes_only=True)
        assert await asked(client) == 3
    assert list(record.answers) == ["anime", "episodes/1", "episodes/2"]
    assert len(convert.episodes(record)) == 150
    assert convert.characters(record) == convert.staff(record) == []


@pytest.mark.parametrize("part", PARTS)
async def test_a_part_that_fails_is_missing_and_the_rest_stands(part: str) -> None:
    async with jikan({"path": f"/anime/{LIGHTHOUSE}/{part}"}) as (source, _):
        record = await source.fetch(LIGHTHOUSE)
    assert set(record.answers) == {"anime", "episodes/1", *PARTS} - {part}
    assert {name: one.reason for name, one in record.missing.items()} == {part: SourceReason.REFUSED}
    assert "403" in record.missing[part].message
    assert convert.metadata(record).title == "Hoshi no Toudaimori"


async def test_pictures_that_cannot_be_read_do_not_cost_the_metadata() -> None:
    async with jikan({"kind": "wrong-types", "path": "*/pictures"}) as (source, _):
        record = await source.fetch(LIGHTHOUSE)
    assert {name: one.reason for name, one in record.missing.items()} == {
        "pictures": SourceReason.ANSWER_INVALID
    }
    assert len(convert.metadata(record).images) == 1


async def test_episodes_are_whole_or_missing() -> None:
    first = {"kind": "slow", "seconds": 0.01, "count": 1, "path": f"/anime/{LONG_RUNNER}/episodes"}
    async with jikan(first, {"path": f"/anime/{LONG_RUNNER}/episodes"}) as (source, _):
        record = await source.fetch(LONG_RUNNER)
    assert set(record.missing) == {"episodes"}
    assert convert.episodes(record) == []


async def test_without_the_anime_there_is_no_record() -> None:
    async with jikan({"path": f"/anime/{LIGHTHOUSE}/full"}) as (source, _):
        with pytest.raises(SourceError) as caught:
            await source.fetch(LIGHTHOUSE)
    assert caught.value.reason is SourceReason.REFUSED


@pytest.mark.parametrize("name", ["", "x", "-1", "0", "１", "1/../../users", "1?x"])
async def test_what_is_no_number_is_refused_before_a_request(name: str) -> None:
    async with jikan() as (source, client):
        with pytest.raises(SourceError, match="MyAnimeList's id is"):
            await source.fetch(name)
        assert await asked(client) == 0


@pytest.mark.parametrize(
    ("urls", "found"),
    [
        (["https://anilist.co/anime/1", "https://myanimelist.net/anime/70211/Hoshi"], "70211"),
        (["https://api.jikan.moe/v4/anime/70211"], "70211"),
        (["https://anilist.co/anime/1"], None),
        ([], None),
    ],
)
async def test_its_number_is_found_among_the_pages_of_the_site(urls: list[str], found: str | None) -> None:
    async with jikan() as (source, client):
        assert await source.find(urls) == found
        assert await asked(client) == 0


async def test_a_search_gives_the_best_first_and_at_most_ten() -> None:
    async with jikan() as (source, _):
        rows = await source.search("Hoshi no Toudaimori")
    assert rows[0].title == "Hoshi no Toudaimori"
    assert 1 < len(rows) <= 10


@pytest.mark.parametrize("first", [1, 100_001])
@pytest.mark.parametrize(("count", "pages"), [(26, 2), (50, 2), (51, 3), (230, 10)])
async def test_a_whole_catalogue_costs_one_request_a_page(first: int, count: int, pages: int) -> None:
    numbers = [str(number) for number in range(first, first + count)]
    async with upstream_of(range(first, first + count)) as client:
        found = await described(source_of(client), numbers)
        assert await asked(client) == pages
    assert [*found] == numbers
    assert found[numbers[-1]].title == f"Title {numbers[-1]}"


@pytest.mark.parametrize("wanted", [["5"], ["5", "380"], [str(number) for number in range(1, 400, 20)]])
async def test_a_few_cost_no_more_requests_than_there_are_ids(wanted: list[str]) -> None:
    async with upstream_of(range(1, 400)) as client:
        found = await described(source_of(client), wanted)
        assert await asked(client) <= len(wanted)
    assert set(found) == set(wanted)


async def test_a_few_of_a_long_list_far_from_its_beginning_are_asked_for_one_by_one() -> None:
    wanted = [str(number) for number in range(100_001, 100_400, 10)]
    async with upstream_of(range(100_001, 101_100)) as client:
        found = await described(source_of(client), wanted)
        assert await asked(client) <= len(wanted) + 1
    assert set(found) == set(wanted)


async def test_what_it_lacks_is_left_out() -> None:
    async with jikan() as (source, _):
        assert set(await described(source, ["1", LIGHTHOUSE, ONLY_ANILIST, LIGHTHOUSE])) == {LIGHTHOUSE}


async def test_a_row_of_the_list_says_what_the_anime_alone_says() -> None:
    async with upstream_of(range(1, 27)) as client:
        source = source_of(client)
        alone = convert.metadata(await source.fetch("7", episodes_only=True))
        assert (await described(source, [str(n) for n in range(1, 27)]))["7"] == alone


async def test_a_failure_of_the_list_is_told() -> None:
    async with jikan({"path": "/anime/70211"}) as (source, _):
        with pytest.raises(SourceError) as caught:
            await described(source, [LIGHTHOUSE])
    assert caught.value.reason is SourceReason.REFUSED


def test_a_row_that_cannot_be_read_takes_no_other_with_it() -> None:
    good = {"mal_id": 2, "url": "x", "title": "Good", "status": "Finished Airing"}
    found = batches.wanted([{**good, "mal_id": 1, "type": "Radio"}, good, {**good, "mal_id": 3}], [1, 2])
    assert (set(found.described), found.passed) == ({"2"}, 3)


@pytest.mark.parametrize(
    ("left", "passed", "pages_left", "expected"),
    [
        ([], 0, None, False),
        ([7], 0, None, True),  # certainly on the first page
        ([70_000], 0, None, False),
        (list(range(1, 31)), 0, None, True),
        (list(range(70_000, 70_025)), 0, None, False),  # a page's worth: no more requests than ids
        (list(range(70_000, 70_026)), 0, None, True),  # more than a page could hold: worth a look
        (list(range(70_000, 70_026)), 69_999, 1200, True),
        ([99_000, 99_001], 70_000, 1200, False),
        ([99_000, 99_001], 70_000, 2, True),
        ([99_000], 70_000, 0, False),
    ],
)
def test_the_list_is_read_while_it_is_cheaper(
    left: list[int], passed: int, pages_left: int | None, expected: bool
) -> None:
    assert batches.walks(left, passed, pages_left) is expected
