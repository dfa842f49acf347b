# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime
from typing import Any

import pytest

from otakube_api.contract import ReviewOutput
from otakube_cli.gate import GateState, answer, gate_of, is_answer
from workflows import a_gate, a_workflow, with_gate

NOW = datetime(2026, 4, 1, 13, tzinfo=UTC)
VALUES = {ReviewOutput.DECISION: "approve", ReviewOutput.NOTE: "seen", ReviewOutput.REVIEWER: "ilse"}


@pytest.mark.parametrize(
    ("workflow", "state"),
    [
        (a_workflow(), GateState.OPEN),
        (with_gate(phase="Pending"), GateState.NOT_REACHED),
        (with_gate(phase="Succeeded"), GateState.ANSWERED),
        (with_gate(phase="Skipped", type="Skipped"), GateState.NOT_NEEDED),
        (with_gate(phase="Failed"), GateState.OVER),
        (a_workflow(nodes={}), GateState.NOT_REACHED),
        (a_workflow(nodes={}, finishedAt="2026-04-01T12:30:00Z"), GateState.OVER),
        (a_workflow(finishedAt="2026-04-01T12:30:00Z"), GateState.OVER),
        (a_workflow() | {"spec": {"shutdown": "Stop"}}, GateState.OVER),
        (a_workflow(compressedNodes="H4sI"), GateState.HIDDEN),
        (a_workflow(offloadNodeStatusVersion="fnv:1"), GateState.HIDDEN),
        (with_gate(displayName="another"), GateState.NOT_REACHED),
        (with_gate(type="Pod"), GateState.NOT_REACHED),
        ({"metadata": {"name": "fresh"}}, GateState.NOT_REACHED),
    ],
)
def test_the_gate_is_read_from_the_workflow(workflow: dict[str, Any], state: GateState) -> None:
    assert gate_of(workflow).state is state


def test_an_answer_sets_phase_and_values_together_and_demands_what_was_read() -> None:
    workflow = a_workflow()
    node = f"/status/nodes/{a_gate()['id']}"
    assert answer(workflow, gate_of(workflow), values=VALUES, now=NOW) == [
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
            ],
        },
    ]


def test_outputs_that_the_answer_does_not_know_keep_their_default_and_their_other_fields() -> None:
    asked = [
        *a_gate()["outputs"]["parameters"],
        {"name": "later", "globalName": "later", "valueFrom": {"default": "x", "supplied": {}}},
        {"name": "set", "value": "before"},
    ]
    workflow = with_gate(outputs={"parameters": asked})
    values = answer(workflow, gate_of(workflow), values=VALUES, now=NOW)[-1]["value"]
    assert values[-2:] == [
        {"name": "later", "globalName": "later", "value": "x"},
        {"name": "set", "value": "before"},
    ]


def test_a_gate_that_asks_for_no_decision_is_not_answered() -> None:
    workflow = with_gate(outputs={"parameters": [{"name": "note", "valueFrom": {"supplied": {}}}]})
    with pytest.raises(KeyError):
        answer(workflow, gate_of(workflow), values=VALUES, now=NOW)


def test_a_node_id_with_a_slash_is_one_path_element() -> None:
    gate = a_gate(id="a/b~c")
    workflow = a_workflow(nodes={"a/b~c": gate})
    patch = answer(workflow, gate_of(workflow), values=VALUES, now=NOW)
    assert patch[1]["path"] == "/status/nodes/a~1b~0c/phase"


def test_only_the_very_answer_counts_as_ones_own() -> None:
    answered = with_gate(
        phase="Succeeded",
        finishedAt="2026-04-01T13:00:00Z",
        outputs={"parameters": [{"name": name.value, "value": value} for name, value in VALUES.items()]},
    )
    assert is_answer(gate_of(answered), VALUES, now=NOW)
    assert not is_answer(gate_of(answered), VALUES, now=NOW.replace(minute=1))
    assert not is_answer(gate_of(answered), VALUES | {ReviewOutput.DECISION: "reject"}, now=NOW)
    assert not is_answer(gate_of(a_workflow()), VALUES, now=NOW)
