# SPDX-License-Identifier: Apache-2.0
"""Deterministic scheduling of several processes in one: each call to a store is a step, one step at a time.

A process is a task that waits before each call until it is granted the step, and has the stores for itself
meanwhile. Time is virtual. A process that is killed is never granted a step again.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from drill.schedule import Fault

STEP_LIMIT = 4_000
STARTED = datetime(2026, 11, 26, 12, tzinfo=UTC)


class Stuck(AssertionError):
    """A schedule that does not come to an end."""


@dataclass(eq=False)
class Process:
    """One attempt of an actor: what it waits for, and how far it got."""

    name: str
    skew: timedelta
    faults: list[Fault] = field(default_factory=list)  # that it will meet
    calls: int = 0
    passed: set[str] = field(default_factory=set)  # failpoints
    until_step: int = 0  # not granted a step before
    until_time: datetime = STARTED
    dead: bool = False
    scrubs: bool = False
    replace: "Callable[[], None] | None" = (
        None  # starts the attempt that follows one that is gone, or seems so
    )
    task: "asyncio.Task[None] | None" = None
    granted: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def over(self) -> bool:
        """True if no step will ever be granted to it."""
        return self.dead or (self.task is not None and self.task.done())


@dataclass(frozen=True, eq=False)
class Due:
    """What happens outside of all processes when so many steps have been granted."""

    step: int
    words: str
    action: Callable[[], Awaitable[object]]
    port: str  # that a request is on its way to


class Scheduler:
    """Grants steps at random, from the seed."""

    def __init__(self, seed: str) -> None:
        self.source = random.Random(f"steps {seed}")
        self.now = STARTED
        self.steps = 0
        self.processes: list[Process] = []
        self.trace: list[str] = []
        self.tally: Counter[str] = Counter()
        self._returned = asyncio.Event()
        self._due: list[Due] = []

    def clock(self, process: Process) -> datetime:
        """The time by the process's own clock."""
        return self.now + process.skew

    def note(self, process: Process | str, words: str) -> None:
        """A line of the trace."""
        name = process if isinstance(process, str) else process.name
        self.trace.append(f"{self.steps:4} {self.now:%H:%M:%S} {name}: {words}")

    def start(
        self, process: Process, body: Callable[[], Awaitable[None]], *, steps: int = 0, seconds: float = 0
    ) -> Process:
        """A new process; it waits for `steps` and `seconds` before its first step."""
        process.until_step = self.steps + steps
        process.until_time = self.now + timedelta(seconds=seconds)

        async def run() -> None:
            try:
                await process.granted.wait()
                process.granted.clear()
                await body()
            finally:
                self._returned.set()

        process.task = asyncio.create_task(run(), name=process.name)
        self.processes.append(process)
        return process

    def later(
        self, steps: int, words: str, action: Callable[[], Awaitable[object]], *, port: str = ""
    ) -> None:
        """Do something outside of all processes when so many steps have been granted."""
        self._due.append(Due(self.steps + steps, words, action, port))

    def lose(self, arrives: Callable[[str], bool]) -> None:
        """Lose the requests that are on their way to these ports."""
        self._due = [due for due in self._due if not (due.port and arrives(due.port))]

    async def point(self, process: Process) -> None:
        """Wait for the next step; a dead process waits for ever."""
        if process.dead:
            raise asyncio.CancelledError
        self._returned.set()
        await process.granted.wait()
        process.granted.clear()

    async def pause(self, process: Process, *, steps: int = 0, seconds: float = 0) -> None:
        """Sleep while others are granted steps, or until the clock has moved on."""
        process.until_step = self.steps + steps
        process.until_time = self.now + timedelta(seconds=seconds)
        await self.point(process)

    async def die(self, process: Process) -> NoReturn:
        """Never return: no handler of the process runs, as after SIGKILL."""
        process.dead = True
        self._returned.set()
        await asyncio.Event().wait()
        raise AssertionError("it was killed")

    async def run(self) -> None:
        """Grant steps until every process is over and nothing is due."""
        while True:
            await self._arrive()
            process = self._chosen()
            if process is None:
                return
            self.steps += 1
            if self.steps > STEP_LIMIT:
                raise Stuck(f"{STEP_LIMIT} steps, and {process.name} still runs")
            self.now += timedelta(milliseconds=self.source.choice((20, 50, 200)))
            self._returned.clear()
            process.granted.set()
            await self._returned.wait()
            if process.task and process.task.done() and not process.task.cancelled():
                process.task.result()

    async def close(self) -> None:
        """End what waits for ever."""
        tasks = [process.task for process in self.processes if process.task and not process.task.done()]
        for process in self.processes:
            process.dead = True
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _arrive(self) -> None:
        idle = self._ready() is None
        for one in [due for due in self._due if idle or due.step <= self.steps]:
            if one in self._due:  # not lost by one before it
                self._due.remove(one)
                self.note("network", one.words)
                await one.action()

    def _ready(self) -> list[Process] | None:
        waiting = [process for process in self.processes if not process.over]
        return waiting or None

    def _chosen(self) -> Process | None:
        """Any process that waits for nothing; else the clock, or a sleeper, moves on."""
        waiting = self._ready()
        if waiting is None:
            return None
        ready = [p for p in waiting if p.until_step <= self.steps and p.until_time <= self.now]
        if ready:
            return self.source.choice(ready)
        timed = [process for process in waiting if process.until_step <= self.steps]
        if timed:
            soonest = min(timed, key=lambda process: process.until_time)
            self.now = max(self.now, soonest.until_time)
            return soonest
        woken = min(waiting, key=lambda process: process.until_step)
        woken.until_step = self.steps
        return woken
