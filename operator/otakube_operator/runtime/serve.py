# SPDX-License-Identifier: Apache-2.0
"""The runtime of one process: its shared parts, and store, informer and workers for each controller."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import aiohttp
import kopf

from otakube_operator.runtime.api import ApiResource, ApiServer
from otakube_operator.runtime.connect import open_session
from otakube_operator.runtime.controller import AnyController
from otakube_operator.runtime.due_queue import DueQueue
from otakube_operator.runtime.events import EventPoster
from otakube_operator.runtime.health import HealthServer
from otakube_operator.runtime.informer import Informer
from otakube_operator.runtime.metrics import ConditionCounts, Metrics, ObjectConditions
from otakube_operator.runtime.object_writer import ObjectWriter
from otakube_operator.runtime.objects import Body, ObjectKey
from otakube_operator.runtime.options import RuntimeOptions
from otakube_operator.runtime.rate_limit import WriteRateLimiter
from otakube_operator.runtime.reconcile import Reconciler
from otakube_operator.runtime.store import ControllerStore
from otakube_operator.runtime.watch_age import WatchAges
from otakube_operator.runtime.work_queue import WorkQueue


class Watch(NamedTuple):
    """A resource to watch, and where its events go."""

    resource: ApiResource
    selector: str
    handle: Callable[[str | None, Body], None]


class ControllerParts(NamedTuple):
    """The parts that serve one controller."""

    controller: AnyController
    store: ControllerStore[Any, Any]
    queue: WorkQueue[ObjectKey]
    due: DueQueue[ObjectKey]
    informer: Informer[Any, Any]
    reconciler: Reconciler[Any, Any, Any]

    def watches(self) -> Iterable[Watch]:
        """The watches that feed this controller."""
        yield Watch(self.controller.resource.api, "", self.informer.object_event)
        if self.controller.owned is not None:
            yield Watch(self.controller.owned.api, self.controller.owned.selector, self.informer.owned_event)


class OperatorRuntime:
    """Runs controllers; kopf hands it to every handler, as `memo`."""

    def __init__(
        self,
        controllers: Iterable[AnyController],
        info: kopf.ConnectionInfo,
        *,
        namespaces: tuple[str, ...],
        options: RuntimeOptions,
        random: Random,
    ) -> None:
        self._info, self._namespaces, self._options, self._random = info, namespaces, options, random
        self._session = open_session(info)
        self._metrics = Metrics()
        controllers = tuple(controllers)
        for collector in (each for controller in controllers for each in controller.collectors):
            self._metrics.registry.register(collector)
        self._server = _server(self._session, info, options, self._metrics)
        self._events = EventPoster(
            self._server, self._metrics, host=socket.gethostname(), busy=lambda: any(self._depths().values())
        )
        self._parts = [self._parts_of(controller) for controller in controllers]
        self._metrics.registry.register(ObjectConditions(self._conditions))
        self._ages = WatchAges(
            (watch.resource.plural for watch in self.watches()), began=self._list_again_after
        )
        self._health = HealthServer(
            ages=self._ages,
            metrics=self._metrics,
            depths=self._depths,
            counts=self._counts,
            options=options,
        )

    def __copy__(self) -> "OperatorRuntime":
        """kopf copies the memo for every object; all of ours is shared."""
        return self

    def watches(self) -> list[Watch]:
        """Every watch that the controllers need."""
        return [watch for parts in self._parts for watch in parts.watches()]

    def selectors(self) -> dict[ApiResource, str]:
        """Label selector of each watched resource; none where one of its watches has none."""
        selectors: dict[ApiResource, str] = {}
        for watch in self.watches():
            same = selectors.get(watch.resource, watch.selector) == watch.selector
            selectors[watch.resource] = watch.selector if same else ""
        return {resource: selector for resource, selector in selectors.items() if selector}

    def watch_session(self) -> kopf.AiohttpSession:
        """kopf's own session, whose watch streams report their age; kopf closes it."""
        session = open_session(self._info, response_class=self._ages.response_class())
        return kopf.AiohttpSession(server=self._info.server, aiohttp_session=session)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Fill the stores, then work until the block ends; a pass that has begun may finish."""
        tasks = [asyncio.create_task(self._health.run()), asyncio.create_task(self._events.run())]
        try:
            await asyncio.gather(*(parts.informer.fill(self._namespaces) for parts in self._parts))
            tasks += [task for parts in self._parts for task in self._start(parts)]
            self._health.ready = True
            yield
        finally:
            await self._stop(tasks)

    def _start(self, parts: ControllerParts) -> Iterable["asyncio.Task[None]"]:
        resync = parts.informer.resync(self._namespaces, self._options.resync_seconds)
        yield asyncio.create_task(resync)
        yield asyncio.create_task(parts.informer.follow_watches(self._namespaces))
        yield asyncio.create_task(parts.due.run())
        for _ in range(self._options.workers):
            yield asyncio.create_task(parts.reconciler.work(parts.queue, parts.due))

    async def _stop(self, tasks: list["asyncio.Task[None]"]) -> None:
        for parts in self._parts:
            parts.queue.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._session.close()

    def _list_again_after(self, plural: str) -> None:
        """Have the controllers that a watch feeds list again, now that it holds what happens from here on."""
        for parts in self._parts:
            if plural in {watch.resource.plural for watch in parts.watches()}:
                parts.informer.watch_began()

    def _depths(self) -> dict[str, int]:
        return {parts.controller.resource.kind: parts.queue.depth() for parts in self._parts}

    def _counts(self) -> dict[str, int]:
        """A kind that one controller serves and another owns counts as served."""
        served = [parts.controller.resource.kind for parts in self._parts]
        counts = [(each.controller.resource.kind, each.store.counts()) for each in self._parts]
        return {
            kind: count
            for serving, found in counts
            for kind, count in found.items()
            if kind == serving or kind not in served
        }

    def _conditions(self) -> dict[str, ConditionCounts]:
        return {parts.controller.resource.kind: parts.store.condition_counts() for parts in self._parts}

    def _now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._options.clock_offset_seconds)

    def _whole_second(self) -> datetime:
        """The present, in whole seconds as Kubernetes keeps times."""
        return self._now().replace(microsecond=0)

    def _parts_of(self, controller: AnyController) -> ControllerParts:
        resource, owned, server = controller.resource, controller.owned, self._server
        store: ControllerStore[Any, Any] = ControllerStore(resource, owned)
        queue: WorkQueue[ObjectKey] = WorkQueue(self._random)
        due: DueQueue[ObjectKey] = DueQueue(self._now, queue.add)
        informer = Informer(resource, owned, server=server, store=store, queue=queue, random=self._random)
        writer = ObjectWriter(
            resource, server=server, store=store, events=self._events, metrics=self._metrics
        )
        reconciler = Reconciler(
            controller,
            server=server,
            store=store,
            writer=writer,
            metrics=self._metrics,
            now=self._whole_second,
        )
        return ControllerParts(controller, store, queue, due, informer, reconciler)


def _server(
    session: aiohttp.ClientSession, info: kopf.ConnectionInfo, options: RuntimeOptions, metrics: Metrics
) -> ApiServer:
    limiter = WriteRateLimiter(
        at_once=options.writes_at_once,
        rate=options.writes_per_second,
        burst=options.write_burst,
        clock=time.monotonic,
    )
    return ApiServer(session, info.server, limiter=limiter, metrics=metrics)
