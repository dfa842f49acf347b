# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime
from typing import Any

import pytest

from otakube_api.contract import ReviewOutput
from otakube_cli.run_review import RunReviewState, answer, is_answer, read_review
from workflows import a_review_node, a_workflow, with_review_node

NOW = datetime(2026, 4, 1, 13, tzinfo=UTC)
VALUES = {
    ReviewOutput.DECISION: "approve",
    ReviewOutput.NOTE: "seen",
    ReviewOutput.REVIEWER: "ilse",
    ReviewOutput.DIGEST: "d1",
}


@pytest.mark.parametrize(
    ("workflow", "state"),
    [
        (a_workflow(), RunReviewState.OPEN),
        (with_review_node(phase="Pending"), RunReviewState.NOT_REACHED),
        (with_review_node(phase="Succeeded"), RunReviewState.ANSWERED),
        (with_review_node(phase="Skipped", type="Skipped"), RunReviewState.NOT_NEEDED),
        (with_review_node(phase="Failed"), RunReviewState.OVER),
        (a_workflow(nodes={}), RunReviewState.NOT_REACHED),
        (a_workflow(nodes={}, finishedAt="2026-04-01T12:30:00Z"), RunReviewState.OVER),
        (a_workflow(finishedAt="2026-04-01T12:30:00Z"), RunReviewState.OVER),
        (a_workflow() | {"spec": {"shutdown": "Stop"}}, RunReviewState.OVER),
        (a_workflow(compressedNodes="H4sI"), RunReviewState.HIDDEN),
        (a_workflow(offloadNodeStatusVersion="fnv:1"), RunReviewState.HIDDEN),
        (with_review_node(displayName="another"), RunReviewState.NOT_REACHED),
        (with_review_node(type="Pod"), RunReviewState.NOT_REACHED),
        ({"metadata": {"name": "fresh"}}, RunReviewState.NOT_REACHED),
    ],
)
def test_the_review_is_read_from_the_workflow(workflow: dict[str, Any], state: RunReviewState) -> None:
    assert read_review(workflow).state is state


def test_an_answer_sets_phase_and_values_together_and_demands_what_was_read() -> None:
    workflow = a_workflow()
    node = f"/status/nodes/{a_review_node()['id']}"
    assert answer(workflow, read_review(workflow), values=VALUES, now=NOW) == [
        {"op": "test", "path": "/metadata/resourceVersion", "value": "41"},
        {"op": "test", "path": f"{node}/phase", "value": "Running"},
        {"op": "replace", "path": f"{node}/phase", "value": "Succeeded"},
        {"op": "add", "path": f"{node}/finishedAt", "value": "2026-04-01T13:00:00Z"},
        {"op": "add", "path": f"{node}/message", "value": "approve, with otakube review"},
        {
            "op": "replace",
            "path": f"{node}/outputs/parameters",
            "value": [
                {"name": "decision", "value": "approve"},
                {"name": "note", "value": "seen"},
                {"name": "reviewer", "value": "ilse"},
                {"name": "digest", "value": "d1"},
                {"name": "accepted", "value": "[]"},
            ],
        },
    ]


def test_outputs_that_the_answer_does_not_know_keep_their_default_and_their_other_fields() -> None:
    asked = [
        *a_review_node()["outputs"]["parameters"],
        {"name": "later", "globalName": "later", "valueFrom": {"default": "x", "supplied": {}}},
        {"name": "set", "value": "before"},
    ]
    workflow = with_review_node(outputs={"parameters": asked})
    values = answer(workflow, read_review(workflow), values=VALUES, now=NOW)[-1]["value"]
    assert values[-2:] == [
        {"name": "later", "globalName": "later", "value": "x"},
        {"name": "set", "value": "before"},
    ]


def test_a_review_that_asks_for_no_decision_is_not_answered() -> None:
    workflow = with_review_node(outputs={"parameters": [{"name": "note", "valueFrom": {"supplied": {}}}]})
    with pytest.raises(KeyError):
        answer(workflow, read_review(workflow), values=VALUES, now=NOW)


def test_a_node_id_with_a_slash_is_one_path_element() -> None:
    node = a_review_node(id="a/b~c")
    workflow = a_workflow(nodes={"a/b~c": node})
    patch = answer(workflow, read_review(workflow), values=VALUES, now=NOW)
    assert patch[1]["path"] == "/status/nodes/a~1b~0c/phase"


def test_only_the_very_answer_counts_as_ones_own() -> None:
    answered = with_review_node(
        phase="Succeeded",
        finishedAt="2026-04-01T13:00:00Z",
        outputs={"parameters": [{"name": name.value, "value": value} for name, value in VALUES.items()]},
    )
    assert is_answer(read_review(answered), VALUES, now=NOW)
    assert not is_answer(read_review(answered), VALUES, now=NOW.replace(minute=1))
    assert not is_answer(read_review(answered), VALUES | {ReviewOutput.DECISION: "reject"}, now=NOW)
    assert not is_answer(read_review(a_workflow()), VALUES, now=NOW)
