# SPDX-License-Identifier: Apache-2.0
"""Times that come again: a weekly broadcast slot on the 24-30 h clock, and a cron expression."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from otakube_api.timing.zones import InvalidTime, instant

WEEK = timedelta(weeks=1)
LAST_YEAR = 9998


def read_clock(text: str) -> timedelta:
    """`25:30` as the time since the midnight that begins the broadcast day."""
    shown = re.fullmatch(r"([0-2]\d):([0-5]\d)", text, re.ASCII)
    if shown is None:
        raise InvalidTime(
            f"spec.broadcast.time {text!r} is no HH:MM from 00:00 to 29:59: write such as 25:30"
        )
    hours, minutes = shown.groups()
    return timedelta(hours=int(hours), minutes=int(minutes))


def weekly(weekday: int, clock: timedelta, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """The slot's instants after `after`; `weekday` counts from Monday, 0."""
    day = after.astimezone(zone).date() - timedelta(days=2)  # a clock of 25:30 begins the day before
    day += timedelta(days=(weekday - day.weekday()) % 7)
    while day.year < LAST_YEAR:
        at = instant(day, clock, zone)
        if at > after:
            yield at
        day += WEEK


def check_cron(expression: str) -> None:
    """Raise InvalidTime unless the expression names times that there are."""
    try:
        CronSim(expression, datetime(2000, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise InvalidTime(
            f"spec.schedule {expression!r}: {str(error).lower()}: write ranges upwards, days as they are"
        ) from None


def cron(expression: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """The expression's instants after `after`, as Debian's cron has them.

    Of fixed times, one that daylight saving time skips comes at the moment at which clocks are put forward,
    and one that clocks show twice comes once. Where minute or hour begins with a star, real time counts.
    """
    last = after
    for local in CronSim(expression, after.astimezone(zone)):
        at = local.astimezone(UTC)
        if at > last:
            yield at
            last = at
