# SPDX-License-Identifier: Apache-2.0
"""HttpFailure that passes is told from failure that stays, whatever status it comes with."""

from datetime import UTC, datetime

import orjson
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from otakube.adapters.http import failures
from otakube.adapters.http.client import ProviderClient, RequestLimits, new_client
from otakube.domain.providers.budget import RequestOutcome
from otakube.errors import SourceError
from otakube_api.contract import SourceReason

JSON = "application/json"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
DISABLED = "The AniList API has been temporarily disabled due to severe stability issues."
GRAPHQL = orjson.dumps({"errors": [{"message": DISABLED, "status": 403}], "data": None})


@pytest.mark.parametrize(
    ("status", "headers", "body", "reason", "passes"),
    [
        (403, {}, GRAPHQL, SourceReason.UNAVAILABLE, True),
        (403, {}, b"<html><body><h1>We'll be right back</h1>", SourceReason.UNAVAILABLE, True),
        (400, {}, b'{"error":"Service is under maintenance"}', SourceReason.UNAVAILABLE, True),
        (403, {"Retry-After": "300"}, b"", SourceReason.RATE_LIMITED, True),
        (403, {"retry-after": "300"}, b'{"message":"","error":"forbidden"}', SourceReason.RATE_LIMITED, True),
        (403, {}, b"You are being rate limited", SourceReason.RATE_LIMITED, True),
        (429, {}, b"", SourceReason.RATE_LIMITED, True),
        (425, {}, b"", SourceReason.UNAVAILABLE, True),
        (503, {}, b"too many requests", SourceReason.UNAVAILABLE, True),
        (403, {}, b'{"error":"forbidden"}', SourceReason.REFUSED, False),
        (403, {}, b"Internal Server Error", SourceReason.REFUSED, False),
        (401, {}, b'{"message":"invalid client id"}', SourceReason.REFUSED, False),
        (403, {}, b"Not available in your region", SourceReason.REFUSED, False),
        (400, {}, b'{"error":"bad query"}', SourceReason.ANSWER_INVALID, False),
        (404, {"Retry-After": "9"}, b"try again", SourceReason.NOT_FOUND, False),
        (404, {}, b"<title>Scheduled maintenance</title>Back at 10:00", SourceReason.UNAVAILABLE, True),
    ],
)  # fmt: skip
def test_an_error_is_for_later_if_its_words_or_headers_say_so(
    status: int, headers: dict[str, str], body: bytes, reason: SourceReason, passes: bool
) -> None:
    found = failures.of_status(status, _case_insensitive(headers), body, NOW)
    assert (found.reason, found.passes) == (reason, passes)


@pytest.mark.parametrize(("remaining", "passes"), [("0", True), ("4", False)])
def test_a_refusal_with_an_empty_budget_is_a_limit(remaining: str, passes: bool) -> None:
    headers = {"X-RateLimit-Remaining": remaining, "X-RateLimit-Reset": "60"}
    found = failures.of_status(403, headers, b"no", NOW)
    assert (found.passes, found.after) == (passes, 60.0 if passes else None)


@pytest.mark.parametrize(
    "words",
    [
        "The API is currently down", "API is offline for now", "Connection timed out", "Too many connections",
        "We are experiencing technical difficulties", "Request limit exceeded", "database is locked",
        "Jikan failed to connect to MyAnimeList. MyAnimeList may be down/unavailable", "Under heavy load",
        "You exceeded the maximum number of requests", "Scheduled downtime",
        "API disabled until further notice",
        "AniList is under attack and in read-only mode", "The server is too busy", "Please check back soon",
        "System is unavailable at the moment", "Our servers are having issues", "Enhance your calm",
        "We have disabled the API for the time being", "This service is currently disabled",
        "API access is suspended until Monday", "The site is under heavy attack, API offline",
        "We are undergoing scheduled upgrades", "Closed for a maintenance", "Planned works until noon",
        "Read API paused while we migrate the database", "Requests are being limited", "error code: 1015",
        "You have been blocked for 1 hour", "Your API key exceeded its quota", "too many hits",
    ],
)  # fmt: skip
def test_words_of_trouble_that_passes_are_known(words: str) -> None:
    assert failures.of_status(403, {}, words.encode(), NOW).passes


@pytest.mark.parametrize(
    "words",
    [
        "client banned", "Access denied", "Your IP has been banned", "Account suspended", "API key expired",
        "This API version is deprecated", "captcha required", "This app has been disabled by its owner",
        "Limit exceeds maximum page size of 20.", "Max query complexity should be 500 but got 900",
        "Shut down by its owner for good", "MyAnimeList may be down or refuses to answer",
        "This API version has been permanently disabled", "client_id is disabled", "API key disabled",
        "invalid_token: token is temporary", "You need permission. Contact us to retry your application",
        "Your API key is suspended", "error code: 1020", "The endpoint is deprecated: try again with v3",
    ],
)  # fmt: skip
def test_words_of_trouble_that_stays_are_not_waited_for(words: str) -> None:
    assert not failures.of_status(403, {}, words.encode(), NOW).passes


@pytest.mark.parametrize(
    "body",
    [{"code": 503, "error": "x"}, {"status": "503", "error": "x"}, {"error": {"code": 503, "message": "x"}}],
)
def test_a_status_within_an_answer_counts_under_any_name(body: dict[str, object]) -> None:
    found = failures.hidden(orjson.dumps(body), JSON, NOW)
    assert found is not None
    assert found.reason is SourceReason.UNAVAILABLE


def _case_insensitive(headers: dict[str, str]) -> dict[str, str]:
    return {name.title(): value for name, value in headers.items()}


@pytest.mark.parametrize(
    ("body", "accept", "reason"),
    [
        (GRAPHQL, JSON, SourceReason.UNAVAILABLE),
        (b'{"errors":[{"message":"x","status":429}],"data":{"a":null}}', JSON, SourceReason.RATE_LIMITED),
        (b'{"errors":[{"message":"x","status":500}],"data":null}', JSON, SourceReason.UNAVAILABLE),
        (b'{"status":503,"message":"upstream failed"}', JSON, SourceReason.UNAVAILABLE),
        (b'{"error":"temporarily disabled"}', "application/vnd.api+json", SourceReason.UNAVAILABLE),
        (b'{"error":"Internal Server Error"}', JSON, SourceReason.UNAVAILABLE),
        (b"The API is temporarily disabled", JSON, SourceReason.UNAVAILABLE),
        (b"<!DOCTYPE html><p>Down for maintenance", "text/xml", SourceReason.UNAVAILABLE),
        (b'{"errors":[{"message":"Not Found.","status":404}],"data":null}', JSON, None),
        (b'{"errors":[{"message":"Invalid token","status":400}],"data":null}', JSON, None),
        (b'{"data":{"title":"Temporarily Disabled"},"message":"temporarily"}', JSON, None),
        (b'{"data":[],"message":"try again"}', JSON, SourceReason.UNAVAILABLE),
        (b'["temporarily"]', JSON, None),
        (b'{"success":false,"reason":"maintenance"}', JSON, SourceReason.UNAVAILABLE),
        (b'{"ok":false,"description":"API is temporarily disabled"}', JSON, SourceReason.UNAVAILABLE),
        (b'{"status":"error","msg":"server busy"}', JSON, SourceReason.UNAVAILABLE),
        (b'{"maintenance":true}', JSON, SourceReason.UNAVAILABLE),
        (b'[{"message":"maintenance"}]', JSON, SourceReason.UNAVAILABLE),
        (b'\xef\xbb\xbf{"error":"temporarily disabled"}', JSON, SourceReason.UNAVAILABLE),
        (b'{"id":7,"title":"A","message":"try again"}', JSON, None),
        (b'{"description":"under maintenance","title":"A"}', JSON, None),
        (b"<h1>Service Unavailable</h1>", "text/xml", SourceReason.UNAVAILABLE),
        (b"\n<!-- x --><center>maintenance</center>", "text/xml", SourceReason.UNAVAILABLE),
        (b'<?xml version="1.0"?><!DOCTYPE html><p>We are offline</p>', "text/xml", SourceReason.UNAVAILABLE),
        (b'{"title":"The Maintenance of Dreams","id":1}', JSON, None),
        (b"<anime><title>Maintenance</title></anime>", "text/xml", None),
        (b"<html><p>temporarily", "text/html", None),
        (b'{"errors":[', JSON, None),
    ],
)  # fmt: skip
def test_a_200_may_hide_trouble_that_passes(body: bytes, accept: str, reason: SourceReason | None) -> None:
    found = failures.hidden(body, accept, NOW)
    assert (found.reason if found else None) == reason


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [(403, GRAPHQL, 503), (403, b"rate limit", 429), (403, b"", 403), (502, b"", 502), (429, b"", 429)],
)
def test_the_rate_limit_learns_of_trouble_that_passes(status: int, body: bytes, expected: int) -> None:
    failure = failures.of_status(status, {}, body, NOW)
    assert failures.recorded(failure, status, {"Retry-After": "7"}, NOW).status == expected


class Recorder:
    """A rate limiter that lets everything go, and remembers the outcomes."""

    def __init__(self) -> None:
        self.outcomes: list[RequestOutcome] = []

    async def acquire(self) -> None: ...

    async def record(self, outcome: RequestOutcome) -> None:
        self.outcomes.append(outcome)


@pytest.mark.parametrize("status", [200, 403])
async def test_a_provider_that_is_switched_off_for_a_while_is_asked_again(
    httpserver: HTTPServer, status: int
) -> None:
    off = Response(GRAPHQL, status, content_type="application/json")
    httpserver.expect_ordered_request("/x").respond_with_response(off)
    httpserver.expect_ordered_request("/x").respond_with_json({"data": 1})
    async with new_client() as http:
        limiter = Recorder()
        client = ProviderClient(http, RequestLimits(60, 10_000), rate_limiter=limiter, second=0.001)
        assert (await client.ask(httpserver.url_for("/x"))).body == {"data": 1}
    assert [one.status for one in limiter.outcomes] == [503, 200]


async def test_its_own_words_are_told_without_our_keys(httpserver: HTTPServer) -> None:
    async with new_client() as http:
        for path, words in (("/off", DISABLED), ("/echo", "try again: key s3cr3t-k3y-0 is busy")):
            httpserver.expect_request(path).respond_with_json({"message": words}, status=403)
        headers = {"Authorization": "Bearer s3cr3t-k3y-0"}
        client = ProviderClient(http, RequestLimits(60, 10_000), headers=headers, second=0.001)
        said = []
        for path in ("/off", "/echo"):
            with pytest.raises(SourceError) as caught:
                await client.ask(httpserver.url_for(path))
            assert caught.value.reason is SourceReason.UNAVAILABLE
            said.append(str(caught.value))
    assert "temporarily disabled due to severe" in said[0]
    assert "s3cr3t" not in said[1]
