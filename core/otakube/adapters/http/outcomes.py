# SPDX-License-Identifier: Apache-2.0
"""Reads from a status and headers what they mean for the next request. Pure."""

from collections.abc import Mapping
from datetime import datetime

from otakube.domain.providers.budget import RequestOutcome
from otakube.domain.providers.http_freshness import http_date

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
    """Seconds to wait: digits or an HTTP date."""
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said[:12]), _LONGEST)
    when = http_date(said)
    return min(max(0.0, (when - now).total_seconds()), _LONGEST) if when else None


def _reset(said: int | None, now: datetime) -> float | None:
    if said is None:
        return None
    unix = float(said) if said >= _UNIX_TIMES else now.timestamp() + said
    return min(unix, now.timestamp() + _LONGEST)


def _whole(said: str | None) -> int | None:
    text = (said or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None
