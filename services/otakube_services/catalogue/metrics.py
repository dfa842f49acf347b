# SPDX-License-Identifier: Apache-2.0
"""Prometheus metrics of the read API, by route and never by path: a path is a reader's own text."""

import time
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest

REGISTRY = CollectorRegistry()
REQUESTS = Histogram(
    "otakube_catalogue_request_seconds",
    "Duration of requests by route and status.",
    ("route", "status"),
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def measure(app: FastAPI) -> None:
    """Time every request of the application."""

    @app.middleware("http")
    async def timed(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        started = time.perf_counter()
        response = await call_next(request)
        route = getattr(request.scope.get("route"), "path", "none")
        REQUESTS.labels(route, response.status_code).observe(time.perf_counter() - started)
        return response


def exposition() -> Response:
    """What Prometheus scrapes."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
