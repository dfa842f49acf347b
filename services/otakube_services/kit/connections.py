# SPDX-License-Identifier: Apache-2.0
"""Connections of a service: a peer that owes bytes, or takes none, gets a deadline and gives way to others.

uvicorn closes a connection that is idle between two requests, and no other: a head or a body that never ends
would hold its place for ever. docs/decisions/0033 says why this stands here.
"""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

BACKLOG = 100
"""Connections that the kernel keeps, and so at most as many as are accepted before the oldest gives way."""

_OWES_REQUEST = (h11.IDLE, h11.SEND_BODY)


class PeerConnection(H11Protocol):
    """One connection. It waits for its peer until a request is whole, and while the peer takes no answer.

    `patience`: seconds for a whole request, or without a byte of the answer taken. `waiting_limit`:
    connections that may wait at once; one more, and the one that waits longest is dropped, so that half a
    request never keeps a whole one out.
    """

    patience: float
    waiting_limit: int

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.waits_since: float | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._unsent = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's is narrower
        super().connection_made(transport)
        self._await_peer()
        self._drop_oldest()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._await_peer()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._await_peer()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._await_peer()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._await_peer()

    def drop(self) -> None:
        """End it at once, whatever is still to be written."""
        self._stop_waiting()
        self.transport.abort()

    def _await_peer(self) -> None:
        """Start the deadline where the peer is to act, and stop it where it is not."""
        waits = (
            self.conn.their_state in _OWES_REQUEST or self.flow.write_paused or self.transport.is_closing()
        )
        if not waits:
            self._stop_waiting()
        elif self._deadline is None:
            self.waits_since = self.waits_since or self.loop.time()
            self._unsent = self.transport.get_write_buffer_size()
            self._deadline = self.loop.call_later(self.patience, self._overdue)

    def _overdue(self) -> None:
        """Drop a peer that did nothing; one that takes a long answer may go on."""
        self._deadline = None
        if self.transport.get_write_buffer_size() < self._unsent:
            self._await_peer()
        else:
            self.drop()

    def _stop_waiting(self) -> None:
        self.waits_since = None
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _drop_oldest(self) -> None:
        waiting = list(waiting_among(self.connections))
        if len(waiting) > self.waiting_limit:
            min(waiting, key=lambda one: one[0])[1].drop()


def waiting_among(connections: Iterable[object]) -> "Iterator[tuple[float, PeerConnection]]":
    """Those that wait for their peers, each with the time since when."""
    for one in connections:
        if isinstance(one, PeerConnection) and one.waits_since is not None:
            yield one.waits_since, one


def connection_class(patience: float, waiting_limit: int) -> type[PeerConnection]:
    """The class of a server's connections, with its limits."""
    return type(
        "LimitedConnection", (PeerConnection,), {"patience": patience, "waiting_limit": waiting_limit}
    )
