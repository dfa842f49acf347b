# SPDX-License-Identifier: Apache-2.0
"""AniDB's episodes: six kinds, each numbered on its own, with titles in many languages. Pure."""

import re
from collections.abc import Iterable
from typing import get_args
from xml.etree.ElementTree import Element

from otakube.adapters.http.parsing import refuse, word
from otakube.adapters.http.placeholders import is_placeholder
from otakube.adapters.providers.anidb.document import (
    by_language,
    exact,
    language,
    partial,
    text_at,
    whole,
    without_markup,
)
from otakube.domain.record.claims import Episode
from otakube.domain.record.golden import EpisodeKind
from otakube.domain.record.text import plain

_KINDS: dict[str | None, EpisodeKind] = {
    "1": "Regular",
    "2": "Special",
    "3": "Credits",
    "4": "Trailer",
    "5": "Parody",
    "6": "Other",
}
_ORDER: tuple[EpisodeKind, ...] = get_args(EpisodeKind)
_NUMBER = re.compile(r"[SCTPO]?([0-9]{1,5})")
_UNNAMED = re.compile(r"(?:Episode|Special|Trailer) [SCTPO]?[0-9]{1,5}")


def episode(node: Element) -> Episode:
    """One episode; AniDB knows the day in Japan, never the hour."""
    number = node.find("epno")
    titles = _titles(node)
    minutes = whole("episodes.length", text_at(node, "length"))
    about = without_markup(node.findtext("summary"))
    return Episode(
        number=count(text_at(node, "epno")),
        kind=word("episodes.epno.type", None if number is None else number.get("type"), _KINDS),
        title=by_language(titles, "en"),
        title_japanese=by_language(titles, "ja"),
        title_romaji=by_language(titles, "x-jat"),
        synopsis=about.text,
        synopsis_credit=about.credit,
        synopsis_spoilers=about.spoilers,
        aired=exact(partial("episodes.airdate", text_at(node, "airdate"))),
        duration_seconds=minutes * 60 if minutes else None,
    )


def count(epno: str | None) -> int:
    """The number within its kind: 12, S2, C1."""
    match = _NUMBER.fullmatch(epno or "")
    return int(match[1]) if match else refuse("episodes.epno", epno, "a number, or a letter and a number")


def in_order(episodes: Iterable[Episode]) -> list[Episode]:
    """Regular ones first, each kind by number: AniDB lists them in the order of its own ids."""
    return sorted(episodes, key=lambda one: (_ORDER.index(one.kind), one.number))


def _titles(node: Element) -> dict[str, str]:
    """By language, without the names that AniDB gives to what nobody has named yet."""
    found = ((language(title), plain(title.text)) for title in node.iterfind("title"))
    return {
        where: text
        for where, text in found
        if text and not (_UNNAMED.fullmatch(text) or is_placeholder(text))
    }
