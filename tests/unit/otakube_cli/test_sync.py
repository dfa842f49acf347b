# SPDX-License-Identifier: Apache-2.0
"""`otakube sync plan`: what a week of the dataset changes, as a person and a program read it."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard
from typer.testing import CliRunner, Result

from otakube_cli.sync import STOPS, app
from unit.otakube.domain.dataset.weeks import json_lines, row

TODAY = datetime.now(UTC).date().isoformat()
MANY = [row(f"No. {one}", str(one)) for one in range(1, 101)]


def plan(
    tmp_path: Path, before: list[dict[str, Any]] | None, after: list[dict[str, Any]], *more: str
) -> Result:
    (tmp_path / "after.jsonl").write_bytes(json_lines(after, TODAY))
    words = ["plan", str(tmp_path / "after.jsonl"), *more]
    if before is not None:
        (tmp_path / "before.jsonl").write_bytes(json_lines(before, TODAY))
        words += ["--since", str(tmp_path / "before.jsonl")]
    return CliRunner().invoke(app, words)


def test_counts_of_a_week_are_printed(tmp_path: Path) -> None:
    said = plan(tmp_path, MANY, [*MANY[1:], row("Tide", "900"), row("No. 1!", "1", episodes=13)])
    assert said.exit_code == 0
    lines = {" ".join(line.split()) for line in said.stdout.splitlines()}
    assert {
        "unchanged 99",
        "new 1",
        "changed 1",
        "changed fields title 1, episodes 1",
        "limits kept",
    } <= lines
    assert f"after.jsonl: 101 rows, last updated {TODAY}" in lines


def test_rows_of_one_kind_are_listed_with_what_became_of_them(tmp_path: Path) -> None:
    before = [*MANY[1:], row("No. 1", "1", "101")]
    after = [*MANY[2:], row("Both", "1", "2", "101", tags=["sea"])]
    said = plan(tmp_path, before, after, "--show", "merged")
    assert said.exit_code == 0
    assert [line.split() for line in said.stdout.splitlines()] == [
        ["PAGE", "TITLE", "INTO"], ["https://anidb.net/anime/2", "No.", "2", "Both"],
    ]  # fmt: skip
    changed = plan(tmp_path, before, after, "--show", "changed")
    assert "title No. 1 -> Both; sources +https://anidb.net/anime/2; tags +sea" in changed.stdout


@pytest.mark.parametrize("kind", ["new", "changed", "merged", "split", "removed", "unreadable"])
def test_each_kind_of_row_is_a_list_for_programs(tmp_path: Path, kind: str) -> None:
    before = [*MANY, row("A", "201", "202"), row("Gone", "203"), row("Joined", "204")]
    after = [
        *MANY[:-1], row("No. 100", "100", "204"), row("A", "201"), row("A2", "202"), row("New", "205"), {},
    ]  # fmt: skip
    said = plan(tmp_path, before, after, "--show", kind, "-o", "json", "--allow", "unreadable=0.1")
    assert said.exit_code == 0
    assert json.loads(said.stdout)


def test_a_broken_limit_has_an_exit_status_of_its_own_and_a_cure_that_works(tmp_path: Path) -> None:
    said = plan(tmp_path, MANY, MANY[:60])
    assert said.exit_code == STOPS
    assert (
        "Shrunk: 40 rows less than before, of 100: 40.0%, and 5.0% are allowed (--allow shrink=SHARE)"
        in said.stderr
    )
    body = json.loads(plan(tmp_path, MANY, MANY[:60], "-o", "json").stdout)
    assert [one["limit"] for one in body["breached"]] == ["Shrunk"]
    assert plan(tmp_path, MANY, MANY[:60], "--allow", "shrink=0.5").exit_code == 0


@pytest.mark.parametrize("allow", ["shrink", "shrink=much", "shrink=-1", "size=3", "age=nan", "shrink=inf"])
def test_a_limit_that_is_none_is_wrong_usage(tmp_path: Path, allow: str) -> None:
    said = plan(tmp_path, None, MANY, "--allow", allow)
    assert said.exit_code == 2
    assert repr(allow) in said.stderr
    assert "shrink=0.4" in said.stderr


@pytest.mark.parametrize("form", [bytes, zstandard.compress])
def test_a_week_is_read_from_standard_input(tmp_path: Path, form: Callable[[bytes], bytes]) -> None:
    week = form(json_lines(MANY, TODAY))
    (tmp_path / "before.jsonl").write_bytes(json_lines(MANY[1:], TODAY))
    said = CliRunner().invoke(app, ["plan", "-", "--since", str(tmp_path / "before.jsonl")], input=week)
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout.startswith("standard input: 100 rows")
    empty = CliRunner().invoke(app, ["plan", "-"], input=b"")
    assert (empty.exit_code, empty.stderr) == (2, "otakube: -: it is empty\n")
    both = CliRunner().invoke(app, ["plan", "-", "--since", "-"], input=week)
    assert both.exit_code == 2
    assert "name a file for the other" in both.stderr


def test_a_week_from_the_future_stops(tmp_path: Path) -> None:
    for days, status in ((1, 0), (2, STOPS)):
        day = datetime.now(UTC).date() + timedelta(days=days)
        (tmp_path / "week.jsonl").write_bytes(json_lines(MANY, day.isoformat()))
        said = CliRunner().invoke(app, ["plan", str(tmp_path / "week.jsonl")])
        assert said.exit_code == status, said.stderr
    assert said.stderr.startswith(f"otakube: Ahead: it was last updated on {day}, and today is ")


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "before.jsonl").write_text("<html>")
    for since, why in (("nowhere", "No such file"), ("before.jsonl", "neither JSON"), ("", "Is a directory")):
        said = plan(tmp_path, None, MANY, "--since", str(tmp_path / since))
        assert said.exit_code == 2
        assert str(tmp_path / since) in said.stderr
        assert why in said.stderr


def test_a_first_week_is_new(tmp_path: Path) -> None:
    said = plan(tmp_path, None, MANY)
    assert said.exit_code == 0
    assert "nothing: a first week" in said.stdout
    assert ["new", "100"] in [line.split() for line in said.stdout.splitlines()]


@pytest.mark.parametrize("library", ["msgspec", "zstandard"])
def test_a_library_that_is_absent_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    for name in [one for one in sys.modules if "dataset" in one and one.startswith("otakube")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    said = plan(tmp_path, None, MANY)
    assert said.exit_code == 1
    assert said.stderr == "otakube: datasets need msgspec and zstandard: install otakube[dataset]\n"
