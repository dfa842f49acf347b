# SPDX-License-Identifier: Apache-2.0
"""Is the operator alive: loop lag, watch age, the gauges, and the HTTP server that tells.

kopf's own endpoint answers 200 whatever happens; this one turns red when a watch is silent or the loop stands
still.
"""

import asyncio
import json

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from otakube_operator.enrichment.observed import ObjectKey
from otakube_operator.enrichment.progress import WatchProgress
from otakube_operator.runtime.metrics import Metrics
from otakube_operator.runtime.store import Store
from otakube_operator.runtime.work_queue import WorkQueue
from otakube_operator.settings import OperatorSettings

BEAT = 1.0


class Vitals:
    """What the probes and the metrics page say."""

    def __init__(
        self,
        *,
        progress: WatchProgress,
        metrics: Metrics,
        cache: Store,
        queue: WorkQueue[ObjectKey],
        settings: OperatorSettings,
    ) -> None:
        self._progress, self._metrics, self._cache, self._queue = progress, metrics, cache, queue
        self._settings = settings
        self._lag = 0.0
        self.ready = False
        self.port = 0

    def complaints(self) -> list[str]:
        """Why this process should be replaced; empty if it should not."""
        limit = self._settings.watch_age_limit
        silent = [
            f"nothing heard of {name} for {age:.0f} s, the limit is {limit:.0f} s"
            for name, age in self._progress.ages().items()
            if age > limit
        ]
        late = (
            [f"the event loop was {self._lag:.1f} s late"]
            if self._lag > self._settings.loop_lag_limit
            else []
        )
        return silent + late

    async def run(self) -> None:
        """Measure the loop and serve the probes until cancelled."""
        runner = web.AppRunner(self._app(), access_log=None)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self._settings.probe_host, self._settings.probe_port)
            await site.start()
            self.port = runner.addresses[0][1]
            await self._beat()
        finally:
            await runner.cleanup()

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT
            await asyncio.sleep(BEAT)
            self._lag = max(0.0, loop.time() - due)

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._page)
        return app

    async def _healthz(self, _: web.Request) -> web.Response:
        return _answer(self.complaints())

    async def _readyz(self, _: web.Request) -> web.Response:
        return _answer([] if self.ready else ["the first listing is not complete"])

    async def _page(self, _: web.Request) -> web.Response:
        metrics = self._metrics
        metrics.queue_depth.set(self._queue.depth())
        metrics.loop_lag.set(self._lag)
        for kind, count in zip(("AnimeEnrichment", "Workflow"), self._cache.count(), strict=True):
            metrics.known.labels(kind).set(count)
        for name, age in self._progress.ages().items():
            metrics.watch_age.labels(name).set(age)
        return web.Response(
            body=generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )


def _answer(complaints: list[str]) -> web.Response:
    text = json.dumps({"ok": not complaints, "complaints": complaints}) + "\n"
    return web.Response(text=text, status=503 if complaints else 200, content_type="application/json")
