# SPDX-License-Identifier: Apache-2.0
"""The next due times of EpisodeSchedules, computed as the operator does."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from otakube_api.timing.timetable import Tick, timetable_of
from otakube_api.timing.zones import InvalidTime
from otakube_api.v1alpha1.episode_schedule import KIND, EpisodeScheduleSpec
from otakube_cli.errors import ConsoleError
from otakube_cli.run.manifests import objects_of
from otakube_cli.run.validation import admit_schedule

Body = Mapping[str, Any]

COLUMNS = ["schedule", "episode", "due", "local", "japan", "airs"]
MOST = 10_000
TOKYO = ZoneInfo("Asia/Tokyo")
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


class Upcoming(NamedTuple):
    """One due time of a schedule."""

    schedule: str
    tick: Tick

    def row(self) -> list[str]:
        """The cells of a table."""
        due, at = self.tick.due, self.tick.at
        number = "" if self.tick.episode is None else str(self.tick.episode)
        local = f"{due.astimezone():%a %Y-%m-%d %H:%M %Z}"
        return [self.schedule, number, _utc(due), local, f"{due.astimezone(TOKYO):%a %H:%M}", _utc(at)]

    def body(self) -> dict[str, Any]:
        """The JSON form."""
        number = {} if self.tick.episode is None else {"episode": self.tick.episode}
        times = {"dueTime": _utc(self.tick.due), "airTime": _utc(self.tick.at)}
        return {"schedule": self.schedule, **number, **times}


def upcoming(schedule: Body, now: datetime, length: timedelta) -> list[Upcoming]:
    """The due times from now on; a ConsoleError names what cannot be read."""
    name = schedule["metadata"]["name"]
    try:
        timetable = timetable_of(EpisodeScheduleSpec.model_validate(schedule.get("spec") or {}))
    except InvalidTime as error:
        raise ConsoleError(f"{name}: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(["spec", *(str(part) for part in first["loc"])])
        raise ConsoleError(f"{name}: {where}: {first['msg']}") from error
    ahead = takewhile(lambda tick: tick.due <= now + length, timetable.ticks(now, LONG_AGO))
    return [Upcoming(name, tick) for tick in islice(ahead, MOST)]


def read_schedules(given: str) -> list[dict[str, Any]]:
    """The EpisodeSchedules among the manifests of a file, a folder or standard input, each checked."""
    try:
        objects = [(where, each) for where, each in objects_of(given) if isinstance(each, dict)]
        found = [(where, each) for where, each in objects if each.get("kind") == KIND.name]
        for where, each in found:
            admit_schedule(each, where)
    except ConsoleError as error:
        raise ConsoleError(str(error), code=2) from error
    if not found:
        raise ConsoleError(f"{given} holds no {KIND.name}: name a file or a folder with one", code=2)
    return [each for _, each in found]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
