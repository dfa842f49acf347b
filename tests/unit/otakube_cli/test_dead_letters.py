# SPDX-License-Identifier: Apache-2.0
"""The commands about dead letters, from the command line through the read API's route to a real store."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from otakube.adapters.stores.sqlite.catalogue import SqliteDeadLetters
from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.ports.catalogue import DeadLetter
from otakube_cli import command
from otakube_cli.cluster import Cluster, Resource
from otakube_cli.dead_letters import app
from otakube_services.catalogue.dead_letters import add_dead_letters


class LetterCluster(Cluster):
    """Answers from a store in a folder; notes what is asked to run again."""

    def __init__(self, folder: Path) -> None:
        self.namespace = "otakube"
        self.letters = SqliteDeadLetters(SqliteDocuments(folder))
        self.uids = {"tide": "uid-1"}
        self.asked: list[str] = []
        api = FastAPI()
        api.state.ports = SimpleNamespace(dead_letters=self.letters)
        add_dead_letters(api)
        self._api_client = TestClient(api)

    async def catalogue_internal(self, path: str, **query: str | int) -> Any:
        return self._api_client.get(f"/{path}", params=query).raise_for_status().json()

    async def read(self, path: str, **query: str) -> Any:
        name = query["fieldSelector"].partition("=")[2]
        return {"items": [{"metadata": {"uid": self.uids[name]}}] if name in self.uids else []}

    async def merge(self, resource: Resource, name: str, change: Any, **_: Any) -> Any:
        assert change["metadata"]["annotations"]["otakube.dev/requested-at"]
        self.asked.append(name)


def a_letter(run: str, enrichment: str = "otakube/tide", reason: str = "StoreUnavailable") -> DeadLetter:
    at = datetime(2026, 4, 1, 12, int(run[-1]), tzinfo=UTC)
    message = "MongoDB does not answer"
    return DeadLetter(
        run=run, enrichment=enrichment, step="commit", title="Frozen Tide", reason=reason, message=message,
        attempt=int(run[-1]), inputs=f"{run}/", at=at,
    )  # fmt: skip


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LetterCluster:
    made = LetterCluster(tmp_path)
    for letter in (
        a_letter("work/uid-1/1-1"),
        a_letter("work/uid-1/1-2"),
        a_letter("work/uid-2/1-3", "other/wave", "AnimeUnknown"),
    ):
        asyncio.run(made.letters.put(letter))

    @asynccontextmanager
    async def connected(**_: str) -> AsyncIterator[LetterCluster]:
        yield made

    monkeypatch.setattr(command, "connected", connected)
    return made


def otakube(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.mark.usefixtures("cluster")
def test_the_letters_of_the_namespace_are_listed_the_newest_first() -> None:
    lines = otakube("list").stdout.splitlines()
    assert lines[0].split() == ["ID", "ENRICHMENT", "STEP", "REASON", "ATTEMPT", "AGE"]
    assert [line.split()[0] for line in lines[1:]] == ["uid-1/1-2", "uid-1/1-1"]
    everywhere = otakube("list", "-A", "-o", "name").stdout.split()
    assert everywhere == ["uid-2/1-3", "uid-1/1-2", "uid-1/1-1"]
    chosen = json.loads(otakube("list", "-A", "-o", "json", "--reason", "AnimeUnknown").stdout)
    assert [letter["enrichment"] for letter in chosen] == ["other/wave"]


@pytest.mark.usefixtures("cluster")
def test_one_is_shown_with_what_was_said() -> None:
    shown = otakube("show", "uid-1/1-1").stdout
    assert "MongoDB does not answer" in shown
    assert "work/uid-1/1-1/" in shown
    gone = otakube("show", "uid-9/1-1")
    assert (gone.exit_code, "there is no dead letter 'uid-9/1-1'" in gone.stderr) == (1, True)


def test_the_enrichments_of_a_reason_run_again_once_each(cluster: LetterCluster) -> None:
    done = otakube("replay", "--reason", "StoreUnavailable")
    assert (done.exit_code, cluster.asked) == (0, ["tide"]), done.stderr


def test_an_enrichment_that_is_gone_or_another_is_left_alone(cluster: LetterCluster) -> None:
    gone = otakube("replay", "uid-2/1-3")
    assert (gone.exit_code, "is gone" in gone.stderr) == (1, True)
    cluster.uids["tide"] = "uid-of-another"
    assert otakube("replay", "uid-1/1-1").exit_code == 1
    assert cluster.asked == []


def test_which_ones_must_be_said(cluster: LetterCluster) -> None:
    assert [otakube("replay").exit_code, otakube("replay", "a", "--reason", "b").exit_code] == [2, 2]
    assert cluster.asked == []
