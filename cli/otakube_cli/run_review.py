# SPDX-License-Identifier: Apache-2.0
"""The review of a run: finding it in a Workflow and answering it by one JSON patch; pure.

The patch writes what Argo's own `node set` writes: phase, finishedAt, message, and the values of the supplied
outputs. Its `test` operations make the API server refuse it unless nothing has changed since the Workflow was
read, so of two answers one counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from otakube_api.argo import read_workflow, timed_out
from otakube_api.contract import Decision, Node, Output, Parameter, ReviewOutput
from otakube_api.durations import parse_duration

NOTE_LIMIT = 2000  # characters; a parameter is a reference, not a letter
REVIEWER_LIMIT = 100


class RunReviewState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    NOT_REACHED = "not reached"
    NOT_NEEDED = "not needed"
    OVER = "over"  # the run ended, or is being stopped, without an answer
    HIDDEN = "hidden"  # Argo packed the nodes; only Argo can answer


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReview:
    """The review of one run, as its Workflow has it."""

    state: RunReviewState
    workflow: str
    version: str = ""  # resourceVersion that was read
    node: str = ""  # id
    answers: Mapping[str, str]
    finished_at: datetime | None = None
    deadline: datetime | None = None
    """An answer counts before it; None where the Workflow does not say."""

    @property
    def approved(self) -> bool:
        """True if somebody approved, in time or not."""
        return self.answers.get(ReviewOutput.DECISION) == Decision.APPROVE

    @property
    def timed_out(self) -> bool:
        """True if nobody had decided when the deadline came."""
        return self.state is RunReviewState.ANSWERED and timed_out(
            approved=self.approved,
            reviewer=self.answers.get(ReviewOutput.REVIEWER, ""),
            finished_at=self.finished_at,
            deadline=self.deadline,
        )


def read_review(workflow: Mapping[str, Any]) -> RunReview:
    """Read the review from a Workflow."""
    metadata, seen = workflow["metadata"], read_workflow(workflow)
    name, version = metadata["name"], metadata.get("resourceVersion", "")
    if seen.packed:
        return RunReview(state=RunReviewState.HIDDEN, workflow=name, version=version, answers={})
    ended = seen.finished_at is not None or bool(seen.shutdown)
    node = seen.review
    if node is None:
        state = RunReviewState.OVER if ended else RunReviewState.NOT_REACHED
        return RunReview(state=state, workflow=name, version=version, answers={})
    return RunReview(
        state=_state(node.phase, ended=ended),
        workflow=name,
        version=version,
        node=node.id,
        answers=node.parameters,
        finished_at=node.finished_at,
        deadline=_deadline(workflow, node.started_at),
    )


def _deadline(workflow: Mapping[str, Any], started_at: datetime | None) -> datetime | None:
    arguments = ((workflow.get("spec") or {}).get("arguments") or {}).get("parameters") or []
    given = {argument.get("name"): argument.get("value") for argument in arguments}
    timeout = given.get(Parameter.REVIEW_TIMEOUT)
    return started_at + parse_duration(timeout) if started_at and timeout else None


def digest_under_review(workflow: Mapping[str, Any]) -> str:
    """The digest of the record that was assembled for the review; "" where there is none yet."""
    return read_workflow(workflow).outputs(Node.ASSEMBLE).get(Output.DIGEST, "")


def answer(
    workflow: Mapping[str, Any], review: RunReview, *, values: Mapping[ReviewOutput, str], now: datetime
) -> list[dict[str, Any]]:
    """The JSON patch that answers an open review; KeyError if it does not ask for a decision."""
    node = f"/status/nodes/{review.node.replace('~', '~0').replace('/', '~1')}"
    asked = workflow["status"]["nodes"][review.node]["outputs"]["parameters"]
    if ReviewOutput.DECISION not in {parameter["name"] for parameter in asked}:
        raise KeyError(ReviewOutput.DECISION)
    message = f"{values[ReviewOutput.DECISION]}, with otakube review"
    return [
        {"op": "test", "path": "/metadata/resourceVersion", "value": review.version},
        {"op": "test", "path": f"{node}/phase", "value": "Running"},
        {"op": "replace", "path": f"{node}/phase", "value": "Succeeded"},
        {
            "op": "add",
            "path": f"{node}/finishedAt",
            "value": stamp(now),
        },
        {"op": "add", "path": f"{node}/message", "value": message},
        {"op": "replace", "path": f"{node}/outputs/parameters", "value": [_filled(p, values) for p in asked]},
    ]


def is_answer(review: RunReview, values: Mapping[ReviewOutput, str], *, now: datetime) -> bool:
    """True if the review was answered by just this answer, given at `now`."""
    same = review.answers.get(ReviewOutput.DECISION) == values[ReviewOutput.DECISION]
    # A review of an older template asks for less than we answer.
    same_second = review.finished_at is not None and stamp(review.finished_at) == stamp(now)
    return same and same_second and review.answers.items() <= values.items()


def stamp(moment: datetime) -> str:
    """As Kubernetes writes times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_STATES = {
    "Running": RunReviewState.OPEN,
    "Pending": RunReviewState.NOT_REACHED,
    "Succeeded": RunReviewState.ANSWERED,
    "Skipped": RunReviewState.NOT_NEEDED,
}


def _state(phase: str, *, ended: bool) -> RunReviewState:
    state = _STATES.get(phase, RunReviewState.OVER)
    return (
        RunReviewState.OVER if ended and state in {RunReviewState.OPEN, RunReviewState.NOT_REACHED} else state
    )


def _filled(parameter: Mapping[str, Any], values: Mapping[ReviewOutput, str]) -> dict[str, Any]:
    """The parameter with its value, no longer waiting for one; one that we do not know keeps its default."""
    default = (parameter.get("valueFrom") or {}).get("default")
    value = values.get(parameter["name"], parameter.get("value", default))
    rest = {key: part for key, part in parameter.items() if key not in {"value", "valueFrom"}}
    return rest if value is None else rest | {"value": value}
