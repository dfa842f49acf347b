# SPDX-License-Identifier: Apache-2.0
"""Chosen schedules: a sleeper at every point beside a holder at every point, and beside a scrub's reads."""

import re
from collections import Counter
from pathlib import Path

import pytest

from drill import faults
from drill.actors import Cast
from drill.judge import Judge
from drill.places import Folders
from drill.schedule import Actor, Fault, Kind, Schedule
from drill.scheduler import Scheduler
from otakube import failpoints
from otakube.failpoints import POINTS

FROM_S1 = POINTS[POINTS.index("S1.after") : -1]  # nothing is called after the last
# Lasts until others have nothing left to do; the shorter of two ends first.
SLEEP, LONG_SLEEP = 1_000, 2_000
SCRUB_CALLS = range(18)
BESIDE_A_SCRUB = ("S1.after", "S3.after", "S4.after", "S5.before", "S5.after", "S6.after", "S7.after")


@pytest.fixture(autouse=True)
def noted_failpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failpoints, "_ARMED", faults.Passed())


@pytest.fixture
def folders(memory_folder: Path) -> Folders:
    return Folders(memory_folder)


async def check(folders: Folders, number: int, schedule: Schedule) -> list[str]:
    """Play one schedule; violations and its trace, if there are any."""
    return (await played(folders, number, schedule))[0]


async def played(folders: Folders, number: int, schedule: Schedule) -> tuple[list[str], list[str]]:
    """Violations and trace of one schedule, and the trace alone."""
    scheduler = Scheduler(schedule.seed)
    async with folders.place(number, lambda: scheduler.now) as place:
        cast = Cast(schedule, place, scheduler, Judge(place.raw))
        try:
            await cast.play()
            await cast.tidy()
            found = cast.judge.verdict()
        finally:
            await scheduler.close()
    assert scheduler.tally["faults"], "nobody slept"
    return [*found, str(schedule), *scheduler.trace] if found else [], scheduler.trace


def stop(victim: str, at: str | int, steps: int) -> Fault:
    return Fault(Kind.STOP, victim, at, steps, seconds=0)


def run(number: int, begins: int, attempts: int = 1) -> Actor:
    name = f"run {number}"
    return Actor(name, begins=begins, revision=number, pages=(0, 1), replaced=False, attempts=attempts)


@pytest.mark.parametrize("asleep", FROM_S1)
async def test_a_sleeper_wakes_while_the_next_holder_is_anywhere_in_its_commit(
    folders: Folders, tally: "Counter[str]", asleep: str
) -> None:
    for number, at_work in enumerate(FROM_S1):
        schedule = Schedule(
            seed=f"{asleep} {at_work}",
            actors=(run(1, begins=0), run(2, begins=60, attempts=6)),
            faults=(stop("run 1", asleep, SLEEP), stop("run 2", at_work, LONG_SLEEP)),
            live_before=True,
        )
        found = await check(folders, number, schedule)
        tally.update(drills=1, effective=1)
        assert not found, "\n".join(found)


@pytest.mark.parametrize("asleep", BESIDE_A_SCRUB)
async def test_a_commit_goes_on_between_any_two_calls_of_a_full_scrub(
    folders: Folders, tally: "Counter[str]", asleep: str
) -> None:
    for call in SCRUB_CALLS:
        schedule = Schedule(
            seed=f"{asleep} scrub {call}",
            actors=(run(1, begins=0), Actor("scrub 1", begins=60, full=True)),
            faults=(stop("run 1", asleep, SLEEP), stop("scrub 1", call, LONG_SLEEP)),
            live_before=True,
        )
        found = await check(folders, call, schedule)
        tally.update(drills=1, effective=1)
        assert not found, "\n".join(found)


async def test_points_that_are_there_after_their_deletion_keep_the_intent_open(
    folders: Folders, tally: "Counter[str]"
) -> None:
    schedule = Schedule(
        seed="forgotten deletion",
        actors=(run(1, begins=0), Actor("scrub 1", begins=60, skew_seconds=600)),
        faults=(
            Fault(Kind.KILL, "run 1", "S5.before", steps=0, seconds=0),
            Fault(Kind.FORGET, "scrub 1", "vectors.delete", steps=0, seconds=0),
        ),
    )
    found, trace = await played(folders, 0, schedule)
    tally.update(drills=1, effective=1)
    assert not found, "\n".join(found)
    scrubbed = [line for line in trace if "scrub 1: found IntentOpen" in line]
    assert len(scrubbed) == 1, "\n".join(trace)
    assert "are still there after deletion" in " ".join(trace)
    assert scrubbed[0].endswith("Failed")


async def test_points_that_were_acknowledged_and_forgotten_never_go_live(
    folders: Folders, tally: "Counter[str]"
) -> None:
    schedule = Schedule(
        seed="forgotten points",
        actors=(run(1, begins=0, attempts=2),),
        faults=(Fault(Kind.FORGET, "run 1", "vectors.insert", steps=0, seconds=0),),
        live_before=True,
    )
    found, trace = await played(folders, 0, schedule)
    tally.update(drills=1, effective=1)
    assert not found, "\n".join(found)
    assert re.search(r"the vector store acknowledged \d+ points of \S+ version 2 and has 0", " ".join(trace))
    assert "run 1: is told version" in " ".join(trace)
