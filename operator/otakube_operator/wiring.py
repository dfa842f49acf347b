# SPDX-License-Identifier: Apache-2.0
"""The operator's parts, wired: made once per process, started and stopped in order."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from random import Random

import kopf

from otakube_operator.enrichment.apply import Applier
from otakube_operator.enrichment.observed import ObjectKey
from otakube_operator.enrichment.progress import WatchProgress
from otakube_operator.runtime.api import ApiServer
from otakube_operator.runtime.connect import open_session
from otakube_operator.runtime.events import EventPoster, utc_now
from otakube_operator.runtime.health import Vitals
from otakube_operator.runtime.informer import Informer
from otakube_operator.runtime.metrics import Metrics
from otakube_operator.runtime.rate_limit import WriteRateLimiter
from otakube_operator.runtime.reconcile import Reconciler
from otakube_operator.runtime.store import Store
from otakube_operator.runtime.work_queue import WorkQueue
from otakube_operator.settings import OperatorSettings


class Operator:
    """kopf hands it to every handler, as `memo`."""

    def __init__(self, settings: OperatorSettings, info: kopf.ConnectionInfo, random: Random) -> None:
        self._info, self._settings = info, settings
        self._session = open_session(info)
        self.metrics, self.cache, self.progress = Metrics(), Store(), WatchProgress()
        self.queue: WorkQueue[ObjectKey] = WorkQueue(random)
        pace = WriteRateLimiter(
            at_once=settings.writes_at_once,
            rate=settings.writes_per_second,
            burst=settings.write_burst,
            clock=time.monotonic,
        )
        cluster = ApiServer(self._session, info.server, pace=pace, metrics=self.metrics)
        self._events = EventPoster(
            cluster, self.metrics, host=socket.gethostname(), busy=lambda: self.queue.depth() > 0
        )
        applier = Applier(cluster, self.cache, self._events, self.metrics, gpu=settings.gpu)
        self._reconciler = Reconciler(
            cluster=cluster, cache=self.cache, applier=applier, metrics=self.metrics, now=utc_now
        )
        self.inbox = Informer(
            cluster=cluster, cache=self.cache, queue=self.queue, namespaces=settings.namespaces, random=random
        )
        self.vitals = Vitals(
            progress=self.progress,
            metrics=self.metrics,
            cache=self.cache,
            queue=self.queue,
            settings=settings,
        )

    def __copy__(self) -> "Operator":
        """kopf copies the memo for every object; all of ours is shared."""
        return self

    def watch_session(self) -> kopf.AiohttpSession:
        """kopf's own session; kopf closes it."""
        session = open_session(self._info, response_class=self.progress.response_class())
        return kopf.AiohttpSession(server=self._info.server, aiohttp_session=session)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Fill the cache, then work until the block ends; what a worker has begun it may finish."""
        background = [asyncio.create_task(self.vitals.run()), asyncio.create_task(self._events.run())]
        workers: list[asyncio.Task[None]] = []
        try:
            await self.inbox.fill()
            background.append(asyncio.create_task(self.inbox.keep_true(self._settings.resync_seconds)))
            workers += [
                asyncio.create_task(self._reconciler.work(self.queue)) for _ in range(self._settings.workers)
            ]
            self.vitals.ready = True
            yield
        finally:
            await self._stop(background, workers)

    async def _stop(self, background: list[asyncio.Task[None]], workers: list[asyncio.Task[None]]) -> None:
        self.queue.close()
        for task in (*background, *workers):
            task.cancel()
        await asyncio.gather(*background, *workers, return_exceptions=True)
        await self._session.close()
