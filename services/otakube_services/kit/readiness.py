# SPDX-License-Identifier: Apache-2.0
"""Readiness of a service: the stores that it needs, looked at every few seconds, and what is missing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge

from otakube import logs

INTERVAL_SECONDS = 5.0
DEADLINE_SECONDS = 4.0
"""For one look at one store: what takes longer makes readers wait too."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """A store. `check` raises what is wrong; without an essential one no request can be answered."""

    name: str
    check: Callable[[], Awaitable[object]]
    essential: bool


class Readiness:
    """Answers of the dependencies when they were last looked at."""

    def __init__(self, service: str, registry: CollectorRegistry) -> None:
        self.missing: dict[str, str] = {}
        self._dependencies: Sequence[Dependency] = ()
        self._up = Gauge(
            f"otakube_{service}_dependency_up",
            "1 if the dependency answered when it was last looked at, 0 if not.",
            ("dependency",),
            registry=registry,
        )

        self._failures = Counter(
            f"otakube_{service}_dependency_failures",
            "Looks at the dependency that failed, one every few seconds.",
            ("dependency",),
            registry=registry,
        )

    @property
    def ready(self) -> bool:
        """True unless something essential is missing."""
        return not any(one.essential and one.name in self.missing for one in self._dependencies)

    @asynccontextmanager
    async def watching(self, dependencies: Sequence[Dependency]) -> AsyncIterator[None]:
        """Look at the dependencies once, and then again and again."""
        self._dependencies = dependencies
        for dependency in dependencies:
            self._failures.labels(dependency.name)  # from zero on
        await self._look()
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL_SECONDS)
            await self._look()

    async def _look(self) -> None:
        faults = await asyncio.gather(*(_fault(one) for one in self._dependencies))
        for dependency, fault in zip(self._dependencies, faults, strict=True):
            self._note(dependency.name, fault)

    def _note(self, name: str, fault: str | None) -> None:
        """Keep what is wrong, and log a change of it."""
        self._up.labels(name).set(fault is None)
        self._failures.labels(name).inc(fault is not None)
        before = self.missing.pop(name, None)
        if fault is not None:
            self.missing[name] = fault
        if fault is not None and before is None:
            logs.logger().error("dependency away", dependency=name, message=fault)
        elif fault is None and before is not None:
            logs.logger().info("dependency back", dependency=name)


async def _fault(dependency: Dependency) -> str | None:
    """Why a dependency cannot be used; None if it can."""
    try:
        await asyncio.wait_for(dependency.check(), DEADLINE_SECONDS)
    except TimeoutError:
        return f"no answer in {DEADLINE_SECONDS:g} s"
    except Exception as error:  # whatever it is, the store cannot be used: told, and looked at again
        return str(error) or type(error).__name__
    return None
