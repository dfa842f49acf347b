# SPDX-License-Identifier: Apache-2.0
"""The frame of a service: probes, metrics by route, problems, and where it listens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from otakube.errors import Fatal, Retriable
from otakube_api.contract import FailureReason
from otakube_services.kit.service import create_service, serve
from otakube_services.kit.settings import read_settings


def greeter() -> tuple[FastAPI, list[str]]:
    """A service with one port, and what became of it."""
    life: list[str] = []

    @asynccontextmanager
    async def connect() -> AsyncIterator[str]:
        life.append("open")
        yield "hello"
        life.append("closed")

    app = create_service("greeter", description="Greets.", connect=connect)

    @app.get("/greetings/{name}")
    async def greet(request: Request, name: str) -> str:
        if name == "storm":
            raise Retriable(FailureReason.STORE_UNAVAILABLE, "the store is away")
        if name == "ghost":
            raise Fatal(FailureReason.SETTINGS_INVALID, "no such greeting")
        return f"{request.app.state.ports} {name}"

    return app, life


def test_its_ports_are_open_as_long_as_it_serves() -> None:
    app, life = greeter()
    with TestClient(app) as client:
        assert client.get("/readyz").json() == client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/greetings/ilse").json() == "hello ilse"
        assert life == ["open"]
    assert life == ["open", "closed"]


def test_requests_are_counted_by_route_and_never_by_path() -> None:
    app, _ = greeter()
    with TestClient(app) as client:
        client.get("/greetings/ilse")
        client.get("/greetings/ada")
        text = client.get("/metrics").text
    assert 'otakube_greeter_request_seconds_count{route="/greetings/{name}",status="200"} 2.0' in text
    assert "ilse" not in text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/greetings/storm", 503, "the store is away; try again in 5 seconds"),
        ("/greetings/ghost", 500, "no such greeting"),
        ("/nowhere", 404, "GET /nowhere: Not Found; see /docs"),
    ],
)
def test_every_error_is_a_problem_that_says_what_to_do(path: str, status: int, words: str) -> None:
    app, _ = greeter()
    with TestClient(app) as client:
        answer = client.get(path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert words in answer.json()["detail"]
    assert ("Retry-After" in answer.headers) is (status == 503)


def test_it_listens_on_loopback_unless_it_is_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings("greeter").model_dump() == {"host": "127.0.0.1", "port": 8080}
    monkeypatch.setenv("OTAKUBE_GREETER_HOST", "0.0.0.0")
    monkeypatch.setenv("OTAKUBE_GREETER_PORT", "9000")
    assert read_settings("greeter").model_dump() == {"host": "0.0.0.0", "port": 9000}


@pytest.mark.parametrize("port", ["http", "65536", "-1"])
def test_a_wrong_port_ends_it_with_the_variable_and_the_value(
    port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTAKUBE_GREETER_PORT", port)
    with pytest.raises(SystemExit, match=f"OTAKUBE_GREETER_PORT is '{port}'"):
        serve("greeter", lambda: greeter()[0])
