# SPDX-License-Identifier: Apache-2.0
"""Enrichments, runs and Workflow bodies for the operator's tests, complete beside what a test is about."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from otakube_api import labels
from otakube_api.argo import read_workflow
from otakube_api.contract import Node, Output, ReviewOutput
from otakube_api.v1alpha1.anime_enrichment import AnimeEnrichmentStatus
from otakube_operator.enrichment.controller import EnrichmentController
from otakube_operator.enrichment.decision import WorkflowPatch
from otakube_operator.enrichment.observed import Enrichment, Results, WorkflowRun, read_enrichment
from otakube_operator.enrichment.plan import EnrichmentPlan
from otakube_operator.enrichment.run_queue import Peers, QueueLimits
from otakube_operator.enrichment.runs import read_results
from otakube_operator.enrichment.workflows import NewRun, name_of
from otakube_operator.runtime.controller import CreateFailure, Observed
from otakube_operator.runtime.objects import ObjectKey

NOBODY: Peers = {}
NOW = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
LATER = datetime(2027, 1, 1, 13, 0, tzinfo=UTC)
KEY = ObjectKey("anime", "bebop")
UID = "6d9c5a3e-0000-4000-8000-000000000001"
SPEC: Mapping[str, Any] = {
    "anime": {"title": "Cowboy Bebop"},
    "mode": "FullEnrichment",
    "providers": ["Jikan", "AniList", "Kitsu"],
    "review": {"policy": "OnLowConfidence", "timeout": "72h"},
    "accelerator": "Auto",
    "suspend": False,
}


def body(*, generation: int = 1, status: Mapping[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """An AnimeEnrichment as the API server sends it."""
    return {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "AnimeEnrichment",
        "metadata": {
            "namespace": KEY.namespace,
            "name": KEY.name,
            "uid": UID,
            "generation": generation,
            "resourceVersion": "7",
        },
        "spec": {**SPEC, **spec},
        "status": dict(status or {}),
    }


def enrichment(*, generation: int = 1, **spec: Any) -> Enrichment:
    """One that nobody has looked at yet."""
    read = read_enrichment(body(generation=generation, **spec))
    assert isinstance(read, Enrichment)
    return read


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with the status that would be written after it."""

    plan: EnrichmentPlan
    status: AnimeEnrichmentStatus

    @property
    def create(self) -> NewRun | None:
        return self.plan.create

    @property
    def patches(self) -> tuple[WorkflowPatch, ...]:
        return self.plan.patches

    def changes_nothing(self, seen: Enrichment) -> bool:
        """True if neither the cluster nor the status would change."""
        idle = EnrichmentPlan(decision=self.plan.decision)
        return self.plan == idle and not self.create and not self.patches and self.status == seen.status


def after(seen: Enrichment, made: Planned, **changes: Any) -> Enrichment:
    """The enrichment once `made` was applied."""
    finalizers = seen.finalizers
    if made.plan.add_finalizer:
        finalizers = (*finalizers, labels.FINALIZER)
    if made.plan.remove_finalizer:
        finalizers = tuple(name for name in finalizers if name != labels.FINALIZER)
    return replace(seen, status=made.status, finalizers=finalizers, **changes)


def edited(seen: Enrichment, **spec: Any) -> Enrichment:
    """The same object after its spec was changed."""
    fresh = enrichment(generation=seen.generation + 1, **spec)
    return replace(seen, spec=fresh.spec, generation=fresh.generation)


def run_of(seen: Enrichment, *, attempt: int = 1, **changes: Any) -> WorkflowRun:
    """A Workflow that this enrichment's present spec asked for."""
    fields: dict[str, Any] = {
        "namespace": seen.key.namespace,
        "name": name_of(seen, seen.generation, attempt),
        "uid": f"run-{seen.generation}-{attempt}",
        "owner_uid": seen.uid,
        "generation": seen.generation,
        "attempt": attempt,
        "spec_hash": seen.spec_hash,
        "requested_at": seen.requested_at,
        "phase": "Running",
        "started_at": NOW,
    }
    return WorkflowRun(**(fields | changes))


def planned(
    seen: Enrichment,
    *runs: WorkflowRun,
    now: datetime = NOW,
    failure: CreateFailure | None = None,
    peers: Peers = NOBODY,
    limits: QueueLimits = QueueLimits(runs=5, seconds=10),
) -> Planned:
    """The plan for what is observed, and its status."""
    controller = EnrichmentController(gpu=False, limits=limits)
    observed = Observed(seen, runs, peers=peers)
    made = controller.plan(observed, now, failure)
    return Planned(made, controller.status(observed, made, now))


def condition(made: Planned, type_: str) -> tuple[str, str] | None:
    """Status and reason of a condition, None if it is absent."""
    found = [each for each in made.status.conditions if each.type == type_]
    return (found[0].status, found[0].reason) if found else None


def kstatus(made: Planned, generation: int) -> set[str]:
    """Words that generic readers of conditions make of an object; exactly one is sound."""
    found = {each.type: each.status for each in made.status.conditions}
    if made.status.observed_generation != generation:
        return {"InProgress"}
    words = set()
    if found.get("Stalled") == "True":
        words.add("Failed")
    if found.get("Reconciling") == "True":
        words.add("InProgress")
    if not words:
        words.add("Current" if found.get("Ready") == "True" else "InProgress")
    return words


def workflow(
    nodes: Sequence[Mapping[str, Any]] = (), *, phase: str = "Running", **status: Any
) -> dict[str, Any]:
    """A Workflow body with those nodes."""
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "namespace": KEY.namespace,
            "name": "bebop-1-00000000",
            "uid": "w1",
            "resourceVersion": "9",
            "labels": {
                labels.ENRICHMENT_UID: UID,
                labels.GENERATION: "1",
                labels.ATTEMPT: "1",
            },
            "annotations": {labels.SPEC_HASH: "abc"},
        },
        "spec": {},
        "status": {"phase": phase, "nodes": {str(number): dict(node) for number, node in enumerate(nodes)}}
        | status,
    }


def results_of(nodes: Sequence[Mapping[str, Any]]) -> Results:
    """Results of those nodes."""
    return read_results(read_workflow(workflow(nodes)))


def node(name: str, phase: str = "Succeeded", *, type: str = "Retry", **outputs: str) -> dict[str, Any]:
    """One node; outputs are written with underscores for hyphens."""
    return {
        "id": name,
        "displayName": name,
        "name": f"run.{name}",
        "type": type,
        "phase": phase,
        "startedAt": "2027-01-01T12:00:00Z",
        "finishedAt": None if phase == "Running" else "2027-01-01T12:30:00Z",
        "outputs": {
            "parameters": [{"name": key.replace("_", "-"), "value": text} for key, text in outputs.items()]
        },
    }


def fetched(
    *failed: tuple[str, str], answered: Sequence[str] = ("Jikan", "AniList", "Kitsu")
) -> dict[str, Any]:
    """A fetch that resolved the title; `failed` are providers with their reasons."""
    sources = [{"provider": name, "reason": reason, "message": "no"} for name, reason in failed]
    return node(
        Node.FETCH,
        entry_id="ani_1",
        title="Cowboy Bebop",
        **{
            Output.ANSWERED_SOURCES: json.dumps(list(answered)),
            Output.FAILED_SOURCES: json.dumps(sources),
        },
    )


def imaged(
    review: str = "Skip", findings: Sequence[str] = (), gates: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """The step `assemble`; it also tells whether a review is needed; `gates` that failed, with messages."""
    return node(
        Node.ASSEMBLE, review=review, confidence="0.91", findings=json.dumps(list(findings)),
        gates=json.dumps([{"gate": name, "message": message} for name, message in gates]),
        digest="d" * 64, images_stored="12", images_failed="1",
    )  # fmt: skip


def gate(
    phase: str = "Running", decision: str = "reject", *, reviewer: str = "", note: str = ""
) -> dict[str, Any]:
    """The review node."""
    answer = {ReviewOutput.DECISION: decision, ReviewOutput.REVIEWER: reviewer, ReviewOutput.NOTE: note}
    return node(Node.REVIEW, phase, type="Suspend", **({} if phase == "Running" else answer))


def committed(version: int = 1) -> dict[str, Any]:
    """The commit step."""
    return node(Node.COMMIT, entry_id="ani_1", digest="d" * 64, version=str(version))
