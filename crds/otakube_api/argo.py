# SPDX-License-Identifier: Apache-2.0
"""Reads what Argo's controller writes about a Workflow: phase, nodes, outputs, and the failure that counts.

Pure, and tolerant of whatever a hostile or foreign hand wrote there.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from otakube_api.contract import Failure, FailureReason, Node, parse_failure

Body = Mapping[str, Any]

SUCCEEDED = "Succeeded"
FAILED_PHASES = frozenset({"Failed", "Error"})
FINAL_PHASES = FAILED_PHASES | {SUCCEEDED}

NODES_LIMIT = 8 * 1024 * 1024
"""Bytes of decompressed node status that are read: twenty times what our largest run has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgoNode:
    """One node of a Workflow: a task, an attempt at one, or the graph around them."""

    id: str = ""
    display_name: str = ""
    type: str = ""
    phase: str = ""
    message: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Output parameters that have a value; those of a node that has not succeeded are nobody's result."""

    @property
    def task(self) -> str:
        """Name of the task that this node is, or is an attempt at: Argo writes attempts as `fetch(0)`."""
        return self.display_name.partition("(")[0]

    @property
    def outputs(self) -> Mapping[str, str]:
        """Output parameters of a node that succeeded; empty before."""
        return self.parameters if self.phase == SUCCEEDED else {}

    @property
    def failed(self) -> bool:
        """True if it ended badly."""
        return self.phase in FAILED_PHASES

    @property
    def is_exit_handler(self) -> bool:
        """True if it runs after the others, whatever became of them."""
        return self.task == Node.CONCLUDE or self.task.endswith(".onExit")


class FailedTask(NamedTuple):
    """The task that broke a run, and why it failed."""

    task: str
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgoWorkflow:
    """One Workflow as its controller left it; one that the controller has not seen has phase ""."""

    phase: str
    message: str
    suspended: bool
    shutdown: str
    started_at: datetime | None
    finished_at: datetime | None
    nodes: Sequence[ArgoNode]
    packed: bool
    """True if Argo keeps the nodes compressed or elsewhere, so that no patch of ours can reach them."""

    @property
    def finished(self) -> bool:
        """True if Argo will not touch it again."""
        return self.phase in FINAL_PHASES

    @property
    def failure(self) -> Failure | None:
        """Why the task that broke the run failed."""
        found = failed_task(self.nodes)
        return found and found.failure

    @property
    def review(self) -> ArgoNode | None:
        """The suspend node, or what Argo puts in its place where no review is needed."""
        node = self.task(Node.REVIEW)
        return node if node is not None and node.type in {"Suspend", "Skipped"} else None

    def task(self, name: str) -> ArgoNode | None:
        """The node of a task; one that is retried stands under its plain name above its attempts."""
        return next((node for node in self.nodes if node.display_name == name), None)

    def outputs(self, task: str) -> Mapping[str, str]:
        """Output parameters of a task; empty before it has succeeded."""
        node = self.task(task)
        return node.outputs if node is not None else {}


def read_workflow(body: Body) -> ArgoWorkflow:
    """Read a Workflow as the API server returns it."""
    spec, status = _mapping(body.get("spec")), _mapping(body.get("status"))
    return ArgoWorkflow(
        phase=_text(status, "phase")[:32],
        message=_text(status, "message"),
        suspended=bool(spec.get("suspend")),
        shutdown=_text(spec, "shutdown"),
        started_at=_time(status.get("startedAt")),
        finished_at=_time(status.get("finishedAt")),
        nodes=tuple(_node(key, node) for key, node in _nodes(status).items() if isinstance(node, Mapping)),
        packed=bool(status.get("compressedNodes") or status.get("offloadNodeStatusVersion")),
    )


def failed_task(nodes: Iterable[ArgoNode]) -> FailedTask | None:
    """The task whose attempt failed last, and why: of its attempts the last that names a reason counts.

    Only pods are looked at, since the nodes above them repeat the failure or say `No more retries left`. The
    exit handler counts where nothing else failed: its trouble must not hide what it was called for.
    """
    pods = [node for node in nodes if node.failed and node.type == "Pod"]
    pods = [node for node in pods if not node.is_exit_handler] or pods
    if not pods:
        return None
    pods.sort(key=lambda node: node.finished_at or datetime.min.replace(tzinfo=UTC))
    task = pods[-1].task
    failures = [parse_failure(node.message or "no message") for node in pods if node.task == task]
    named = [failure for failure in failures if failure.reason is not FailureReason.UNEXPECTED]
    return FailedTask(task, (named or failures)[-1])


def read_failures(text: str) -> tuple[ArgoNode, ...]:
    """Argo's `workflow.failures`: a JSON list in no order, which some versions quote once more.

    It tells no types: a node that bears a task's name counts as its pod, unless its attempts are listed too.
    """
    try:
        listed = json.loads(text or "[]")
        listed = json.loads(listed) if isinstance(listed, str) else listed
    except ValueError:
        return (ArgoNode(message=text[:2000], phase="Failed"),)
    found = [_node("", each) for each in _mappings(listed)]
    retried = {node.task for node in found if node.display_name != node.task}
    return tuple(_typed(node, retried) for node in found)


def _typed(node: ArgoNode, retried: set[str]) -> ArgoNode:
    is_pod = node.task in set(Node) and (node.display_name != node.task or node.task not in retried)
    return replace(node, type="Pod" if is_pod else "")


def _nodes(status: Body) -> Mapping[str, Any]:
    """The nodes by id; Argo compresses those of a large Workflow into one field."""
    nodes = status.get("nodes")
    if not nodes and (packed := status.get("compressedNodes")):
        nodes = _unpack(packed)
    return _mapping(nodes)


def _unpack(packed: object) -> Any:
    try:
        packed_bytes = base64.b64decode(str(packed))
        text = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(packed_bytes, NODES_LIMIT)
        return json.loads(text)
    except (binascii.Error, zlib.error, ValueError):
        return {}


def _node(key: str, node: Body) -> ArgoNode:
    return ArgoNode(
        id=key,
        display_name=_text(node, "displayName"),
        type=_text(node, "type"),
        phase=_text(node, "phase"),
        message=_text(node, "message"),
        started_at=_time(node.get("startedAt")),
        finished_at=_time(node.get("finishedAt")),
        parameters=_parameters(node),
    )


def _parameters(node: Body) -> dict[str, str]:
    given = _mappings(_mapping(node.get("outputs")).get("parameters"))
    return {_text(each, "name"): str(each["value"]) for each in given if each.get("value") is not None}


def _mapping(value: object) -> Body:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> list[Body]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _text(body: Body, key: str) -> str:
    return str(body.get(key) or "")


def _time(text: object) -> datetime | None:
    """A moment with its offset; anything else is none, since it compares with no other."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
