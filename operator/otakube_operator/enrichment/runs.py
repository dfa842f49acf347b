# SPDX-License-Identifier: Apache-2.0
"""Argo Workflow body -> WorkflowRun: pure, and tolerant of whatever anybody wrote into it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from otakube_api import labels
from otakube_api.argo import (
    FINAL_PHASES,
    SUCCEEDED,
    ArgoNode,
    ArgoWorkflow,
    Body,
    read_progress,
    read_workflow,
    time_of,
)
from otakube_api.contract import Decision, Gate, Node, Output, ReviewNeed, ReviewOutput
from otakube_operator.enrichment.identity import damage_of, identify, number, was_altered
from otakube_operator.enrichment.observed import (
    FailedSource,
    GateFailure,
    Publication,
    Results,
    ReviewNode,
    StepDuration,
    WorkflowRun,
)


def read_run(body: Body, known: WorkflowRun | None = None) -> WorkflowRun | None:
    """The WorkflowRun that a Workflow body stands for; None if it is not one that the operator made.

    `known` is the same Workflow as it was seen before, whatever has become of its labels since.
    """
    meta, seen = body["metadata"], read_workflow(body)
    notes = meta.get("annotations") or {}
    identity = identify(body, known.identity if known is not None else None)
    if identity is None:
        return None
    results = read_results(seen)
    return WorkflowRun(
        namespace=meta["namespace"],
        name=meta["name"],
        uid=meta["uid"],
        **identity._asdict(),
        resource_version=meta.get("resourceVersion", ""),
        requested_at=known.requested_at if known is not None else notes.get(labels.REQUESTED_AT),
        created_at=time_of(meta.get("creationTimestamp")),
        superseded=labels.SUPERSEDED in notes,
        altered=was_altered(body, published=results.publication is not None),
        damage=damage_of(body, identity),
        suspended=seen.suspended,
        shutdown=seen.shutdown,
        phase=seen.phase,
        message=seen.message,
        started_at=seen.started_at,
        finished_at=seen.finished_at,
        results=results,
        waited=seen.waited,
        passed=read_passed(seen),
        durations=read_durations(seen),
    )


def read_results(seen: ArgoWorkflow) -> Results:
    """Read the outputs of the steps that have ended."""
    fetch, assembled = seen.outputs(Node.FETCH), seen.outputs(Node.ASSEMBLE)
    review_needed = assembled.get(Output.REVIEW)
    return Results(
        entry_id=fetch.get(Output.ENTRY_ID, "")[:64] or None,
        title=fetch.get(Output.TITLE) or None,
        answered_sources=_names(fetch.get(Output.ANSWERED_SOURCES)),
        failed_sources=_failed_sources(fetch) if fetch else None,
        review_needed=None if review_needed is None else review_needed == ReviewNeed.REQUIRED,
        confidence=assembled.get(Output.CONFIDENCE, "")[:8] or None,
        findings=tuple(str(item) for item in _json_list(assembled.get(Output.FINDINGS)))[:50],
        gates=_gate_failures(assembled),
        images_stored=number(assembled.get(Output.IMAGES_STORED)),
        images_failed=number(assembled.get(Output.IMAGES_FAILED)),
        review=_review_node(seen.review),
        publication=_publication(seen.task(Node.COMMIT)) or _publication(seen.exit_handler),
        failure=seen.failure,
        step=read_progress(seen),
    )


def read_passed(seen: ArgoWorkflow) -> tuple[tuple[str, datetime], ...]:
    """Steps that have succeeded, and when."""
    tasks = ((name, seen.task(name)) for name in Node)
    ended = ((name, task) for name, task in tasks if task is not None and task.phase == SUCCEEDED)
    return tuple((str(name), task.finished_at) for name, task in ended if task.finished_at is not None)


def read_durations(seen: ArgoWorkflow) -> tuple[StepDuration, ...]:
    """Durations of the steps that have succeeded; none where the times make no sense."""
    tasks = ((name, _task(seen, name)) for name in Node if name != Node.REVIEW)
    spans = (
        (name, (task.finished_at - task.started_at).total_seconds())
        for name, task in tasks
        if task is not None and task.phase == SUCCEEDED and task.started_at and task.finished_at
    )
    return tuple(StepDuration(str(name), seconds) for name, seconds in spans if seconds >= 0)


def _task(seen: ArgoWorkflow, name: Node) -> ArgoNode | None:
    return seen.exit_handler if name == Node.CONCLUDE else seen.task(name)


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(str(name)[:32] for name in _json_list(text))[:16]


def _failed_sources(fetch: Mapping[str, str]) -> tuple[FailedSource, ...]:
    entries = [item for item in _json_list(fetch.get(Output.FAILED_SOURCES)) if isinstance(item, dict)]
    return tuple(
        FailedSource(*(str(item.get(name, "")) for name in FailedSource._fields)) for item in entries
    )


_GATES = frozenset(Gate)


def _gate_failures(assembled: Mapping[str, str]) -> tuple[GateFailure, ...]:
    """Findings by gate; a gate that this version does not know is left to the findings."""
    entries = [item for item in _json_list(assembled.get(Output.GATES)) if isinstance(item, dict)]
    failures = [GateFailure(str(item.get("gate", "")), str(item.get("message", ""))) for item in entries]
    return tuple(failure for failure in failures if failure.gate in _GATES)[:50]


def _review_node(node: ArgoNode | None) -> ReviewNode | None:
    """The review node, once it has been reached."""
    if node is None or node.phase not in FINAL_PHASES | {"Running"}:
        return None
    answer = node.parameters
    return ReviewNode(
        phase=node.phase,
        started_at=node.started_at,
        finished_at=node.finished_at,
        approved=node.outputs.get(ReviewOutput.DECISION) == Decision.APPROVE,
        note=answer.get(ReviewOutput.NOTE, ""),
        reviewer=answer.get(ReviewOutput.REVIEWER, ""),
    )


def _publication(node: ArgoNode | None) -> Publication | None:
    version = number(node.outputs.get(Output.VERSION)) if node is not None else None
    if node is None or version is None:
        return None
    return Publication(
        version=version,
        entry_id=node.outputs.get(Output.ENTRY_ID, "")[:64],
        digest=node.outputs.get(Output.DIGEST, "")[:80],
        at=node.finished_at,
    )


def _json_list(text: str | None) -> list[Any]:
    try:
        value = json.loads(text or "[]")
    except ValueError:
        return []
    return value if isinstance(value, list) else []
