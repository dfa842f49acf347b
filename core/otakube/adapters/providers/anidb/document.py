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

from otakube.adapters.http.parsing import plausible, refuse
from otakube.domain.providers.budget import RequestOutcome
from otakube.domain.record.text import LONGEST_TEXT, plain, prose
from otakube.errors import SourceError
from otakube_api.contract import SourceReason

DEEPEST = 12  # AniDB nests five deep
MOST_ELEMENTS = 200_000  # the longest anime has 60,000
_CROWDED = re.compile(r"<(?:[^<=]*+=){1000}")  # attributes, in one tag and the text behind it; AniDB has four
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}|\?\?))?(?:-([0-9]{2}|\?\?))?")
_NUMBER = re.compile(r"[0-9]{1,9}")
_DECIMAL = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,4})?")
_FILE = re.compile(r"[0-9a-zA-Z._-]{1,100}")
_LINK = re.compile(r"https?://anidb\.net/[a-z]{1,12}/?[0-9]{1,9} \[([^\[\]]{1,300})\]")
_MARKUP = re.compile(r"\[/?(?:i|b|u|s|spoiler|quote|list|\*)\]", re.IGNORECASE)
_REFUSALS: list[tuple[str, SourceReason, str]] = [
    ("banned", SourceReason.RATE_LIMITED, "asked too often from this address: bans end after a day or so"),
    ("client", SourceReason.REFUSED, "correct the setting anidb_client, or register it at AniDB"),
    ("not found", SourceReason.NOT_FOUND, "it has no such anime"),
    ("aid missing or invalid", SourceReason.NOT_FOUND, "it has no such anime"),
    ("internal", SourceReason.UNAVAILABLE, "an error of its own"),
    ("timeout", SourceReason.UNAVAILABLE, "an error of its own"),
]


_ERROR = re.compile(rb"\s*(?:<\?xml[^>]{0,200}>\s*)?<error\b[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
BAN_SECONDS = 86_400.0  # each request meanwhile makes it longer


def refused(body: bytes) -> RequestOutcome | None:
    """Outcome that an <error> with status 200 stands for; None for an answer."""
    error = _ERROR.match(body[:1000])
    if error is None:
        return None
    banned = b"banned" in error[1].lower()
    return RequestOutcome(status=429, retry_after=BAN_SECONDS) if banned else RequestOutcome(status=400)


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
    found = _tree(body) if isinstance(body, str) else refuse("the answer", body, "XML")
    if found.tag == "error":
        raise refusal(found.text or "")
    if found.tag != root:
        refuse("the answer", found.tag, f"<{root}>")
    return found


@lru_cache(maxsize=1)  # each part of a record reads the whole document
def _tree(body: str) -> Element:
    found: Element = parse(body, Capped())
    return found


def refusal(words: str) -> SourceError:
    """AniDB's error as ours: reason, its own words, the cure."""
    said = (plain(words) or "")[:200]
    for part, reason, cure in _REFUSALS:
        if part in said.casefold():
            return SourceError(reason, f"AniDB says {said!r}: {cure}")
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
    if text is None:
        return None
    match = _DATE.fullmatch(text)
    if match is None:
        refuse(field, text, "YYYY-MM-DD, YYYY-MM or YYYY")
    year, month, day = (None if part in (None, "??") else int(part) for part in match.groups())
    return Partial(year or 0, month, day if month else None)


def exact(field: str, some: Partial | None) -> date | None:
    """The day, if all of it is known."""
    if some is None or some.month is None or some.day is None:
        return None
    try:
        return plausible(date(some.year, some.month, some.day))
    except ValueError:
        refuse(field, "-".join(map(str, some)), "a day that exists")


def by_language(titles: Mapping[str, str], *languages: str) -> str | None:
    """The first of these languages that has a title."""
    return next((titles[one] for one in languages if one in titles), None)


def without_markup(text: str | None) -> str | None:
    """Prose without AniDB's links (`http://anidb.net/ch12 [Name]` is Name) and its [i]markup[/i]."""
    return prose(_MARKUP.sub("", _LINK.sub(r"\1", text[:LONGEST_TEXT]))) if text else None


def file_name(field: str, name: str | None) -> str | None:
    """The name of a picture's file, without a path."""
    return name if name is None or _FILE.fullmatch(name) else refuse(field, name, "the name of a file")


def anime_id(anime: Element) -> str:
    """AniDB's number of it."""
    return str(whole("anime.id", attribute(anime, "id")) or refuse("anime.id", anime.get("id"), "a number"))
