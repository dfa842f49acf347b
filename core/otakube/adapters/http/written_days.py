# SPDX-License-Identifier: Apache-2.0
"""Days as providers write them in numbers, of which month and day may be missing, 00, ?? or XX. Pure."""

import re
from calendar import monthrange
from datetime import MAXYEAR
from typing import NamedTuple

from otakube.adapters.http.parsing import refuse
from otakube.adapters.http.placeholders import is_placeholder
from otakube.domain.record.dates import KnownDay, known_day
from otakube.notes import note_impossible

_DAY = re.compile(
    r"([0-9?xX]{4})(?:[-/.]([0-9?xX]{1,2})(?:[-/.]([0-9?xX]{1,2}))?)?(?:[T ][0-9:.,Z+-]{1,40})?",
    re.ASCII,
)


class WrittenDay(NamedTuple):
    """Year, month and day as numbers; None is not known."""

    year: int | None
    month: int | None
    day: int | None


def is_written(said: str) -> bool:
    """Tell whether a text is a day in numbers, however little of it is known."""
    return _DAY.fullmatch(said.strip()) is not None


def read_day(field: str, said: str | None, expected: str) -> WrittenDay | None:
    """The parts of a day that exist; None where nothing is known. What is no day is refused."""
    if said is None or not said.strip() or is_placeholder(said):
        return None
    match = _DAY.fullmatch(said.strip()) or refuse(field, said, expected)
    year, month, day = (int(part) if part and part.isdigit() else None for part in match.groups())
    if not year:
        return None
    return existing(field, WrittenDay(year, month or None, (day or None) if month else None))


def existing(field: str, said: WrittenDay) -> WrittenDay:
    """The parts that are still true of a day that no calendar has: of 30 February the month; with a note."""
    year, month, day = said
    if not year:
        return WrittenDay(None, None, None)
    if not 0 < year <= MAXYEAR:
        left = WrittenDay(None, None, None)
    elif month and not 1 <= month <= 12:
        left = WrittenDay(year, None, None)
    elif month and day and not 1 <= day <= monthrange(year, month)[1]:
        left = WrittenDay(year, month, None)
    else:
        return said
    note_impossible(f"{field} {'-'.join(f'{part:02}' for part in said if part is not None)}")
    return left


def day_written(field: str, said: str | None, expected: str = "YYYY, YYYY-MM or YYYY-MM-DD") -> KnownDay:
    """A day as far as it is known."""
    found = read_day(field, said, expected)
    return KnownDay() if found is None else known_day(*found)
