# SPDX-License-Identifier: Apache-2.0
"""A service's application and its server."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import uvicorn
from fastapi import FastAPI

from otakube_services.kit import logs
from otakube_services.kit.health import add_health
from otakube_services.kit.metrics import add_metrics
from otakube_services.kit.problems import handle_problems
from otakube_services.kit.settings import WrongSettings, read_settings

CONCURRENT_REQUESTS = 256
KEEP_ALIVE_SECONDS = 30


def create_service(
    name: str, *, description: str | None, connect: Callable[[], AbstractAsyncContextManager[object]]
) -> FastAPI:
    """An application with no routes of its own yet; `connect` opens `app.state.ports` when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with connect() as ports:
            app.state.ports = ports
            yield

    app = FastAPI(title=f"Otakube {name}", description=description or "", lifespan=lifespan, redoc_url=None)
    handle_problems(app)
    add_metrics(app, name)
    add_health(app)
    return app


def serve(name: str, create: Callable[[], FastAPI]) -> None:
    """Serve on OTAKUBE_NAME_HOST and OTAKUBE_NAME_PORT until a signal comes."""
    try:
        settings = read_settings(name)
    except WrongSettings as error:
        sys.exit(str(error))
    logs.start(name)
    uvicorn.run(
        create(),
        host=settings.host,
        port=settings.port,
        log_config=logs.UVICORN,
        access_log=False,  # the metrics count requests, and a path is a reader's own text
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        limit_concurrency=CONCURRENT_REQUESTS,
    )
