# SPDX-License-Identifier: Apache-2.0
"""Each due time is acted on once, or skipped with a reason, whatever becomes of clock and operator."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import pytest

from otakube_api.timing.timetable import Tick
from otakube_operator.schedule.due import LONG_AGO
from schedule_world import ScheduleWorld, a_schedule, identity

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
LENGTH = 30 * WEEK


class Case(NamedTuple):
    """A spec and the moment it is created at; the thirty weeks after hold what the name says."""

    start: datetime
    spec: Mapping[str, Any]


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


def slot(weekday: str, time: str, zone: str, **more: Any) -> Mapping[str, Any]:
    return {"broadcast": {"weekday": weekday, "time": time, "timeZone": zone}, **more}


SPRING, AUTUMN = at(2027, 2, 1), at(2027, 8, 1)  # thirty weeks from each hold one change of the clocks
CASES = {
    "New York, clocks put forward": Case(SPRING, slot("Sunday", "02:30", "America/New_York")),
    "New York, clocks put back": Case(AUTUMN, slot("Sunday", "01:30", "America/New_York")),
    "Berlin, clocks put forward": Case(SPRING, slot("Saturday", "26:30", "Europe/Berlin")),
    "Berlin, clocks put back": Case(AUTUMN, slot("Saturday", "26:30", "Europe/Berlin")),
    "Sydney, clocks put back": Case(SPRING, slot("Sunday", "02:30", "Australia/Sydney")),
    "Sydney, clocks put forward": Case(AUTUMN, slot("Sunday", "02:30", "Australia/Sydney")),
    "Lord Howe, by half an hour": Case(SPRING, slot("Saturday", "25:45", "Australia/Lord_Howe")),
    "Tokyo, late at night, over a leap day": Case(at(2027, 12, 1), slot("Monday", "29:59", "Asia/Tokyo")),
    "Tokyo, a delay of a week": Case(SPRING, slot("Friday", "25:30", "Asia/Tokyo", delay="168h")),
    "Tokyo, no delay": Case(SPRING, slot("Friday", "25:30", "Asia/Tokyo", delay="0s")),
    "cron, daily in New York": Case(
        SPRING, {"schedule": "30 2 * * *", "timeZone": "America/New_York", "startingDeadlineSeconds": 600}
    ),
    "cron, on leap days and others": Case(at(2027, 12, 1), {"schedule": "0 3 28-31 * *"}),
    "airings with a break, then the slot": Case(
        SPRING,
        slot(
            "Friday",
            "25:30",
            "Asia/Tokyo",
            airings=[
                {"episode": number, "airTime": f"2027-{month}T16:30:00Z"}
                for number, month in enumerate(["02-05", "02-12", "02-26", "03-05", "03-05"], 1)
            ],
        ),
    ),
}


def calm(world: ScheduleWorld) -> None:
    return


def down(length: timedelta) -> Callable[[ScheduleWorld], None]:
    """The operator is away for so long, from shortly before a due time."""

    def happen(world: ScheduleWorld) -> None:
        world.up = False
        world.advance(world.time + length)
        world.up = True

    return happen


def jump(by: timedelta) -> Callable[[ScheduleWorld], None]:
    """The operator's clock is wrong by so much for a day."""

    def happen(world: ScheduleWorld) -> None:
        world.set_clock(by)
        world.advance(world.time + DAY)
        world.set_clock(timedelta())

    return happen


def suspend(world: ScheduleWorld) -> None:
    world.edit(suspend=True)
    world.advance(world.time + DAY)
    world.edit(suspend=False)


def die_after(write: str) -> Callable[[ScheduleWorld], None]:
    def happen(world: ScheduleWorld) -> None:
        world.dies_after = write

    return happen


def change_delay(world: ScheduleWorld) -> None:
    world.edit(delay="5h")
    world.advance(world.time + DAY)
    world.edit(delay="2h")


def stuck(world: ScheduleWorld) -> None:
    """What is started is under way for nine days."""
    world.runs_for = 9 * DAY
    world.advance(world.time + DAY)
    world.runs_for = HOUR


HISTORIES: Mapping[str, Callable[[ScheduleWorld], None]] = {
    "calm": calm,
    "down for 3 h": down(3 * HOUR),
    "down for 25 h": down(25 * HOUR),
    "down for 8 days": down(8 * DAY),
    "clock 2 h ahead": jump(2 * HOUR),
    "clock 2 h behind": jump(-2 * HOUR),
    "suspended over a due time": suspend,
    "killed after create": die_after("create"),
    "killed after the status": die_after("status"),
    "another delay": change_delay,
    "an enrichment that does not end": stuck,
}


@cache
def play(case_name: str, history: str) -> tuple[ScheduleWorld, list[Tick]]:
    """Have the history happen every third week, half an hour before a due time; the ticks of all."""
    case = CASES[case_name]
    world = ScheduleWorld(a_schedule(case.start, **case.spec), case.start)
    every = []
    while world.time < case.start + LENGTH:
        following = world.status.next_schedule_time
        world.advance(max(world.time, (following or world.time + WEEK) - HOUR / 2))
        HISTORIES[history](world)
        world.advance(world.time + 3 * WEEK)
    world.advance(world.time + 2 * WEEK)
    for tick in world.timetable.ticks(case.start, LONG_AGO):
        if tick.due > world.latest:
            break
        every.append(tick)
    return world, every


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("case", CASES)
def test_each_due_time_is_acted_on_once_or_skipped_with_a_reason(case: str, history: str) -> None:
    world, ticks = play(case, history)

    assert world.unaccounted(CASES[case].start) == []
    assert world.told_twice() == []
    told = (world.created + world.skipped).keys()
    assert {identity(tick) for tick in ticks} <= told
    others = told - {identity(tick) for tick in ticks}
    assert all(at <= CASES[case].start for at, _ in others)  # due after the creation by an earlier delay


@pytest.mark.parametrize(
    "case", [name for name in CASES if "startingDeadlineSeconds" not in CASES[name].spec]
)
def test_what_happens_for_an_hour_or_to_the_process_skips_nothing(case: str) -> None:
    for history in (
        "calm",
        "down for 3 h",
        "clock 2 h ahead",
        "killed after create",
        "killed after the status",
    ):
        assert not play(case, history)[0].skipped, history


def test_the_table_holds_two_thousand_due_times() -> None:
    assert sum(len(play(case, history)[1]) for case in CASES for history in HISTORIES) >= 2000
