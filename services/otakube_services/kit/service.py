# SPDX-License-Identifier: Apache-2.0
"""A service: what it serves to readers, what it serves to its operators, and the servers of both."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Generic, TypeVar

import uvicorn
from fastapi import Depends, FastAPI
from fastapi_offline import FastAPIOffline
from prometheus_client.registry import Collector
from starlette.types import Lifespan

from otakube.errors import Fatal
from otakube_api.contract import FailureReason
from otakube_services.kit import logs
from otakube_services.kit.admission import Admission
from otakube_services.kit.conditional import answer_conditionally, not_kept
from otakube_services.kit.connections import BACKLOG, connection_class
from otakube_services.kit.health import add_health
from otakube_services.kit.metrics import RequestMetrics
from otakube_services.kit.parameters import refuse_unknown_parameters
from otakube_services.kit.problems import handle_problems
from otakube_services.kit.readiness import Dependency, Readiness
from otakube_services.kit.settings import ServiceSettings, WrongSettings, read_settings

Ports = TypeVar("Ports")

CONCURRENT_REQUESTS = 256
WAITING_CONNECTIONS = 128
"""Connections that wait for their peers: one more, and the one that waits longest gives way."""

SHUTDOWN_SECONDS = 20
"""For requests under way: below the 30 s that a pod has."""


@dataclass(frozen=True, slots=True)
class Service(Generic[Ports]):
    """Two applications over the same ports: readers reach `public` alone."""

    public: FastAPI
    internal: FastAPI
    connect: Callable[[], AbstractAsyncContextManager[Ports]]
    dependencies: Callable[[Ports], Sequence[Dependency]]
    readiness: Readiness

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Open `app.state.ports` of both applications, and watch what they depend on."""
        async with self.connect() as ports, self.readiness.watching(self.dependencies(ports)):
            self.public.state.ports = self.internal.state.ports = ports
            yield


def create_service(
    name: str,
    *,
    description: str | None,
    connect: Callable[[], AbstractAsyncContextManager[Ports]],
    dependencies: Callable[[Ports], Sequence[Dependency]] = lambda _: (),
    collectors: Sequence[Collector] = (),
) -> Service[Ports]:
    """A service with no routes of its own yet, but for probes and metrics on its internal port.

    `collectors` are metrics of its own, beside those of requests and dependencies.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:  # where no `serve` has opened the ports
        async with service.connected():
            yield

    metrics = RequestMetrics(name)
    for collector in collectors:
        metrics.registry.register(collector)
    title, about = f"Otakube {name}", description or ""
    service = Service(
        public=_application(title, about, lifespan),
        internal=_application(f"{title}, internal", about),
        connect=connect,
        dependencies=dependencies,
        readiness=Readiness(name, metrics.registry),
    )
    for app in (service.public, service.internal):
        answer_conditionally(app)
        handle_problems(app)
        app.add_middleware(Admission, limit=CONCURRENT_REQUESTS)
        metrics.measure(app)
    add_health(service.internal, service.readiness)
    metrics.show(service.internal)
    return service


def _application(title: str, about: str, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    always = [Depends(refuse_unknown_parameters), Depends(not_kept)]
    return FastAPIOffline(
        redoc_url=None, title=title, description=about, lifespan=lifespan, dependencies=always
    )


def serve(name: str, create: Callable[[], Service[Ports]]) -> None:
    """Serve on OTAKUBE_NAME_HOST, at both ports, until a signal comes."""
    try:
        settings = read_settings(name)
    except WrongSettings as error:
        sys.exit(str(error))
    logs.start(name)
    try:
        asyncio.run(_serve(create(), settings))
    except Exception as error:  # the edge of the process: one line, and an exit status
        logs.failed(error.exceptions[0] if isinstance(error, ExceptionGroup) else error)
        sys.exit(1)


async def _serve(service: Service[Ports], settings: ServiceSettings) -> None:
    """Open the stores, then the port for readers, then the one of the probes: none passes too early."""
    public = _server(service.public, settings, settings.port)
    internal = _server(service.internal, settings, settings.internal_port)

    def stop() -> None:
        public.should_exit = internal.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    async with service.connected(), asyncio.TaskGroup() as both:
        both.create_task(public.serve())
        await public.listening.wait()
        both.create_task(internal.serve())


class _Server(uvicorn.Server):
    """One of two: signals are for both of them, and come from `_serve`."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:  # uvicorn's way to say that the port is taken
            message = f"cannot listen on {self.config.host}, port {self.config.port}"
            raise Fatal(FailureReason.SETTINGS_INVALID, message) from None
        self.listening.set()

    def capture_signals(self) -> nullcontext[None]:  # type: ignore[override]  # uvicorn's is a generator
        return nullcontext()


def _server(app: FastAPI, settings: ServiceSettings, port: int) -> _Server:
    patience = settings.patience_seconds
    return _Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=port,
            http=connection_class(patience, WAITING_CONNECTIONS),
            ws="none",
            lifespan="off",  # the ports are open by then, once for both
            log_config=logs.UVICORN,
            server_header=False,
            access_log=False,  # the metrics count requests, and a path is a reader's own text
            backlog=BACKLOG,
            timeout_keep_alive=round(patience) or 1,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
    )
