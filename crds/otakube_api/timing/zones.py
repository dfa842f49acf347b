# SPDX-License-Identifier: Apache-2.0
"""Local times as UTC instants, by the rules of the IANA database."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


class InvalidTime(ValueError):
    """A schedule has no times; the message names the field, its value and the cure."""


def read_zone(name: str, field: str) -> ZoneInfo:
    """The zone of that name; `field` is what the message of InvalidTime calls it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidTime(
            f"{field} {name!r} is not in the IANA database: use a name such as Asia/Tokyo or Etc/UTC"
        ) from None


def instant(day: date, clock: timedelta, zone: ZoneInfo) -> datetime:
    """The moment at which clocks in `zone` show `clock`, counted from the midnight that begins `day`.

    A local time that daylight saving time skips is taken as much later as clocks are put forward: 02:30 is
    03:30 then. One that clocks show twice is the first of the two.
    """
    shown = datetime.combine(day, time()) + clock
    return shown.replace(tzinfo=zone, fold=0).astimezone(UTC)
