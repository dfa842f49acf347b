# SPDX-License-Identifier: Apache-2.0
"""Titles taken apart: the name, and which season, part or form is meant. "Mushishi II" is not "Mushishi".

The forms are those of the catalogues: English, romanised Japanese, Japanese, Chinese, Korean, and licensors'
languages. A number that cannot be a season belongs to the name: "Mob Psycho 100", "86", "Steins;Gate 0".
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from otakube.domain.matching.notations import (
    BARE,
    BARE_YEAR,
    DUB,
    FINAL,
    FORM_BEHIND,
    FORMS,
    KIND_OF_MUSIC,
    MARK,
    MARKED,
    PART,
    SEASON,
    YEAR,
    number_of,
    set_apart,
)
from otakube.domain.record.signs import lettered
from otakube.domain.record.text import LONGEST_NAME, comparable
from otakube_api.contract import AnimeType

__all__ = ["FINAL", "LONGEST_COMPARED", "Name", "interpretations", "spelling", "take_apart"]

LONGEST_COMPARED = 200  # letters of a name: some letters stand for eighteen, and time grows with the square


class Name(NamedTuple):
    """A title's comparable form without what tells it from its namesakes.

    `season` and `part` are 1 where none is named and FINAL for a final one; the number of a film or an OVA is
    its part. `kind` and `year` are None where the title does not say them. `numbered` if it says that it is
    the first of several: "OVA 1" is one of a row, "OVA" may be the only one.
    """

    text: str
    season: int = 1
    part: int = 1
    kind: AnimeType | None = None
    year: int | None = None
    numbered: bool = False


@lru_cache(maxsize=4096)  # each query meets many titles
def spelling(title: str) -> str:
    """The comparable form of a title, signs that stand for letters written out."""
    return comparable(lettered(title[:LONGEST_NAME]))


@lru_cache(maxsize=4096)  # each title meets many others
def take_apart(title: str) -> Name:
    """Split a title into name, season, part, form and year; of a very long one its beginning."""
    title = lettered(title[:LONGEST_NAME])
    if not title.isascii():
        title = unicodedata.normalize("NFKC", title)[: 4 * LONGEST_NAME]
    title, year = _take_year(DUB.sub(" ", title) if title.endswith((")", "]")) else title)
    title, music = KIND_OF_MUSIC.subn(" ", title)
    kind = AnimeType.MUSIC if music else None
    whole = comparable(set_apart(title))[:LONGEST_COMPARED].rstrip()
    if not MARKED.search(whole):
        return Name(whole, kind=kind, year=year)
    text, part = _take(PART, whole)
    text, form, number = _take_form(text)
    text, season = _take(SEASON, text)
    if season is None:
        text, season = _take(BARE, text)
    text = text.replace(MARK, "") or whole
    first = 1 in (part, number) and season is None  # the first cour of a season is often called as the season
    return Name(text, season or 1, part or number or 1, form or kind, year, numbered=first)


def interpretations(title: str) -> list[Name]:
    """Possible meanings of a title: a year at the end may be one, or part of the name ("Akira 1988")."""
    name = take_apart(title)
    bare = BARE_YEAR.match(spelling(title)) if name.year is None else None
    if bare is None:
        return [name]
    return [name, take_apart(bare[1])._replace(year=int(bare[2]))]


def _take_year(title: str) -> tuple[str, int | None]:
    match = YEAR.search(title)
    if match is None:
        return title, None
    form, year, behind, last = match.groups()
    rest = f"{title[: match.start()]} {form or behind or ''} {title[match.end() :]}"
    return (rest, int(year or last)) if comparable(rest) else (title, None)


def _take(forms: tuple[re.Pattern[str], ...], text: str) -> tuple[str, int | None]:
    for form in forms:
        match = form.search(text)
        if match and (rest := _without(match, text)):
            return rest, number_of(next(group for group in match.groups() if group))
    return text, None


def _take_form(text: str) -> tuple[str, AnimeType | None, int | None]:
    first = FORM_BEHIND.search(text)
    bare = _without(first, text) if first else text
    for kind, words in FORMS:
        match = words.search(bare)
        if match and (rest := _without(match, bare)):
            said = next(
                (group for group in (*(first.groups() if first else ()), *match.groups()) if group), None
            )
            return rest, kind, number_of(said) if said else None
    return text, None, None


def _without(match: re.Match[str], text: str) -> str:
    return " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())
