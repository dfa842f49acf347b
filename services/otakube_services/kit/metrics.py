# SPDX-License-Identifier: Apache-2.0
"""Prometheus metrics of a service, by route and never by path: a path is a reader's own text."""

import time
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


def add_metrics(app: FastAPI, name: str) -> None:
    """Time every request as `otakube_NAME_request_seconds`, and serve /metrics."""
    registry = CollectorRegistry()
    requests = Histogram(
        f"otakube_{name}_request_seconds",
        "Duration of requests by route and status.",
        ("route", "status"),
        registry=registry,
        buckets=BUCKETS,
    )

    @app.middleware("http")
    async def measure(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        started = time.perf_counter()
        response = await call_next(request)
        route = getattr(request.scope.get("route"), "path", "none")
        requests.labels(route, response.status_code).observe(time.perf_counter() - started)
        return response

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
