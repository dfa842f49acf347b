# SPDX-License-Identifier: Apache-2.0
"""Peers that send half a request, none, a malformed one, or take no answer: nobody else has to wait for them.

No test measures time: where a deadline must not help, it is an hour; where it must come, it is waited for.
"""

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import greeter_process
from greeter_process import BIG, Greeter, running_greeter
from otakube_services.kit.admission import BODY_LIMIT
from otakube_services.kit.service import WAITING_CONNECTIONS
from ports import free_port

TESTS = Path(greeter_process.__file__).parent
WHOLE = b"GET /greetings/ilse HTTP/1.1\r\nHost: greeter\r\n\r\n"
LAST = b"GET /greetings/ada HTTP/1.1\r\nHost: greeter\r\nConnection: close\r\n\r\n"
HALVES = {
    "nothing": b"",
    "half a line": b"GET /greet",
    "half a head": b"GET /greetings/ilse HTTP/1.1\r\nHost: greeter\r\nX-Long: aaaa",
    "half a body": b"POST /letters HTTP/1.1\r\nHost: greeter\r\nContent-Length: 100\r\n\r\nhalf",
    "a body for nobody": b"PUT /nowhere HTTP/1.1\r\nHost: greeter\r\nContent-Length: 9\r\n\r\nhalf",
}
ATTACKERS = 300
LONG, SHORT = 3600, 0.5


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Greeter]:
    """A service whose deadlines never come in a test."""
    with running_greeter(tmp_path_factory.mktemp("patient"), patience=LONG) as greeter:
        yield greeter


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Greeter]:
    """A service whose deadlines come soon."""
    with running_greeter(tmp_path_factory.mktemp("impatient"), patience=SHORT) as greeter:
        yield greeter


def connect(port: int, data: bytes = b"") -> socket.socket:
    peer = socket.create_connection(("127.0.0.1", port), timeout=60)
    peer.sendall(data)
    return peer


def rest_of(peer: socket.socket) -> bytes:
    """Everything until the server closes the connection."""
    found = bytearray()
    with contextlib.suppress(ConnectionError):  # the server may end it first
        while more := peer.recv(2**20):
            found += more
    return bytes(found)


def is_open(peer: socket.socket) -> bool:
    peer.setblocking(False)
    try:
        return peer.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def answer(port: int, request: bytes = LAST) -> tuple[bytes, bytes]:
    """Head and body of one answer on a connection of its own."""
    with connect(port, request) as peer:
        head, _, body = rest_of(peer).partition(b"\r\n\r\n")
    return head, body


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES.keys())
def test_three_hundred_half_requests_keep_no_whole_one_out(patient: Greeter, half: bytes) -> None:
    with contextlib.ExitStack() as stack:
        halves = [stack.enter_context(connect(patient.port, half)) for _ in range(ATTACKERS)]
        assert answer(patient.port)[0].startswith(b"HTTP/1.1 200")
        assert patient.internal("/healthz").status_code == 200
        given_way = ATTACKERS + 1 - WAITING_CONNECTIONS
        for peer in halves[:given_way]:
            rest_of(peer)  # ends, so it was closed
        assert all(map(is_open, halves[given_way:]))


def test_the_probes_answer_though_their_own_port_is_full_of_half_requests(patient: Greeter) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(ATTACKERS):
            stack.enter_context(connect(patient.internal_port, b"GET /healthz HTTP/1.1\r\n"))
        assert patient.internal("/healthz").status_code == 200
        assert answer(patient.port)[0].startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "begin", [b"GET / HTTP/1.1\r\nX-Slow: ", HALVES["half a body"].replace(b"100", b"100000")]
)
def test_a_request_that_comes_byte_by_byte_is_ended_all_the_same(impatient: Greeter, begin: bytes) -> None:
    with connect(impatient.port, begin) as peer:
        for _ in range(3000):
            if not is_open(peer):
                break
            with contextlib.suppress(ConnectionError):  # the server may end it first
                peer.send(b"a")
            time.sleep(0.02)
        else:
            pytest.fail("a minute of single bytes, and it still listens")


@pytest.mark.parametrize("half", [*HALVES.values(), WHOLE], ids=[*HALVES.keys(), "no second request"])
def test_a_peer_that_stops_is_let_go(impatient: Greeter, half: bytes) -> None:
    with connect(impatient.port, half) as peer:
        rest_of(peer)  # it would not end if the server did not close


def test_a_peer_that_takes_no_answer_is_let_go(impatient: Greeter) -> None:
    with connect(impatient.port, b"GET /big HTTP/1.1\r\nHost: greeter\r\n\r\n") as peer:
        assert peer.recv(12) == b"HTTP/1.1 200"
        deadline = time.monotonic() + 60
        while impatient.has_established(peer.getsockname()[1]):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert len(rest_of(peer)) < BIG


def test_a_long_answer_comes_whole(patient: Greeter) -> None:
    head, body = answer(patient.port, b"GET /big HTTP/1.1\r\nHost: greeter\r\nConnection: close\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert len(body) == BIG


def test_a_request_of_two_lengths_is_refused_and_what_follows_is_not_read(patient: Greeter) -> None:
    two = (
        b"POST /letters HTTP/1.1\r\nHost: greeter\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    head, body = answer(patient.port, two + b"0\r\n\r\n" + LAST)
    assert head.startswith(b"HTTP/1.1 400")
    assert b"application/problem+json" in head
    problem = json.loads(body)  # one answer and no second one
    assert "Content-Length and Transfer-Encoding" in problem["detail"]


def test_requests_in_one_packet_are_answered_in_their_order(patient: Greeter) -> None:
    with connect(patient.port, WHOLE * 3 + LAST) as peer:
        answers = rest_of(peer)
    assert answers.count(b"HTTP/1.1 200") == 4
    assert answers.index(b"hello ilse") < answers.index(b"hello ada")


def test_a_body_is_read_up_to_a_limit_and_arrives_whole(patient: Greeter) -> None:
    begin = b"POST /letters HTTP/1.1\r\nHost: greeter\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    assert answer(patient.port, begin % BODY_LIMIT + b"x" * BODY_LIMIT)[1] == b"%d" % BODY_LIMIT
    with connect(patient.port) as peer:
        with contextlib.suppress(ConnectionError):  # the server may end it first
            peer.sendall(begin % (4 * BODY_LIMIT) + b"x" * 4 * BODY_LIMIT)
        assert rest_of(peer).partition(b"\r\n")[0] in (
            b"",
            b"HTTP/1.1 413 Request Entity Too Large",
            b"HTTP/1.1 413 Content Too Large",
        )


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nX-Huge: " + b"a" * 2**20 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X-Many: a\r\n" * 20_000 + b"\r\n",
        b"GET /" + b"a" * 2**20 + b" HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
        b"GET / HTTP/1.1\r\nHost: greeter\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: greeter\r\nTransfer-Encoding: gzip\r\n\r\n",
    ],
    ids=["huge header", "many headers", "huge path", "TLS", "two Content-Lengths", "unknown coding"],
)
def test_a_malformed_request_is_refused_and_nobody_else_notices(patient: Greeter, request_: bytes) -> None:
    with connect(patient.port) as peer:
        with contextlib.suppress(ConnectionError):  # the server may end it first
            peer.sendall(request_)
        found = rest_of(peer)
    assert not found or found.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431", b"HTTP/1.1 501"))
    assert answer(patient.port)[0].startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("path", [b"/letters", b"/nowhere"])
def test_a_body_that_turns_out_malformed_is_refused_without_a_traceback(
    patient: Greeter, path: bytes
) -> None:
    chunked = (
        b"POST %b HTTP/1.1\r\nHost: greeter\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nno length\r\n"
    )
    assert answer(patient.port, chunked % path)[0].startswith(b"HTTP/1.1 400")
    assert patient.internal("/healthz").status_code == 200
    lines = [json.loads(line) for line in patient.log.read_bytes().splitlines()]
    assert [line for line in lines if line["level"] == "error"] == []


def test_it_ends_with_both_ports_when_it_is_asked_to(tmp_path: Path) -> None:
    with running_greeter(tmp_path, patience=LONG) as greeter:
        with connect(greeter.port, HALVES["half a head"]):
            assert greeter.end() == 0
        for port in (greeter.port, greeter.internal_port):
            with pytest.raises(ConnectionError):
                connect(port)
    assert b"Traceback" not in greeter.log.read_bytes()


@pytest.mark.parametrize("taken", ["PORT", "INTERNAL_PORT"])
def test_a_port_that_is_taken_ends_it_with_a_sentence(taken: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ports = {"PORT": free_port(), "INTERNAL_PORT": free_port()} | {taken: port}
        done = subprocess.run(
            [sys.executable, greeter_process.__file__],
            env={"PYTHONPATH": str(TESTS)} | {f"OTAKUBE_GREETER_{name}": str(p) for name, p in ports.items()},
            capture_output=True,
            check=False,
        )
    assert done.returncode == 1
    *_, last = [json.loads(line) for line in done.stderr.splitlines()]
    assert (last["event"], last["message"]) == ("failed", f"cannot listen on 127.0.0.1, port {port}")
    assert b"Traceback" not in done.stderr
