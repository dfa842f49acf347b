# SPDX-License-Identifier: Apache-2.0
"""observe -> plan -> apply -> status for one key: level-triggered, whichever event brought it here."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from time import perf_counter
from typing import Generic, NamedTuple

import structlog

from otakube_operator.runtime.api import ApiError, ApiServer, ObjectNotFound, Unavailable, WriteConflict
from otakube_operator.runtime.conditions import unreadable_status
from otakube_operator.runtime.controller import (
    Controller,
    CreateFailure,
    ObservationOutdated,
    Observed,
    PlanT,
)
from otakube_operator.runtime.due_queue import DueQueue
from otakube_operator.runtime.metrics import Metrics
from otakube_operator.runtime.object_writer import ObjectWriter
from otakube_operator.runtime.objects import ObjectKey, ObjectT, UnreadableObject
from otakube_operator.runtime.owned import OwnedObjects, OwnedT
from otakube_operator.runtime.store import ControllerStore
from otakube_operator.runtime.work_queue import WorkQueue

logger = structlog.stdlib.get_logger(__name__)


class NextPasses(NamedTuple):
    """Passes that follow one: of the same object at once or at a moment, and of others at once."""

    at_once: bool = False
    due: datetime | None = None
    others: tuple[ObjectKey, ...] = ()

    def plan(self, key: ObjectKey, queue: WorkQueue[ObjectKey], due: DueQueue[ObjectKey]) -> None:
        """Put them into the queues."""
        for other in self.others:
            queue.add(other)
        if self.at_once:
            queue.add(key)
        due.set(key, self.due)


class Reconciler(Generic[ObjectT, OwnedT, PlanT]):
    """Brings the objects of one controller to where their specs want them."""

    def __init__(
        self,
        controller: Controller[ObjectT, OwnedT, PlanT],
        *,
        server: ApiServer,
        store: ControllerStore[ObjectT, OwnedT],
        writer: ObjectWriter[ObjectT, OwnedT],
        metrics: Metrics,
        now: Callable[[], datetime],
    ) -> None:
        self._controller, self._server, self._store, self._writer = controller, server, store, writer
        self._owned = OwnedObjects(server, controller.owned, store, metrics)
        self._metrics, self._now = metrics, now

    async def work(self, queue: WorkQueue[ObjectKey], due: DueQueue[ObjectKey]) -> None:
        """Reconcile the queue's keys until cancelled."""
        while True:
            key = await queue.get()
            try:
                await self._pass(key, queue, due)
            finally:
                queue.done(key)

    async def reconcile(self, key: ObjectKey) -> NextPasses:
        """One pass, and those that are due after it. Raises ApiError where it must be repeated later."""
        seen = self._store.object(key)
        if seen is None:
            return NextPasses()
        if isinstance(seen, UnreadableObject):
            await self._writer.write_status(seen, unreadable_status(seen, self._now()), seen.resource_version)
            return NextPasses()
        await self._owned.look_for_missing(seen.uid)
        try:
            return await self._carry_out(await self._controller.observe(seen, self._owned))
        except ObservationOutdated:
            return NextPasses(at_once=True)
        except CreateFailure as failure:
            await self._report(key, failure)
            raise

    async def _carry_out(
        self, observed: Observed[ObjectT, OwnedT], failure: CreateFailure | None = None
    ) -> NextPasses:
        """Plan and do, in the order that ReconcilePlan promises."""
        seen, now = observed.object, self._now()
        observed = replace(observed, peers=self._store.peers(now))
        version = seen.resource_version
        plan = self._controller.plan(observed, now, failure)
        if plan.add_finalizer:
            version = await self._writer.add_finalizer(seen, version)
        again = await self._controller.apply(plan, self._owned)
        now_owned = Observed(seen, self._owned.of(seen.uid))
        status = self._controller.status(now_owned, plan, now)
        version = await self._writer.write_status(seen, status, version, plan.occurrences)
        for gone in plan.prune:
            await self._owned.delete(gone)
        if plan.remove_finalizer:
            await self._writer.remove_finalizer(seen, version)
        return NextPasses(again, plan.revisit_at, plan.wake)

    async def _report(self, key: ObjectKey, failure: CreateFailure) -> None:
        """The finalizer may have been added meanwhile, so plan from what the store holds now."""
        seen = self._store.object(key)
        if seen is not None and not isinstance(seen, UnreadableObject):
            await self._carry_out(Observed(seen, self._store.owned(seen.uid)), failure)

    async def _pass(self, key: ObjectKey, queue: WorkQueue[ObjectKey], due: DueQueue[ObjectKey]) -> None:
        started, kind = perf_counter(), self._controller.resource.kind
        try:
            following = await self.reconcile(key)
        except Exception as error:  # one object's fault must not end the others' worker
            result = await self._failed(key, error, queue)
        else:
            queue.forget(key)
            following.plan(key, queue, due)
            result = "ok"
        self._metrics.reconciles.labels(kind, result).inc()
        self._metrics.duration.labels(kind).observe(perf_counter() - started)

    async def _failed(self, key: ObjectKey, error: Exception, queue: WorkQueue[ObjectKey]) -> str:
        if isinstance(error, WriteConflict | ObjectNotFound):
            await self._refresh(key)
        after = error.after if isinstance(error, Unavailable) else 0.0
        delay = queue.retry(key, at_least=after)
        fields = {"kind": self._controller.resource.kind, "key": "/".join(key), "error": str(error)}
        if isinstance(error, ApiError | CreateFailure):
            logger.warning("pass failed", retry_in=round(delay, 1), **fields)
            return type(error).__name__
        logger.error("pass failed", retry_in=round(delay, 1), exc_info=True, **fields)
        return "Error"

    async def _refresh(self, key: ObjectKey) -> None:
        """The store lags behind: read the object itself."""
        try:
            self._store.put(await self._server.get(self._controller.resource.api, *key))
        except ObjectNotFound:
            self._store.forget(key)
        except ApiError:
            return  # the retry will meet it again
