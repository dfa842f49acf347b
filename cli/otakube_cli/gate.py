# SPDX-License-Identifier: Apache-2.0
"""A run's review gate: finding it in a Workflow and answering it by one JSON patch; pure.

The patch writes what Argo's own `node set` writes: phase, finishedAt, message, and the values of the supplied
outputs. Its `test` operations make the API server refuse it unless nothing has changed since the Workflow was
read, so of two answers one counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from otakube_api.argo import read_workflow
from otakube_api.contract import ReviewOutput

NOTE_LIMIT = 2000  # characters; a parameter is a reference, not a letter
REVIEWER_LIMIT = 100


class GateState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    NOT_REACHED = "not reached"
    NOT_NEEDED = "not needed"
    OVER = "over"  # the run ended, or is being stopped, without an answer
    HIDDEN = "hidden"  # Argo packed the nodes; only Argo can answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Where a Workflow stands with its review."""

    state: GateState
    workflow: str
    version: str = ""  # resourceVersion that was read
    node: str = ""  # id
    answers: Mapping[str, str]
    finished_at: str = ""


def gate_of(workflow: Mapping[str, Any]) -> Gate:
    """Read the gate from a Workflow."""
    metadata, seen = workflow["metadata"], read_workflow(workflow)
    name, version = metadata["name"], metadata.get("resourceVersion", "")
    if seen.packed:
        return Gate(state=GateState.HIDDEN, workflow=name, version=version, answers={})
    ended = seen.finished_at is not None or bool(seen.shutdown)
    node = seen.review
    if node is None:
        state = GateState.OVER if ended else GateState.NOT_REACHED
        return Gate(state=state, workflow=name, version=version, answers={})
    return Gate(
        state=_state(node.phase, ended=ended),
        workflow=name,
        version=version,
        node=node.id,
        answers=node.parameters,
        finished_at=_stamp(node.finished_at) if node.finished_at else "",
    )


def answer(
    workflow: Mapping[str, Any], gate: Gate, *, values: Mapping[ReviewOutput, str], now: datetime
) -> list[dict[str, Any]]:
    """The JSON patch that answers an open gate; KeyError if the gate does not ask for a decision."""
    node = f"/status/nodes/{gate.node.replace('~', '~0').replace('/', '~1')}"
    asked = workflow["status"]["nodes"][gate.node]["outputs"]["parameters"]
    if ReviewOutput.DECISION not in {parameter["name"] for parameter in asked}:
        raise KeyError(ReviewOutput.DECISION)
    message = f"{values[ReviewOutput.DECISION]}, with otakube review"
    return [
        {"op": "test", "path": "/metadata/resourceVersion", "value": gate.version},
        {"op": "test", "path": f"{node}/phase", "value": "Running"},
        {"op": "replace", "path": f"{node}/phase", "value": "Succeeded"},
        {
            "op": "add",
            "path": f"{node}/finishedAt",
            "value": _stamp(now),
        },
        {"op": "add", "path": f"{node}/message", "value": message},
        {"op": "replace", "path": f"{node}/outputs/parameters", "value": [_filled(p, values) for p in asked]},
    ]


def is_answer(gate: Gate, values: Mapping[ReviewOutput, str], *, now: datetime) -> bool:
    """Whether the gate was answered by just this answer, given at `now`."""
    same = gate.answers.get(ReviewOutput.DECISION) == values[ReviewOutput.DECISION]
    # A gate of an older template asks for less than we answer.
    return same and gate.finished_at == _stamp(now) and gate.answers.items() <= values.items()


def _stamp(moment: datetime) -> str:
    """As Kubernetes writes times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_STATES = {
    "Running": GateState.OPEN,
    "Pending": GateState.NOT_REACHED,
    "Succeeded": GateState.ANSWERED,
    "Skipped": GateState.NOT_NEEDED,
}


def _state(phase: str, *, ended: bool) -> GateState:
    state = _STATES.get(phase, GateState.OVER)
    return GateState.OVER if ended and state in {GateState.OPEN, GateState.NOT_REACHED} else state


def _filled(parameter: Mapping[str, Any], values: Mapping[ReviewOutput, str]) -> dict[str, Any]:
    """The parameter with its value, no longer waiting for one; one that we do not know keeps its default."""
    default = (parameter.get("valueFrom") or {}).get("default")
    value = values.get(parameter["name"], parameter.get("value", default))
    kept = {key: part for key, part in parameter.items() if key not in {"value", "valueFrom"}}
    return kept if value is None else kept | {"value": value}
