# SPDX-License-Identifier: Apache-2.0
"""The history of an entry, and the differences of two versions, on the terminal."""

from typing import Any

import pytest

from otakube_api.v1alpha1.anime_enrichment import AnimeEnrichmentSpec
from otakube_cli.versions import made_by, print_diff, print_history, rollback_of, uids, with_objects


def row(version: int, run: str, **changes: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "version": version, "committed_at": "2026-11-20T12:00:00Z", "run": run, "decision": "approve",
        "reviewer": "ilse", "note": "", "digest": "ab" * 32, "kept": True, "changes": "episodes +1",
    }  # fmt: skip
    return usual | changes


def test_a_history_names_the_objects_and_marks_the_live_version(capsys: pytest.CaptureFixture[str]) -> None:
    names = uids([{"metadata": {"uid": "u-1", "name": "frozen-tide"}}])
    rows = [row(3, "work/u-1/2-1"), row(2, "licence/ani_1/1", kept=False), row(1, "work/u-9/1-1")]
    print_history(with_objects({"live": 3, "older": 4, "versions": rows}, names))
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:4] == ["3*", "2026-11-20", "12:00:00", "frozen-tide"]
    assert "licence" in lines[2]
    assert lines[2].endswith("(record not kept)")
    assert "u-9 1-1" in lines[3]
    assert lines[4] == "4 older ones: --limit shows more."


@pytest.mark.parametrize(
    ("run", "by"), [("work/u-1/2-1", "tide 2-1"), ("work/u-2/1-1", "u-2 1-1"), ("licence/ani_1/4", "licence")]
)
def test_a_run_is_told_by_its_object(run: str, by: str) -> None:
    assert made_by(run, {"u-1": "tide"}) == by


def test_a_difference_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    changes = [
        {"field": "status", "before": "Ongoing", "after": "Finished"},
        {"field": "genres", "before": ["Drama"], "after": None},
    ]
    print_diff({"before": 1, "after": 2, "changes": changes})
    header, status, genres = capsys.readouterr().out.splitlines()
    assert header.split() == ["FIELD", "VERSION", "1", "VERSION", "2"]
    assert status.split() == ["status", "Ongoing", "Finished"]
    assert genres.split() == ["genres", "Drama", "-"]


def test_two_versions_without_a_difference_are_said_to_be_alike(capsys: pytest.CaptureFixture[str]) -> None:
    print_diff({"before": 1, "after": 2, "changes": []})
    assert capsys.readouterr().out == "Versions 1 and 2 are alike to readers.\n"


def test_a_rollback_is_an_enrichment_of_the_entry_that_always_waits_for_a_review() -> None:
    made = rollback_of("ani_01JD3Z5K8Q0000000000000001", 3, namespace="otakube")
    spec = AnimeEnrichmentSpec.model_validate(made["spec"])
    assert (spec.anime.id, spec.rollback_to) == ("ani_01JD3Z5K8Q0000000000000001", 3)
    assert spec.review.policy == "Required"
    assert made["metadata"] == {"generateName": "rollback-0000000001-3-", "namespace": "otakube"}
