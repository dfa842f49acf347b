# SPDX-License-Identifier: Apache-2.0
"""A Workflow as its controller left it."""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from otakube_api import labels
from otakube_api.argo.failures import failed_task
from otakube_api.argo.nodes import FINAL_PHASES, ArgoNode, Body, mapping_of, read_node, text_of, time_of
from otakube_api.argo.retries import RetryLimits, read_retries
from otakube_api.contract import Failure, Node, WaitingCause, parse_waiting

NODES_LIMIT = 8 * 1024 * 1024
"""Bytes of decompressed node status that are read: twenty times what our largest run has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgoWorkflow:
    """One Workflow as its controller left it; one that the controller has not seen has phase ""."""

    name: str
    phase: str
    message: str
    suspended: bool
    shutdown: str
    started_at: datetime | None
    finished_at: datetime | None
    nodes: Sequence[ArgoNode]
    packed: bool
    """True if Argo keeps the nodes compressed or elsewhere, so that no patch of ours can reach them."""
    retries: Mapping[str, RetryLimits] = field(default_factory=dict)
    """By step."""
    waited: WaitingCause | None = None
    """What the operator noted of a pod that did not start."""

    @property
    def finished(self) -> bool:
        """True if Argo will not touch it again."""
        return self.phase in FINAL_PHASES

    @property
    def failure(self) -> Failure | None:
        """Why the task that broke the run failed."""
        found = failed_task(self.nodes, self.waited)
        return found and found.failure

    @property
    def review(self) -> ArgoNode | None:
        """The suspend node, or what Argo puts in its place where no review is needed."""
        node = self.task(Node.REVIEW)
        return node if node is not None and node.type in {"Suspend", "Skipped"} else None

    def task(self, name: str) -> ArgoNode | None:
        """The node of a task; one that is retried stands under its plain name above its attempts."""
        return next((node for node in self.nodes if node.display_name == name), None)

    @property
    def exit_handler(self) -> ArgoNode | None:
        """The node of the step that Argo runs after the others, above its attempts."""
        return next((node for node in self.nodes if node.is_exit_handler and node.attempt is None), None)

    def outputs(self, task: str) -> Mapping[str, str]:
        """Output parameters of a task; empty before it has succeeded."""
        node = self.task(task)
        return node.outputs if node is not None else {}


def read_workflow(body: Body) -> ArgoWorkflow:
    """Read a Workflow as the API server returns it."""
    spec, status = mapping_of(body.get("spec")), mapping_of(body.get("status"))
    notes = mapping_of(mapping_of(body.get("metadata")).get("annotations"))
    return ArgoWorkflow(
        name=text_of(mapping_of(body.get("metadata")), "name"),
        phase=text_of(status, "phase")[:32],
        message=text_of(status, "message"),
        suspended=bool(spec.get("suspend")),
        shutdown=text_of(spec, "shutdown"),
        started_at=time_of(status.get("startedAt")),
        finished_at=time_of(status.get("finishedAt")),
        nodes=tuple(
            read_node(key, node) for key, node in _nodes(status).items() if isinstance(node, Mapping)
        ),
        packed=bool(status.get("compressedNodes") or status.get("offloadNodeStatusVersion")),
        retries=read_retries(mapping_of(status.get("storedWorkflowTemplateSpec"))),
        waited=parse_waiting(text_of(notes, labels.WAITING_CAUSE)),
    )


def _nodes(status: Body) -> Mapping[str, Any]:
    """The nodes by id; Argo compresses those of a large Workflow into one field."""
    nodes = status.get("nodes")
    if not nodes and (packed := status.get("compressedNodes")):
        nodes = _unpack(packed)
    return mapping_of(nodes)


def _unpack(packed: object) -> Any:
    try:
        packed_bytes = base64.b64decode(str(packed))
        text = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(packed_bytes, NODES_LIMIT)
        return json.loads(text)
    except (binascii.Error, zlib.error, ValueError):
        return {}
