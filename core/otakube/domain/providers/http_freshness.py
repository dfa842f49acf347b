# SPDX-License-Identifier: Apache-2.0
"""Freshness of answers, and which may be used again: a small subset of RFC 9111.

No heuristics: an answer is fresh as long as its provider says so, or as a provider's rules demand; after that
it is confirmed (If-None-Match, If-Modified-Since) or fetched anew. Errors are never kept.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

LONGEST = timedelta(days=7)  # beyond it a provider's word is asked for again, whatever it promised
_XML_ERROR = re.compile(r"\s*(<\?xml[^>]*>\s*)?<error\b", re.IGNORECASE)


def is_error(body: Any) -> bool:
    """True of a 200 that is an error after all, as AniDB and GraphQL say it in the body."""
    if isinstance(body, str):
        return bool(_XML_ERROR.match(body))
    return isinstance(body, dict) and bool(body.get("errors"))


def is_stale(headers: Mapping[str, str]) -> bool:
    """True if the provider calls this an old copy. Header names in lower case."""
    if headers.get("x-cache-status", "").strip().upper() == "STALE":
        return True
    if headers.get("warning", "").lstrip().startswith("110"):
        return True
    age, lifetime = _seconds(headers.get("age")), _max_age(headers)
    return age is not None and lifetime is not None and age > lifetime


def fresh_until(headers: Mapping[str, str], received: datetime, floor: timedelta) -> datetime:
    """Until when the answer may be used without asking; `received` itself means: confirm it each time.

    `floor`: how long the same question must not be asked, which the provider's rules put above its headers.
    """
    said = timedelta() if is_stale(headers) or _asks_always(headers) else _lifetime(headers, received)
    return received + max(floor, min(said, LONGEST))


def keepable(method: str, headers: Mapping[str, str], received: datetime, floor: timedelta) -> bool:
    """True if a 200 may be kept: it is fresh for a while, or it can be confirmed later."""
    if floor:
        return True
    if "no-store" in _directives(headers) or headers.get("vary", "").strip() == "*":
        return False
    confirmable = method == "GET" and bool(headers.get("etag") or headers.get("last-modified"))
    return confirmable or fresh_until(headers, received, floor) > received


def _lifetime(headers: Mapping[str, str], received: datetime) -> timedelta:
    lifetime = _max_age(headers)
    if lifetime is None:
        expires, date = http_date(headers.get("expires")), http_date(headers.get("date")) or received
        lifetime = (expires - date).total_seconds() if expires else 0.0
    return timedelta(seconds=max(0.0, lifetime - (_seconds(headers.get("age")) or 0.0)))


def _max_age(headers: Mapping[str, str]) -> float | None:
    """Many pods share the answers: what is said to shared caches comes first."""
    directives = _directives(headers)
    said = (_seconds(directives.get(name)) for name in ("s-maxage", "max-age"))
    return next((seconds for seconds in said if seconds is not None), None)


def _asks_always(headers: Mapping[str, str]) -> bool:
    return "no-cache" in _directives(headers)


def _directives(headers: Mapping[str, str]) -> dict[str, str]:
    parts = (part.partition("=") for part in headers.get("cache-control", "").split(","))
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in parts}


def _seconds(text: str | None) -> float | None:
    """Whole seconds up to a year; anything else was not said."""
    if text is None or not (text.strip().isascii() and text.strip().isdigit()):
        return None
    return float(min(int(text.strip()[:12]), 366 * 86_400))


def http_date(text: str | None) -> datetime | None:
    """An HTTP date; one without a zone is UTC, nonsense was not said."""
    try:
        found = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):  # no date, or a year that no C library knows
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
