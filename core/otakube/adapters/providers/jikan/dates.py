# SPDX-License-Identifier: Apache-2.0
"""Jikan's dates: midnights that mean days in Japan, and the site's words that tell what of them is known.

Of "2010" and "Apr, 2010" the midnight is that of a first day; only the words tell that nobody knows the day.
"""

import re
from datetime import date
from typing import NamedTuple

from otakube.adapters.http.parsing import refuse
from otakube.adapters.http.written_days import WrittenDay, day_written, existing, is_written
from otakube.adapters.providers.jikan.answers import DateParts, JikanSpan
from otakube.domain.record.dates import KnownDay, known_day

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)T")
_BETWEEN = re.compile(r" (?:to|[-–—~]) |(?<=\d{4})[-–—](?=\d{4})")
_YEAR_ALONE = 4  # letters
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_MONTH = re.compile(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d/Q])\d{1,2}(?:st|nd|rd|th)?(?![\d/])")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Aired(NamedTuple):
    """First and last day of broadcast, as far as they are known."""

    start: KnownDay
    end: KnownDay


def aired(said: JikanSpan) -> Aired:
    """Both days; the words say how much of each is known."""
    first, last = ([*_BETWEEN.split(said.string or "", maxsplit=1), ""])[:2]
    return Aired(
        _known("aired.from", said.from_, first, said.prop.from_),
        _known("aired.to", said.to, last, said.prop.to),
    )


def day(field: str, said: str | None) -> date | None:
    """A day in Japan from its midnight, whatever the zone that Jikan writes."""
    return _midnight(field, said).exactly


def _midnight(field: str, said: str | None) -> KnownDay:
    if said is None:
        return KnownDay()
    match = _DAY.match(said) or refuse(field, said, "an ISO 8601 time")
    return known_day(*existing(field, WrittenDay(*map(int, match.groups()))))


def _known(field: str, midnight: str | None, words: str, parts: DateParts) -> KnownDay:
    if len(words.strip()) > _YEAR_ALONE and is_written(words):
        return day_written(field, words)
    year, month, number = _YEAR.search(words), _MONTH.search(words), _NUMBER.search(words)
    said = WrittenDay(parts.year, parts.month, None)
    if year:
        of_year = _MONTHS.index(month[1].lower()) + 1 if month else None
        said = WrittenDay(
            int(year[0]), of_year, int(number[0].rstrip("stndrh")) if number and of_year else None
        )
    elif not parts.year or (parts.month and parts.day):
        return _midnight(field, midnight)
    return known_day(*existing(field, said))
