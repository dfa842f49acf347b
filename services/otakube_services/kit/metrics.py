# SPDX-License-Identifier: Apache-2.0
"""Prometheus metrics of a service, by route and never by path: a path is a reader's own text."""

import time
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest

from otakube_services.kit.problems import route_of

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class RequestMetrics:
    """Durations of the requests of all ports of a service, as `otakube_NAME_request_seconds`."""

    def __init__(self, name: str) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            f"otakube_{name}_request_seconds",
            "Duration of requests by route and status.",
            ("route", "status"),
            registry=self.registry,
            buckets=BUCKETS,
        )

    def measure(self, app: FastAPI) -> None:
        """Time every request of an application."""

        @app.middleware("http")
        async def measured(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
            started = time.perf_counter()
            response = await call_next(request)
            seconds = time.perf_counter() - started
            self._requests.labels(route_of(request.scope), response.status_code).observe(seconds)
            return response

    def show(self, app: FastAPI) -> None:
        """Serve /metrics."""

        @app.get("/metrics", include_in_schema=False)
        async def metrics() -> Response:
            return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)
