# SPDX-License-Identifier: Apache-2.0
"""The stand-in as a process: its command line, its connections, and streams without an end."""

import subprocess
import sys
from collections.abc import Iterator

import httpx2
import pytest

from ports import free_port

COMMAND = [sys.executable, "-m", "otakube_standins.upstream"]


@pytest.fixture(scope="module")
def upstream() -> Iterator[httpx2.Client]:
    port = free_port()
    process = subprocess.Popen([*COMMAND, "--port", str(port)], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        assert any("Uvicorn running" in line for line in process.stderr)
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client
    finally:
        process.terminate()
        process.wait(10)


def put_fault(upstream: httpx2.Client, **rule: object) -> None:
    upstream.put("/admin/faults", json=[{"provider": "kitsu", "count": 1, **rule}]).raise_for_status()


def test_answers_name_the_host_that_was_asked(upstream: httpx2.Client) -> None:
    links = upstream.get("/kitsu/api/edge/anime/61204").json()["data"]["links"]
    assert links["self"] == str(upstream.base_url.join("/kitsu/api/edge/anime/61204"))


def test_a_reset_connection_gives_no_answer(upstream: httpx2.Client) -> None:
    put_fault(upstream, kind="reset")
    with pytest.raises(httpx2.NetworkError):
        upstream.get("/kitsu/api/edge/anime/61204")
    assert upstream.get("/kitsu/api/edge/anime/61204").status_code == 200


def test_a_huge_answer_is_streamed_until_the_client_has_enough(upstream: httpx2.Client) -> None:
    put_fault(upstream, kind="huge", megabytes=50)
    with upstream.stream("GET", "/kitsu/api/edge/anime/61204") as answer:
        assert sum(len(piece) for piece, _ in zip(answer.iter_bytes(), range(10), strict=False)) > 0


@pytest.mark.parametrize("index", [7, 8], ids=["drip", "endless"])
def test_an_image_without_an_end_stops_when_its_client_leaves(upstream: httpx2.Client, index: int) -> None:
    with upstream.stream("GET", f"/images/jikan/characters/{index + 1}/{7600200 + index}.jpg") as answer:
        assert next(answer.iter_bytes())
    assert upstream.get("/healthz").json()["titles"] >= 14


def test_an_unknown_fault_is_refused_by_name(upstream: httpx2.Client) -> None:
    answer = upstream.put("/admin/faults", json=[{"kind": "meteor"}])
    assert answer.status_code == 422
    assert "meteor" in answer.text


def test_a_wrong_option_stops_the_start_with_the_field_and_the_value() -> None:
    wrong = subprocess.run(
        [*COMMAND, "--faults", '[{"kind": "meteor"}]'], capture_output=True, text=True, timeout=60
    )
    assert wrong.returncode == 2
    assert "meteor" in wrong.stderr


def test_a_clock_that_is_moved_moves_what_has_aired(upstream: httpx2.Client) -> None:
    def listed() -> int:
        return len(upstream.get("/jikan/v4/anime/73815/episodes").json()["data"])

    now = listed()
    try:
        upstream.put("/admin/clock", json={"ahead_seconds": -7 * 86_400}).raise_for_status()
        assert listed() == now - 1
    finally:
        upstream.put("/admin/clock", json={"ahead_seconds": 0}).raise_for_status()
    assert listed() == now
    assert upstream.put("/admin/clock", json={"ahead_seconds": 1e12}).status_code == 422
