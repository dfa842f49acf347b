# SPDX-License-Identifier: Apache-2.0
"""Asking AniDB: against the stand-in, its refusals with status 200, and its bans."""

from collections.abc import AsyncIterator, Callable

import httpx2
import pytest
from pytest_httpserver import HTTPServer

from otakube.adapters.http.client import ProviderClient, RequestLimits, new_client
from otakube.adapters.http.rate_limit import ProcessRateLimitStore, StoredRateLimiter
from otakube.adapters.providers.anidb import convert
from otakube.adapters.providers.anidb.client import MEDIA_TYPE, AniDB
from otakube.adapters.providers.anidb.document import refused as refusal_of
from otakube.bootstrap import providers
from otakube.errors import SourceError
from otakube.settings import Settings
from otakube_api.contract import Provider, SourceReason
from otakube_api.providers import PROFILES
from otakube_standins.upstream.settings import UpstreamSettings as Upstream
from unit.otakube.adapters.providers.anidb_xml import ANIME, LIMITS, UNLIMITED
from upstream_app import upstream


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with upstream(UNLIMITED) as client:
        yield client


def source(http: httpx2.AsyncClient, limits: RequestLimits = LIMITS) -> AniDB:
    base = "http://upstream.test/anidb"
    client = ProviderClient(http, limits, accept=MEDIA_TYPE)
    return AniDB(client, f"{base}/httpapi", f"{base}/api/anime-titles.xml.gz", "otakube/1")


async def counted(http: httpx2.AsyncClient) -> int:
    rows = (await http.get("/admin/requests")).json()
    return sum(row["count"] for row in rows if row["provider"] == "anidb")


async def test_one_request_answers_all_parts(http: httpx2.AsyncClient) -> None:
    raw = await source(http).fetch("18009")
    assert await counted(http) == 1
    assert convert.metadata(raw).title == "Ginrei no Kaidou"
    assert len([one for one in convert.episodes(raw) if one.kind == "Regular"]) == 150
    assert {one.kind for one in convert.episodes(raw)} == {"Regular", "Special", "Credits", "Trailer"}
    assert len(convert.characters(raw)) == 27


async def test_what_anidb_refuses_with_status_200_is_no_record(http: httpx2.AsyncClient) -> None:
    with pytest.raises(SourceError) as caught:
        await source(http).fetch("99999")
    assert caught.value.reason is SourceReason.NOT_FOUND


async def test_another_anime_than_the_one_asked_for_is_refused(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data(ANIME, content_type="text/xml; charset=utf-8")
    async with new_client() as http:
        anidb = AniDB(ProviderClient(http, LIMITS), httpserver.url_for("/"), "", "otakube/1")
        assert (await anidb.fetch("18211")).source_url == "https://anidb.net/anime/18211"
        with pytest.raises(SourceError, match=r"anime\.id is '18211', expected 1, which was asked for"):
            await anidb.fetch("1")


async def test_a_ban_is_obeyed_by_everybody_and_never_kept(httpserver: HTTPServer) -> None:
    ban = '<?xml version="1.0"?><error code="500">banned</error>'
    httpserver.expect_request("/").respond_with_data(ban, content_type="text/xml")
    rate_limiter = StoredRateLimiter(
        Provider.ANIDB,
        PROFILES[Provider.ANIDB].limits,
        ProcessRateLimitStore(second=0.01),
        flight=5,
        second=0.01,
    )
    async with new_client() as http:
        client = ProviderClient(http, LIMITS, rate_limiter=rate_limiter, refusal=refusal_of)
        anidb = AniDB(client, httpserver.url_for("/"), "", "otakube/1")
        for _ in range(3):
            with pytest.raises(SourceError) as caught:
                await anidb.fetch("18211")
            assert caught.value.reason is SourceReason.RATE_LIMITED
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'<error code="500">Banned</error>', 429),
        (b'  <?xml version="1.0"?> <error>banned</error>', 429),
        (b"<error>Client Banned</error>", 400),
        (b"<error>Internal Server Error</error>", 503),
        (b"<error>Anime not found</error>", 400),
        (b"<anime><error>banned</error></anime>", None),
        (b"\xef\xbb\xbf<error>Banned</error>", 429),
        (b"<error><![CDATA[banned]]></error>", 429),
        (b"<error><b>banned</b></error>", 429),
        (b"<ERROR code='500'>\nBANNED\n</ERROR>", 429),
        (b'<?xml version="1.0"?>\n<!-- x -->\n<error>banned</error>', 429),
        (b"banned", 429),
        (b"<html><body>Your address is banned</body></html>", 429),
        (b"<error><![CDATA[Client Banned]]></error>", 400),
        (b"<error>Temporarily unavailable</error>", 503),
        (b"<error>server overloaded</error>", 503),
        (b"", None),
    ],
)
def test_an_error_with_status_200_is_no_answer(body: bytes, status: int | None) -> None:
    found = refusal_of(body)
    assert (found.status if found else None) == status


async def test_a_ban_is_rate_limited() -> None:
    async with upstream(Upstream(limits={"anidb": {86_400: 1}})) as http:
        await source(http).fetch("18211")
        with pytest.raises(SourceError) as caught:
            await source(http).fetch("18211")
    assert caught.value.reason is SourceReason.RATE_LIMITED


async def test_anime_are_described_one_at_a_time_and_only_when_wanted(http: httpx2.AsyncClient) -> None:
    described = source(http).describe(["18211", "99999", "20904"])
    assert {number: one.title for number, one in (await anext(described)).items()} == {
        "18211": "Hoshi no Toudaimori"
    }
    assert await counted(http) == 1
    assert [list(one) async for one in described] == [["20904"]]


async def test_only_its_own_page_is_known_beforehand(http: httpx2.AsyncClient) -> None:
    pages = ["https://myanimelist.net/anime/70211", "https://anidb.net/anime/18211"]
    assert await source(http).find(pages) == "18211"
    assert await source(http).find(pages[:1]) is None
    assert await counted(http) == 0


@pytest.mark.parametrize(
    ("client", "lacks"),
    [
        ("", "providers.anidb.client is empty"),
        ("otakube", "providers.anidb.client is not of the form name/version"),
        ("otakube/latest", "providers.anidb.client is not of the form name/version"),
        ("otakube/1&x=y", "providers.anidb.client is not of the form name/version"),
        ("otakube/1", None),
    ],
)
def test_without_a_registered_client_it_is_off(client: str, lacks: str | None) -> None:
    settings = Settings.model_validate({"providers": {"anidb": {"client": client}}})
    assert providers.switched_off(Provider.ANIDB, settings) == lacks


def test_a_client_of_another_form_is_refused() -> None:
    make: Callable[[], AniDB] = lambda: AniDB(None, "", "", "otakube")  # type: ignore[arg-type]  # noqa: E731 - refused before use
    with pytest.raises(ValueError, match=r"providers\.anidb\.client is 'otakube'"):
        make()
