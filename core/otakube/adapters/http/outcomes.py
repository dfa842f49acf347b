# SPDX-License-Identifier: Apache-2.0
"""Reads from a status and headers what they mean for the next request. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime

from otakube.domain.providers.budget import RequestOutcome
from otakube.domain.providers.http_freshness import http_date

_LONGEST_SAID = 60  # letters of a date, or digits
_SECONDS = re.compile(r"([0-9]{1,60}(?:\.[0-9]{1,10})?) ?(?:s|secs?|seconds?)?(?:, ?[0-9.]{1,20})*", re.ASCII)
_LONGEST = 86_400.0  # seconds that a provider may send us away for; more is a slip, or malice
_UNIX_TIMES = 10**9  # X-RateLimit-Reset below it counts seconds from now, as some providers mean it


def outcome(status: int, headers: Mapping[str, str], now: datetime) -> RequestOutcome:
    """The outcome of an answered request; headers that make no sense were not sent. Case does not matter."""
    return RequestOutcome(
        status=status,
        retry_after=retry_after(headers, now),
        limit=_whole(headers.get("X-RateLimit-Limit")),
        remaining=_whole(headers.get("X-RateLimit-Remaining")),
        reset_at=_reset(_whole(headers.get("X-RateLimit-Reset")), now),
    )


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait: a number, a date, or a Unix time, as some providers mean it."""
    said = headers.get("Retry-After", "")[:_LONGEST_SAID].strip().strip('"')
    number = _SECONDS.fullmatch(said)
    if number is None:
        when = http_date(said) or _iso_time(said)
        return min(max(0.0, (when - now).total_seconds()), _LONGEST) if when else None
    seconds = float(number[1])
    if _UNIX_TIMES <= seconds < 10 * _UNIX_TIMES:
        seconds = max(0.0, seconds - now.timestamp())
    return min(seconds, _LONGEST)


def _iso_time(said: str) -> datetime | None:
    """A time as ISO 8601 writes it, with its zone."""
    try:
        when = datetime.fromisoformat(said)
    except ValueError:
        return None
    return when if when.tzinfo else None


def _reset(said: int | None, now: datetime) -> float | None:
    if said is None:
        return None
    unix = float(said) if said >= _UNIX_TIMES else now.timestamp() + said
    return min(unix, now.timestamp() + _LONGEST)


def _whole(said: str | None) -> int | None:
    text = (said or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None
