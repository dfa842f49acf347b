# SPDX-License-Identifier: Apache-2.0
"""Pods of steps that do not start: what they wait for, and the note of it on the Workflow; pure.

Argo reads a pod's own containers. It says nothing of its init container, nor of a volume that cannot be
mounted, of which Kubernetes tells in Events alone. And what a pod waited for, it forgets at a deadline.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from otakube_api import labels
from otakube_api.argo import Body, PendingPod, mapping_of, mappings_of, read_waiting
from otakube_api.contract import Failure, PodReason, WaitingCause, format_waiting
from otakube_operator.enrichment.observed import WorkflowRun
from otakube_operator.runtime.owned import PodReport

PATIENCE = timedelta(seconds=8)
"""Age at which a pod is read that has not started, and of which Argo says nothing."""
INTERVAL = timedelta(seconds=10)
"""Time until it is read again."""

_NOT_SET_UP = frozenset({"FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"})


class Note(NamedTuple):
    """A merge patch that notes on a run what its pod waits for, or that it waits no more."""

    run: WorkflowRun
    body: dict[str, Any]


def to_be_read(run: WorkflowRun, now: datetime) -> str:
    """Name of the pod that should have started by now; empty if there is none."""
    pod = _silent_pod(run)
    return pod.name if pod is not None and now >= pod.since + PATIENCE else ""


def next_look(runs: Iterable[WorkflowRun], now: datetime) -> datetime | None:
    """The moment at which a pod is to be read."""
    silent = (pod for pod in map(_silent_pod, runs) if pod is not None)
    return min((max(pod.since + PATIENCE, now + INTERVAL / 2) for pod in silent), default=None)


def read_pod(report: PodReport) -> Failure | None:
    """The cause that keeps a pod from starting; None while it merely starts."""
    said = (
        read_waiting(f"{each.get('reason')}: {each.get('message', '')}") for each in _words_of(report.body)
    )
    return next((cause for cause in said if cause is not None), _not_set_up(report.warnings))


def _words_of(pod: Body) -> Iterable[Body]:
    """Reasons and messages: those for which its containers wait, and those of its conditions."""
    status = mapping_of(pod.get("status"))
    for kind in ("initContainerStatuses", "containerStatuses"):
        yield from (
            mapping_of(mapping_of(each.get("state")).get("waiting")) for each in mappings_of(status.get(kind))
        )
    yield from mappings_of(status.get("conditions"))


def waiting_for(cause: Failure, run: WorkflowRun) -> WorkflowRun:
    """The same run, with what its pod waits for."""
    step = run.results.step
    if step is None or step.pod is None:
        return run
    known = replace(step, waiting=True, cause=cause, since=step.pod.since)
    return replace(run, results=replace(run.results, step=known))


def notes_of(runs: Iterable[WorkflowRun]) -> tuple[Note, ...]:
    """The notes that are to be written; a message that merely changes its words is not worth one."""
    wanted = ((run, _wanted(run)) for run in runs if not run.finished)
    return tuple(
        Note(
            run, {"metadata": {"annotations": {labels.WAITING_CAUSE: format_waiting(cause) if cause else ""}}}
        )
        for run, cause in wanted
        if _kind(cause) != _kind(run.waited)
    )


def _wanted(run: WorkflowRun) -> WaitingCause | None:
    """The note that is to stand: as it is, until the pod waits for something else or has started."""
    step = run.results.step
    if step is None or step.started:
        return None
    return WaitingCause(step.step, step.cause) if step.waiting and step.cause is not None else run.waited


def _kind(cause: WaitingCause | None) -> tuple[str, str] | None:
    return cause and (cause.step, cause.failure.reason)


def _silent_pod(run: WorkflowRun) -> PendingPod | None:
    step = run.results.step
    if run.finished or step is None or step.pod is None or not step.pod.silent:
        return None
    return step.pod


def _not_set_up(warnings: Iterable[Body]) -> Failure | None:
    told = [each for each in warnings if each.get("reason") in _NOT_SET_UP]
    latest = max(told, key=lambda each: str(each.get("lastTimestamp")), default=None)
    if latest is None:
        return None
    return Failure(PodReason.CONTAINER_START_FAILED, f"{latest.get('reason')}: {latest.get('message', '')}")
