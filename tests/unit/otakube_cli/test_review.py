# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime
from typing import Any

import pytest

from golden import a_record
from otakube_api.contract import Decision, ReviewOutput
from otakube_cli.errors import ConsoleError
from otakube_cli.page import print_review
from otakube_cli.review import (
    ALREADY_DECIDED,
    CHANGED,
    NOT_OPEN,
    _values,
    closed,
    patch_for,
    run_order,
    with_digest,
)
from otakube_cli.run_review import NOTE_LIMIT, read_review
from otakube_services.catalogue.answers import Draft, Explanation
from workflows import a_workflow, under_review, with_review_node


def test_who_comes_second_learns_who_decided_and_why() -> None:
    values = {"decision": "approve", "reviewer": "ilse", "note": "seen\x1b[31m twice"}
    workflow = with_review_node(
        phase="Succeeded",
        finishedAt="2026-04-01T13:00:00Z",
        outputs={"parameters": [{"name": name, "value": value} for name, value in values.items()]},
    )
    error = closed("frozen-tide", read_review(workflow))
    assert error.code == ALREADY_DECIDED
    assert str(error) == (
        "'frozen-tide' was decided already: approve by ilse at 2026-04-01T13:00:00Z, "
        "note: seen [31m twice. Nothing was changed"
    )


def past_its_deadline(finished_at: str, **given: str) -> dict[str, Any]:
    """A run whose review had an hour."""
    outputs = {"parameters": [{"name": name, "value": value} for name, value in given.items()]}
    workflow = with_review_node(phase="Succeeded", finishedAt=finished_at, outputs=outputs)
    workflow["spec"]["arguments"] = {"parameters": [{"name": "review-timeout", "value": "1h"}]}
    return workflow


@pytest.mark.parametrize("finished_at", ["2026-04-01T12:59:59Z", "2026-04-01T13:00:02Z"])
def test_a_review_that_nobody_answered_says_when_it_timed_out_and_what_to_do(finished_at: str) -> None:
    workflow = past_its_deadline(finished_at, decision="reject", reviewer="")
    error = closed("frozen-tide", read_review(workflow))
    assert error.code == NOT_OPEN
    assert str(error) == (
        "the review of 'frozen-tide' timed out at 2026-04-01 13:00:00 UTC without an answer. The record "
        "counts as rejected and nothing was changed; ask for a new run, which asks again: "
        "otakube rerun frozen-tide"
    )


def test_an_approval_after_the_deadline_is_named_and_does_not_count() -> None:
    workflow = past_its_deadline("2026-04-01T13:00:01Z", decision="approve", reviewer="ilse")
    error = closed("frozen-tide", read_review(workflow))
    assert error.code == NOT_OPEN
    assert "does not count: approve by ilse at 2026-04-01T13:00:01Z" in str(error)


def test_a_reject_in_time_is_no_time_out() -> None:
    workflow = past_its_deadline("2026-04-01T12:59:59Z", decision="reject", reviewer="ilse")
    assert closed("frozen-tide", read_review(workflow)).code == ALREADY_DECIDED


def test_a_review_resumed_without_a_decision_counts_as_a_reject() -> None:
    workflow = with_review_node(
        phase="Succeeded", finishedAt="2026-04-01T13:00:00Z", outputs={"parameters": []}
    )
    assert "reject by somebody" in str(closed("frozen-tide", read_review(workflow)))


@pytest.mark.parametrize(
    ("workflow", "words"),
    [
        (a_workflow(nodes={}), "has not come to the review yet"),
        (with_review_node(phase="Skipped", type="Skipped"), "needs no review"),
        (a_workflow(finishedAt="2026-04-01T13:00:00Z"), "over"),
    ],
)
def test_a_review_that_is_not_open_says_why(workflow: dict[str, object], words: str) -> None:
    error = closed("frozen-tide", read_review(workflow))
    assert error.code == NOT_OPEN
    assert words in str(error)


def test_an_answer_after_the_deadline_is_not_sent() -> None:
    """A suspended run goes on waiting, and would count it as a reject."""
    timeout = {"name": "review-timeout", "value": "1h"}
    workflow = a_workflow() | {"spec": {"suspend": True, "arguments": {"parameters": [timeout]}}}
    values = _values(Decision.APPROVE, "", "ilse", "")
    assert patch_for("tide", workflow, values=values, now=datetime(2026, 4, 1, 12, 59, 59, tzinfo=UTC))
    with pytest.raises(ConsoleError, match=r"review of 'tide' timed out at 2026-04-01 13:00:00") as refused:
        patch_for("tide", workflow, values=values, now=datetime(2026, 4, 1, 13, tzinfo=UTC))
    assert refused.value.code == NOT_OPEN


def test_packed_nodes_are_answered_with_argo() -> None:
    assert "argo node set run-1-1" in str(
        closed("frozen-tide", read_review(a_workflow(compressedNodes="H4sI")))
    )


def test_a_note_that_is_too_long_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(ConsoleError, match="--note has 2001 characters; shorten it to 2000"):
        _values(Decision.APPROVE, "x" * (NOTE_LIMIT + 1), "", "")


def test_a_note_that_argo_would_evaluate_is_refused() -> None:
    with pytest.raises(ConsoleError, match=r"--note contains '\{\{', which Argo evaluates"):
        _values(Decision.APPROVE, "see {{=1+1}}", "", "")


def test_an_answer_carries_the_digest_of_the_record_that_is_under_review() -> None:
    workflow = under_review("d1")
    for seen in ("", "d1"):
        values = _values(Decision.APPROVE, "", "ilse", seen)
        assert with_digest("tide", workflow, values) == values | {ReviewOutput.DIGEST: "d1"}


@pytest.mark.parametrize("workflow", [under_review("d2"), a_workflow()], ids=["another", "none yet"])
def test_a_record_that_the_reviewer_has_not_seen_is_not_decided(workflow: dict[str, Any]) -> None:
    with pytest.raises(ConsoleError, match="is not the one that you saw") as refused:
        with_digest("tide", workflow, _values(Decision.APPROVE, "", "ilse", "d1"))
    assert refused.value.code == CHANGED


def test_the_newest_run_has_the_highest_generation_then_attempt() -> None:
    runs = [a_workflow(generation=g, attempt=a) for g, a in ((2, 9), (10, 1), (10, 2), (9, 3))]
    assert run_order(max(runs, key=run_order)) == (10, 2)


def test_a_reviewer_sees_the_draft_with_its_provenance(capsys: pytest.CaptureFixture[str]) -> None:
    record = a_record()
    draft = Draft(explanation=Explanation.of(record), episodes=1, characters=1, images=[])
    enrichment = {
        "metadata": {"name": "tide"},
        "status": {
            "title": "Frozen Tide",
            "review": {"findings": ["two posters"]},
            "gates": [{"gate": "Drift", "message": "type: TV -> Movie"}],
            "sources": [{"provider": "Kitsu", "state": "Failed", "reason": "Unavailable"}],
        },
    }
    print_review(enrichment, {"state": "open"}, draft.model_dump(mode="json"))
    shown = capsys.readouterr().out
    for words in (
        "two posters",
        "Kitsu Failed Unavailable",
        "Frozen Tides",
        "not Kitsu",
        "1 episodes",
        "TV -> Movie",
    ):
        assert words in shown
    assert 'otakube review approve tide --note "..."' in shown


@pytest.mark.parametrize(("state", "offered"), [("open", True), ("answered", False)])
def test_a_suggestion_is_offered_only_while_it_can_be_accepted(
    state: str, offered: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    suggestion = {"id": "summary", "value": "A tide.", "reason": "r", "made_by": "rules@1", "confidence": 0.5}
    print_review({"metadata": {"name": "tide"}}, {"state": state}, {"unavailable": "gone"}, [suggestion])
    shown = capsys.readouterr().out
    assert ("summary (0.50, rules@1): A tide." in shown, "--accept" in shown) == (True, offered)
