# SPDX-License-Identifier: Apache-2.0
"""The next broadcasts as an iCalendar file (RFC 5545)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from otakube_cli.errors import ConsoleError
from otakube_cli.upcoming import Upcoming, upcoming

LENGTH = timedelta(minutes=30)
"""Of an episode, since a schedule does not know it."""


def calendar_file(
    schedules: Iterable[Mapping[str, Any]],
    now: datetime,
    length: timedelta,
    *,
    start: datetime | None = None,
) -> str:
    """One event for each broadcast from `start` on, else from now; in a later file it has the same uid."""
    try:
        from icalendar import Calendar  # in an extra: no image needs it
    except ImportError as error:
        raise ConsoleError("calendars need icalendar: install otakube[calendar]") from error
    calendar = Calendar()
    calendar.add("prodid", "-//Otakube//schedule//EN")
    calendar.add("version", "2.0")
    for schedule in schedules:
        identity = schedule["metadata"].get("uid") or schedule["metadata"]["name"]
        for each in upcoming(schedule, start or now, length):
            calendar.add_component(_event(each, identity, now))
    text: str = calendar.to_ical().decode()
    return text


def _event(each: Upcoming, identity: str, now: datetime) -> Any:
    from icalendar import Event

    tick = each.tick
    event = Event()
    which = f"{tick.at:%Y%m%dT%H%M%SZ}" if tick.episode is None else f"ep{tick.episode}"
    event.add("uid", f"{identity}-{which}@otakube.dev")
    event.add("dtstamp", now)
    event.add("dtstart", tick.at)
    event.add("duration", LENGTH)
    event.add(
        "summary", each.schedule if tick.episode is None else f"{each.schedule}: episode {tick.episode}"
    )
    return event
