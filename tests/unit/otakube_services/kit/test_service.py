# SPDX-License-Identifier: Apache-2.0
"""The frame of a service: probes, metrics by route, problems, and where it listens."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated

import httpx2
import pytest
from fastapi import Query, Request, Response
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from otakube.errors import Damaged, Fatal, Retriable
from otakube_api.contract import FailureReason
from otakube_services.kit import logs
from otakube_services.kit.admission import Admission
from otakube_services.kit.readiness import Dependency
from otakube_services.kit.service import Service, create_service, serve
from otakube_services.kit.settings import read_settings

Names = Annotated[list[str], Query()]

ADDRESS = "http://objects.internal:7070"


def greeter(*dependencies: Dependency) -> tuple[Service[str], list[str]]:
    """A service with one port, and what became of it."""
    life: list[str] = []

    @asynccontextmanager
    async def connect() -> AsyncIterator[str]:
        life.append("open")
        yield "hello"
        life.append("closed")

    service = create_service(
        "greeter", description="Greets.", connect=connect, dependencies=lambda _: dependencies
    )

    @service.public.get("/greetings/{name}")
    async def greet(request: Request, name: str, loud: bool = False, also: Names = []) -> str:  # noqa: B006 - FastAPI copies it
        if name == "storm":
            raise Retriable(FailureReason.STORE_UNAVAILABLE, f"the bucket at {ADDRESS} is away")
        if name == "ghost":
            raise Fatal(FailureReason.SETTINGS_INVALID, f"{ADDRESS} refuses the credentials")
        if name == "moth":
            raise Damaged("the greeting of moth", "words: Field required", "write it anew")
        if name == "wreck":
            raise ZeroDivisionError(ADDRESS)
        return f"{request.app.state.ports} {name}"

    return service, life


@contextmanager
def both(service: Service[str]) -> Iterator[tuple[TestClient, TestClient]]:
    """Clients of the public and of the internal port."""
    with TestClient(service.public) as public:
        yield public, TestClient(service.internal)


def test_its_ports_are_open_as_long_as_it_serves() -> None:
    service, life = greeter()
    with both(service) as (public, internal):
        assert internal.get("/healthz").json() == {"status": "ok"}
        assert internal.get("/readyz").json() == {"status": "ok", "missing": {}}
        assert public.get("/greetings/ilse").json() == "hello ilse"
        assert life == ["open"]
    assert life == ["open", "closed"]


async def away() -> None:
    raise Retriable(FailureReason.STORE_UNAVAILABLE, "reading: the store is away")


async def there() -> None:
    """A dependency that answers."""


@pytest.mark.parametrize(
    ("essential", "status", "word"), [(True, 503, "unavailable"), (False, 200, "degraded")]
)
def test_its_readiness_names_what_is_missing(*, essential: bool, status: int, word: str) -> None:
    service, _ = greeter(Dependency("books", away, essential), Dependency("pens", there, essential=True))
    with both(service) as (_, internal):
        answer = internal.get("/readyz")
        assert (answer.status_code, answer.json()) == (
            status,
            {"status": word, "missing": {"books": "reading: the store is away"}},
        )
        assert internal.get("/healthz").status_code == 200
        metrics = internal.get("/metrics").text
        assert 'otakube_greeter_dependency_up{dependency="books"} 0.0' in metrics
        assert 'otakube_greeter_dependency_up{dependency="pens"} 1.0' in metrics


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ("loud=true", 200, ""),
        ("also=a&also=b", 200, ""),
        ("lout=true", 422, "lout is no parameter here: did you mean loud? this route takes also, loud"),
        ("type=Movie", 422, "type is no parameter here: this route takes also, loud"),
        ("loud=true&loud=false", 422, "loud is given as 'true' and 'false'; give it once"),
    ],
)
def test_a_parameter_that_a_route_does_not_know_is_refused(query: str, status: int, detail: str) -> None:
    with both(greeter()[0]) as (public, _):
        answer = public.get(f"/greetings/ilse?{query}")
        assert answer.status_code == status
        assert detail in (answer.json()["detail"] if status != 200 else answer.text)


def test_the_page_of_its_interface_needs_no_other_host() -> None:
    with both(greeter()[0]) as (public, internal):
        for client in (public, internal):
            page = client.get("/docs").text
            linked = re.findall(r'(?:src|href)="([^"]+)"', page)
            assert linked
            assert all(client.get(link).status_code == 200 for link in linked), linked
            assert "https://" not in page


def test_a_parameter_that_is_missing_is_named_as_missing() -> None:
    service, _ = greeter()

    @service.public.get("/farewells")
    async def part(name: str) -> str:
        return name

    with both(service) as (public, _):
        answer = public.get("/farewells")
    assert answer.status_code == 422
    assert answer.json()["detail"] == "name is missing, and this route needs it; see /docs"


def test_a_method_that_a_route_has_not_is_refused_with_those_that_it_has() -> None:
    with both(greeter()[0]) as (public, _):
        answer = public.post("/greetings/ilse")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_and_metrics_are_no_readers_business(path: str) -> None:
    with both(greeter()[0]) as (public, internal):
        assert (public.get(path).status_code, internal.get(path).status_code) == (404, 200)


def test_requests_of_both_ports_are_counted_by_route_and_never_by_path() -> None:
    with both(greeter()[0]) as (public, internal):
        public.get("/greetings/ilse")
        public.get("/greetings/ada")
        public.get("/greetings/wreck")
        internal.get("/healthz")
        text = internal.get("/metrics").text
    for route, status, count in (
        ("/greetings/{name}", 200, 2),
        ("/greetings/{name}", 500, 1),
        ("/healthz", 200, 1),
    ):
        assert f'request_seconds_count{{route="{route}",status="{status}"}} {count}.0' in text
    assert "ilse" not in text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/greetings/storm", 503, "a store is away; try again in 5 seconds"),
        ("/greetings/ghost", 500, "not set up right; its log says what is wrong"),
        (
            "/greetings/moth",
            500,
            "the greeting of moth cannot be read (words: Field required): write it anew",
        ),
        ("/greetings/wreck", 500, "its log has the reason"),
        ("/nowhere", 404, "GET /nowhere: Not Found; see /docs"),
    ],
)
def test_every_error_is_a_problem_that_says_what_to_do_and_no_address(
    path: str, status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.start("greeter")
    with both(greeter()[0]) as (public, _):
        answer = public.get(path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert words in answer.json()["detail"]
    assert ADDRESS not in answer.text
    assert ("Retry-After" in answer.headers) is (status == 503)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ([] if status == 404 else ["request failed"])
    if status != 404:
        assert lines[0]["route"] == "/greetings/{name}"


def test_a_request_of_two_lengths_is_refused_and_its_connection_closed() -> None:
    with both(greeter()[0]) as (public, _):
        both_lengths = {"Content-Length": "4", "Transfer-Encoding": "chunked"}
        answer = public.request("GET", "/greetings/ilse", headers=both_lengths)
    assert (answer.status_code, answer.headers["connection"]) == (400, "close")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_beyond_the_limit_a_request_is_told_to_come_again_and_the_place_is_given_back() -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        entered.set()
        await leave.wait()
        await Response("done")(scope, receive, send)

    transport = httpx2.ASGITransport(app=Admission(slow, limit=1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://greeter") as client:
        first = asyncio.create_task(client.get("/"))
        await entered.wait()
        second = await client.get("/")
        assert (second.status_code, second.headers["retry-after"]) == (503, "5")
        leave.set()
        assert (await first).text == (await client.get("/")).text == "done"


async def test_a_request_that_is_not_whole_takes_no_place() -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        assert await receive() == {"type": "http.request", "body": b"two halves", "more_body": False}
        await Response("done")(scope, receive, send)

    admission, rest = Admission(answer, limit=1), asyncio.Event()

    async def bodies() -> AsyncIterator[bytes]:
        yield b"two "
        await rest.wait()
        yield b"halves"

    transport = httpx2.ASGITransport(app=admission)
    async with httpx2.AsyncClient(transport=transport, base_url="http://greeter") as client:
        half = asyncio.create_task(_asgi_post(admission, bodies()))
        await asyncio.sleep(0)
        whole = await client.post("/", content=b"two halves")
        rest.set()
        assert whole.status_code == await half == 200


async def _asgi_post(app: Admission, body: AsyncIterator[bytes]) -> int:
    """A request whose body comes bit by bit; its status."""
    found: list[int] = []

    async def receive() -> Message:
        piece = await anext(body, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            found.append(message["status"])

    await app({"type": "http", "method": "POST", "headers": []}, receive, send)
    return found[0]


def test_it_listens_on_loopback_unless_it_is_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"host": "127.0.0.1", "port": 8080, "internal_port": 8081, "patience_seconds": 10}
    assert read_settings("greeter").model_dump() == own
    monkeypatch.setenv("OTAKUBE_GREETER_HOST", "0.0.0.0")
    monkeypatch.setenv("OTAKUBE_GREETER_INTERNAL_PORT", "9000")
    assert read_settings("greeter").model_dump() == own | {"host": "0.0.0.0", "internal_port": 9000}


@pytest.mark.parametrize("port", ["http", "65536", "-1"])
def test_a_wrong_port_ends_it_with_the_variable_and_the_value(
    port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTAKUBE_GREETER_PORT", port)
    with pytest.raises(SystemExit, match=f"OTAKUBE_GREETER_PORT is '{port}'"):
        serve("greeter", lambda: greeter()[0])
