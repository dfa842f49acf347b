# SPDX-License-Identifier: Apache-2.0
"""Requests to MyAnimeList's own API: against its stand-in, which counts them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from otakube.adapters.http.client import ProviderClient, RequestLimits
from otakube.adapters.providers.jikan import convert as jikan_convert
from otakube.adapters.providers.jikan.client import Jikan
from otakube.adapters.providers.myanimelist import batches, convert
from otakube.adapters.providers.myanimelist.client import CLIENT_ID, MyAnimeList
from otakube.bootstrap import providers
from otakube.domain.record.claims import Metadata
from otakube.errors import SourceError
from otakube.settings import Settings
from otakube_api.contract import Provider, SourceReason
from otakube_standins.upstream.provider import otakube_settings
from unit.otakube.adapters.providers.catalogues import asked, upstream_of
from upstream_app import upstream

LIGHTHOUSE, ONLY_ANILIST = "70211", "74999"


def source_of(client: httpx2.AsyncClient, **headers: str) -> MyAnimeList:
    connection = ProviderClient(client, RequestLimits(10, 2**24), headers=headers or {CLIENT_ID: "ours"})
    return MyAnimeList(connection, "http://upstream.test/myanimelist/v2/")


@asynccontextmanager
async def mal(*faults: dict[str, Any]) -> AsyncIterator[tuple[MyAnimeList, httpx2.AsyncClient]]:
    async with upstream() as client:
        rules = [{"provider": "myanimelist", "kind": "status", "status": 403, **fault} for fault in faults]
        assert (await client.put("/admin/faults", json=rules)).status_code == 200
        yield source_of(client), client


async def described(source: MyAnimeList, numbers: Sequence[str]) -> dict[str, Metadata]:
    return {number: one async for found in source.describe(numbers) for number, one in found.items()}


@pytest.mark.parametrize("episodes_only", [False, True])
async def test_one_request_holds_all_that_it_knows(episodes_only: bool) -> None:
    async with mal() as (source, client):
        record = await source.fetch(LIGHTHOUSE, episodes_only=episodes_only)
        assert await asked(client) == 1
    said = convert.relationships(record)
    assert [(one.kind, one.title) for one in said.relations] == [
        ("Sequel", "Hoshi no Toudaimori 2nd Season"),
        ("Character", "Kasa no Eki"),
    ]
    assert [(one.title, one.votes) for one in said.recommendations] == [
        ("Kasa no Eki", 9),
        ("Yoake no Ressha", 8),
    ]
    counted = convert.statistics(record)
    assert (counted.score, counted.scored_by, counted.members) == (8.31, 184220, 402915)
    assert (counted.rank, counted.popularity, counted.reviews) == (214, 388, None)
    assert convert.episodes(record) == convert.characters(record) == convert.staff(record) == []


@pytest.mark.parametrize("number", ["70211", "70588", "70009", "73815", "71544"])
async def test_both_ways_to_the_site_say_the_same_of_an_anime(number: str) -> None:
    async with upstream() as client:
        jikan = Jikan(ProviderClient(client, RequestLimits(10, 2**24)), "http://upstream.test/jikan/v4")
        one, other = await jikan.fetch(number), await source_of(client).fetch(number)
    said, other_said = jikan_convert.metadata(one), convert.metadata(other)
    # Jikan has seasons for TV only, its own lists, and whole minutes
    apart = {"season": None, "genres": [], "tags": [], "exactness": {}}
    assert other_said.model_copy(update=apart) == said.model_copy(update=apart)
    assert sorted(other_said.genres + other_said.tags) == sorted(said.genres + said.tags)
    assert said.season in (None, other_said.season)
    assert other.source_url == one.source_url == f"https://myanimelist.net/anime/{number}"


async def test_a_record_knows_whose_it_is() -> None:
    async with mal() as (source, _):
        record = await source.fetch(LIGHTHOUSE)
    assert record.provider is Provider.MYANIMELIST
    assert convert.statistics(record).provider is Provider.MYANIMELIST


async def test_an_unknown_number_is_not_found() -> None:
    async with mal() as (source, _):
        with pytest.raises(SourceError) as caught:
            await source.fetch("1")
    assert caught.value.reason is SourceReason.NOT_FOUND


@pytest.mark.parametrize("name", ["", "x", "-1", "0", "１", "ranking", "1?x"])
async def test_what_is_no_number_is_refused_before_a_request(name: str) -> None:
    async with mal() as (source, client):
        with pytest.raises(SourceError, match="MyAnimeList's id is"):
            await source.fetch(name)
        assert await asked(client) == 0


async def test_a_client_that_is_not_known_is_refused() -> None:
    async with upstream() as client:
        with pytest.raises(SourceError) as caught:
            await source_of(client, Other="x").fetch(LIGHTHOUSE)
    assert caught.value.reason is SourceReason.REFUSED


async def test_the_client_id_stands_in_no_error_and_in_no_address() -> None:
    async with upstream() as client:
        source = source_of(client, **{CLIENT_ID: "s3cret id"})
        with pytest.raises(SourceError) as caught:
            await source.fetch(LIGHTHOUSE)
        known = await source_of(client, **{CLIENT_ID: "s3cret"}).fetch(LIGHTHOUSE)
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in known.model_dump_json()


@pytest.mark.parametrize(
    ("client_id", "said"),
    [
        ("", "providers.myanimelist.client_id is empty"),
        ("s3cret\r\nX: y", "providers.myanimelist.client_id has characters that no client id has"),
        ("ś3cret", "providers.myanimelist.client_id has characters that no client id has"),
        ("0123456789abcdef0123456789abcdef", None),
    ],
)
def test_without_a_client_id_it_is_switched_off(client_id: str, said: str | None) -> None:
    settings = Settings.model_validate({"providers": {"myanimelist": {"client_id": client_id}}})
    assert providers.switched_off(Provider.MYANIMELIST, settings) == said


async def test_the_adapter_sends_the_client_id() -> None:
    settings = Settings.model_validate({"providers": otakube_settings("http://upstream.test")})
    async with upstream() as client:
        adapter = providers.build(settings, client, {})[Provider.MYANIMELIST]
        record = await adapter.source.fetch(LIGHTHOUSE)
    assert adapter.converter.metadata(record).title == "Hoshi no Toudaimori"


@pytest.mark.parametrize(
    ("urls", "found"),
    [
        (["https://anilist.co/anime/1", "https://myanimelist.net/anime/70211/Hoshi"], "70211"),
        (["https://anilist.co/anime/1"], None),
        ([], None),
    ],
)
async def test_its_number_is_found_among_the_pages_of_the_site(urls: list[str], found: str | None) -> None:
    async with mal() as (source, client):
        assert await source.find(urls) == found
        assert await asked(client) == 0


@pytest.mark.parametrize(
    ("title", "requests", "first"),
    [
        ("Hoshi no Toudaimori", 1, "Hoshi no Toudaimori"),
        ("  Hoshi no Toudaimori  ", 1, "Hoshi no Toudaimori"),
        ("Hoshi no Toudaimori" + " and so on" * 10, 1, None),
        ("Ho", 0, None),
        (" H ", 0, None),
    ],
)
async def test_a_search_is_as_long_as_the_api_takes_it(title: str, requests: int, first: str | None) -> None:
    async with mal() as (source, client):
        rows = await source.search(title)
        assert await asked(client) == requests
    assert len(rows) <= 10
    assert first is None or rows[0].title == first


@pytest.mark.parametrize(("count", "pages"), [(61, 1), (500, 1), (501, 2), (1200, 3)])
async def test_a_whole_catalogue_costs_one_request_a_page(count: int, pages: int) -> None:
    numbers = [str(number) for number in range(100_001, 100_001 + count)]
    async with upstream_of(range(100_001, 100_001 + count)) as client:
        found = await described(source_of(client), numbers)
        assert await asked(client) == pages
    assert set(found) == set(numbers)


async def test_a_few_are_asked_for_one_by_one() -> None:
    async with mal() as (source, client):
        found = await described(source, ["1", LIGHTHOUSE, ONLY_ANILIST, LIGHTHOUSE])
        assert await asked(client) == 3
    assert set(found) == {LIGHTHOUSE}


async def test_what_the_ranking_does_not_show_is_asked_for_by_itself() -> None:
    wanted = [str(number) for number in [*range(1, 101), 5_000, 5_001]]
    async with upstream_of(range(1, 101)) as client:
        found = await described(source_of(client), wanted)
        assert await asked(client) == 1 + 2
    assert set(found) == {str(number) for number in range(1, 101)}


async def test_a_row_of_a_list_says_what_the_anime_alone_says() -> None:
    async with upstream_of(range(1, 101)) as client:
        source = source_of(client)
        alone = convert.metadata(await source.fetch("7"))
        listed = (await described(source, [str(number) for number in range(1, 101)]))["7"]
    assert listed == alone.model_copy(update={"images": alone.images[:1]})  # a list has only the poster


async def test_a_failure_is_told() -> None:
    async with mal({"path": "/anime/70211"}) as (source, _):
        with pytest.raises(SourceError) as caught:
            await described(source, [LIGHTHOUSE])
    assert caught.value.reason is SourceReason.REFUSED


def test_a_row_that_cannot_be_read_takes_no_other_with_it() -> None:
    good = {"id": 2, "title": "Good", "media_type": "tv", "status": "finished_airing"}
    found = batches.wanted([{**good, "id": 1, "media_type": "radio"}, good, {**good, "id": 3}], [1, 2, 4])
    assert {number: set(one) for number, one in found.items()} == {1: set(), 2: {"2"}}


@pytest.mark.parametrize(
    ("left", "found", "pages", "expected"),
    [
        (0, 0, 0, False),
        (60, 0, 0, False),
        (61, 0, 0, True),
        (40, 21, 1, True),
        (61, 0, 1, False),
        (50, 3, 4, False),
    ],
)
def test_the_ranking_is_read_while_it_is_cheaper(left: int, found: int, pages: int, expected: bool) -> None:
    assert batches.walks(left, found, pages) is expected
