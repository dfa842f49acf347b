# SPDX-License-Identifier: Apache-2.0
"""The command line of snapshots over the embedded stores of a folder: exit statuses, forms, refusals."""

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from otakube.adapters.stores.sqlite.connection import FILE
from otakube.commands.snapshot import app


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.stdout, done.stderr


def answer(*words: str) -> Any:
    status, printed, told = run(*words, "-o", "json")
    assert status == 0, told
    return json.loads(printed)


@pytest.fixture
def catalogue(tmp_path: Path) -> str:
    """Empty stores."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    (folder / FILE).touch()
    return f"--objects=file:{folder}"


def test_an_empty_catalogue_is_written_listed_shown_verified_and_restored(catalogue: str) -> None:
    made = answer("create", catalogue)
    assert (made["entries"], made["shrunk"], made["removed"]) == (0, False, [])
    assert [one["name"] for one in answer("list", catalogue)] == [made["name"]]
    assert answer("show", catalogue)["collections"]["animes"] == {"rows": 0, "parts": []}
    assert answer("verify", made["name"], catalogue)["faults"] == []
    assert answer("restore", catalogue, "--dry-run")["outcomes"] == {}
    assert run("list", catalogue, "-o", "name")[1] == f"{made['name']}\n"
    assert "Snapshot" in run("show", catalogue)[1]


def test_a_row_that_cannot_be_read_is_left_out_and_is_status_one(catalogue: str) -> None:
    answer("create", catalogue)
    with contextlib.closing(sqlite3.connect(Path(catalogue.partition("file:")[2]) / FILE)) as rows, rows:
        rows.execute("INSERT INTO flags VALUES ('spoilt', 'ani_1', 'Open', '{}')")
    status, printed, told = run("create", catalogue, "-o", "json")
    assert (status, json.loads(printed)["left_out_rows"]) == (1, 1)
    assert "flags spoilt cannot be read" in told
    assert "Rows left out" in run("create", catalogue)[1]


@pytest.mark.parametrize("command", ["show", "verify", "restore"])
def test_without_a_snapshot_the_cure_is_named(catalogue: str, command: str) -> None:
    status, _, told = run(command, catalogue)
    assert status == 65
    assert "there is no snapshot latest: `otakube snapshot create` makes one" in told


def test_a_name_that_is_none_is_refused(catalogue: str) -> None:
    status, _, told = run("show", "../../etc", catalogue)
    assert status == 65
    assert "'../../etc' is no name of a snapshot" in told


def test_a_place_that_is_none_is_refused_with_the_forms_that_there_are(catalogue: str) -> None:
    status, _, told = run("create", catalogue, "--at", "ftp://backup")
    assert status == 65
    assert "'ftp://backup': give s3:BUCKET, file:FOLDER" in told


def test_a_folder_without_stores_is_refused_rather_than_taken_for_an_empty_catalogue(tmp_path: Path) -> None:
    status, _, told = run("create", f"--objects=file:{tmp_path / 'typo'}")
    assert status == 65
    assert "no embedded stores lie there" in told
    assert list(tmp_path.iterdir()) == []


def test_an_entry_that_the_snapshot_lacks_is_status_one(catalogue: str) -> None:
    answer("create", catalogue)
    status, printed, _ = run("restore", catalogue, "--entry", "ani_1,ani_2", "-o", "json")
    assert status == 1
    assert json.loads(printed)["outcomes"] == {"Failed": 2}
