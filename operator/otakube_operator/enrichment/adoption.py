# SPDX-License-Identifier: Apache-2.0
"""Workflows that claim to be runs of an AnimeEnrichment: those that are, and their repair; pure.

Anybody who may patch a Workflow can give it labels, owners and arguments, or take them away; nobody can
change its name or uid.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from otakube_api import labels
from otakube_operator.enrichment.identity import MetadataDamage
from otakube_operator.enrichment.observed import Enrichment, WorkflowRun
from otakube_operator.enrichment.workflows import labels_of, name_of, owner_reference


class Family(NamedTuple):
    """The Workflows that claim to belong to an AnimeEnrichment."""

    runs: tuple[WorkflowRun, ...]
    """Those that the operator made for it."""
    strays: tuple[WorkflowRun, ...]
    """The others: resubmitted, relabelled, or of a generation that is still to come."""


class Repair(NamedTuple):
    """A merge patch that makes the marks of a run whole again."""

    run: WorkflowRun
    body: dict[str, Any]


def family_of(enrichment: Enrichment, claimants: Iterable[WorkflowRun]) -> Family:
    """Sort them."""
    found = [(claimant, recognised(enrichment, claimant)) for claimant in claimants]
    return Family(
        runs=tuple(run for _, run in found if run is not None),
        strays=tuple(claimant for claimant, run in found if run is None),
    )


def recognised(enrichment: Enrichment, run: WorkflowRun) -> WorkflowRun | None:
    """The run with the spec that it is of; None if it is none of ours.

    Its name follows from what it claims to be, at the latest with the present spec, or the status records it.
    """
    if run.generation > enrichment.generation:
        return None
    for spec_hash in (run.spec_hash, enrichment.spec_hash):
        if run.name == name_of(enrichment, run.generation, run.attempt, spec_hash):
            return run if run.spec_hash == spec_hash else replace(run, spec_hash=spec_hash)
    return run if is_recorded(enrichment, run) else None


def is_recorded(enrichment: Enrichment, run: WorkflowRun) -> bool:
    """True if the status names that very Workflow as this attempt of this generation."""
    record = enrichment.status.workflow
    return record is not None and (record.name, record.uid, record.generation, record.attempt) == (
        run.name,
        run.uid,
        run.generation,
        run.attempt,
    )


def recorded_workflow(enrichment: Enrichment) -> WorkflowRun | None:
    """The Workflow of the status, known again by it whatever it has lost; None before there is one."""
    record = enrichment.status.workflow
    if record is None:
        return None
    is_present = record.name == name_of(enrichment, record.generation, record.attempt)
    return WorkflowRun(
        namespace=enrichment.key.namespace,
        name=record.name,
        uid=record.uid or "",
        owner_uid=enrichment.uid,
        generation=record.generation,
        attempt=record.attempt,
        spec_hash=enrichment.spec_hash if is_present else "",
        requested_at=enrichment.status.last_handled_request,
        phase=record.phase or "",
    )


def repairs_of(enrichment: Enrichment, runs: Iterable[WorkflowRun]) -> tuple[Repair, ...]:
    """Patches that give runs the labels and the owner back that they have lost."""
    return tuple(Repair(run, _repair(enrichment, run, run.damage)) for run in runs if run.damage is not None)


def _repair(enrichment: Enrichment, run: WorkflowRun, damage: MetadataDamage) -> dict[str, Any]:
    owner, others = owner_reference(enrichment), damage.other_owners
    if any(other.get("controller") for other in others):  # an object has one controller at most
        owner["controller"] = False
    metadata: dict[str, Any] = {
        "resourceVersion": run.resource_version,  # a list is replaced whole
        "labels": labels_of(enrichment, run.generation, run.attempt),
        "ownerReferences": [*others, owner],
    }
    if run.spec_hash:
        metadata["annotations"] = {labels.SPEC_HASH: run.spec_hash}
    return {"metadata": metadata}
