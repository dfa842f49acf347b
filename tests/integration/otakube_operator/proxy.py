# SPDX-License-Identifier: Apache-2.0
"""A proxy before the API server that counts writes, breaks what a test wants broken, and tells when to kill.

It runs in a thread with a loop of its own; the operator reaches it by a kubeconfig that names it.
"""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import aiohttp
from aiohttp import web

from control_plane import ControlPlane

WRITES = {"POST", "PUT", "PATCH", "DELETE"}


class Proxy:
    """Writes that passed, and answers in place of those that shall not."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._open: set[asyncio.Transport] = set()
        self._loop = asyncio.new_event_loop()
        self.url = ""
        self.writes: list[str] = []
        self.down = False
        self.answer: Callable[[int], int] = lambda _: 0  # HTTP status for the n-th write, 0 to let it pass
        self.after_write: Callable[[int], None] = lambda _: None  # called before the operator hears of it
        self.before_read: Callable[[str], None] = lambda _: (
            None
        )  # called with the path before it is forwarded

    def cut(self) -> None:
        """The API server is gone: open streams break, new connections are closed."""
        self.down = True
        self._loop.call_soon_threadsafe(lambda: [transport.abort() for transport in list(self._open)])

    def heal(self) -> None:
        """The API server is back."""
        self.down = False

    @contextmanager
    def serving(self) -> Iterator["Proxy"]:
        """Serve until the block ends."""
        started = threading.Event()
        thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(started),))
        thread.start()
        started.wait(10)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._stop.set)
            thread.join(10)

    async def _serve(self, started: threading.Event) -> None:
        self._stop = asyncio.Event()
        context = ssl.create_default_context(cafile=str(self._plane.authority))
        connector = aiohttp.TCPConnector(ssl=context, limit=0)
        app = web.Application(client_max_size=2**22)
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as self._session:
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            started.set()
            await self._stop.wait()
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        if self.down:
            transport.abort()
            return web.Response()
        if request.method in WRITES:
            self.writes.append(f"{request.method} {request.path}")
            status = self.answer(len(self.writes))
            if status:
                body = {"kind": "Status", "code": status, "reason": "Storm", "message": "made by the test"}
                return web.json_response(body, status=status, headers={"Retry-After": "1"})
        else:
            self.before_read(request.path_qs)
        self._open.add(transport)
        try:
            return await self._forward(request)
        finally:
            self._open.discard(transport)

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        kept = ("Authorization", "Content-Type", "Accept")
        headers = {name: request.headers[name] for name in kept if name in request.headers}
        url, body = self._plane.url + request.path_qs, await request.read()
        async with self._session.request(request.method, url, data=body or None, headers=headers) as upstream:
            if request.method in WRITES:
                self.after_write(len(self.writes))
            response = web.StreamResponse(status=upstream.status)
            response.content_type = upstream.content_type
            await response.prepare(request)
            async for chunk in upstream.content.iter_any():
                await response.write(chunk)
            return response
