# SPDX-License-Identifier: Apache-2.0
"""Random schedules of runs and scrubs under faults, over the servers and over the embedded stores.

`make drill-random N=2000 SEED=...` plays more; a failure names the command that repeats its seed alone.
"""

import os
from collections import Counter
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

import pytest

from drill import faults
from drill.actors import Cast
from drill.judge import Judge
from drill.places import Clock, Folders, Place, Servers
from drill.schedule import drawn
from drill.scheduler import Scheduler
from otakube import failpoints
from stores import Stores

SEED = os.environ.get("SEED", "20261126")
NUMBER = int(os.environ.get("N", "200"))
BLOCK = 10
FIRST = int(os.environ.get("FIRST", "0"))
SERVERS_SHARE = (
    1 if NUMBER < BLOCK else 5
)  # the servers play every fifth block: their calls cost five times as much
BLOCKS = range(FIRST, FIRST + NUMBER, BLOCK)
TRACE_LINES = 400


class Places(Protocol):
    def place(self, number: int, clock: Clock) -> AbstractAsyncContextManager[Place]: ...


@pytest.fixture(autouse=True)
def noted_failpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failpoints, "_ARMED", faults.Passed())


@pytest.fixture(scope="module")
def servers(stores: Stores, worker_id: str) -> Servers:
    return Servers.of(stores, f"random-{worker_id}", Path(stores.objects.command[-1]))


@pytest.fixture
def folders(memory_folder: Path) -> Folders:
    return Folders(memory_folder)


@pytest.mark.parametrize("first", BLOCKS[::SERVERS_SHARE])
async def test_a_random_schedule_over_the_servers_loses_nothing(
    servers: Servers, tally: "Counter[str]", first: int
) -> None:
    await check(servers, first, tally, "servers")


@pytest.mark.parametrize("first", BLOCKS)
async def test_a_random_schedule_over_embedded_stores_loses_nothing(
    folders: Folders, tally: "Counter[str]", first: int
) -> None:
    await check(folders, first, tally, "embedded")


async def check(places: Places, first: int, tally: "Counter[str]", where: str) -> None:
    """A block of schedules: all of them are run, then those that failed are shown."""
    failed = []
    for number in range(first, min(first + BLOCK, FIRST + NUMBER)):
        found = await played(places, number, tally)
        if found:
            again = f"make drill-random SEED={SEED} FIRST={number} N=1 PYTEST_ARGS='-k {where}'"
            failed.append("\n".join([again, *found]))
    if failed:
        pytest.fail("\n\n".join(failed), pytrace=False)


async def played(places: Places, number: int, tally: "Counter[str]") -> list[str]:
    """One schedule; violations and the trace, if there are any."""
    schedule = drawn(f"{SEED}/{number}")
    scheduler = Scheduler(schedule.seed)
    async with places.place(number, lambda: scheduler.now) as place:
        judge = Judge(place.raw, licence_over=schedule.licence_over)
        cast = Cast(schedule, place, scheduler, judge)
        try:
            await cast.play()
            await cast.tidy()
            found = judge.verdict()
        except Exception as error:  # a violation like any other, told with its seed
            found = [*judge.found, f"raised {error!r}"]
        finally:
            await scheduler.close()
    tally.update(drills=1, effective=bool(scheduler.tally["faults"]), steps=scheduler.steps)
    tally.update({f"fault {kind}": count for kind, count in scheduler.tally.items() if kind != "faults"})
    return [*found, str(schedule), *scheduler.trace[-TRACE_LINES:]] if found else []
