# SPDX-License-Identifier: Apache-2.0
"""The deadline of a connection, under a clock that the test moves."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import h11
import pytest
import uvicorn
from uvicorn.server import ServerState

from otakube_services.kit.connections import PeerConnection, connection_class

PATIENCE = 10.0
WHOLE = b"GET / HTTP/1.1\r\nHost: greeter\r\n\r\n"


class Timer:
    def __init__(self, when: float, call: Callable[[], object]) -> None:
        self.when, self.call, self.cancelled = when, call, False

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """A loop whose time passes only by `after`; tasks never run, so that no request is answered."""

    def __init__(self) -> None:
        self.now = 1.0
        self.timers: list[Timer] = []
        self.requests = 0

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, call: Callable[[], object]) -> Timer:
        self.timers.append(timer := Timer(self.now + seconds, call))
        return timer

    def create_task(self, work: Coroutine[Any, Any, None]) -> "asyncio.Future[None]":
        work.close()
        self.requests += 1
        return asyncio.Future(loop=_LOOP)

    def after(self, seconds: float) -> None:
        self.now += seconds
        due = [timer for timer in self.timers if timer.when <= self.now and not timer.cancelled]
        for timer in due:
            timer.cancel()
            timer.call()


_LOOP = asyncio.new_event_loop()


class Transport:
    """What is written stays unsent until the test takes it."""

    def __init__(self) -> None:
        self.unsent = 0
        self.aborted = self.closing = False

    def get_extra_info(self, name: str) -> None:
        return None

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def is_closing(self) -> bool:
        return self.closing

    def abort(self) -> None:
        self.aborted = self.closing = True

    def close(self) -> None:
        self.closing = True

    def write(self, data: bytes) -> None:
        self.unsent += len(data)

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Port:
    """A server's connections, without its sockets."""

    def __init__(self, limit: int = 3) -> None:
        self.clock = Clock()
        self._state = ServerState()
        self._made = connection_class(PATIENCE, limit)
        self._config = uvicorn.Config(
            _no_app, http=self._made, ws="none", timeout_keep_alive=10, log_config=None
        )

    def connect(self, data: bytes = b"") -> tuple[PeerConnection, Transport]:
        connection = self._made(self._config, self._state, {}, self.clock)
        transport = Transport()
        connection.connection_made(transport)  # type: ignore[arg-type]  # only what is called
        if data:
            connection.data_received(data)
        return connection, transport


async def _no_app(scope: object, receive: object, send: object) -> None: ...


@pytest.mark.parametrize(
    "data", [b"", b"GET", WHOLE[:-2], b"POST / HTTP/1.1\r\nHost: greeter\r\nContent-Length: 99\r\n\r\nhalf"]
)
def test_a_request_that_is_not_whole_in_time_is_dropped_however_many_bytes_come(data: bytes) -> None:
    port = Port()
    connection, transport = port.connect(data)
    for _ in range(9):
        port.clock.after(1)
        connection.data_received(b"a")
        assert not transport.aborted
    port.clock.after(1)
    assert transport.aborted


def test_a_whole_request_may_take_as_long_as_its_answer_does() -> None:
    port = Port()
    _, transport = port.connect(WHOLE)
    port.clock.after(1000 * PATIENCE)
    assert port.clock.requests == 1
    assert not transport.aborted


def test_after_an_answer_the_next_request_has_the_same_time() -> None:
    port = Port()
    connection, transport = port.connect(WHOLE)
    port.clock.after(1000)
    connection.conn.send(h11.Response(status_code=200, headers=[("content-length", "0")]))
    connection.conn.send(h11.EndOfMessage())
    connection.on_response_complete()
    port.clock.after(PATIENCE - 1)
    connection.data_received(WHOLE)
    port.clock.after(1000)
    assert port.clock.requests == 2
    assert not transport.aborted


def test_a_peer_that_takes_nothing_is_dropped_and_one_that_takes_a_little_goes_on() -> None:
    port = Port()
    connection, transport = port.connect(WHOLE)
    transport.unsent = 1000
    connection.pause_writing()
    for _ in range(5):
        transport.unsent -= 1
        port.clock.after(PATIENCE)
        assert not transport.aborted
    port.clock.after(PATIENCE)
    assert transport.aborted


def test_a_peer_that_takes_all_in_time_keeps_its_connection() -> None:
    port = Port()
    connection, transport = port.connect(WHOLE)
    transport.unsent = 1000
    connection.pause_writing()
    port.clock.after(PATIENCE - 1)
    transport.unsent = 0
    connection.resume_writing()
    port.clock.after(1000)
    assert not transport.aborted


def test_a_closed_connection_whose_last_bytes_nobody_takes_is_dropped() -> None:
    port = Port()
    _, transport = port.connect(b"no HTTP at all\r\n\r\n")
    assert transport.closing
    assert not transport.aborted
    port.clock.after(PATIENCE)
    assert transport.aborted


def test_one_more_that_waits_and_the_oldest_gives_way_but_never_a_whole_request() -> None:
    port = Port(limit=3)
    _, whole = port.connect(WHOLE)
    halves = []
    for _ in range(5):
        port.clock.after(0.1)
        halves.append(port.connect(b"GET")[1])
    assert [one.aborted for one in halves] == [True, True, False, False, False]
    assert not whole.aborted


def test_a_connection_that_is_gone_leaves_no_timer_behind() -> None:
    port = Port()
    connection, _ = port.connect(b"GET")
    connection.connection_lost(None)
    assert all(timer.cancelled for timer in port.clock.timers)
