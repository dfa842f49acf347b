# SPDX-License-Identifier: Apache-2.0
"""The step that a run is at: which attempt, what it lacks or why it failed, since when, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from otakube_api.argo.causes import read_waiting
from otakube_api.argo.failures import explained, failed_task, failure_of
from otakube_api.argo.nodes import FAILED_PHASES, FINAL_PHASES, ArgoNode
from otakube_api.argo.retries import RetryLimits
from otakube_api.argo.workflow import ArgoWorkflow
from otakube_api.contract import Failure, Node, RestoreNode, SyncNode

_STEPS = {str(node): place for place, node in enumerate((*Node, *SyncNode, *RestoreNode))}
_ENDED = FINAL_PHASES | {"Skipped", "Omitted"}


class PendingPod(NamedTuple):
    """A pod whose containers do not run yet."""

    name: str
    since: datetime
    silent: bool
    """True if Argo does not say what it waits for: it may merely start, or Argo may not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProgress:
    """A step that runs, waits or has failed."""

    step: str
    attempt: int
    """The attempt that runs or waits, else the one that failed last; from 1."""
    attempts: int
    """The most attempts that Argo makes."""
    running: bool = False
    """True if this attempt has not ended, though one before it may have failed."""
    started: bool = False
    """True while a container of this attempt runs."""
    waiting: bool = False
    """True while the cause is what the pod waits for."""
    pod: PendingPod | None = None
    """The pod of this attempt, while it has not started."""
    cause: Failure | None = None
    """What keeps it from running, or why the latest attempt failed that did; None while all is well."""
    since: datetime | None = None
    """When it began, or when this cause was first seen."""
    next_attempt: datetime | None = None
    """When Argo tries again; None while an attempt runs or waits, and after the last."""
    gives_up: datetime | None = None
    """The time after which a failed attempt is the last."""
    failures: tuple[Failure, ...] = ()
    """The failures of its attempts, in their order."""


def read_progress(seen: ArgoWorkflow) -> StepProgress | None:
    """The step that a run is at, or that broke it; None before the first, and of a run that ended well."""
    if seen.phase in FINAL_PHASES:
        broken = failed_task(seen.nodes, seen.waited) if seen.phase in FAILED_PHASES else None
        return None if broken is None else _of_step(seen, broken.task, ended=True)
    running = {node.step for node in seen.nodes if node.attempt is None and node.phase not in _ENDED}
    step = min(running & _STEPS.keys(), key=_STEPS.__getitem__, default=None)
    return None if step is None else _of_step(seen, step, ended=False)


def _of_step(seen: ArgoWorkflow, step: str, *, ended: bool) -> StepProgress:
    task = next((node for node in seen.nodes if node.step == step and node.attempt is None), ArgoNode())
    attempts = sorted(_attempts(seen, step), key=lambda node: node.attempt or 0)
    limits = seen.retries.get(step, RetryLimits())
    last = attempts[-1] if attempts else task
    failed = [node for node in attempts if node.failed]
    waiting = read_waiting(last.message) if last.phase == "Pending" else None
    cause = waiting or (explained(step, failure_of(failed[-1:]), seen.waited) if failed else None)
    return StepProgress(
        step=step,
        attempt=max(len(attempts), 1),
        attempts=limits.attempts,
        running=not ended and last.phase not in _ENDED,
        started=last.phase == "Running",
        waiting=waiting is not None,
        pod=_pending_pod(seen, last, silent=waiting is None),
        cause=cause,
        since=last.started_at if waiting or cause is None else _since(failed, cause),
        next_attempt=None if ended or not last.failed else limits.next_attempt(attempts),
        gives_up=limits.gives_up(attempts) if cause and not waiting and not ended else None,
        failures=tuple(explained(step, failure_of([node]), seen.waited) for node in failed),
    )


def _pending_pod(seen: ArgoWorkflow, node: ArgoNode, *, silent: bool) -> PendingPod | None:
    if node.phase != "Pending" or node.type != "Pod" or node.started_at is None:
        return None
    return PendingPod(node.pod_of(seen.name), node.started_at, silent)


def _attempts(seen: ArgoWorkflow, step: str) -> list[ArgoNode]:
    """Attempts at a step that is retried; a step that is not is its own only attempt."""
    mine = [node for node in seen.nodes if node.step == step]
    return [node for node in mine if node.attempt is not None] or [
        node for node in mine if node.type == "Pod"
    ]


def _since(failed: Sequence[ArgoNode], cause: Failure) -> datetime | None:
    """End of the first of the latest attempts that failed for this reason."""
    since = None
    for node in reversed(failed):
        if failure_of([node]).reason is not cause.reason:
            break
        since = node.finished_at
    return since
