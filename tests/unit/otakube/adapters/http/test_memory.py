# SPDX-License-Identifier: Apache-2.0
"""Memory of the step that asks the providers: measured in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

MOST = 256  # MiB
POD = 512 << 20  # the limit of the step `fetch`
PROGRAM = Path(__file__).parents[4] / "answer_process.py"
SIZE = 16 << 20

BODIES = {
    "empty lists": b"[" + b"[]," * (SIZE // 3 - 1) + b"[]]",
    "empty objects": b"[" + b"{}," * 249_000 + b"{}]" + b" " * (SIZE - 800_000),
    "small objects": b"[" + b'{"a":1,"b":"c"},' * 120_000 + b"0]" + b" " * (SIZE - 2_000_000),
    "one string": b'["' + b"a" * (SIZE - 4) + b'"]',
    "one string of wide characters": b'["' + "😀".encode() + b"a" * (SIZE - 8) + b'"]',
    "long strings": b"[" + (b'"' + "あ".encode() * 60 + b'",') * (SIZE // 184) + b"0]",
}


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(threaded=True) as started:
        yield started


def asked(server: HTTPServer, limit: int, answers: list[tuple[bytes, str]]) -> dict[str, Any]:
    """What became of each, and the peak."""
    urls = []
    for number, (body, content_type) in enumerate(answers):
        path = f"/{number}.{content_type.rpartition('/')[2]}"
        server.expect_request(path).respond_with_data(body, content_type=content_type)
        urls.append(server.url_for(path))
    done = subprocess.run([sys.executable, PROGRAM, str(limit), *urls], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(found)
    return found


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_six_answers_of_16_megabytes_fail_or_fit(body: bytes, server: HTTPServer) -> None:
    found = asked(server, POD, [(body, "application/json")] * 6)
    assert found["mebibytes"] < MOST
    assert set(found["outcomes"]) <= {"answer", "AnswerTooLarge"}


def test_six_texts_of_16_megabytes_fail_or_fit(server: HTTPServer) -> None:
    found = asked(server, POD, [(b"<a>" + b"b" * (SIZE - 3), "text/xml")] * 6)
    assert found["mebibytes"] < MOST
    assert "answer" in found["outcomes"]


def test_small_answers_are_read_beside_the_largest_ones(server: HTTPServer) -> None:
    large = (BODIES["one string"], "application/json")
    small = (json.dumps({"data": [{"name": "x" * 50}] * 2000}).encode(), "application/json")
    found = asked(server, POD, [large] * 5 + [small])
    assert found["outcomes"][-1] == "answer"
    assert found["mebibytes"] < MOST
