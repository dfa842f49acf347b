# SPDX-License-Identifier: Apache-2.0
"""The pod command of the merge locks, with a folder for its store."""

import json
from pathlib import Path

from typer.testing import CliRunner

from lock_builders import different, same
from otakube.commands.curate import app
from otakube.domain.locks.change import LockChange, pack
from otakube.domain.locks.file import format_file
from otakube.domain.locks.lock import LOCK
from raw_documents import SqliteFile


def run(folder: Path, payload: str, *more: str) -> tuple[int, str]:
    options = ["--objects", f"file:{folder}", "--outputs", str(folder / "outputs")]
    options += ["--termination-log", str(folder / "termination")]
    done = CliRunner().invoke(app, ["locks", "--payload", payload, *options, *more])
    return done.exit_code, done.stderr


def report(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "outputs/report").read_text())
    return found


def kept(folder: Path) -> str:
    file = SqliteFile(folder / "documents.sqlite3")
    return format_file(LOCK.validate_json(row["lock"]) for row in file.run("SELECT lock FROM merge_locks"))


def test_a_change_is_carried_out_and_reported(tmp_path: Path) -> None:
    payload = pack(LockChange(set=[same(1, 2), same(3, 4)]))
    assert run(tmp_path, payload)[0] == 0
    assert kept(tmp_path) == format_file([same(1, 2), same(3, 4)])
    assert report(tmp_path) == {"added": 2, "unchanged": 0, "removed": 0, "missing": [], "dry_run": False}


def test_a_dry_run_reports_what_it_leaves_undone(tmp_path: Path) -> None:
    assert run(tmp_path, pack(LockChange(set=[same(1, 2)])), "--dry-run")[0] == 0
    assert report(tmp_path)["added"] == 1
    assert kept(tmp_path) == format_file([])


def test_a_contradiction_is_final_and_said_to_the_kubelet(tmp_path: Path) -> None:
    run(tmp_path, pack(LockChange(set=[same(1, 2)])))
    status, said = run(tmp_path, pack(LockChange(set=[different(1, 2)])))
    assert status == 65
    assert (tmp_path / "termination").read_text().startswith("RecordInvalid: 1 locks are refused")
    assert "otakube locks remove ID" in said
    assert kept(tmp_path) == format_file([same(1, 2)])


def test_a_spoilt_payload_is_final(tmp_path: Path) -> None:
    assert run(tmp_path, "spoilt")[0] == 65
