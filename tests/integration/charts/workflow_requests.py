# SPDX-License-Identifier: Apache-2.0
"""Requests on Workflows, good and bad, by the words with which docs/security.md speaks of them."""

import copy
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from operator_builders import enrichment
from otakube_api import labels
from otakube_api.contract import (
    CHECK_TEMPLATE,
    MERGE_LOCKS_TEMPLATE,
    PAYLOAD,
    SCRUB_CRON_WORKFLOW,
    ReviewOutput,
)
from otakube_cli import workflow as console
from otakube_cli.run_review import answer, read_review
from otakube_operator.enrichment.controller import patch_of
from otakube_operator.enrichment.decision import WorkflowChange, WorkflowPatch
from otakube_operator.enrichment.observed import WorkflowRun
from otakube_operator.enrichment.workflows import NewRun, manifest
from otakube_operator.runtime.objects import ObjectKey
from workflows import a_review_node, under_review

Body = dict[str, Any]
Patch = Body | list[Body]  # a merge patch, or a JSON patch

NOW = datetime(2026, 4, 1, 13, 0, tzinfo=UTC)
OWN_TEMPLATE = {
    "name": "own",
    "container": {"image": "busybox", "envFrom": [{"secretRef": {"name": "otakube-stores"}}]},
}
OWN_SPEC = {"entrypoint": "own", "templates": [OWN_TEMPLATE]}
PAUSE = "pause"  # another node that waits
ACTOR = {"workflows.argoproj.io/actor": "system-serviceaccount-otakube-ilse"}
RESUME = "resumes a run that is suspended"
SECOND = "answers a review that is answered"
LATE = "answers a review that does not wait"
DISGUISED = "answers another kind of node that is called review"
OVER = ("Succeeded", "Pending", "Failed", "Error", "Skipped", "Omitted")
"""Phases in which a review waits for nobody."""

NO_TEXT = (1, True, ["a"], {"a": "b"}, ["{{workflow.parameters}}"])
STORED = "storedWorkflowTemplateSpec"


def run(namespace: str) -> Body:
    """A new run, as the operator writes it."""
    seen = replace(enrichment(), key=ObjectKey(namespace, "bebop"), requested_at="now")
    return manifest(NewRun(seen, attempt=1), gpu=False)


def waiting_run(namespace: str) -> Body:
    """A run that waits for its review, as Argo's controller writes it."""
    new = run(namespace)
    status = under_review("d1", new["metadata"]["name"])["status"]
    decision = {"parameters": [{"name": "decision", "valueFrom": {"supplied": {}}}]}
    pause = a_review_node(id="pause", displayName=PAUSE, outputs=decision)
    status["nodes"]["pause"] = pause
    return {**new, "status": {**status, STORED: {"entrypoint": "enrich", "templates": [{"name": "enrich"}]}}}


def ended_run(namespace: str) -> Body:
    """A run with a review in each phase that does not wait, and a running pod of the same name."""
    new = run(namespace)
    answered = {"parameters": [{"name": name, "value": "a"} for name in ReviewOutput]}
    nodes = [a_review_node(id=phase, phase=phase, outputs=answered) for phase in OVER]
    nodes.append(a_review_node(id="Pod", type="Pod"))
    return {**new, "status": {"phase": "Running", "nodes": {node["id"]: node for node in nodes}}}


def locks(payload: str = "H4sI") -> Body:
    """A change of merge locks, as `otakube locks` submits it."""
    return console.manifest(MERGE_LOCKS_TEMPLATE, {PAYLOAD: payload})


def check() -> Body:
    """A check of the providers, as `otakube providers check` submits it."""
    return console.manifest(CHECK_TEMPLATE, {"title": "Cowboy Bebop"})


def changed(body: Body, path: str, value: Any) -> Body:
    """A copy with one field set; `path` has dots between keys."""
    out = copy.deepcopy(body)
    *above, last = path.split(".")
    here = out
    for key in above:
        here = here.setdefault(key, {})
    here[last] = value
    return out


def _specs(body: Body) -> list[Body]:
    """The same Workflow with more in its spec than a reference and arguments."""
    volume = {"name": "all", "secret": {"secretName": "otakube-stores"}}
    extra: Mapping[str, Any] = {
        "templates": [OWN_TEMPLATE],
        "entrypoint": "own",
        "podSpecPatch": "{}",
        "volumes": [volume],
        "serviceAccountName": "otakube-operator",
        "onExit": "own",
        "hooks": {"exit": {"template": "own"}},
        "podMetadata": {"labels": {"otakube.dev/step": "fetch"}},
        "suspend": False,
        "shutdown": "Stop",
        "artifactGC": {"strategy": "OnWorkflowDeletion", "serviceAccountName": "otakube-operator"},
        "executor": {"serviceAccountName": "otakube-operator"},
        "workflowMetadata": {"labels": {"a": "b"}},
    }
    return [
        *(changed(body, f"spec.{key}", value) for key, value in extra.items()),
        changed(body, "spec.workflowTemplateRef.clusterScope", True),
        {**body, "spec": OWN_SPEC},
    ]


def _statuses(body: Body) -> list[Body]:
    return [
        {**body, "status": {STORED: OWN_SPEC}},
        {**changed(body, "spec.suspend", False), "status": {STORED: OWN_SPEC}},
        {**body, "status": {"phase": "Succeeded"}},
    ]


def _arguments(body: Body, name: str) -> list[Body]:
    wrong = [
        {"name": "other", "value": "1"},
        {"name": name, "value": "{{workflow.parameters}}"},
        {"name": name, "value": "{{=toJson(workflow)}}"},
        {"name": name, "valueFrom": {"configMapKeyRef": {"name": "otakube-steps", "key": "a"}}},
        {"name": name, "value": "1", "globalName": "a"},
        {"name": name},
        {"value": "1"},
        *({"name": name, "value": value} for value in NO_TEXT),
    ]
    artifacts = {"artifacts": [{"name": "a", "raw": {"data": "b"}}]}
    return [
        *(changed(body, "spec.arguments.parameters", [each]) for each in wrong),
        changed(body, "spec.arguments", artifacts),
    ]


def _of_template(body: Body, *names: str) -> list[Body]:
    named = [changed(body, "spec.workflowTemplateRef.name", name) for name in names]
    return [*named, *(changed(each, "spec.arguments", {}) for each in named)]


def _metadata(body: Body) -> list[Body]:
    return [
        changed(body, "metadata.labels", {"workflows.argoproj.io/completed": "true"}),
        changed(body, "metadata.annotations", {"a": "b"}),
        changed(body, "metadata.finalizers", ["a.example/b"]),
    ]


def creations(namespace: str) -> dict[str, list[Body]]:
    """Words of the page -> Workflows to create."""
    new, owner = run(namespace), run(namespace)["metadata"]["ownerReferences"]
    forged = {labels.ENRICHMENT_UID: "u", labels.GENERATION: "9", labels.ATTEMPT: "9"}
    return {
        "creates a run": [new],
        "creates a run of another template": _of_template(new, MERGE_LOCKS_TEMPLATE, "other"),
        "creates a run with more in its spec": _specs(new),
        "creates a run with other arguments": _arguments(new, "title"),
        "creates a run with a status": _statuses(new),
        "creates a run with other metadata": _metadata(new),
        "creates a copy of a run": [
            changed(new, "metadata.name", f"{new['metadata']['name']}-x7k2p"),
            changed(new, "metadata.name", "another"),
        ],
        "creates a change of locks, or a check of the providers": [locks(), check()],
        "creates a Workflow of another template": [
            *_of_template(locks(), "otakube-enrich-anime", SCRUB_CRON_WORKFLOW, "other"),
            new,
        ],
        "creates such a Workflow with more in its spec": [*_specs(locks()), *_specs(check())],
        "creates such a Workflow with other arguments": [
            *_arguments(locks(), PAYLOAD),
            *_arguments(check(), "title"),
        ],
        "creates such a Workflow with a status": [*_statuses(locks()), *_statuses(check())],
        "creates such a Workflow with other metadata": [
            *_metadata(locks()),
            changed(locks(), "metadata.labels", forged),
            changed(locks(), "metadata.labels", {labels.MANAGED_BY: "otakube-operator"}),
            changed(locks(), "metadata.ownerReferences", owner),
            changed(locks(), "metadata.name", new["metadata"]["name"]),
        ],
    }


def _answers(waiting: Body, **values: str) -> list[Body]:
    given = {
        ReviewOutput.DECISION: "approve",
        ReviewOutput.NOTE: "seen",
        ReviewOutput.REVIEWER: "ilse",
        ReviewOutput.DIGEST: "d1",
        ReviewOutput.ACCEPTED: "[]",
    } | {ReviewOutput(name): value for name, value in values.items()}
    return answer(waiting, read_review(waiting), values=given, now=NOW)[1:]  # without the resourceVersion


def _with_parameters(waiting: Body, extra: Body) -> Patch:
    """An answer whose last parameter has more than a name and a text."""
    *before, filled = _answers(waiting)
    *others, last = filled["value"]
    return [*before, {**filled, "value": [*others, {**last, **extra}]}]


def _late_answers(node: str) -> list[Patch]:
    """An answer to a node that does not wait: whole, and only in parts of it."""
    values = [{"name": name, "value": "b"} for name in ReviewOutput]
    outputs: Body = {"outputs": {"parameters": values}}
    whole = {"phase": "Succeeded", "finishedAt": "2026-04-01T13:00:00Z", "message": "b", **outputs}
    parts: list[Body] = [whole, outputs, {"message": "b"}, {"finishedAt": "2026-04-01T13:00:00Z"}]
    return [{"status": {"nodes": {node: part}}} for part in parts]


def _chosen(gate: Body, **values: str) -> Body:
    """The first of the two updates behind RESUME: values alone, with the labels of who sent them."""
    outputs = [
        {"name": each["name"], "value": values[each["name"]]} if each["name"] in values else each
        for each in gate["outputs"]["parameters"]
    ]
    return {
        "metadata": {"labels": ACTOR},
        "status": {"nodes": {gate["id"]: {"outputs": {"parameters": outputs}}}},
    }


def _resumed(gate: Body) -> Body:
    """The second: what nobody chose keeps its default."""
    ended = {
        "phase": "Succeeded",
        "finishedAt": "2026-04-01T13:00:00Z",
        "message": "Resumed by: map[User:ilse]",
    }
    return {
        "metadata": {"labels": ACTOR | {"workflows.argoproj.io/action": "Resume"}},
        "status": {"nodes": {gate["id"]: ended}},
    }


def patches(waiting: Body) -> dict[str, list[Patch]]:
    """Words of the page -> patches of a run that waits for its review."""
    nodes, owners = waiting["status"]["nodes"], waiting["metadata"]["ownerReferences"]
    gate, step, pause = (
        next(node for node in nodes.values() if node["displayName"] == name)
        for name in ("review", "assemble", PAUSE)
    )

    def node(which: Body, **fields: Any) -> Body:
        return {"status": {"nodes": {which["id"]: fields}}}

    approved = {"parameters": [{"name": "decision", "value": "approve"}]}
    seen = WorkflowRun(
        namespace="", name="", uid="", owner_uid="", generation=1, attempt=1, spec_hash="", requested_at=None
    )
    return {
        "suspends, stops or replaces a run": [
            patch_of(WorkflowPatch(seen, one)) for one in WorkflowChange if one is not WorkflowChange.RESUME
        ],
        RESUME: [patch_of(WorkflowPatch(seen, WorkflowChange.RESUME))],
        "changes anything else in a spec": [
            {"spec": change}
            for change in (
                OWN_SPEC,
                {"podSpecPatch": "{}"},
                {"suspend": False},
                {"shutdown": "Now"},
                {"arguments": None},
                {"arguments": {"parameters": [{"name": "title", "value": "x"}]}},
                {"workflowTemplateRef": {"name": MERGE_LOCKS_TEMPLATE}},
                {"priority": 1},
            )
        ],
        "answers the review that waits": [_answers(waiting), _answers(waiting, decision="reject", note="no")],
        "chooses in Argo's page": [
            _chosen(gate, decision="approve"),
            _chosen(gate, decision="reject", note="no"),
        ],
        "presses RESUME in Argo's page": [_resumed(gate)],
        "answers with what Argo would evaluate": [
            _chosen(gate, decision="approve", note="{{=toJson(workflow)}}"),
            _answers(waiting, note="{{=toJson(workflow)}}"),
            _answers(waiting, digest="{{workflow.name}}"),
        ],
        "answers with other outputs": [
            node(gate, phase="Succeeded", outputs=approved),
            node(gate, phase="Succeeded", outputs={"result": "x"}),
            node(gate, phase="Succeeded", outputs={"artifacts": [{"name": "a"}]}),
            *(_with_parameters(waiting, extra) for extra in ({"globalName": "a"}, {"enum": ["a"]})),
            *(_with_parameters(waiting, {"value": value}) for value in NO_TEXT),
            *(
                [
                    *_answers(waiting),
                    {"op": "add", "path": f"/status/nodes/{gate['id']}/{field}", "value": value},
                ]
                for field, value in (
                    ("templateName", "fetch"),
                    ("outputs/result", "x"),
                    ("outputs/exitCode", "0"),
                    ("outputs/artifacts", [{"name": "a", "raw": {"data": "b"}}]),
                )
            ),
            [*_answers(waiting), {"op": "add", "path": "/status/phase", "value": "Succeeded"}],
        ],
        SECOND: _late_answers("Succeeded"),
        LATE: [patch for phase in OVER for patch in _late_answers(phase)],
        DISGUISED: _late_answers("Pod"),
        "ends the review otherwise": [
            *(node(gate, phase=phase) for phase in ("Failed", "Skipped", "Error", "Pending")),
            [
                each | ({"value": "Failed"} if each["op"] == "replace" else {})
                for each in _answers(waiting)[1:3]
            ]
            + _answers(waiting)[3:],
            [*_answers(waiting), {"op": "remove", "path": f"/status/nodes/{gate['id']}/startedAt"}],
        ],
        "writes outputs or phase of another node": [
            node(pause, phase="Succeeded", outputs=approved),
            node(step, outputs={"parameters": [{"name": "digest", "value": "d2"}]}),
            node(step, phase="Failed"),
            node(step, displayName="review"),
            {"status": {"nodes": {step["id"]: None}}},
            node({"id": "new"}, **gate | {"id": "new"}),
            {"status": {"nodes": None}},
        ],
        "writes the stored template, or the phase of a run": [
            {"status": {STORED: OWN_SPEC}},
            {"status": {"storedTemplates": {"a": OWN_TEMPLATE}}},
            {"status": {"phase": "Succeeded"}},
            {"status": None},
            {"status": {STORED: None}},
        ],
        "changes what says which run a Workflow is": [
            {"metadata": {"labels": {labels.GENERATION: "99"}}},
            {"metadata": {"labels": {labels.ATTEMPT: "999999999"}}},
            {"metadata": {"labels": {labels.ENRICHMENT_UID: None}}},
            {"metadata": {"labels": {labels.MANAGED_BY: None}}},
            {"metadata": {"labels": None}},
            {"metadata": {"annotations": {labels.SPEC_HASH: "0"}}},
            {"metadata": {"annotations": {labels.SUPERSEDED: "true"}}},
            {"metadata": {"annotations": {labels.WAITING_CAUSE: "fetch: Unschedulable: no node"}}},
            {"metadata": {"ownerReferences": None}},
            {"spec": {"arguments": None}},
            {"spec": {"arguments": {"parameters": [{"name": "title", "value": "Other"}]}}},
        ],
        "restores labels and owner of a run": [
            {"metadata": {"labels": {labels.GENERATION: "7"}}},
            {"metadata": {"annotations": {labels.SPEC_HASH: "0"}}},
            {"metadata": {"ownerReferences": [*owners, {**owners[0], "uid": "u2", "controller": False}]}},
        ],
        "notes on a run what its pod waits for": [
            {"metadata": {"annotations": {labels.WAITING_CAUSE: text}}}
            for text in ("fetch: Unschedulable: no node", "")
        ],
        "changes labels, annotations, owners or finalizers": [
            {"metadata": change}
            for change in (
                {"labels": None},
                {"labels": {"a": ""}},
                {"finalizers": ["a.example/b"]},
                {"labels": {"workflows.argoproj.io/completed": "true"}},
                {"labels": ACTOR | {labels.GENERATION: "99"}},
                {"annotations": {"a": "b"}},
                {"annotations": {"a": ""}},
                {"annotations": None},
                {"ownerReferences": None},
                {
                    "ownerReferences": [
                        *owners,
                        {**owners[0], "kind": "AnimeEnrichments", "controller": False},
                    ]
                },
            )
        ],
        "takes the owners off a run": [{"metadata": {"ownerReferences": None}}],
    }
