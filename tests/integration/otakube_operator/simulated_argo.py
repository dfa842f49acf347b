# SPDX-License-Identifier: Apache-2.0
"""A simulation of Argo's controller and of the garbage collector, as far as the operator sees of them.

One look moves a Workflow one step on. It keeps the arguments that it started with and ends a run whose
spec says others, obeys suspend and shutdown, and runs the exit handler after a Stop, never after a Terminate.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from integration.otakube_operator.conftest import Body
from operator_builders import committed, fetched, gate, imaged, node
from otakube_api.argo import FINAL_PHASES
from otakube_api.contract import Node

STORED = "storedWorkflowTemplateSpec"
STEPS = (Node.FETCH, Node.STAGE, Node.ASSEMBLE, Node.REVIEW, Node.EMBED, Node.COMMIT, Node.CONCLUDE)
CHANGED = (
    "WorkflowSpec may not change during execution when the controller is set `templateReferencing: Secure`"
)
TIME = "2027-01-01T12:00:00Z"


def phase_of(workflow: Body) -> str:
    """The phase, empty before Argo has seen it."""
    return str((workflow.get("status") or {}).get("phase") or "")


def is_live(workflow: Body) -> bool:
    """True until Argo has ended it."""
    return phase_of(workflow) not in FINAL_PHASES


def arguments_of(spec: Mapping[str, Any]) -> dict[str, str]:
    """The arguments of a spec by name."""
    given = (spec.get("arguments") or {}).get("parameters") or ()
    return {each["name"]: each.get("value", "") for each in given}


class Published(NamedTuple):
    """A version that a commit step made live."""

    workflow: str
    uid: str  # of the object
    version: int
    arguments: dict[str, str]


@dataclass
class SimulatedArgo:
    """What the simulated steps published, and which of them fail."""

    versions: dict[str, int] = field(default_factory=dict)  # uid of the object: live version
    published: list[Published] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    """Names of Workflows whose embed step fails."""

    def next_status(self, workflow: Body, *, approve: bool) -> Body | None:
        """The status after one look, None if it changes nothing; with `approve` somebody answers the gate."""
        spec, status = workflow["spec"], copy.deepcopy(workflow.get("status") or {})
        if not is_live(workflow):
            return None
        if not status:
            return {"phase": "Running", "startedAt": TIME, STORED: {"arguments": spec.get("arguments")}}
        nodes: dict[str, Body] = status.get("nodes") or {}
        if (status.get(STORED) or {}).get("arguments") != spec.get("arguments"):
            return {**status, "phase": "Error", "message": CHANGED, "finishedAt": TIME}
        shutdown = spec.get("shutdown")
        if shutdown == "Stop" and Node.CONCLUDE not in nodes:
            return {**status, "nodes": {**_stopped(nodes), Node.CONCLUDE: node(Node.CONCLUDE)}}
        if shutdown:
            message = f"Stopped with strategy '{shutdown}'"
            return {
                **status,
                "nodes": _stopped(nodes),
                "phase": "Failed",
                "message": message,
                "finishedAt": TIME,
            }
        return None if spec.get("suspend") else self._advance(workflow, status, nodes, approve)

    def _advance(self, workflow: Body, status: Body, nodes: dict[str, Body], approve: bool) -> Body | None:
        name, arguments = workflow["metadata"]["name"], arguments_of(status[STORED])
        step = next((each for each in STEPS if each not in nodes), None)
        waits = Node.REVIEW in nodes and nodes[Node.REVIEW]["phase"] == "Running"
        if waits and not approve:
            return None
        if waits:
            return {**status, "nodes": {**nodes, Node.REVIEW: gate("Succeeded", "approve", reviewer="mai")}}
        if step is None:
            failed = nodes[Node.EMBED]["phase"] == "Failed"
            return {**status, "phase": "Failed" if failed else "Succeeded", "finishedAt": TIME}
        if step == Node.EMBED and name in self.failing:
            broken = node(f"{Node.EMBED}(0)", "Failed", type="Pod") | {
                "message": "Error (exit code 1): oh no"
            }
            ended = {
                Node.EMBED: node(Node.EMBED, "Failed"),
                "pod": broken,
                Node.COMMIT: node(Node.COMMIT, "Omitted"),
            }
            return {**status, "nodes": {**nodes, **ended}}
        return {**status, "nodes": {**nodes, step: self._made(step, workflow, arguments)}}

    def _made(self, step: str, workflow: Body, arguments: dict[str, str]) -> Body:
        required = arguments.get("review-policy") == "Required"
        if step == Node.FETCH:
            return fetched()
        if step == Node.ASSEMBLE:
            return imaged("Required" if required else "Skip")
        if step == Node.REVIEW:
            return gate() if required else node(Node.REVIEW, "Skipped", type="Skipped")
        if step != Node.COMMIT:
            return node(step)
        uid = arguments.get("uid", "")
        self.versions[uid] = self.versions.get(uid, 0) + 1
        self.published.append(Published(workflow["metadata"]["name"], uid, self.versions[uid], arguments))
        return committed(self.versions[uid])


def _stopped(nodes: dict[str, Body]) -> dict[str, Body]:
    """Nodes that run fall with their Workflow."""
    return {
        key: {**each, "phase": "Failed"} if each["phase"] == "Running" else each
        for key, each in nodes.items()
    }


def retried(workflow: Body) -> Body:
    """The merge patch of `argo retry`: what failed is forgotten, and the run goes on."""
    nodes = (workflow["status"].get("nodes") or {}).items()
    gone: Body = {
        key: None
        for key, each in nodes
        if each["phase"] not in {"Succeeded", "Skipped"} or key == Node.CONCLUDE
    }
    status = {"phase": "Running", "message": None, "finishedAt": None, "nodes": gone or None}
    return {"spec": {"shutdown": None}, "status": status}


def resubmitted(workflow: Body, suffix: str) -> Body:
    """The Workflow that `argo resubmit` creates: the same spec, labels, annotations and owners."""
    meta = workflow["metadata"]
    kept = {name: meta[name] for name in ("labels", "annotations", "ownerReferences") if name in meta}
    spec = {name: value for name, value in workflow["spec"].items() if name not in {"shutdown", "suspend"}}
    head = {"apiVersion": workflow["apiVersion"], "kind": workflow["kind"]}
    return {**head, "metadata": {"name": f"{meta['name'][:57]}-{suffix}", **kept}, "spec": spec}


def is_garbage(workflow: Body, living: set[str]) -> bool:
    """True if every owner of it is gone."""
    owners = workflow["metadata"].get("ownerReferences") or ()
    return bool(owners) and all(owner["uid"] not in living for owner in owners)
