# SPDX-License-Identifier: Apache-2.0
"""The application: routes, the key, errors in Qdrant's shape, and the engine's housekeeping."""

import hmac
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from otakube_standins.vectors import routes
from otakube_standins.vectors.registry import CollectionConflict, CollectionNotFound, Collections
from otakube_standins.vectors.requests import BadRequest

_OPTIMIZE_EVERY_SECONDS = 10.0
_OPEN = {"/", "/healthz", "/readyz", "/livez"}
_STATUSES: dict[type[Exception], int] = {
    BadRequest: 400,
    KeyError: 400,
    TypeError: 400,
    ValueError: 400,
    RequestValidationError: 400,
    CollectionNotFound: 404,
    CollectionConflict: 409,
    Exception: 500,
}


def create_app(data: Path, *, api_key: str | None = None) -> FastAPI:
    """The server over one data folder; with a key, every call but the probes must carry it."""
    collections = Collections(data)
    ended = threading.Event()

    def tidy() -> None:
        while not ended.wait(_OPTIMIZE_EVERY_SECONDS):
            collections.optimize()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        thread = threading.Thread(target=tidy, daemon=True)
        thread.start()
        yield
        ended.set()
        thread.join()
        collections.close()

    app = FastAPI(
        title="Qdrant development server", version=routes.VERSION, lifespan=lifespan, openapi_url=None
    )
    app.middleware("http")(_authorised(api_key))
    for error, status in _STATUSES.items():
        app.add_exception_handler(error, _answer(status))
    app.include_router(routes.service())
    for router in (routes.of_writes, routes.of_reads, routes.of_snapshots, routes.of_collections):
        app.include_router(router(collections))
    return app


Next = Callable[[Request], Awaitable[Response]]


def _authorised(api_key: str | None) -> Callable[[Request, Next], Awaitable[Response]]:
    async def check(request: Request, proceed: Next) -> Response:
        started = time.perf_counter()
        given = request.headers.get("api-key") or request.headers.get("authorization", "").removeprefix(
            "Bearer "
        )
        if api_key and request.url.path not in _OPEN and not hmac.compare_digest(given, api_key):
            return Response("Must provide an API key or an Authorization bearer token", status_code=401)
        request.state.started = started
        return await proceed(request)

    return check


def _answer(status: int) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        text = f"missing field {error}" if isinstance(error, KeyError) else str(error)
        return JSONResponse({"status": {"error": text}, "time": routes.elapsed(request)}, status)

    return answer
