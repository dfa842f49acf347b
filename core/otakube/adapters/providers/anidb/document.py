# SPDX-License-Identifier: Apache-2.0
"""AniDB's XML, read without trust: no DTD, no entities, capped in depth and number. Pure.

AniDB says what went wrong with status 200 in an <error>; the words decide, since the codes are shared.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]  # ships no types

from otakube.adapters.http.failures import words_limit, words_pass
from otakube.adapters.http.parsing import plausible, refuse
from otakube.adapters.http.placeholders import Placeholders
from otakube.adapters.http.written_days import read_day
from otakube.domain.providers.budget import RequestOutcome
from otakube.domain.record.dates import KnownDay, known_day
from otakube.domain.record.prose import Prose
from otakube.domain.record.text import LONGEST_TEXT, plain
from otakube.errors import SourceError
from otakube_api.contract import SourceReason

PLACEHOLDERS = Placeholders(pictures=("nopic",), texts=("this anime has no description",))
"""What AniDB shows where it knows nothing; names of unnamed episodes are `episodes`'."""
DEEPEST = 12  # AniDB nests five deep
MOST_ELEMENTS = 200_000  # the longest anime has 60,000
_CROWDED = re.compile(r"<(?:[^<=]*+=){1000}")  # attributes, in one tag and the text behind it; AniDB has four
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_NUMBER = re.compile(r"[0-9]{1,9}")
_DECIMAL = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,4})?")
_FILE = re.compile(r"[0-9a-zA-Z._-]{1,100}")
_LINK = re.compile(r"https?://anidb\.net/[a-z]{1,12}/?[0-9]{1,9} \[([^\[\]]{1,300})\]")
_CLIENT_BANNED = re.compile(
    r"\bclient\b[^.,;]{0,40}\bbanned\b|\bbanned\b[^.,;]{0,20}\bclient\b", re.IGNORECASE
)
_OWN_ERRORS = ("internal", "timeout", "busy", "out of service", "offline", "maintenance", "try again")
_REFUSALS: list[tuple[str, SourceReason, str]] = [
    ("banned", SourceReason.RATE_LIMITED, "asked too often from this address: bans end after a day or so"),
    ("client", SourceReason.REFUSED, "correct the setting providers.anidb.client, or register it at AniDB"),
    ("not found", SourceReason.NOT_FOUND, "it has no such anime"),
    ("no such anime", SourceReason.NOT_FOUND, "it has no such anime"),
    ("aid missing or invalid", SourceReason.NOT_FOUND, "it has no such anime"),
    *((words, SourceReason.UNAVAILABLE, "an error of its own") for words in _OWN_ERRORS),
]


_ERROR = re.compile(
    rb"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,300}?-->\s*)?<error\b[^>]{0,200}>(.{0,600})",
    re.IGNORECASE | re.DOTALL,
)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_HTML = re.compile(r"<!doctype html|<html|<head|<body", re.IGNORECASE)
_LONGEST_PAGE = 16_384
BAN_SECONDS = 86_400.0  # each request meanwhile makes it longer


def refused(body: bytes) -> RequestOutcome | None:
    """Outcome that an <error> with status 200 stands for; None for an answer."""
    body = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    error = _ERROR.match(body[:1000])
    said = error[1].decode(errors="replace") if error else _said_outright(body.decode(errors="replace"))
    if said is None:
        return None
    reason = refusal(_CDATA.sub("", said.partition("</error")[0])).reason
    if reason is SourceReason.RATE_LIMITED:
        return RequestOutcome(status=429, retry_after=BAN_SECONDS if "banned" in said.casefold() else None)
    return RequestOutcome(status=503 if reason is SourceReason.UNAVAILABLE else 400)


class Partial(NamedTuple):
    """A day of which only the year, or year and month, may be known."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def known(self) -> tuple[int, ...]:
        """Year, month and day as far as they are known, most significant first."""
        return tuple(part for part in self if part is not None)


class Capped(TreeBuilder):
    """Builds a tree of bounded depth and size."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        """An element begins."""
        self._depth, self._count = self._depth + 1, self._count + 1
        if self._depth > DEEPEST or self._count > MOST_ELEMENTS:
            refuse(
                "the answer",
                tag,
                f"at most {DEEPEST} elements within each other and {MOST_ELEMENTS} in all",
            )
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        """An element ends."""
        self._depth -= 1
        return super().end(tag)


def parse(body: Any, target: Any) -> Any:
    """Feeds an XML text to a parser's target; whatever is no plain XML is AnswerInvalid."""
    if not isinstance(body, str):
        refuse("the answer", body, "XML")
    if _CROWDED.search(body):
        refuse("the answer", body, "at most 1,000 attributes in a tag")
    try:
        parser = DefusedXMLParser(target=target, forbid_dtd=True)
        parser.feed(body)
        return parser.close()
    except (ParseError, ValueError, AssertionError) as error:  # ValueError: defusedxml's, and lone surrogates
        raise SourceError(
            SourceReason.ANSWER_INVALID, f"the answer is no plain XML: {type(error).__name__} {error!s:.200}"
        ) from error


def document(body: Any, root: str = "anime") -> Element:
    """The root element of an answer; an <error> of AniDB's is raised in our words."""
    if not isinstance(body, str):
        refuse("the answer", body, "XML")
    if (said := _said_outright(body)) is not None:
        raise refusal(said)
    found = _tree(body)
    if found.tag.lower() == "error":
        raise refusal("".join(found.itertext()))
    if found.tag != root:
        refuse("the answer", found.tag, f"<{root}>")
    return found


def _said_outright(body: str) -> str | None:
    """The words of a ban that stands in no <error>: in a line of text, or on a page."""
    if len(body) > _LONGEST_PAGE or not (body.lstrip()[:1] != "<" or _HTML.match(body.lstrip())):
        return None
    words = plain(body) or ""
    return words if "banned" in words.casefold() else None


@lru_cache(maxsize=1)  # each part of a record reads the whole document
def _tree(body: str) -> Element:
    found: Element = parse(body, Capped())
    return found


def refusal(words: str) -> SourceError:
    """AniDB's error as ours: reason, its own words, the cure."""
    said = (plain(words) or "")[:200]
    if _CLIENT_BANNED.search(said):
        cure = "the registered client is banned, not this address: register another one, or ask AniDB why"
        return SourceError(SourceReason.REFUSED, f"AniDB says {said!r}: {cure}")
    for part, reason, cure in _REFUSALS:
        if part in said.casefold():
            return SourceError(reason, f"AniDB says {said!r}: {cure}")
    if words_limit(said):
        return SourceError(
            SourceReason.RATE_LIMITED, f"AniDB says {said!r}: asked too often from this address"
        )
    if words_pass(said):
        return SourceError(SourceReason.UNAVAILABLE, f"AniDB says {said!r}: an error of its own")
    return SourceError(SourceReason.ANSWER_INVALID, f"AniDB says {said!r}, which is none of its known errors")


def text_at(node: Element, path: str) -> str | None:
    """Plain text of the first element at a path."""
    return plain(node.findtext(path))


def attribute(node: Element, name: str) -> str:
    """An attribute that must be there."""
    value = node.get(name)
    return value if value is not None else refuse(f"{node.tag}.{name}", None, "a value")


def language(node: Element) -> str:
    """xml:lang; x-jat is romaji."""
    return node.get(_LANGUAGE, "")


def whole(field: str, text: str | None) -> int | None:
    """A whole number in decimal digits."""
    if text is None:
        return None
    return int(text) if _NUMBER.fullmatch(text) else refuse(field, text, "a whole number")


def decimal(field: str, text: str | None) -> float | None:
    """A number such as 8.16."""
    if text is None:
        return None
    return float(text) if _DECIMAL.fullmatch(text) else refuse(field, text, "a number")


def partial(field: str, text: str | None) -> Partial | None:
    """A day as 2024-05-31, 2024-05 or 2024, also with ?? for what is unknown."""
    found = read_day(field, text, "YYYY-MM-DD, YYYY-MM or YYYY")
    return Partial(found.year, found.month, found.day) if found and found.year else None


def exact(some: Partial | None) -> date | None:
    """The day, if all of it is known."""
    if some is None or some.month is None or some.day is None:
        return None
    return plausible(date(some.year, some.month, some.day))


def known(some: Partial | None) -> KnownDay:
    """A day as far as it is known."""
    return known_day(*some) if some else KnownDay()


def by_language(titles: Mapping[str, str], *languages: str) -> str | None:
    """The first of these languages that has a title."""
    return next((titles[one] for one in languages if one in titles), None)


def without_markup(text: str | None) -> Prose:
    """Prose without AniDB's links (`http://anidb.net/ch12 [Name]` is Name) and other marks."""
    return PLACEHOLDERS.prose(_LINK.sub(r"\1", text[:LONGEST_TEXT])) if text else Prose(None)


def file_name(field: str, name: str | None) -> str | None:
    """The name of a picture's file, without a path."""
    return name if name is None or _FILE.fullmatch(name) else refuse(field, name, "the name of a file")


def anime_id(anime: Element) -> str:
    """AniDB's number of it."""
    return str(whole("anime.id", attribute(anime, "id")) or refuse("anime.id", anime.get("id"), "a number"))
