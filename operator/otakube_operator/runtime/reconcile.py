# SPDX-License-Identifier: Apache-2.0
"""observe -> plan -> apply for one key: level-triggered, so it never asks which event brought it here."""

import logging
from collections.abc import Callable
from datetime import datetime
from time import perf_counter

from otakube_api.argo import FINAL_PHASES
from otakube_operator.enrichment.apply import Applier, CreateFailed
from otakube_operator.enrichment.observed import Enrichment, ObjectKey, Observed, Unreadable
from otakube_operator.enrichment.plan import plan
from otakube_operator.enrichment.status import describe_unreadable
from otakube_operator.runtime.api import (
    ENRICHMENTS,
    WORKFLOWS,
    ApiError,
    ApiServer,
    ObjectNotFound,
    Unavailable,
    WriteConflict,
)
from otakube_operator.runtime.metrics import Metrics
from otakube_operator.runtime.store import Store
from otakube_operator.runtime.work_queue import WorkQueue

logger = logging.getLogger(__name__)


class Reconciler:
    """Brings enrichments to where their specs want them."""

    def __init__(
        self,
        *,
        cluster: ApiServer,
        cache: Store,
        applier: Applier,
        metrics: Metrics,
        now: Callable[[], datetime],
    ) -> None:
        self._cluster, self._cache, self._applier = cluster, cache, applier
        self._metrics, self._now = metrics, now

    async def work(self, queue: WorkQueue[ObjectKey]) -> None:
        """Reconcile what the queue holds, until cancelled."""
        while True:
            key = await queue.get()
            try:
                await self._pass(key, queue)
            finally:
                queue.done(key)

    async def reconcile(self, key: ObjectKey) -> bool:
        """One pass; True if another is due at once. Raises ApiError where it must be repeated later."""
        seen = self._cache.enrichment(key)
        if seen is None:
            return False
        if isinstance(seen, Unreadable):
            await self._applier.write_status(
                seen, describe_unreadable(seen, self._now()), seen.resource_version
            )
            return False
        observed = await self._observe(seen)
        try:
            return await self._applier.apply(observed, plan(observed, self._now()))
        except CreateFailed as failed:
            await self._report(key, failed)
            raise

    async def _report(self, key: ObjectKey, failed: CreateFailed) -> None:
        """The finalizer may have been added meanwhile, so plan from what the cache holds now."""
        seen = self._cache.enrichment(key)
        if isinstance(seen, Enrichment):
            observed = Observed(seen, self._cache.runs(seen.uid))
            await self._applier.apply(observed, plan(observed, self._now(), failed.failure))

    async def _observe(self, enrichment: Enrichment) -> Observed:
        """The cache, except that a recorded run which it misses is looked for before it counts as gone."""
        runs = self._cache.runs(enrichment.uid)
        record = enrichment.status.workflow
        if record is not None and record.phase not in FINAL_PHASES:
            missing = record.name not in {run.name for run in runs}
            if missing and await self._found(enrichment.key.namespace, record.name):
                runs = self._cache.runs(enrichment.uid)
        return Observed(enrichment, runs)

    async def _found(self, namespace: str, name: str) -> bool:
        try:
            self._cache.put_run(await self._cluster.get(WORKFLOWS, namespace, name))
        except ObjectNotFound:
            return False
        return True

    async def _pass(self, key: ObjectKey, queue: WorkQueue[ObjectKey]) -> None:
        started = perf_counter()
        try:
            if await self.reconcile(key):
                queue.add(key)
        except Exception as error:  # one object's fault must not end the others' worker
            result = await self._failed(key, error, queue)
        else:
            queue.forget(key)
            result = "ok"
        self._metrics.reconciles.labels(result).inc()
        self._metrics.duration.observe(perf_counter() - started)

    async def _failed(self, key: ObjectKey, error: Exception, queue: WorkQueue[ObjectKey]) -> str:
        if isinstance(error, WriteConflict | ObjectNotFound):
            await self._refresh(key)
        after = error.after if isinstance(error, Unavailable) else 0.0
        delay = queue.retry(key, at_least=after)
        known = isinstance(error, ApiError | CreateFailed)
        told = {"key": "/".join(key), "error": str(error), "retry_in": round(delay, 1)}
        logger.log(logging.WARNING if known else logging.ERROR, "pass failed", extra=told, exc_info=not known)
        return type(error).__name__ if known else "Error"

    async def _refresh(self, key: ObjectKey) -> None:
        """The cache lags behind: read the object itself."""
        try:
            self._cache.put_enrichment(await self._cluster.get(ENRICHMENTS, *key))
        except ObjectNotFound:
            self._cache.forget(key)
        except ApiError:
            return  # the retry will meet it again
