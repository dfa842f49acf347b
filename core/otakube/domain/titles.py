# SPDX-License-Identifier: Apache-2.0
"""Titles taken apart: the name, and which season or part is meant. "Mushishi II" is not "Mushishi"."""

import re
from typing import NamedTuple

from otakube.domain.text import comparable

_ROMAN = {"ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "final": 99}
_NUMBER = r"(\d{1,2})(?:st|nd|rd|th)?"
_ORDINAL = "|".join(_ORDINALS)
_SEASON = re.compile(rf"\b(?:{_NUMBER} season|season {_NUMBER}|({_ORDINAL}) season|s(\d{{1,2}}))\b")
_PART = re.compile(rf"\b(?:(?:part|cour) {_NUMBER}|{_NUMBER} (?:part|cour))\b")
_TRAILING = re.compile(rf" (?:({'|'.join(_ROMAN)})|([2-9]))$")


class Name(NamedTuple):
    """A title's comparable form without its season and part; 1 where none is named, 99 for a final season."""

    text: str
    season: int = 1
    part: int = 1


def take_apart(title: str) -> Name:
    """Split a title into name, season and part."""
    text = comparable(title)
    text, part = _take(_PART, text)
    text, season = _take(_SEASON, text)
    if season is None:
        text, season = _take(_TRAILING, text)
    return Name(text or comparable(title), season or 1, part or 1)


def _take(form: re.Pattern[str], text: str) -> tuple[str, int | None]:
    match = form.search(text)
    if match is None or match.start() == 0:
        return text, None
    said = next(group for group in match.groups() if group)
    number = int(said) if said.isdigit() else _ROMAN.get(said) or _ORDINALS[said]
    return " ".join((text[: match.start()] + text[match.end() :]).split()), number
