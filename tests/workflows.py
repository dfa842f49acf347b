# SPDX-License-Identifier: Apache-2.0
"""Workflows at their review gate, as Argo's controller writes them."""

from typing import Any

from otakube_api import labels


def a_review_node(**changes: Any) -> dict[str, Any]:
    """The suspend node of a run that waits."""
    supplied = {"decision": "reject", "note": "", "reviewer": "", "digest": "", "accepted": "[]"}
    return {
        "id": "run-1-1-2406351839",
        "name": "run-1-1.review",
        "displayName": "review",
        "type": "Suspend",
        "templateName": "review",
        "templateScope": "namespaced/otakube-enrich-anime",
        "phase": "Running",
        "startedAt": "2026-04-01T12:00:00Z",
        "outputs": {
            "parameters": [
                {"name": name, "valueFrom": {"default": default, "supplied": {}}}
                for name, default in supplied.items()
            ]
        },
    } | changes


def a_workflow(
    name: str = "run-1-1", *, uid: str = "uid-1", generation: int = 1, attempt: int = 1, **changes: Any
) -> dict[str, Any]:
    """A run that waits at its gate; keywords replace fields of its status."""
    gate = a_review_node()
    status = {"phase": "Running", "startedAt": "2026-04-01T12:00:00Z", "nodes": {gate["id"]: gate}}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "name": name,
            "resourceVersion": "41",
            "labels": {
                labels.ENRICHMENT_UID: uid,
                labels.GENERATION: str(generation),
                labels.ATTEMPT: str(attempt),
            },
        },
        "spec": {"workflowTemplateRef": {"name": "otakube-enrich-anime"}},
        "status": status | changes,
    }


def with_review_node(**changes: Any) -> dict[str, Any]:
    """A run whose gate differs in these fields."""
    gate = a_review_node(**changes)
    return a_workflow(nodes={gate["id"]: gate})


def under_review(digest: str, name: str = "run-1-1", *, uid: str = "uid-1") -> dict[str, Any]:
    """A run that waits at its gate for a record of that digest."""
    review = a_review_node()
    assemble = {
        "id": "run-1-1-77",
        "name": "run-1-1.assemble",
        "displayName": "assemble",
        "type": "Pod",
        "phase": "Succeeded",
        "startedAt": "2026-04-01T11:59:00Z",
        "outputs": {"parameters": [{"name": "digest", "value": digest}]},
    }
    return a_workflow(name, uid=uid, nodes={node["id"]: node for node in (assemble, review)})
