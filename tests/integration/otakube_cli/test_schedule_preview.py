# SPDX-License-Identifier: Apache-2.0
"""`otakube schedule preview` by name, title and id, over HTTP: answers of the forms that the servers give."""

import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner, Result

from golden import a_record, an_entry, an_episode, an_id
from otakube.domain.merge.broadcast import broadcast_slot
from otakube.domain.record.golden import AnimeStatus
from otakube.domain.record.listing import EntryLevel, SystemStatus
from otakube.queries.search import Match
from otakube_cli.schedule import app
from otakube_services.catalogue.answers import CatalogueAnime, SearchResult, SearchResults

ENTRY = an_id("ani", 1)
AIRED = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
SCHEDULES = "/apis/otakube.dev/v1alpha1/namespaces/otakube/episodeschedules"
CATALOGUE = "/api/v1/namespaces/otakube/services/otakube-catalogue:8080/proxy"


def the_entry() -> dict[str, Any]:
    japan = AIRED + timedelta(hours=9)
    slot = broadcast_slot(japan.isoweekday(), f"{japan:%H:%M}")
    entry = an_entry(status=AnimeStatus.ONGOING, broadcast=slot)
    record = a_record(entry=entry, episodes=[an_episode(7, aired=AIRED.replace(second=0))])
    return CatalogueAnime(
        id=ENTRY,
        level=EntryLevel.ENRICHED,
        version=1,
        digest="d",
        model="m",
        committed_at=AIRED,
        record=record,
    ).model_dump(mode="json")


def the_search() -> dict[str, Any]:
    found = SearchResult(
        id=ENTRY, level=EntryLevel.ENRICHED, system_status=SystemStatus.ACTIVE, title="Frozen Tide",
        type="TV", year=2026, version=1, match=Match.TITLE, score=1.0, kind="title", text="Frozen Tide",
    )  # fmt: skip
    return SearchResults(query="q", results=[found]).model_dump(mode="json")


def a_schedule(name: str, **anime: Any) -> dict[str, Any]:
    slot = {"weekday": "Monday", "time": "20:00", "timeZone": "Asia/Tokyo"}
    meta = {"name": name, "namespace": "otakube", "resourceVersion": "1", "uid": name}
    return {"metadata": meta, "spec": {"anime": anime, "broadcast": slot}}


class Servers(ThreadingHTTPServer):
    """API server and catalogue in one, by path."""

    daemon_threads = True
    answers: dict[str, Any]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Servers

    def do_GET(self) -> None:
        answer = self.server.answers.get(urlsplit(self.path).path)
        missing = {
            "kind": "Status",
            "code": 404,
            "message": "not found",
            "detail": "no such entry: search it",
        }
        body = json.dumps(missing if answer is None else answer).encode()
        self.send_response(404 if answer is None else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def servers() -> Iterator[Servers]:
    server = Servers(("127.0.0.1", 0), _Handler)
    server.answers = {
        SCHEDULES: {"metadata": {"resourceVersion": "1"}, "items": []},
        f"{CATALOGUE}/animes/{ENTRY}": the_entry(),
        f"{CATALOGUE}/search": the_search(),
    }
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def preview(servers: Servers, tmp_path: Path) -> Any:
    named = {"name": "it"}
    body = {
        "clusters": [{**named, "cluster": {"server": f"http://127.0.0.1:{servers.server_address[1]}"}}],
        "contexts": [{**named, "context": {"cluster": "it", "user": "it"}}],
        "users": [{**named, "user": {"token": "hidden"}}],
        "current-context": "it",
    }
    (tmp_path / "kubeconfig").write_text(json.dumps(body))

    def ask(*arguments: str) -> Result:
        environment = {"KUBECONFIG": str(tmp_path / "kubeconfig"), "COLUMNS": "200"}
        return CliRunner().invoke(app, ["preview", *arguments], env=environment)

    return ask


@pytest.mark.parametrize("given", ["Frozen Tide", "frozen", ENTRY])
def test_a_title_or_an_id_shows_what_the_planner_would_make(preview: Any, given: str) -> None:
    found = preview(given, "--days", "20")
    assert found.exit_code == 0, found.stderr
    heading, *lines = found.stdout.splitlines()
    assert heading == f"Frozen Tide ({ENTRY})"
    facts = {line.split()[0]: " ".join(line.split()[1:]) for line in lines if line.startswith("  ")}
    assert facts["agreement"] == "1.00: the times of 1 episodes against the slot (SameTime)"
    assert facts["delay"] == "1h"
    rows = json.loads(preview(given, "--days", "20", "-o", "json").stdout)
    assert [row["episode"] for row in rows] == [8, 9]
    due = AIRED.replace(second=0) + timedelta(days=7, hours=1)
    assert rows[0]["dueTime"] == f"{due:%Y-%m-%dT%H:%M:%SZ}"


def test_the_planner_s_delay_is_that_of_the_installation(preview: Any, servers: Servers) -> None:
    path = "/api/v1/namespaces/otakube/configmaps/otakube-steps"
    servers.answers[path] = {"data": {"OTAKUBE_PLANNER_DELAY": "3h"}}
    assert re.search(r"^ +delay +3h$", preview("Frozen Tide").stdout, re.MULTILINE)


@pytest.mark.parametrize("anime", [{"id": ENTRY}, {"sourceUrls": ["https://myanimelist.net/anime/90001"]}])
def test_a_schedule_that_is_there_is_shown_in_place_of_the_planner_s(
    preview: Any, servers: Servers, anime: dict[str, Any]
) -> None:
    servers.answers[SCHEDULES]["items"] = [a_schedule("mine", **anime), a_schedule("other", id="ani_2")]
    found = preview("Frozen Tide", "-o", "json")
    assert {row["schedule"] for row in json.loads(found.stdout)} == {"mine"}
    assert f"Frozen Tide ({ENTRY}): schedule mine, made by a person" in found.stderr


def test_a_schedule_s_name_comes_before_a_title(preview: Any, servers: Servers) -> None:
    servers.answers[f"{SCHEDULES}/frozen"] = a_schedule("frozen", id="ani_2")
    found = preview("frozen", "-o", "json")
    assert {row["schedule"] for row in json.loads(found.stdout)} == {"frozen"}


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ("tide", 1, '"tide" not found in namespace "otakube"'),
        ("Tide of ash", 1, "the catalogue has no entry titled 'Tide of ash': `otakube search`"),
        (an_id("ani", 9), 1, "no such entry"),
        ("ani_7", 2, "is no entry id"),
    ],
)
def test_what_nobody_knows_is_told_with_what_helps(
    preview: Any, servers: Servers, given: str, code: int, words: str
) -> None:
    servers.answers[f"{CATALOGUE}/search"]["results"] = []
    found = preview(given)
    assert (found.exit_code, found.stdout) == (code, "")
    assert words in found.stderr


def test_a_catalogue_that_is_away_is_told_beside_the_name_that_was_asked_first(
    preview: Any, servers: Servers
) -> None:
    del servers.answers[f"{CATALOGUE}/search"]
    assert '"tide" not found' in preview("tide").stderr
