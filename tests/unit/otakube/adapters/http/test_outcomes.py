# SPDX-License-Identifier: Apache-2.0
"""Headers that decide on the next request."""

from datetime import UTC, datetime

import pytest

from otakube.adapters.http.outcomes import outcome, retry_after

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("9" * 400, 86_400.0),
        ("Sat, 21 Nov 2099 12:00:30 GMT", 86_400.0),
        ("Fri, 01 Jan 99999999999 00:00:00 GMT", None),
        (f"Fri, 01 Jan {'9' * 5000} 00:00:00 GMT", None),
        ("Fri, 01 Jan 2027 00:00:00 +999999999999999999", None),
        ("7.5", 7.5),
        ("7s", 7.0),
        ("7 seconds", 7.0),
        ('"7"', 7.0),
        ("7, 60", 7.0),
        (" 7 ", 7.0),
        ("2026-11-21T12:00:30Z", 30.0),
        ("2026-11-21T21:00:30+09:00", 30.0),
        ("2026-11-21T12:00:30", None),
        (str(int(NOW.timestamp()) + 30), 30.0),
        (str(int(NOW.timestamp()) - 30), 0.0),
        ("Saturday, 21-Nov-26 12:00:30 GMT", 30.0),
        ("Sat Nov 21 12:00:30 2026", 30.0),
        ("１２０", None),
        ("1e3", None),
        ("PT5M", None),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(said: str, seconds: float | None) -> None:
    assert retry_after({"Retry-After": said}, NOW) == seconds


def test_the_rate_headers_are_read() -> None:
    headers = {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795262460"}
    read = outcome(429, headers, NOW)
    assert (read.status, read.limit, read.remaining, read.reset_at) == (429, 30, 0, 1_795_262_460.0)


@pytest.mark.parametrize(("said", "seconds"), [("60", 60), ("99999999999", 86_400), ("x", None)])
def test_a_reset_may_count_from_now(said: str, seconds: float | None) -> None:
    reset = outcome(200, {"X-RateLimit-Reset": said}, NOW).reset_at
    assert reset == (None if seconds is None else NOW.timestamp() + seconds)
