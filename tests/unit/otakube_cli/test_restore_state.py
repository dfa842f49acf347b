# SPDX-License-Identifier: Apache-2.0
"""A CatalogRestore in words: its row, its facts, its trouble."""

from typing import Any

import pytest

from otakube_cli.restore_state import COLUMNS, facts, is_going, restore_trouble, row


def restore(name: str = "back", **status: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"snapshot": "latest"}, "status": status}


PROGRESS = {"done": 1_200, "total": 40_500, "percent": 2, "perSecond": 19, "timeLeft": "34m29s"}


def test_a_row_has_a_cell_a_column_before_and_after_the_first_run() -> None:
    assert row(restore()) == ["back", "latest", "", "", "", "", "", "", "", ""]
    found = row(restore(progress=PROGRESS, counts={"restored": 7}, snapshot={"name": "20261129T100000Z"}))
    assert len(found) == len(COLUMNS)
    assert found[1:7] == ["20261129T100000Z", "", "1,200 of 40,500", "19/s", "34m29s", 7]


def test_the_facts_hold_counts_and_what_was_verified() -> None:
    told = dict(facts(restore(counts={"withoutImages": 2, "same": 0}, verification={"matching": 1_000})))
    assert (told["without images"], told["same"], told["matching by digest"]) == ("2", None, "1,000")
    assert (told["chosen"], told["dry run"]) == ("all entries", "yes: nothing is written")


@pytest.mark.parametrize(
    ("phase", "going"), [("Starting", True), ("Verifying", True), ("Planned", False), ("", False)]
)
def test_a_run_that_has_not_ended_is_under_way(phase: str, going: bool) -> None:
    assert is_going(restore(phase=phase)) is going


def test_a_restore_that_is_stalled_is_told_of_with_its_cure() -> None:
    stalled = {"conditions": [{"type": "Stalled", "status": "True"}]}
    [found] = restore_trouble([restore("one"), restore("two", **stalled), restore("three", **stalled)])
    assert str(found) == "2 stalled: two, three"
    assert "#restores" in found.cure
    assert restore_trouble([restore()]) == []
