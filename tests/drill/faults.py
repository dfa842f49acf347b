# SPDX-License-Identifier: Apache-2.0
"""The stores as one process of a schedule sees them: every call is a step, and faults meet it there."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import fields
from typing import Any

from drill.schedule import ENDING, SLEEPING, Fault, Kind
from drill.scheduler import Process, Scheduler
from otakube.errors import Retriable
from otakube.maintenance.scrub import ScrubStores
from otakube_api.contract import FailureReason

# A repeated read is a read; a late one nobody hears.
READS = frozenset({
    "state", "states", "unsettled", "intent", "open_intents", "projected", "all_projected", "event", "entry",
    "of", "by_source", "get", "get_many", "exists", "list", "aged", "count", "versions", "bindings",
    "pages_of", "blobs", "ensure", "prepare", "entries", "rows", "published", "unfinished", "about", "after",
    "generation",
})  # fmt: skip
_PROCESS: ContextVar[Process] = ContextVar("process")


class Passed(Mapping[str, str]):
    """Takes the place of what is armed: notes each failpoint that a process passes, and does nothing."""

    def __contains__(self, point: object) -> bool:
        if process := _PROCESS.get(None):
            process.passed.add(str(point))
        return False

    def __getitem__(self, point: str) -> str:
        raise KeyError(point)

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


def enter(process: Process) -> None:
    """The task that runs now is this process."""
    _PROCESS.set(process)


class FaultyPort:
    """A port whose calls are steps."""

    def __init__(self, name: str, port: Any, process: Process, scheduler: Scheduler, watch: "Watch") -> None:
        self._name, self._port = name, port
        self._process, self._scheduler, self._watch = process, scheduler, watch

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._port, name)
        if inspect.isasyncgenfunction(real):
            return lambda *args, **options: self._iterate(name, real, args, options)
        if inspect.iscoroutinefunction(real):
            return lambda *args, **options: self._call(name, lambda: real(*args, **options))
        return real

    async def _iterate(self, name: str, real: Any, args: Any, options: Any) -> AsyncIterator[Any]:
        """All at once, as one page of a cursor; what is done with its items are steps of their own."""

        async def page() -> list[Any]:
            return [item async for item in real(*args, **options)]

        for item in await self._call(name, page):
            yield item

    async def _call(self, name: str, real: Callable[[], Awaitable[Any]]) -> Any:
        process, scheduler, called = self._process, self._scheduler, f"{self._name}.{name}"
        await scheduler.point(process)
        fault = _due(process, called)
        process.calls += 1
        scheduler.note(process, called + (f"  <- {fault.kind}" if fault else ""))
        if fault is None:
            return await self._done(called, real)
        scheduler.tally["faults"] += 1
        scheduler.tally[fault.kind] += 1
        return await self._faulty(fault, called, real, read=name in READS)

    async def _done(self, called: str, real: Callable[[], Awaitable[Any]]) -> Any:
        answer = await real()
        await self._watch(called)
        return answer

    async def _faulty(
        self, fault: Fault, called: str, real: Callable[[], Awaitable[Any]], *, read: bool
    ) -> Any:
        await self._before(fault, called)
        if fault.kind is Kind.FORGET:
            return None
        answer = await self._done(called, real)
        if fault.kind is Kind.TWICE and not read:
            answer = await self._done(called, real)
        if fault.kind is Kind.LATE and not read:
            words = f"{called} of {self._process.name} again"
            self._scheduler.later(fault.steps, words, lambda: self._late(called, real), port=self._name)
        await self._after(fault, called)
        return answer

    async def _before(self, fault: Fault, called: str) -> None:
        """Faults that meet the request on its way."""
        process, scheduler, kind = self._process, self._scheduler, fault.kind
        if kind in {*ENDING, *SLEEPING} and process.replace:
            process.replace()
        if kind is Kind.LOSE_REQUEST:
            raise away(called)
        if kind is Kind.KILL:
            await scheduler.die(process)
        if kind is Kind.STOP:
            await scheduler.pause(process, steps=fault.steps)
            scheduler.note(process, f"wakes before {called}")
        if kind is Kind.DELAY:
            await scheduler.pause(process, seconds=fault.seconds)

    async def _after(self, fault: Fault, called: str) -> None:
        """Faults that meet the answer on its way."""
        process, scheduler, kind = self._process, self._scheduler, fault.kind
        if kind is Kind.KILL_ANSWERED:
            await scheduler.die(process)
        if kind is Kind.HOLD:
            await scheduler.pause(process, steps=fault.steps)
            scheduler.note(process, f"hears of {called}")
        if kind is Kind.LOSE_ANSWER:
            raise away(called)

    async def _late(self, called: str, real: Callable[[], Awaitable[Any]]) -> None:
        try:
            await self._done(called, real)
        except (Retriable, KeyError):
            return  # nobody listens


Watch = Callable[[str], Awaitable[None]]


def away(called: str) -> Retriable:
    """The failure that adapters make of a connection that broke."""
    return Retriable(FailureReason.STORE_UNAVAILABLE, f"{called}: the answer did not come")


def _due(process: Process, called: str) -> Fault | None:
    """The first fault whose place the process has reached, each once."""
    for fault in process.faults:
        reached = (
            fault.at <= process.calls if isinstance(fault.at, int) else fault.at in process.passed | {called}
        )
        if reached:
            process.faults.remove(fault)
            return fault
    return None


def faulty_stores(real: ScrubStores, process: Process, scheduler: Scheduler, watch: Watch) -> ScrubStores:
    """All stores, seen by one process."""
    ports = {field.name: getattr(real, field.name) for field in fields(real)}
    return ScrubStores(
        # A FaultyPort passes every method of its port on.
        **{name: FaultyPort(name, port, process, scheduler, watch) for name, port in ports.items()}  # type: ignore[arg-type]
    )
