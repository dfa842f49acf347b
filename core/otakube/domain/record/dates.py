# SPDX-License-Identifier: Apache-2.0
"""Days of which only the year, or year and month, may be known: kept as the first day, compared as spans."""

from calendar import monthrange
from datetime import date
from typing import NamedTuple

from otakube.domain.record.golden import AnimeEntry, Exactness

_FIRST_YEAR = 1900  # providers have years such as 0202, which are slips of the keyboard


class KnownDay(NamedTuple):
    """A day as a provider knows it; `exactness` None: to the day."""

    day: date | None = None
    exactness: Exactness | None = None

    @property
    def exactly(self) -> date | None:
        """The day, if all of it is known."""
        return self.day if self.exactness is None else None


class Span(NamedTuple):
    """First and last day that are meant."""

    first: date
    last: date

    def __str__(self) -> str:
        if self.first == self.last:
            return str(self.first)
        month = self.first.month == self.last.month
        return f"{self.first:%Y-%m}" if month else f"{self.first:%Y}"


def known_day(year: int | None, month: int | None = None, day: int | None = None) -> KnownDay:
    """A day of these parts; ValueError for one that does not exist, an unknown one before there was film."""
    if not year or year < _FIRST_YEAR:
        return KnownDay()
    if not month:
        return KnownDay(date(year, 1, 1), Exactness.YEAR)
    if not day:
        return KnownDay(date(year, month, 1), Exactness.MONTH)
    return KnownDay(date(year, month, day))


def span(day: date, exactness: Exactness | None) -> Span:
    """The days that a date may mean."""
    if exactness is Exactness.YEAR:
        return Span(date(day.year, 1, 1), date(day.year, 12, 31))
    if exactness is Exactness.MONTH:
        last = monthrange(day.year, day.month)[1]
        return Span(day.replace(day=1), day.replace(day=last))
    return Span(day, day)


def days_apart(one: Span, other: Span) -> int | None:
    """Days between two dates; None where they may be one day, and it is not known."""
    if one.first > other.last:
        return (one.first - other.last).days
    if other.first > one.last:
        return (other.first - one.last).days
    return 0 if one.first == one.last == other.first == other.last else None


def entry_span(entry: AnimeEntry, field: str) -> Span | None:
    """The first (`aired_from`) or last day (`aired_to`) of broadcast, as far as it is known."""
    day: date | None = getattr(entry, field)
    precision: str = getattr(entry, f"{field}_precision")
    return span(day, None if precision == "Day" else Exactness(precision)) if day else None
