# SPDX-License-Identifier: Apache-2.0
"""Every command that reads an answer ends in a sentence, whatever the answer is."""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from otakube.main import app, entry_points, load

MINE = {
    "metadata": {
        "name": "tide",
        "namespace": "otakube",
        "uid": "u",
        "resourceVersion": "1",
        "creationTimestamp": "2026-04-01T12:00:00Z",
    }
}
CROOKED = {**MINE, "spec": 7, "status": 7}
BENT = {
    **MINE,
    "spec": {"anime": 7, "arguments": [], "versions": 7, "template": None, "suspend": "yes"},
    "status": {"conditions": [7], "workflow": 7, "review": 7, "nodes": {"n": 7}, "phase": 7, "sources": 7},
}
LISTED = {"locks": [7], "next": 7, "dead_letters": [7], "results": [7], "versions": [7], "changes": [7]}
ANSWERS: dict[str, Any] = {
    "nothing": b"",
    "half an object": b'{"items": [',
    "a page for people": b"<html><body>Bad gateway</body></html>",
    "no text": b"\xff\xfe\x00",
    "null": None,
    "a number": 42,
    "a text": "tide",
    "a list": [[], 7],
    "an empty object": {},
    "a list of nothing": {"items": None, "metadata": None},
    "a list of numbers": {"items": [7], "metadata": {}},
    "a list of empty objects": {"items": [{}], "metadata": {}},
    "a list of the nameless": {"items": [{"metadata": {"name": 7}}], "metadata": {}},
    "a list of crooked objects": {"items": [CROOKED, BENT], "metadata": {"resourceVersion": "1"}, **LISTED},
    "a crooked object": CROOKED,
    "a bent object": BENT,
    "a run of garbage": {**MINE, "status": {"phase": "Succeeded", "nodes": {"n": {"outputs": 7}}}},
    "numbers for lists": {"items": 7, **dict.fromkeys(LISTED, 7), "record": 7, "fields": 7, "nodes": 7},
    "depth": b"[" * 20_000,
}  # fmt: skip

COMMANDS = {
    "dead-letters list": "",
    "dead-letters show": "u/1/1",
    "dead-letters replay": "u/1/1",
    "doctor": "",
    "enrich": "Tide --dry-run",
    "entry show": "anime_0123456789abcdef0123",
    "entry explain": "anime_0123456789abcdef0123 title",
    "entry relations": "anime_0123456789abcdef0123",
    "entry images": "anime_0123456789abcdef0123",
    "entry history": "anime_0123456789abcdef0123",
    "entry diff": "anime_0123456789abcdef0123 1",
    "entry rollback": "anime_0123456789abcdef0123 1",
    "locks list": "",
    "locks export": "",
    "locks import": "{file}",
    "locks remove": "lock_0123456789abcdef0123",
    "locks set same": "https://myanimelist.net/anime/1 https://anilist.co/anime/1 --timeout 1",
    "locks set different": "https://myanimelist.net/anime/1 https://anilist.co/anime/1 --timeout 1",
    "locks set title": "Tide https://myanimelist.net/anime/1 --timeout 1",
    "locks set field": "episode_count 12 https://myanimelist.net/anime/1 --timeout 1",
    "logs": "tide",
    "providers check": "--timeout 1",
    "report": "--file {file}.tar.gz",
    "rerun": "tide",
    "restore list": "",
    "restore plan": "tide",
    "restore start": "tide",
    "restore status": "tide",
    "resume": "tide",
    "review list": "",
    "review show": "tide",
    "review approve": "tide",
    "review reject": "tide --note no",
    "schedule ics": "",
    "schedule list": "",
    "schedule preview": "tide",
    "schedule run-now": "tide",
    "schedule show": "tide",
    "search": "tide",
    "status": "tide",
    "stop": "tide",
    "suspend": "tide",
    "version": "",
}
"""Arguments of each command that asks a cluster."""

LOCAL = {
    "bucket",
    "check",
    "cluster",
    "curate",
    "catalog-restore",
    "dataset-sync",
    "demo",
    "export",
    "images",
    "plan-schedules",
    "run",
    "scrub",
    "snapshot",
    "flags",
    "sync",
    "step",
    "completion",
    "page",
}
"""Commands that ask none, and the demo, which is a story of the others."""


class Garbage(ThreadingHTTPServer):
    """Gives one answer to every request."""

    daemon_threads = True
    answer = b""
    status = 200


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Garbage

    def _any(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _any

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def garbage() -> Iterator[Garbage]:
    """A server that says nothing sensible."""
    server = Garbage(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def kubeconfig(garbage: Garbage, tmp_path: Path) -> Path:
    """A login to that server."""
    path = tmp_path / "kubeconfig"
    server = f"http://127.0.0.1:{garbage.server_address[1]}"
    named = {"name": "it"}
    body = {
        "clusters": [{**named, "cluster": {"server": server}}],
        "contexts": [{**named, "context": {"cluster": "it", "user": "it"}}],
        "users": [{**named, "user": {"token": "hidden"}}],
        "current-context": "it",
    }
    path.write_text(json.dumps(body))
    return path


def _leaves(command: Any, words: tuple[str, ...]) -> Iterator[str]:
    children = getattr(command, "commands", None)
    if not children:
        yield " ".join(words)
        return
    for name, child in children.items():
        yield from _leaves(child, (*words, name))


def test_every_command_that_asks_a_cluster_is_tried() -> None:
    asking = [entry for name, entry in entry_points().items() if name not in LOCAL]
    assert {leaf for entry in asking for leaf in _leaves(load(entry), (entry.name,))} == set(COMMANDS)


@pytest.mark.matrix(every=5)
@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("command", COMMANDS)
def test_whatever_a_server_answers_a_command_ends_in_a_sentence(
    garbage: Garbage, kubeconfig: Path, tmp_path: Path, command: str, status: int, answer: str
) -> None:
    file = tmp_path / "locks.jsonl"
    file.write_text("")
    words = [*command.split(), *COMMANDS[command].format(file=file).split(), "--kubeconfig", str(kubeconfig)]
    body = ANSWERS[answer]
    garbage.status, garbage.answer = status, body if isinstance(body, bytes) else json.dumps(body).encode()
    done = CliRunner(env={**os.environ, "COLUMNS": "200"}).invoke(app, words)
    assert isinstance(done.exception, SystemExit | None), repr(done.exception)
    said = done.stderr.splitlines()
    assert done.exit_code == 0 or any(line.startswith(("otakube: ", "Error: ")) for line in said), done.output
