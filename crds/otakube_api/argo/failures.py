# SPDX-License-Identifier: Apache-2.0
"""The failure that counts among a Workflow's nodes, and Argo's own list of failed nodes."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from otakube_api.argo.causes import is_stop, read_cause
from otakube_api.argo.nodes import ArgoNode, mappings_of, read_node
from otakube_api.contract import Failure, FailureReason, Node, PodReason, WaitingCause

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class FailedTask(NamedTuple):
    """The task that broke a run, and why it failed."""

    task: str
    failure: Failure


def failed_task(nodes: Iterable[ArgoNode], waited: WaitingCause | None = None) -> FailedTask | None:
    """The task whose attempt failed last, and why; `waited` is what was noted of a pod that did not start.

    Only pods and the gate are looked at, since the nodes above them repeat the failure or say `No more
    retries left`. The exit handler counts where nothing else failed: its trouble must not hide what it was
    called for.
    """
    failed = [node for node in nodes if node.failed]
    pods = [node for node in failed if node.type == "Pod" and not node.is_exit_handler]
    gate = next((node for node in failed if _is_gate(node)), None)
    if gate is not None and not pods:
        return FailedTask(Node.REVIEW, _end_of_gate(gate))
    pods = pods or [node for node in failed if node.type == "Pod"]
    if not pods:
        return None
    pods.sort(key=_order)
    step = pods[-1].step
    failure = failure_of(node for node in pods if node.step == step)
    return FailedTask(step, explained(step, failure, waited))


def explained(step: str, failure: Failure, waited: WaitingCause | None) -> Failure:
    """The failure; of a pod that waited until its deadline, what it waited for."""
    if failure.reason is not PodReason.DEADLINE_EXCEEDED or waited is None or waited.step != step:
        return failure
    return Failure(waited.failure.reason, f"{waited.failure.message} (until a deadline: {failure.message})")


def failure_of(attempts: Iterable[ArgoNode]) -> Failure:
    """Of failed attempts at one task the last that says more than that its pod is gone."""
    causes = [read_cause(node.message) for node in sorted(attempts, key=_order)]
    telling = [cause for cause in causes if cause.reason not in _SAYS_LITTLE]
    vague = [cause for cause in causes if cause.reason is not FailureReason.UNEXPECTED]
    return (telling or vague or causes)[-1]


_SAYS_LITTLE = {FailureReason.UNEXPECTED, PodReason.LOST, PodReason.STOPPED}


def was_stopped(nodes: Iterable[ArgoNode]) -> bool:
    """True if a person ended the run; never because of what a step wrote.

    A gate that failed was not answered: a person or a deadline ended it with the run.
    """
    failed = [node for node in nodes if node.failed and not node.is_exit_handler]
    return any(_is_gate(node) or is_stop(node.message) for node in failed)


def read_failures(text: str) -> tuple[ArgoNode, ...]:
    """Argo's `workflow.failures`: a JSON list in no order, which some versions quote once more.

    It tells no types: a node that bears a task's name counts as its pod, unless its attempts are listed too.
    """
    try:
        listed = json.loads(text or "[]")
        listed = json.loads(listed) if isinstance(listed, str) else listed
    except ValueError:
        return (ArgoNode(message=text[:2000], phase="Failed"),)
    found = [read_node("", each) for each in mappings_of(listed)]
    retried = {node.task for node in found if node.display_name != node.task}
    return tuple(_typed(node, retried) for node in found)


def _is_gate(node: ArgoNode) -> bool:
    return node.display_name == Node.REVIEW or (node.template == Node.REVIEW and node.attempt is None)


def _end_of_gate(gate: ArgoNode) -> Failure:
    """A gate has no pod that could fail: but for a deadline, whoever failed it did so on purpose."""
    cause = read_cause(gate.message)
    is_late = cause.reason is PodReason.DEADLINE_EXCEEDED
    return cause if is_late else Failure(PodReason.STOPPED, gate.message or "its review node was failed")


def _typed(node: ArgoNode, retried: set[str]) -> ArgoNode:
    is_pod = node.step in set(Node) and (node.display_name != node.task or node.task not in retried)
    return replace(node, type="Pod" if is_pod else "")


def _order(node: ArgoNode) -> tuple[datetime, int]:
    return node.finished_at or _LONG_AGO, node.attempt or 0
