# SPDX-License-Identifier: Apache-2.0
"""A DatasetSync in words: its row, its trouble, and a file told from its name."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from otakube_cli.sync import is_file
from otakube_cli.sync_state import COLUMNS, RUN_COLUMNS, row, run_row, sync_trouble

NOW = datetime(2026, 11, 28, 1, 30, tzinfo=UTC)


def sync(name: str = "weekly", **status: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {}, "status": status}


def test_a_row_has_a_cell_a_column_before_and_after_the_first_run() -> None:
    assert len(row(sync())) == len(COLUMNS)
    assert len(row(sync(progress={"done": 1, "total": 2}, counts={"new": 1}))) == len(COLUMNS)
    assert len(run_row({"outcome": "Running", "workflow": "w"})) == len(RUN_COLUMNS)


def test_a_sync_that_is_due_and_that_nobody_acts_on_is_overdue() -> None:
    due = {"nextScheduleTime": "2026-11-28T01:00:00Z"}
    [found] = sync_trouble([sync(**due), sync("later", nextScheduleTime="2026-12-05T01:00:00Z")], NOW)
    assert str(found) == "1 overdue: weekly"
    waiting = {"outcome": "Running", "workflow": "w"}
    assert sync_trouble([sync(**due, recentRuns=[waiting])], NOW) == []


def test_a_stalled_sync_is_one_for_a_person() -> None:
    stalled = [{"type": "Stalled", "status": "True", "reason": "Shrunk"}]
    assert [str(each) for each in sync_trouble([sync(conditions=stalled)], NOW)] == ["1 stalled: weekly"]


@pytest.mark.parametrize("name", ["-", "week.jsonl", "week.jsonl.zst", "a/week", "week.json"])
def test_a_file_is_told_by_its_form(name: str) -> None:
    assert is_file(name)


def test_a_name_is_one_of_an_object_unless_a_file_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert not is_file("weekly")
    (tmp_path / "weekly").touch()
    assert is_file("weekly")
