# SPDX-License-Identifier: Apache-2.0
"""The broadcaster's clock: days last until 30:00, times are Japan's, stored times are UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

from otakube.domain.record.golden import Broadcast

JST = timezone(timedelta(hours=9), "JST")  # Japan has had no daylight saving time since 1951
TOKYO = "Asia/Tokyo"
_CLOCK = re.compile(r"([0-2]?\d):([0-5]\d)")
_LAST_HOUR = 29  # the broadcaster's day ends at 30:00, six in the morning


def broadcast_slot(weekday: int, clock: str, zone: str = TOKYO) -> Broadcast:
    """The weekly slot on the common clock: Friday 25:30 is Saturday 01:30. ValueError names a wrong clock."""
    days, at = read_clock(clock)
    return Broadcast(weekday=(weekday - 1 + days) % 7 + 1, time=at.strftime("%H:%M"), timezone=zone)


def read_clock(clock: str) -> tuple[int, time]:
    """Days to add, and the time below 24:00."""
    match = _CLOCK.fullmatch(clock.strip())
    if match is None or int(match[1]) > _LAST_HOUR:
        raise ValueError(f"time {clock!r} is not HH:MM between 00:00 and 29:59")
    days, hour = divmod(int(match[1]), 24)
    return days, time(hour, int(match[2]))


def has_aired(aired: datetime | date | None, now: datetime) -> bool:
    """True of a time, or of a day in Japan, that has come; an unknown time is none to come."""
    if aired is None:
        return True
    return aired <= now if isinstance(aired, datetime) else aired <= now.astimezone(JST).date()


def next_slot(slot: Broadcast, after: datetime) -> datetime | None:
    """Start of the first broadcast later than `after`, in UTC; None where the slot's clock is not Japan's."""
    if slot.timezone != TOKYO:
        return None
    local = after.astimezone(JST)
    ahead = (slot.weekday - local.isoweekday()) % 7
    start = datetime.combine(local.date() + timedelta(days=ahead), time.fromisoformat(slot.time), JST)
    return (start if start > after else start + timedelta(weeks=1)).astimezone(UTC)


def airing_time(day: date, slot: Broadcast | None) -> datetime | date:
    """Start of an episode of a calendar day in Japan, in UTC; the bare day if the slot does not tell.

    The date counts, and is never moved: providers name the calendar's day, and an episode on another weekday
    than its slot's was broadcast at another time (docs/schedules.md has the figures). One exception keeps the
    date too: a late slot, 00:00 to 05:59, under the broadcaster's weekday is on the day after that.
    """
    if slot is None or slot.timezone != TOKYO:
        return day
    behind = (day.isoweekday() - slot.weekday) % 7
    late = int(slot.time[:2]) <= _LAST_HOUR - 24
    if behind != 0 and not (behind == 1 and late):  # Monday 25:30 that is written as Monday 01:30
        return day
    return datetime.combine(day, time.fromisoformat(slot.time), JST).astimezone(UTC)
