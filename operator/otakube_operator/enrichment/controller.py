# SPDX-License-Identifier: Apache-2.0
"""The controller of AnimeEnrichment: one Argo Workflow for each generation, watched until it is published."""

from datetime import datetime
from typing import Any

from otakube_api import labels
from otakube_api.argo import FINAL_PHASES
from otakube_api.reasons import CommonCondition
from otakube_api.v1alpha1.anime_enrichment import (
    KIND,
    AnimeEnrichmentStatus,
    EnrichmentCondition,
    EnrichmentReason,
)
from otakube_api.v1alpha1.meta import VERSION
from otakube_operator.enrichment.observed import Enrichment, WorkflowRun, read_enrichment
from otakube_operator.enrichment.plan import (
    EnrichmentPlan,
    ObservedEnrichment,
    WorkflowChange,
    WorkflowPatch,
    plan,
)
from otakube_operator.enrichment.runs import read_run
from otakube_operator.enrichment.status import describe
from otakube_operator.enrichment.workflows import NewRun, manifest
from otakube_operator.runtime.api import ApiResource, RequestRefused
from otakube_operator.runtime.controller import CreateFailure, Observed
from otakube_operator.runtime.objects import CustomResource
from otakube_operator.runtime.owned import ForeignObject, OwnedObjects, OwnedResource


class EnrichmentController:
    """Serves AnimeEnrichments, which own Workflows."""

    resource = CustomResource(
        kind=KIND.name,
        api=ApiResource(labels.GROUP, VERSION, KIND.plural),
        read=read_enrichment,
        finalizer=labels.FINALIZER,
        warnings=frozenset(
            {CommonCondition.STALLED, EnrichmentCondition.SOURCE_FAILED, EnrichmentCondition.GATE_FAILED}
        ),
    )
    owned = OwnedResource(
        kind="Workflow", api=ApiResource("argoproj.io", "v1alpha1", "workflows"), read=read_run
    )

    def __init__(self, *, gpu: bool) -> None:
        self._gpu = gpu

    async def observe(self, seen: Enrichment, owned: OwnedObjects[WorkflowRun]) -> ObservedEnrichment:
        """Gather the runs; a recorded one that the store misses is looked for before it counts as gone."""
        runs, record = owned.of(seen.uid), seen.status.workflow
        if record is not None and record.phase not in FINAL_PHASES:
            missing = record.name not in {run.name for run in runs}
            if missing and await owned.find(seen.key.namespace, record.name):
                runs = owned.of(seen.uid)
        return Observed(seen, runs)

    def plan(
        self, observed: ObservedEnrichment, _now: datetime, failure: CreateFailure | None = None
    ) -> EnrichmentPlan:
        """Decide on runs; the time plays no part."""
        return plan(observed, failure)

    async def apply(self, plan: EnrichmentPlan, owned: OwnedObjects[WorkflowRun]) -> bool:
        """Create and patch Workflows; True if what that made must be planned from at once."""
        adopted = plan.create is not None and not await self._create(plan.create, owned)
        for patch in plan.patches:
            await owned.patch(patch.run, patch_of(patch))
        return adopted or bool(plan.patches)

    def status(
        self, observed: ObservedEnrichment, plan: EnrichmentPlan, now: datetime
    ) -> AnimeEnrichmentStatus:
        """The status that the decision amounts to; unchanged in an object about to go."""
        decision = plan.decision
        if decision is None:
            return observed.object.status
        return describe(observed.object, decision.run, decision.assessment, now)

    async def _create(self, new: NewRun, owned: OwnedObjects[WorkflowRun]) -> bool:
        """Create the Workflow; False if it was there already."""
        enrichment = new.enrichment

        def is_ours(run: WorkflowRun) -> bool:
            return (run.owner_uid, run.spec_hash) == (enrichment.uid, enrichment.spec_hash)

        try:
            return await owned.create(manifest(new, gpu=self._gpu), is_ours)
        except RequestRefused as error:
            message = f"The API server refused Workflow {new.name}: {error.message}"
            raise CreateFailure(EnrichmentReason.WORKFLOW_REFUSED, message) from error
        except ForeignObject:
            message = f"Workflow {new.name} exists and belongs to somebody else: delete or rename it."
            raise CreateFailure(EnrichmentReason.WORKFLOW_CONFLICT, message) from None


def patch_of(patch: WorkflowPatch) -> dict[str, Any]:
    """The merge patch of a change; Argo looks at shutdown only in a Workflow that is not suspended."""
    change = patch.change
    if change is WorkflowChange.SUSPEND:
        return {"spec": {"suspend": True}}
    if change is WorkflowChange.RESUME:
        return {"spec": {"suspend": None}}
    body: dict[str, Any] = {"spec": {"shutdown": change.value, "suspend": None}}
    if change is WorkflowChange.SUPERSEDE:
        body["metadata"] = {"annotations": {labels.SUPERSEDED: "true"}}
    return body
