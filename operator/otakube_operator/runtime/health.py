# SPDX-License-Identifier: Apache-2.0
"""Liveness, readiness and metrics of the process, and the HTTP server that answers for them.

kopf's own endpoint answers 200 whatever happens; this one turns red when a watch is silent or the loop stands
still.
"""

import asyncio
import json
from collections.abc import Callable, Mapping

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from otakube_operator.runtime.metrics import Metrics
from otakube_operator.runtime.options import RuntimeOptions
from otakube_operator.runtime.watch_age import WatchAges

INTERVAL = 1.0


class HealthServer:
    """Answers the probes and serves the metrics page."""

    def __init__(
        self,
        *,
        ages: WatchAges,
        metrics: Metrics,
        depths: Callable[[], Mapping[str, int]],
        counts: Callable[[], Mapping[str, int]],
        options: RuntimeOptions,
    ) -> None:
        self._ages, self._metrics, self._depths, self._counts = ages, metrics, depths, counts
        self._options = options
        self._lag = 0.0
        self.ready = False

    def failures(self) -> list[str]:
        """Reasons to replace this process; empty if there are none."""
        limit = self._options.watch_age_limit
        silent = [
            f"nothing heard of {name} for {age:.0f} s, the limit is {limit:.0f} s"
            for name, age in self._ages.ages().items()
            if age > limit
        ]
        late = self._lag > self._options.loop_lag_limit
        return silent + ([f"the event loop was {self._lag:.1f} s late"] if late else [])

    async def run(self) -> None:
        """Measure the loop and serve until cancelled."""
        runner = web.AppRunner(self._app(), access_log=None)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self._options.probe_host, self._options.probe_port)
            await site.start()
            await self._measure_lag()
        finally:
            await runner.cleanup()

    async def _measure_lag(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + INTERVAL
            await asyncio.sleep(INTERVAL)
            self._lag = max(0.0, loop.time() - due)

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._page)
        return app

    async def _healthz(self, _: web.Request) -> web.Response:
        return _answer(self.failures())

    async def _readyz(self, _: web.Request) -> web.Response:
        return _answer([] if self.ready else ["the first listing is not complete"])

    async def _page(self, _: web.Request) -> web.Response:
        metrics = self._metrics
        metrics.loop_lag.set(self._lag)
        for kind, depth in self._depths().items():
            metrics.queue_depth.labels(kind).set(depth)
        for kind, count in self._counts().items():
            metrics.known.labels(kind).set(count)
        for name, age in self._ages.ages().items():
            metrics.watch_age.labels(name).set(age)
        return web.Response(
            body=generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )


def _answer(failures: list[str]) -> web.Response:
    text = json.dumps({"ok": not failures, "failures": failures}) + "\n"
    return web.Response(text=text, status=503 if failures else 200, content_type="application/json")
