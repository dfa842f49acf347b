# SPDX-License-Identifier: Apache-2.0
"""Requests to Kitsu: against its stand-in, which counts them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from otakube.adapters.http.client import ProviderClient, RequestLimits
from otakube.adapters.providers.kitsu import convert
from otakube.adapters.providers.kitsu.client import MEDIA_TYPE, Kitsu
from otakube.errors import SourceError
from otakube_api.contract import SourceReason
from upstream_app import upstream

LONG_RUNNER, LIGHTHOUSE, PANES = "60911", "61204", "61950"


@asynccontextmanager
async def kitsu(*faults: dict[str, Any]) -> AsyncIterator[tuple[Kitsu, httpx2.AsyncClient]]:
    async with upstream() as client:
        assert (await client.put("/admin/faults", json=list(faults))).status_code == 200
        asking = ProviderClient(client, RequestLimits(10, 2**24), accept=MEDIA_TYPE)
        yield Kitsu(asking, "http://upstream.test/kitsu/api/edge/"), client


async def asked(client: httpx2.AsyncClient) -> dict[str, int]:
    """Requests that the stand-in counted, by path."""
    counted: dict[str, int] = {}
    for row in (await client.get("/admin/requests")).json():
        counted[row["path"]] = counted.get(row["path"], 0) + row["count"]
    return counted


async def test_a_title_is_asked_for_part_by_part_and_page_by_page() -> None:
    async with kitsu() as (source, client):
        record = await source.fetch(LONG_RUNNER)
        assert await asked(client) == {
            "/anime": 1,
            f"/anime/{LONG_RUNNER}/episodes": 8,  # 148 by 20
            f"/anime/{LONG_RUNNER}/characters": 2,
            "/castings": 1,
            f"/anime/{LONG_RUNNER}/staff": 1,
            f"/anime/{LONG_RUNNER}/reviews": 1,
        }
    assert record.missing == {}
    assert [one.number for one in convert.episodes(record)] == list(range(1, 149))
    assert len(convert.characters(record)) == 27
    assert convert.statistics(record).reviews == 50


async def test_an_update_of_episodes_asks_for_episodes_only() -> None:
    async with kitsu() as (source, client):
        record = await source.fetch(LIGHTHOUSE, episodes_only=True)
        assert await asked(client) == {"/anime": 1, f"/anime/{LIGHTHOUSE}/episodes": 2}
    assert len(convert.episodes(record)) == 26
    assert convert.metadata(record).title == "Hoshi no Toudaimori"
    assert convert.statistics(record).reviews is None


@pytest.mark.parametrize(
    ("path", "part"),
    [
        (f"/anime/{LIGHTHOUSE}/episodes", "episodes"),
        (f"/anime/{LIGHTHOUSE}/characters", "characters"),
        ("/castings", "castings"),
        (f"/anime/{LIGHTHOUSE}/staff", "staff"),
        (f"/anime/{LIGHTHOUSE}/reviews", "reviews"),
    ],
)
async def test_a_part_that_fails_is_missing_and_the_others_stand(path: str, part: str) -> None:
    async with kitsu({"provider": "kitsu", "path": path, "kind": "status", "status": 403}) as (source, _):
        record = await source.fetch(LIGHTHOUSE)
    assert set(record.missing) == {part}
    assert record.missing[part].reason == SourceReason.REFUSED
    assert convert.metadata(record).title == "Hoshi no Toudaimori"
    whole = {
        "episodes": len(convert.episodes(record)),
        "characters": len(convert.characters(record)),
        "castings": sum(len(one.voice_actors) for one in convert.characters(record)),
        "staff": len(convert.staff(record)),
        "reviews": convert.statistics(record).reviews,
    }
    assert {name for name, count in whole.items() if not count} - {"castings"} == {part} - {"castings"}
    assert (whole["castings"] == 0) == (part in ("castings", "characters"))


async def test_the_second_page_of_a_part_may_not_be_lost_alone() -> None:
    episodes = f"/anime/{LIGHTHOUSE}/episodes"
    faults: list[dict[str, Any]] = [
        {"provider": "kitsu", "path": episodes, "kind": "slow", "seconds": 0.01, "count": 1},
        {"provider": "kitsu", "path": episodes, "kind": "status", "status": 403},
    ]
    async with kitsu(*faults) as (source, _):
        record = await source.fetch(LIGHTHOUSE)
    assert set(record.missing) == {"episodes"}
    assert convert.episodes(record) == []


async def test_a_name_leads_to_a_number() -> None:
    async with kitsu() as (source, _):
        record = await source.fetch("hoshi-no-toudaimori")
    assert record.source_url == f"https://kitsu.app/anime/{LIGHTHOUSE}"


@pytest.mark.parametrize("name", ["1", "no-such-anime"])
async def test_an_unknown_anime_is_not_found(name: str) -> None:
    async with kitsu() as (source, _):
        with pytest.raises(SourceError) as caught:
            await source.fetch(name)
    assert caught.value.reason is SourceReason.NOT_FOUND


@pytest.mark.parametrize(("count", "requests"), [(0, 0), (1, 1), (20, 1), (21, 2), (40, 2), (47, 3)])
async def test_many_are_described_by_twenty_a_request(count: int, requests: int) -> None:
    numbers = [LIGHTHOUSE, PANES, *map(str, range(1, 100))][:count]
    async with kitsu() as (source, client):
        found = await described(source, numbers)
        assert (await asked(client)).get("/anime", 0) == requests
    assert set(found) == {LIGHTHOUSE, PANES} & set(numbers)


async def test_a_row_of_many_says_as_much_as_the_anime_alone() -> None:
    async with kitsu() as (source, _):
        alone = convert.metadata(await source.fetch(LIGHTHOUSE))
        assert (await described(source, [LIGHTHOUSE, "hoshi-no-toudaimori", LIGHTHOUSE])) == {
            LIGHTHOUSE: alone
        }


async def described(source: Kitsu, numbers: Sequence[str]) -> dict[str, Any]:
    return {number: one async for page in source.describe(numbers) for number, one in page.items()}


async def test_a_search_gives_the_best_first() -> None:
    async with kitsu() as (source, _):
        rows = await source.search("Hoshi no Toudaimori")
    assert rows[0].title == "Hoshi no Toudaimori"
    assert 1 < len(rows) <= 10


@pytest.mark.parametrize(
    ("pages", "found", "requests"),
    [
        (["https://myanimelist.net/anime/70211"], LIGHTHOUSE, 1),
        (["https://anilist.co/anime/210437"], LIGHTHOUSE, 1),
        (["https://anidb.net/anime/18211"], LIGHTHOUSE, 1),
        (["https://kitsu.app/anime/7"], "7", 0),
        (["https://anilist.co/anime/1", "https://anidb.net/anime/18211"], LIGHTHOUSE, 2),
        (["https://myanimelist.net/anime/1"], None, 1),
        (["https://animeschedule.net/anime/x"], None, 0),
    ],
)
async def test_it_is_found_by_its_mappings(pages: list[str], found: str | None, requests: int) -> None:
    async with kitsu() as (source, client):
        assert await source.find(pages) == found
        assert (await asked(client)).get("/mappings", 0) == requests
