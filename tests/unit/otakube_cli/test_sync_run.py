# SPDX-License-Identifier: Apache-2.0
"""`otakube sync run`, `status` and `history` over the stores of a folder."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from otakube.maintenance.dataset_sync.stores import SyncProgress
from otakube_cli.sync import STOPS, app
from otakube_cli.sync_run import SyncProgressLines, describe_progress
from unit.otakube.domain.dataset.weeks import json_lines, row

TODAY = datetime.now(UTC).date().isoformat()
MANY = [row(f"No. {one}", str(one)) for one in range(1, 101)]


def call(tmp_path: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--stores", str(tmp_path / "stores")])


def run(tmp_path: Path, rows: list[dict[str, Any]], *more: str) -> Result:
    (tmp_path / "week.jsonl").write_bytes(json_lines(rows, TODAY))
    return call(tmp_path, "run", str(tmp_path / "week.jsonl"), *more)


def test_a_week_is_taken_in_and_told_of(tmp_path: Path) -> None:
    done = run(tmp_path, MANY, "-o", "json")
    assert done.exit_code == 0, done.stderr
    body = json.loads(done.stdout)
    assert (body["counts"]["new"], body["written"], body["breached"]) == (100, 100, [])
    again = json.loads(run(tmp_path, MANY, "-o", "json").stdout)
    assert (again["written"], again["digest"]) == (0, body["digest"])
    assert "100 of 100 entries" in done.stderr


def test_status_and_history_name_the_weeks(tmp_path: Path) -> None:
    run(tmp_path, MANY)
    run(tmp_path, [*MANY[1:], row("New", "900")])
    status = json.loads(call(tmp_path, "status", "-o", "json").stdout)
    assert (status["phase"], status["counts"]["new"], status["counts"]["removed"]) == ("Succeeded", 1, 1)
    assert "taken in" in call(tmp_path, "status").stdout
    assert len(json.loads(call(tmp_path, "history", "-o", "json").stdout)) == 2
    table = [line.split() for line in call(tmp_path, "history", "--no-headers").stdout.splitlines()]
    assert [line[2:] for line in table] == [
        ["week.jsonl", status["revision"], "100", "1", "0", "0", "0", "0", "1"],
        ["week.jsonl", table[1][3], "100", "100", "0", "0", "0", "0", "0"],
    ]


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    done = run(tmp_path, MANY, "--dry-run")
    assert done.exit_code == 0
    assert "nothing is written" in done.stdout
    assert call(tmp_path, "status").exit_code == 1


def test_a_week_beyond_a_limit_ends_with_its_status_and_the_cure_works(tmp_path: Path) -> None:
    run(tmp_path, MANY)
    stopped = run(tmp_path, MANY[:60])
    assert stopped.exit_code == STOPS
    assert "--allow shrink=SHARE" in stopped.stderr
    assert "not taken in" in stopped.stdout
    assert run(tmp_path, MANY[:60], "--allow", "shrink=0.5").exit_code == 0


@pytest.mark.parametrize("command", ["status", "history"])
def test_a_folder_without_weeks_is_named(tmp_path: Path, command: str) -> None:
    said = call(tmp_path, command)
    assert said.exit_code == 1
    assert "has taken no week" in said.stderr
    assert not (tmp_path / "stores").exists()


def test_a_file_that_is_no_dataset_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "week.jsonl").write_text("<html>")
    said = call(tmp_path, "run", str(tmp_path / "week.jsonl"))
    assert said.exit_code == 2
    assert "neither JSON" in said.stderr


def test_progress_has_the_rate_and_the_time_left() -> None:
    half = SyncProgress(1000, 4000)
    assert describe_progress(half, 10) == "1,000 of 4,000 entries (25%), 100 a second, 0m30s left"
    assert describe_progress(SyncProgress(0, 0), 0) == "0 of 0 entries (100%)"


def test_lines_of_progress_are_seconds_apart_but_for_the_last(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter([0.0, 10.0, 10.5, 13.0, 13.1])
    lines = SyncProgressLines(lambda: next(times))
    for done in (0, 10, 20, 40):
        lines(SyncProgress(done, 40))
    assert capsys.readouterr().err.splitlines() == [
        "20 of 40 entries (50%), 7 a second, 0m03s left",
        "40 of 40 entries (100%)",
    ]
