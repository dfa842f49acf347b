# SPDX-License-Identifier: Apache-2.0
"""AnimeSchedule's times: instants in UTC, of which some mean only a day, only an hour, or nothing. Pure."""

import re
from datetime import UTC, date, datetime, time

from otakube.adapters.http.parsing import plausible, refuse
from otakube.adapters.http.written_days import WrittenDay, existing
from otakube.domain.merge.broadcast import JST, TOKYO
from otakube.domain.record.dates import KnownDay, known_day
from otakube.domain.record.golden import Broadcast

_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-][0-2][0-9]:[0-5][0-9])"
)
_SAID = 1900  # year 1 is Go's zero time and means none; year 2 has an hour of the day and no day
_LAST = 2200


def instant(field: str, said: str | None) -> datetime | None:
    """A time with its zone; years before there was film mean that none is known."""
    if not said:
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        if without_its_day(field, said) is not None:
            return None
        refuse(field, said, "an RFC 3339 time")
    if found.tzinfo is None or found.year > _LAST:
        refuse(field, said, f"a time with its zone, before {_LAST}")
    return found.astimezone(UTC) if found.year >= _SAID else None


def only_a_day(moment: datetime) -> bool:
    """Midnight in UTC is how AnimeSchedule writes a day whose hour it does not know."""
    return moment.astimezone(UTC).time() == time()


def day_in_japan(field: str, said: str | None) -> date | None:
    """The day in Japan; of a midnight in UTC the day that is written, which is also Japan's."""
    found = instant(field, said)
    return plausible(found.astimezone(JST).date()) if found else None


def without_its_day(field: str, said: str | None) -> KnownDay | None:
    """The month or year of a time on a day that no calendar has; None of any other."""
    match = _TIME.fullmatch(said or "")
    if match is None:
        return None
    parts = WrittenDay(*map(int, match.groups()))
    left = existing(field, parts)
    return known_day(*left) if left != parts else None


def weekly_slot(field: str, said: str | None) -> Broadcast | None:
    """Weekday and hour in Japan of the latest known airing."""
    found = instant(field, said)
    if found is None:
        return None
    there = found.astimezone(JST)
    return Broadcast(weekday=there.isoweekday(), time=there.strftime("%H:%M"), timezone=TOKYO)
