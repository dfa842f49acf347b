# SPDX-License-Identifier: Apache-2.0
"""The client of Anime-Planet against the stand-in's pages."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from otakube.adapters.http.client import ProviderClient, RequestLimits
from otakube.adapters.providers.anime_planet import convert
from otakube.adapters.providers.anime_planet.client import MEDIA_TYPE, AnimePlanet
from otakube.bootstrap import providers
from otakube.domain.record.golden import AnimeStatus
from otakube.errors import SourceError
from otakube.settings import Settings
from otakube_api.contract import AnimeType, Provider, SourceReason
from otakube_standins.upstream.settings import UpstreamSettings as Upstream
from upstream_app import upstream

LIMITS = RequestLimits(seconds=60, size=16 * 2**20)
UNLIMITED = Upstream(unlimited=True)


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with upstream(UNLIMITED) as client:
        yield client


def source(http: httpx2.AsyncClient) -> AnimePlanet:
    return AnimePlanet(ProviderClient(http, LIMITS, accept=MEDIA_TYPE), "http://upstream.test/anime_planet")


async def asked(http: httpx2.AsyncClient) -> dict[str, int]:
    rows = (await http.get("/admin/requests")).json()
    return {row["path"]: row["count"] for row in rows if row["provider"] == "anime_planet"}


async def test_one_page_is_all_that_is_asked_for(http: httpx2.AsyncClient) -> None:
    raw = await source(http).fetch("ginrei-no-kaidou")
    assert await asked(http) == {"/anime/ginrei-no-kaidou": 1}
    found = convert.metadata(raw)
    assert (found.title, found.episode_count) == ("Ginrei no Kaidou", 150)


async def test_a_search_lists_namesakes_with_their_years(http: httpx2.AsyncClient) -> None:
    found = await source(http).search("Aoi Tori")
    assert {one.source_url.rpartition("/")[2] for one in found} >= {"aoi-tori", "aoi-tori-2024"}
    assert (found[0].type, found[0].status, found[0].episode_count) == (
        AnimeType.TV, AnimeStatus.FINISHED, 12,
    )  # fmt: skip


@pytest.mark.parametrize("title", ["Yoake no Ressha", "夜明けの列車"])
async def test_a_single_hit_is_found_on_the_page_to_which_its_search_is_redirected(
    http: httpx2.AsyncClient, title: str
) -> None:
    found = await source(http).search(title)
    assert [one.source_url for one in found] == ["https://www.anime-planet.com/anime/yoake-no-ressha"]
    assert await asked(http) == {"/anime/all": 1, "/anime/yoake-no-ressha": 1}


async def test_what_has_no_page_is_not_found(http: httpx2.AsyncClient) -> None:
    assert await source(http).search("Zzyzx Quuxenheim") == []


@pytest.mark.parametrize("status", [403, 503])
async def test_its_guard_is_no_answer(http: httpx2.AsyncClient, status: int) -> None:
    fault = {"provider": "anime_planet", "kind": "status", "status": status}
    await http.put("/admin/faults", json=[fault])
    with pytest.raises(SourceError) as caught:
        await source(http).fetch("kasa-no-eki")
    expected = {403: SourceReason.REFUSED, 503: SourceReason.UNAVAILABLE}
    assert caught.value.reason is expected[status]


async def test_a_challenge_with_status_200_is_refused(http: httpx2.AsyncClient) -> None:
    await http.put("/admin/faults", json=[{"provider": "anime_planet", "kind": "html"}])
    with pytest.raises(SourceError, match="challenge") as caught:
        await source(http).fetch("kasa-no-eki")
    assert caught.value.reason is SourceReason.REFUSED


async def test_only_its_own_page_is_known_beforehand(http: httpx2.AsyncClient) -> None:
    pages = ["https://myanimelist.net/anime/70211", "https://www.anime-planet.com/anime/kasa-no-eki"]
    assert await source(http).find(pages) == "kasa-no-eki"
    assert await source(http).find(pages[:1]) is None


async def test_one_that_it_lacks_is_left_out_of_a_description(http: httpx2.AsyncClient) -> None:
    found = [one async for one in source(http).describe(["kasa-no-eki", "no-such-anime"])]
    assert [list(one) for one in found] == [["kasa-no-eki"]]


def test_it_is_off_until_it_is_switched_on() -> None:
    assert (
        providers.switched_off(Provider.ANIME_PLANET, Settings()) == "providers.anime_planet.enabled is false"
    )
    on = Settings.model_validate({"providers": {"anime_planet": {"enabled": True}}})
    assert providers.switched_off(Provider.ANIME_PLANET, on) is None
