# SPDX-License-Identifier: Apache-2.0
"""Answers that may be used again, and until when."""

from datetime import UTC, datetime, timedelta

import pytest

from otakube.domain.providers.http_freshness import LONGEST, fresh_until, is_error, is_stale, keepable

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NO_FLOOR = timedelta()
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "max-age=60"}, 60),
        ({"cache-control": "public, max-age=60, s-maxage=90"}, 90),
        ({"cache-control": "max-age=60", "age": "20"}, 40),
        ({"cache-control": "max-age=60", "age": "61"}, 0),
        ({"cache-control": "max-age=60, no-cache"}, 0),
        ({"cache-control": "max-age=-1"}, 0),
        ({"cache-control": "max-age=soon", "expires": "Sat, 21 Nov 2026 12:00:30 GMT"}, 30),
        ({"expires": "Sat, 21 Nov 2026 12:01:00 GMT", "date": "Sat, 21 Nov 2026 12:00:10 GMT"}, 50),
        ({"expires": "Sat, 21 Nov 2026 11:00:00 GMT"}, 0),
        ({"expires": "0"}, 0),
        ({"expires": "Fri, 01 Jan 99999999999 00:00:00 GMT"}, 0),
        ({"cache-control": f"max-age={'9' * 5000}"}, LONGEST.total_seconds()),
        ({"cache-control": "max-age=60", "x-cache-status": "STALE"}, 0),
        ({"cache-control": "max-age=60", "warning": '110 - "Response is Stale"'}, 0),
        ({"cache-control": "max-age=99999999999"}, LONGEST.total_seconds()),
    ],
)
def test_fresh_is_what_the_provider_says_and_no_longer(headers: dict[str, str], seconds: float) -> None:
    assert fresh_until(headers, NOW, NO_FLOOR) - NOW == timedelta(seconds=seconds)


def test_a_providers_rule_stands_above_its_headers() -> None:
    assert fresh_until({"cache-control": "no-store"}, NOW, DAY) == NOW + DAY
    assert fresh_until({"x-cache-status": "STALE"}, NOW, DAY) == NOW + DAY
    assert keepable("GET", {"cache-control": "no-store"}, NOW, DAY)


@pytest.mark.parametrize(
    ("method", "headers", "kept"),
    [
        ("GET", {}, False),
        ("GET", {"etag": '"1"'}, True),
        ("GET", {"last-modified": "Sat, 21 Nov 2026 11:00:00 GMT"}, True),
        ("GET", {"cache-control": "max-age=60"}, True),
        ("GET", {"cache-control": "max-age=60, no-store"}, False),
        ("GET", {"etag": '"1"', "vary": "*"}, False),
        ("POST", {"etag": '"1"'}, False),
        ("POST", {"cache-control": "max-age=60"}, True),
    ],
)
def test_only_what_can_be_used_again_is_kept(method: str, headers: dict[str, str], kept: bool) -> None:
    assert keepable(method, headers, NOW, NO_FLOOR) is kept


@pytest.mark.parametrize(
    ("headers", "stale"),
    [
        ({}, False),
        ({"x-cache-status": "HIT"}, False),
        ({"x-cache-status": "stale"}, True),
        ({"warning": '110 anderson "stale"'}, True),
        ({"warning": '199 - "other"'}, False),
        ({"age": "100", "cache-control": "max-age=60"}, True),
        ({"age": "100"}, False),
    ],
)
def test_an_old_copy_is_known_by_its_headers(headers: dict[str, str], stale: bool) -> None:
    assert is_stale(headers) is stale


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ('<?xml version="1.0"?>\n<error code="500">banned</error>', True),
        ("<error>Anime not found</error>", True),
        ('<anime id="1"><error/></anime>', False),
        ({"errors": [{"message": "no"}]}, True),
        ({"errors": [], "data": {}}, False),
        ([], False),
    ],
)
def test_a_200_can_be_an_error(body: object, error: bool) -> None:
    assert is_error(body) is error
