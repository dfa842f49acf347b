# SPDX-License-Identifier: Apache-2.0
"""A redirect is followed within a provider's own hosts, and nowhere else."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from otakube.adapters.http import redirects
from otakube.adapters.http.client import ProviderClient, RequestLimits, new_client
from otakube.adapters.http.redirects import Moved
from otakube.errors import SourceError
from otakube_api.contract import Provider, SourceReason
from otakube_api.providers import PROFILES

KITSU = ("kitsu.app", "kitsu.io")


@pytest.fixture
async def client() -> AsyncIterator[ProviderClient]:
    async with new_client() as http:
        yield ProviderClient(http, RequestLimits(seconds=60, size=1000), hosts=KITSU, headers={"X-KEY": "k"})


async def leads(location: str, asked: str = "https://kitsu.io/api/edge/anime", status: int = 301) -> object:
    response = httpx2.Response(status, headers={"Location": location}, request=httpx2.Request("GET", asked))
    await redirects.set_aside(response)
    found = redirects.moved(response, KITSU)
    return found.url if isinstance(found, Moved) else found


@pytest.mark.parametrize(
    ("location", "to"),
    [
        ("https://kitsu.app/api/edge/anime", "https://kitsu.app/api/edge/anime"),
        ("/api/v2/anime?page=1", "https://kitsu.io/api/v2/anime?page=1"),
        ("https://api.kitsu.app/anime", "https://api.kitsu.app/anime"),
        ("//kitsu.app/x", "https://kitsu.app/x"),
    ],
)
async def test_a_provider_s_new_host_is_followed(location: str, to: str) -> None:
    assert await leads(location) == to


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://kitsu.app/x", "to http on port 80"),
        ("https://kitsu.app:8443/x", "to https on port 8443"),
        ("https://kitsu.app.evil.example/x", "none of the provider's own hosts"),
        ("https://evilkitsu.app/x", "none of the provider's own hosts"),
        ("https://169.254.169.254/x", "none of the provider's own hosts"),
        ("https://a:b@kitsu.app/x", "to no plain address"),
        ("https://kitsu.app\\@evil.example/x", "to no plain address"),
        ("https://[::1", "to no plain address"),
        ("ftp://kitsu.app/x", "to ftp"),
        ("", "to no plain address"),
    ],
)
async def test_a_redirect_to_anywhere_else_is_not_followed(location: str, why: str) -> None:
    assert why in str(await leads(location))


async def test_an_answer_is_found_where_it_moved_with_the_question_and_the_key(
    client: ProviderClient, httpserver: HTTPServer
) -> None:
    for path, to in (("/old", "/between"), ("/between", "/new")):
        response = Response("", 308, headers={"Location": httpserver.url_for(to)})
        httpserver.expect_request(path).respond_with_response(response)
    httpserver.expect_request("/new", method="POST", json={"q": 1}).respond_with_json({"a": 1})
    answer = await client.ask(httpserver.url_for("/old"), post={"q": 1})
    assert (answer.body, answer.url) == ({"a": 1}, httpserver.url_for("/new"))
    assert [request.headers["X-KEY"] for request, _ in httpserver.log] == ["k", "k", "k"]


async def test_a_circle_of_redirects_ends(client: ProviderClient, httpserver: HTTPServer) -> None:
    response = Response("", 302, headers={"Location": "/x"})
    httpserver.expect_request("/x").respond_with_response(response)
    with pytest.raises(SourceError, match="redirected more than 3 times") as caught:
        await client.ask(httpserver.url_for("/x"))
    assert (caught.value.reason, len(httpserver.log)) == (SourceReason.ANSWER_INVALID, redirects.MOST)


async def test_a_host_that_is_not_followed_is_named(client: ProviderClient, httpserver: HTTPServer) -> None:
    response = Response("", 301, headers={"Location": "https://elsewhere.example/x"})
    httpserver.expect_request("/x").respond_with_response(response)
    with pytest.raises(SourceError, match=r"answered 301, expected 200: it leads to elsewhere\.example"):
        await client.ask(httpserver.url_for("/x"))


@pytest.mark.parametrize("provider", list(PROFILES))
def test_each_provider_s_own_hosts_hold_its_api(provider: Provider) -> None:
    profile = PROFILES[provider]
    assert redirects.is_own(httpx2.URL(profile.url).host, profile.own_hosts)


def test_kitsu_is_asked_at_its_present_host() -> None:
    assert httpx2.URL(PROFILES[Provider.KITSU].url).host == "kitsu.app"
    assert set(KITSU) <= set(PROFILES[Provider.KITSU].own_hosts)


@pytest.mark.parametrize(
    ("provider", "asked", "location", "followed"),
    [
        (Provider.MYANIMELIST, "https://api.myanimelist.net/v2/a", "https://api2.myanimelist.net/v2/a", True),
        (Provider.MYANIMELIST, "https://api.myanimelist.net/v2/a", "https://myanimelist.net/api/a", True),
        (Provider.JIKAN, "https://api.jikan.moe/v4/a", "https://jikan.moe/api/v4/a", True),
        (Provider.ANILIST, "https://graphql.anilist.co/", "https://api.anilist.co/", True),
        (Provider.ANIDB, "http://api.anidb.net:9001/httpapi", "http://api.anidb.net/httpapi", True),
        (Provider.ANIDB, "http://api.anidb.net:9001/httpapi", "https://api2.anidb.net/httpapi", True),
        (Provider.ANIDB, "http://api.anidb.net:9001/httpapi", "http://api.anidb.net:8080/httpapi", False),
        (Provider.JIKAN, "https://api.jikan.moe/v4/a", "https://jikan.moe.evil.example/", False),
        (Provider.JIKAN, "https://api.jikan.moe/v4/a", "https://moe/", False),
        (Provider.KITSU, "https://kitsu.io/api/edge/a", "https://app/", False),
    ],
)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_every_provider_is_followed_within_the_domain_of_its_api(
    provider: Provider, asked: str, location: str, followed: bool, status: int
) -> None:
    request = httpx2.Request("GET", asked)
    response = httpx2.Response(status, headers={"Location": location}, request=request)
    found = redirects.moved(response, PROFILES[provider].own_hosts)
    assert isinstance(found, Moved) is followed
    assert not isinstance(found, Moved) or (found.url, found.lasting) == (location, status in (301, 308))
