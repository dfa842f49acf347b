# SPDX-License-Identifier: Apache-2.0
"""Two times of one episode: a move by whole weeks, and how far two sources agree."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from otakube_api.timing.recurrence import WEEK

SAME = timedelta(minutes=10)
"""Sources round: to the quarter of an hour, or to the minute after the advertisements."""
CLOCK = timedelta(hours=2)
"""A slot is moved by up to two hours for a long broadcast before it, or by daylight saving time."""


class TimeDifference(StrEnum):
    """The kind of difference between two times."""

    NONE = "SameTime"
    CLOCK = "AnotherClock"
    WEEKS = "WholeWeeks"
    DAY = "AnotherDay"


class SourceAgreement(NamedTuple):
    """The agreement of two sources: the share of common episodes of the same time, and how others differ."""

    score: float
    reason: TimeDifference
    weeks: int
    """Weeks from the first source's time to the second's, where whole weeks are the reason."""
    episodes: int


def weeks_between(before: datetime, after: datetime) -> int:
    """Whole weeks from one time to the other; 0 if they are no whole weeks, or none, apart."""
    weeks = round((after - before) / WEEK)
    return weeks if abs(after - before - weeks * WEEK) <= CLOCK else 0


def difference(one: datetime, other: datetime) -> TimeDifference:
    """The kind of difference between two times of one episode."""
    apart = abs(other - one)
    if apart <= SAME:
        return TimeDifference.NONE
    if apart <= CLOCK:
        return TimeDifference.CLOCK
    return TimeDifference.WEEKS if weeks_between(one, other) else TimeDifference.DAY


def agreement(one: Mapping[int, datetime], other: Mapping[int, datetime]) -> SourceAgreement | None:
    """The agreement of two sources on the episodes that both know; None if there is no such episode."""
    common = sorted(one.keys() & other.keys())
    if not common:
        return None
    kinds = Counter(difference(one[each], other[each]) for each in common)
    same = kinds.pop(TimeDifference.NONE, 0)
    reason = max(kinds, key=lambda kind: (kinds[kind], kind), default=TimeDifference.NONE)
    moves = Counter(weeks_between(one[each], other[each]) for each in common)
    moves.pop(0, None)
    weeks = max(moves, key=lambda each: (moves[each], -abs(each)), default=0)
    return SourceAgreement(
        same / len(common), reason, weeks if reason is TimeDifference.WEEKS else 0, len(common)
    )
