# SPDX-License-Identifier: Apache-2.0
"""`otakube dataset-sync` as a pod runs it: a week from the bucket, planned, applied and cleaned up after."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard
from click.testing import Result
from typer.testing import CliRunner

from otakube.commands.dataset_sync import SPEC_FIELDS, app
from otakube.domain.dataset.limits import SHARES
from unit.otakube.domain.dataset.weeks import json_lines, row

TODAY = datetime.now(UTC).date().isoformat()
MANY = [row(f"No. {one}", str(one)) for one in range(1, 41)]


def put(folder: Path, rows: list[dict[str, Any]], name: str = "week.jsonl.zst") -> str:
    """Put a week into the bucket; its source."""
    place = folder / "objects/datasets" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(zstandard.compress(json_lines(rows, TODAY)))
    return f"bucket:datasets/{name}"


def call(folder: Path, *words: str) -> Result:
    """Run one step over the embedded stores of a folder."""
    places = [f"--objects=file:{folder}", f"--termination-log={folder}/said"]
    places += [] if words[0] == "conclude" else [f"--outputs={folder}/outputs"]
    return CliRunner().invoke(app, [*words, *places, "--work=work/w1"])


def report(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "outputs/report").read_text())
    return found


def kept(folder: Path) -> list[Path]:
    """Files of the run's work objects."""
    return [each for each in (folder / "objects/work").rglob("*") if each.is_file()]


def test_a_week_is_planned_then_applied_then_cleaned_up_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARGO_PROGRESS_FILE", str(tmp_path / "progress"))
    source = put(tmp_path, MANY)
    assert call(tmp_path, "plan", f"--source={source}").exit_code == 0
    planned = report(tmp_path)
    assert (planned["source"], planned["lastUpdate"], planned["rows"]) == (source, TODAY, 40)
    assert (planned["total"], planned["counts"]["new"], planned["written"]) == (40, 40, 0)
    assert planned["digest"].startswith("sha256:")
    assert not (tmp_path / "progress").exists(), "a plan writes nothing"
    assert call(tmp_path, "apply").exit_code == 0
    applied = report(tmp_path)
    assert (applied["written"], applied["revision"]) == (40, planned["revision"])
    assert (tmp_path / "progress").read_text() == "40/40\n"
    assert len(kept(tmp_path)) == 2
    assert call(tmp_path, "conclude").exit_code == 0
    assert kept(tmp_path) == []
    assert call(tmp_path, "plan", f"--source={source}").exit_code == 0
    assert (report(tmp_path)["total"], report(tmp_path)["counts"]["unchanged"]) == (0, 40)


def test_what_is_applied_is_the_file_that_was_planned(tmp_path: Path) -> None:
    source = put(tmp_path, MANY)
    call(tmp_path, "plan", f"--source={source}")
    put(tmp_path, MANY[:2])
    assert call(tmp_path, "apply").exit_code == 0
    assert report(tmp_path)["rows"] == 40


def test_a_week_beyond_a_limit_ends_the_step_with_the_reason_and_the_field(tmp_path: Path) -> None:
    call(tmp_path, "plan", f"--source={put(tmp_path, MANY)}")
    call(tmp_path, "apply")
    small = put(tmp_path, MANY[:20])
    stopped = call(tmp_path, "plan", f"--source={small}")
    assert stopped.exit_code == 65
    said = (tmp_path / "said").read_text()
    assert said.startswith("Shrunk: 20 rows less than before, of 40: 50.0%")
    assert "(spec.limits.shrinkPercent)" in said
    assert call(tmp_path, "plan", f"--source={small}", "--limits=shrink=0.5,site=1").exit_code == 0


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("bucket:datasets/absent.jsonl", "SourceRefused: the bucket has no object datasets/absent.jsonl"),
        ("bucket:images/a", "SourceRefused"),
        ("bucket:datasets/../work/a", "SourceRefused"),
        ("ftp://example.org/a", "SourceRefused: 'ftp://example.org/a' is no source"),
    ],
)
def test_a_source_that_is_none_is_named(tmp_path: Path, source: str, says: str) -> None:
    assert call(tmp_path, "plan", f"--source={source}").exit_code == 65
    assert (tmp_path / "said").read_text().startswith(says)


def test_a_file_that_is_no_dataset_is_told_as_such(tmp_path: Path) -> None:
    put(tmp_path, MANY)
    (tmp_path / "objects/datasets/week.jsonl.zst").write_bytes(b"<html>busy</html>")
    assert call(tmp_path, "plan", "--source=bucket:datasets/week.jsonl.zst").exit_code == 65
    assert (tmp_path / "said").read_text().startswith("DatasetUnreadable: week.jsonl.zst: ")


def test_an_apply_without_a_plan_and_a_limit_that_is_none_are_named(tmp_path: Path) -> None:
    assert call(tmp_path, "apply").exit_code == 65
    assert (tmp_path / "said").read_text().startswith("InputMissing: work/w1/dataset is not in the bucket")
    assert call(tmp_path, "plan", f"--source={put(tmp_path, MANY)}", "--limits=shrink=a").exit_code == 65
    assert "--limits 'shrink=a': write one of shrink, growth" in (tmp_path / "said").read_text()


def test_retries_of_a_pod_stay_within_the_entries_of_their_run(tmp_path: Path) -> None:
    listed = [row(f"No. {one}", f"https://anilist.co/anime/{one}") for one in range(1, 41)]
    call(tmp_path, "plan", f"--source={put(tmp_path, listed)}")
    call(tmp_path, "apply")
    counts = {"due": 40, "enriched": 3, "refused": 1, "failed": 1, "passedOver": 0}
    (tmp_path / "objects/work/w1/enrichment").write_text(json.dumps(counts))
    ended = call(tmp_path, "enrich", "--policy=All", "--max-per-run=5")
    assert ended.exit_code == 0, (tmp_path / "said").read_text()
    assert report(tmp_path) == {"enrichment": counts | {"due": 45, "left": 40}}
    assert json.loads((tmp_path / "objects/work/w1/enrichment").read_text())["enriched"] == 3
    assert call(tmp_path, "conclude").exit_code == 0
    assert kept(tmp_path) == []


def test_entries_that_no_provider_can_be_asked_about_are_never_due(tmp_path: Path) -> None:
    elsewhere = [row(f"No. {one}", f"https://www.livechart.me/anime/{one}") for one in range(1, 9)]
    call(tmp_path, "plan", f"--source={put(tmp_path, elsewhere)}")
    call(tmp_path, "apply")
    assert call(tmp_path, "enrich", "--policy=NewOnly").exit_code == 0
    assert report(tmp_path)["enrichment"]["due"] == 0


def test_every_limit_but_that_of_unreadable_rows_has_its_field_in_the_spec() -> None:
    assert set(SPEC_FIELDS) == {*SHARES, "age"} - {"unreadable"}
