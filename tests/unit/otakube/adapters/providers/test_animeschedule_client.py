# SPDX-License-Identifier: Apache-2.0
"""Asking AnimeSchedule v3, against the stand-in."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from pytest_httpserver import HTTPServer

from otakube.adapters.http.client import ProviderClient, new_client
from otakube.adapters.providers.animeschedule import convert
from otakube.adapters.providers.animeschedule.client import AnimeSchedule
from otakube.bootstrap import providers
from otakube.errors import SourceError
from otakube.settings import Settings
from otakube_api.contract import Provider, SourceReason
from otakube_standins.upstream.faults import FaultKind, FaultRule
from unit.otakube.adapters.providers.animeschedule_rows import ANIME, LIMITS, UNLIMITED
from upstream_app import upstream


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with upstream(UNLIMITED) as client:
        yield client


def source(http: httpx2.AsyncClient, token: str = "opensesame") -> AnimeSchedule:
    client = ProviderClient(http, LIMITS, headers={"Authorization": f"Bearer {token}"})
    return AnimeSchedule(client, "http://upstream.test/animeschedule/api/v3")


async def asked(http: httpx2.AsyncClient) -> dict[str, int]:
    rows = (await http.get("/admin/requests")).json()
    return {row["path"]: row["count"] for row in rows if row["provider"] == "animeschedule"}


async def test_only_one_that_is_airing_is_looked_up_in_the_timetable(http: httpx2.AsyncClient) -> None:
    finished = await source(http).fetch("hoshi-no-toudaimori")
    assert list(finished.answers) == ["anime"]
    airing = await source(http).fetch("mayonaka-no-pan-ya")
    assert list(airing.answers) == ["anime", "timetable"]
    assert await asked(http) == {
        "/anime/hoshi-no-toudaimori": 1, "/anime/mayonaka-no-pan-ya": 1, "/timetables/raw": 1,
    }  # fmt: skip
    numbers = [one.number for one in convert.episodes(airing)]
    assert numbers[0] == 1
    assert len(numbers) == 2
    assert {row["route"] for row in airing.answers["timetable"].body} == {"mayonaka-no-pan-ya"}


async def test_without_its_timetable_an_anime_is_still_a_record(http: httpx2.AsyncClient) -> None:
    fault = {"provider": "animeschedule", "path": "/timetables/*", "kind": "status", "status": 404}
    await http.put("/admin/faults", json=[fault])
    raw = await source(http).fetch("mayonaka-no-pan-ya")
    assert (list(raw.answers), raw.missing["timetable"].reason) == (["anime"], "NotFound")
    assert [one.number for one in convert.episodes(raw)] == [1]


@pytest.mark.parametrize(
    "page",
    ["https://myanimelist.net/anime/72440", "https://anilist.co/anime/213390", "https://anidb.net/anime/20440"],
)  # fmt: skip
async def test_a_namesake_is_found_by_its_page_elsewhere(http: httpx2.AsyncClient, page: str) -> None:
    assert await source(http).find([page]) == "aoi-tori-2024"


async def test_what_it_does_not_link_to_is_not_found(http: httpx2.AsyncClient) -> None:
    assert await source(http).find(["https://myanimelist.net/anime/1"]) is None
    assert await source(http).find(["https://kitsu.app/anime/61204"]) is None
    assert await source(http).find(["https://animeschedule.net/anime/x"]) == "x"


async def test_a_row_counts_only_if_it_links_back(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/anime").respond_with_json({"anime": [ANIME]})  # whatever is asked for
    async with new_client() as http:
        schedule = AnimeSchedule(ProviderClient(http, LIMITS), httpserver.url_for(""))
        assert await schedule.find(["https://myanimelist.net/anime/73815"]) == "mayonaka-no-panya"
        assert await schedule.find(["https://myanimelist.net/anime/1"]) is None


async def test_a_title_is_searched_and_nothing_found_is_an_empty_list(http: httpx2.AsyncClient) -> None:
    found = await source(http).search("Hoshi no Toudaimori")
    assert found[0].source_url == "https://animeschedule.net/anime/hoshi-no-toudaimori"
    assert await source(http).search("Zzyzx Quuxenheim") == []


async def test_several_are_described_without_their_timetables(http: httpx2.AsyncClient) -> None:
    found = [one async for one in source(http).describe(["mayonaka-no-pan-ya", "no-such-anime"])]
    assert [list(one) for one in found] == [["mayonaka-no-pan-ya"]]
    assert "/timetables/raw" not in await asked(http)


async def test_a_token_is_needed_and_shows_in_no_message_and_no_record(http: httpx2.AsyncClient) -> None:
    with pytest.raises(SourceError) as caught:
        await source(http, token="").fetch("hoshi-no-toudaimori")
    assert caught.value.reason is SourceReason.REFUSED
    assert "opensesame" not in (await source(http).fetch("hoshi-no-toudaimori")).model_dump_json()
    await http.put(
        "/admin/faults", json=[FaultRule(provider="*", kind=FaultKind.STATUS, status=403).model_dump()]
    )
    with pytest.raises(SourceError) as refused:
        await source(http).fetch("hoshi-no-toudaimori")
    assert "opensesame" not in str(refused.value)


def test_without_a_token_it_is_off() -> None:
    assert (
        providers.switched_off(Provider.ANIMESCHEDULE, Settings()) == "providers.animeschedule.token is empty"
    )
    with_token = Settings.model_validate({"providers": {"animeschedule": {"token": "opensesame"}}})
    assert providers.switched_off(Provider.ANIMESCHEDULE, with_token) is None


@pytest.mark.parametrize("token", ["open\nsesame", "öffne-dich", "open sesame"])
def test_a_token_that_no_header_can_carry_is_refused_before_an_error_shows_it(token: str) -> None:
    settings = Settings.model_validate({"providers": {"animeschedule": {"token": token}}})
    told = providers.switched_off(Provider.ANIMESCHEDULE, settings)
    assert told == "providers.animeschedule.token has characters that no token has"
