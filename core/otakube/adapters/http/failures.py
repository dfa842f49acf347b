# SPDX-License-Identifier: Apache-2.0
"""Tells failures that pass from those that stay, by status, headers and words of an error. Pure.

A status alone misleads: providers refuse with 403 while they are overloaded or switched off for a day, and
some say so with status 200. What passes is asked for again; what stays is for a person.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from otakube.adapters.http.outcomes import outcome
from otakube.domain.providers.budget import RequestOutcome, source_reason
from otakube.domain.record.text import plain
from otakube_api.contract import SourceReason

LONGEST_ERROR = 16_384  # bytes; an error is a sentence, or a page that says it near its beginning
_LONGEST_WORDS = 200
_PASSING = (SourceReason.UNAVAILABLE, SourceReason.RATE_LIMITED)
_SHORTEST_KEY = 8  # letters of a header's value that might be a key
_RATE = re.compile(
    r"too many (?:requests|connections|calls|hits|queries|attempts)|rate.?limit|throttl|slow down|quota"
    r"|temporar\w+ (?:ip )?(?:block|ban)|(?:block|bann)ed for \d|\berror(?: code)?:? ?1015\b"
    r"|(?:request|api|call|usage|daily|hourly)s?[ -]?limit\w* (?:\w+ ){0,2}(?:exceeded|reached|hit)"
    r"|(?:requests|calls|access) (?:is|are|being|been|now|to this \w+| ){1,4}limited"
    r"|exceeded (?:\w+ ){0,4}(?:requests|calls)|^\W*limit (?:exceeded|reached)|enhance your calm|\bflood",
    re.IGNORECASE,
)
_OF_THE_PROVIDER = r"\b(?:api|service|site|website|server|database|endpoint|system|platform)\b"
_PASSES = re.compile(
    r"temporar|\bmaint[a-z]{3,7}ce|try(?:ing)? (?:it |this )?again|retry"
    r"|(?:come|be|check) (?:right )?back\b"
    r"|over ?load|over capacity|service (?:is )?(?:currently )?unavailable|currently unavailable"
    r"|unavailable (?:at|for) (?:the|this|a) (?:moment|time|while)|\bfor now\b|until further notice"
    r"|for the (?:time being|moment)\b"
    r"|server (?:is )?(?:too )?busy|out of service|stability issue|outage|gateway|timed?[ -]?out"
    r"|(?:high|heavy) (?:load|traffic)|(?:is|are|currently) (?:currently |now )?(?:down|offline)\b"
    rf"|{_OF_THE_PROVIDER}(?! (?:key|token|version|client))[^.!?]{{0,40}}"
    r"\b(?:disabled|paused|suspended|closed|offline)\b"
    r"|(?:scheduled|planned|undergoing|ongoing) (?:\w+ ){0,2}(?:upgrade|update|work|repair|migration)s?\b"
    r"|(?:while|as) we (?:migrate|upgrade|update|move|repair|fix)\b"
    r"|downtime|technical (?:difficult|problem|issue)|degraded"
    r"|(?:experiencing|having) (?:\w+ ){0,2}(?:issue|problem|difficult)"
    r"|(?:failed|unable) to (?:connect|reach)|database (?:is |error|un)|upstream|fetch failed|read-?only mode"
    r"|please wait|under (?:\w+ )?attack|working on (?:it|this|fixing)",
    re.IGNORECASE,
)
_STAYS = re.compile(
    r"permanent|deprecat|discontinued|retired|no longer|sunset|shut down for good"
    r"|\byour (?:\w+ ){0,2}(?:account|key|client|app|application|token|permissions?)\b"
    r"|\b(?:invalid|expired|unknown|bad|missing|revoked)[_ ](?:\w+[_ ])?(?:token|key|client|credentials?)\b"
    r"|\b(?:need|request|require\w*) (?:a )?permission|not authori[sz]ed",
    re.IGNORECASE,
)
"""What is about who asks, or for good: words of passing trouble beside it say nothing."""
_MAINTAINED = re.compile(r"\bmaint[a-z]{3,7}ce\b|we(?:'|’| wi)ll be (?:right )?back", re.IGNORECASE)
_INTERNAL = re.compile(r"internal (?:server )?error", re.IGNORECASE)  # of a 200; a 4xx is about our request
_CODES = ("status", "statusCode", "status_code", "code")
_STATUS = re.compile(r"[45][0-9]{2}", re.ASCII)
_SAYING = (
    "message",
    "msg",
    "error",
    "errors",
    "error_description",
    "title",
    "detail",
    "description",
    "reason",
)
_HINTS = (*_SAYING, "hint", "info")
_FAILED = {"success": False, "ok": False, "maintenance": True, "down": True}
_FAILING = ("error", "fail", "failed", "failure", "maintenance", "unavailable")
_OF_HTML = re.compile(
    rb"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?"
    rb"<(?:!doctype html|html|head|title|body|center|h[1-6]|div|p|meta|script|br|b|pre|span|table)\b",
    re.IGNORECASE | re.DOTALL,
)


class HttpFailure(NamedTuple):
    """Reason why an answer is none; `passes`: ask again, after `after` seconds if the provider names them."""

    reason: SourceReason
    said: str | None = None
    passes: bool = False
    after: float | None = None


def of_status(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> HttpFailure:
    """Failure of an answer that is no 200."""
    said = outcome(status, headers, now)
    after = said.retry_after
    if after is None and status == 403 and said.remaining == 0 and said.reset_at is not None:
        after = max(0.0, said.reset_at - now.timestamp())
    return _judged(status, words_of(body), after)


def hidden(body: bytes, accept: str, now: datetime, headers: Mapping[str, str] = {}) -> HttpFailure | None:
    """Failure that passes, of a 200: an error in JSON, or a page of words where data were asked for."""
    if len(body) > LONGEST_ERROR or "html" in accept:
        return None
    first = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if "json" in accept and first in (b"{", b"["):
        status, words = _fault(body)
    elif first != b"<" or _is_page(body):
        status, words = 200, words_of(body)
    else:
        return None
    found = _judged(status, words, outcome(200, headers, now).retry_after) if words else None
    return found if found and found.passes else None


def recorded(
    failure: HttpFailure | None, status: int, headers: Mapping[str, str], now: datetime
) -> RequestOutcome:
    """The outcome for the rate limit: what passes counts as 429 or 503, whatever its status was."""
    if failure and failure.passes and status < 500 and status not in (408, 429):
        status = 429 if failure.reason is SourceReason.RATE_LIMITED else 503
    return outcome(status, headers, now)


def describe(failure: HttpFailure, name: str, status: int, leads: str | None, headers: Iterable[str]) -> str:
    """One sentence; with the provider's own words, unless they hold a part of what our headers say."""
    if failure.reason is SourceReason.NOT_FOUND:
        return f"{name} is not known there ({status})"
    if failure.reason is SourceReason.REFUSED:
        return f"{name} was refused ({status})"
    if not failure.passes:
        return f"{name} answered {status}, expected 200" + (f": it leads {leads}" if leads else "")
    keys = {part for value in headers for part in value.split() if len(part) >= _SHORTEST_KEY}
    said = failure.said if failure.said and not any(key in failure.said for key in keys) else None
    limited = ": too many requests" if failure.reason is SourceReason.RATE_LIMITED else ""
    return f"{name} answered {status}{limited}" + (f" and says {said!r}" if said else "")


def words_pass(words: str) -> bool:
    """True if a provider's words say that its failure passes."""
    return bool(_RATE.search(words) or (_PASSES.search(words) and not _STAYS.search(words)))


def words_limit(words: str) -> bool:
    """True if a provider's words say that it was asked too often."""
    return _RATE.search(words) is not None


def words_of(body: bytes) -> str | None:
    """Words of an error as plain text: the messages in its JSON, or the text of its page."""
    text = body[:LONGEST_ERROR].decode(errors="replace")
    try:
        said = ". ".join(_messages(orjson.loads(text))) or None
    except orjson.JSONDecodeError:
        said = text.replace("<", " <")  # "maintenance</title>Back" is two words
    words = " ".join((plain(said) or "").split())
    return words or None


def _judged(status: int, words: str | None, after: float | None) -> HttpFailure:
    reason, said = source_reason(status), words or ""
    if reason is SourceReason.NOT_FOUND and not _MAINTAINED.search(said):
        return HttpFailure(reason)
    if reason not in _PASSING:
        passes = _PASSES.search(said) is not None and not _STAYS.search(said)
        if _RATE.search(said) or (after is not None and not passes):
            reason = SourceReason.RATE_LIMITED
        elif passes or (status == 200 and _INTERNAL.search(said)):
            reason = SourceReason.UNAVAILABLE
    if reason not in _PASSING:
        return HttpFailure(reason)
    return HttpFailure(reason, _shortened(words), passes=True, after=after)


def _fault(body: bytes) -> tuple[int, str | None]:
    """Status and words of an error in JSON; no words where the JSON holds data."""
    try:
        said = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return 200, None
    if isinstance(said, list) and len(said) == 1 and isinstance(said[0], dict):
        said = said[0] if said[0].keys() <= {*_HINTS, *_CODES} else None
    if not isinstance(said, dict) or said.get("id") is not None or not _says_failed(said):
        return 200, None
    data = said.get("data")
    if any(part is not None for part in data.values()) if isinstance(data, dict) else data:
        return 200, None
    errors = said.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else said
    inner = said.get("error")
    said_codes = [one.get(key) for one in (first, inner) if isinstance(one, dict) for key in _CODES]
    return next((int(one) for one in map(str, said_codes) if _STATUS.fullmatch(one)), 200), words_of(body)


def _says_failed(said: dict[str, Any]) -> bool:
    """True of an object with an error, or that says in a word that it is one."""
    if any(said.get(key) for key in ("error", "errors", "message")):
        return True
    return str(said.get("status")).lower() in _FAILING or any(
        said.get(key) is value for key, value in _FAILED.items()
    )


def _messages(said: Any, depth: int = 4) -> Iterator[str]:
    """Texts of an error's object, in the keys in which errors speak."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, list) and depth:
        for one in said[:5]:
            yield from _messages(one, depth - 1)
    elif isinstance(said, dict) and depth:
        for key in _HINTS:
            yield from _messages(said.get(key), depth - 1)
        yield from (key for key in ("maintenance", "down") if said.get(key) is True)
        if str(said.get("status")).lower() in _FAILING[3:]:
            yield str(said["status"])


def _is_page(body: bytes) -> bool:
    return _OF_HTML.match(body[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()) is not None


def _shortened(words: str | None) -> str | None:
    return words and (words if len(words) <= _LONGEST_WORDS else f"{words[: _LONGEST_WORDS - 1]}…")
