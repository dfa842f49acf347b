# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy on loopback with one trap: it acts between a request and its answer, and may withhold that.

It may also lose the answer and send the request once more, as a driver does that heard nothing.
"""

import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

CHUNK = 1 << 18


@dataclass
class Trap:
    """Springs once, on the first request in which `marker`, a regular expression, is found."""

    marker: bytes
    action: Callable[[], None]
    when: Literal["received", "forwarded", "answered"]  # the first: the server never sees the request
    withhold: bool  # cut the connection instead of delivering the answer
    repeat: bool = False  # send the request again, and deliver that answer alone
    skip: int = 0  # requests that pass before it springs
    passed: int = 0
    sprung: threading.Event = field(default_factory=threading.Event)


class Proxy:
    """Forwards connections to one port of loopback until it is closed."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._trap: Trap | None = None
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, trap: Trap) -> None:
        """Set the trap for the next request."""
        self._trap = trap

    def disarm(self) -> None:
        """Take the trap away."""
        self._trap = None

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._upstream))
        except OSError:
            client.close()
            return
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pair = _Pair(self, client, server)
        threading.Thread(target=pair.requests, daemon=True).start()
        pair.answers()

    def caught(self, data: bytes) -> Trap | None:
        """The trap, if this request springs it; nobody else gets it then."""
        with self._lock:
            trap = self._trap
            if trap is None or not re.search(trap.marker, data):
                return None
            trap.passed += 1
            if trap.passed <= trap.skip:
                return None
            self._trap = None
            return trap


class _Pair:
    """One client's connection and ours to the server."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._caught: Trap | None = None
        self._request = b""

    def requests(self) -> None:
        """Client to server."""
        try:
            while data := self._client.recv(CHUNK):
                trap = self._proxy.caught(data)
                if trap and trap.when == "answered":
                    self._caught, self._request = trap, data
                if trap and trap.when == "received":
                    self._spring(trap)
                    break
                self._server.sendall(data)
                if trap and trap.when == "forwarded":
                    self._spring(trap)
        except OSError:
            pass
        self._cut()

    def answers(self) -> None:
        """Server to client."""
        try:
            while data := self._server.recv(CHUNK):
                trap, self._caught = self._caught, None
                if trap:
                    self._spring(trap)
                    if trap.withhold:
                        break
                    if trap.repeat:
                        self._server.sendall(self._request)
                        continue
                self._client.sendall(data)
        except OSError:
            pass
        self._cut()

    def _spring(self, trap: Trap) -> None:
        trap.action()
        trap.sprung.set()
        if trap.withhold:
            self._cut()

    def _cut(self) -> None:
        for end in (self._client, self._server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
