# SPDX-License-Identifier: Apache-2.0
"""AnimeEnrichment -> Workflow manifest: a reference to the template, arguments, owner and labels, no more.

Argo runs with `templateReferencing: Secure`; the chart's admission policy refuses a Workflow that sets more.
"""

from dataclasses import dataclass
from typing import Any

from otakube_api import labels
from otakube_api.contract import TEMPLATE, Accelerator, Parameter
from otakube_api.v1alpha1.anime_enrichment import KIND
from otakube_api.v1alpha1.arguments import arguments_of
from otakube_api.v1alpha1.meta import API_VERSION
from otakube_operator.enrichment.naming import arguments_hash, label_value, workflow_name
from otakube_operator.enrichment.observed import Enrichment
from otakube_operator.runtime.owned import MANAGER


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run that does not exist yet."""

    enrichment: Enrichment
    attempt: int

    @property
    def name(self) -> str:
        """The Workflow's name."""
        return name_of(self.enrichment, self.enrichment.generation, self.attempt)


def name_of(enrichment: Enrichment, generation: int, attempt: int, spec_hash: str = "") -> str:
    """The Workflow's name if that attempt of that generation ran the spec of that hash, else the present."""
    return workflow_name(
        name=enrichment.key.name,
        uid=enrichment.uid,
        generation=generation,
        attempt=attempt,
        spec_hash=spec_hash or enrichment.spec_hash,
    )


def manifest(run: NewRun, *, gpu: bool) -> dict[str, Any]:
    """The Workflow to create; `gpu` says what accelerator Auto means in this cluster."""
    enrichment, arguments = run.enrichment, _arguments(run, gpu)
    notes = {labels.SPEC_HASH: enrichment.spec_hash, labels.ARGUMENTS_HASH: arguments_hash(arguments)}
    if enrichment.requested_at is not None:
        notes[labels.REQUESTED_AT] = enrichment.requested_at
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "name": run.name,
            "namespace": enrichment.key.namespace,
            "labels": labels_of(enrichment, enrichment.generation, run.attempt),
            "annotations": notes,
            "ownerReferences": [owner_reference(enrichment)],
        },
        "spec": {
            "workflowTemplateRef": {"name": TEMPLATE},
            "arguments": {
                "parameters": [{"name": name, "value": value} for name, value in arguments.items()]
            },
        },
    }


def labels_of(enrichment: Enrichment, generation: int, attempt: int) -> dict[str, str]:
    """The labels of a run."""
    return {
        labels.MANAGED_BY: MANAGER,
        labels.PART_OF: "otakube",
        labels.ENRICHMENT_UID: enrichment.uid,
        labels.ENRICHMENT_NAME: label_value(enrichment.key.name),
        labels.GENERATION: str(generation),
        labels.ATTEMPT: str(attempt),
    }


def owner_reference(enrichment: Enrichment) -> dict[str, Any]:
    """The reference by which a run goes with its AnimeEnrichment."""
    return {
        "apiVersion": API_VERSION,
        "kind": KIND.name,
        "name": enrichment.key.name,
        "uid": enrichment.uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }


def _arguments(run: NewRun, gpu: bool) -> dict[str, str]:
    enrichment = run.enrichment
    arguments = {
        Parameter.ENRICHMENT: f"{enrichment.key.namespace}/{enrichment.key.name}",
        Parameter.UID: enrichment.uid,
        Parameter.GENERATION: str(enrichment.generation),
        Parameter.ATTEMPT: str(run.attempt),
        **arguments_of(enrichment.spec, auto=Accelerator.GPU if gpu else Accelerator.CPU),
    }
    return {str(name): value for name, value in arguments.items()}
