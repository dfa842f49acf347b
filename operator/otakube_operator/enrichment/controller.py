# SPDX-License-Identifier: Apache-2.0
"""The controller of AnimeEnrichment: one Argo Workflow for each generation, watched until it is published."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog

from otakube_api import labels
from otakube_api.contract import FailureReason, PodReason
from otakube_api.reasons import CommonCondition
from otakube_api.v1alpha1.anime_enrichment import KIND, AnimeEnrichmentStatus
from otakube_api.v1alpha1.enrichment_reasons import EnrichmentCondition, EnrichmentReason
from otakube_api.v1alpha1.meta import VERSION
from otakube_operator.enrichment import pods
from otakube_operator.enrichment.adoption import recognised, recorded_workflow
from otakube_operator.enrichment.decision import ObservedEnrichment, WorkflowChange, WorkflowPatch
from otakube_operator.enrichment.meter import StepMeter
from otakube_operator.enrichment.naming import is_run_name
from otakube_operator.enrichment.observed import Enrichment, WorkflowRun, read_enrichment
from otakube_operator.enrichment.plan import EnrichmentPlan, peer_of, plan
from otakube_operator.enrichment.run_queue import QueueLimits
from otakube_operator.enrichment.runs import read_run
from otakube_operator.enrichment.status import describe
from otakube_operator.enrichment.workflows import NewRun, manifest
from otakube_operator.runtime.api import ApiResource, RequestRefused
from otakube_operator.runtime.controller import CreateFailure, ObservationOutdated, Observed
from otakube_operator.runtime.objects import CustomResource
from otakube_operator.runtime.owned import ForeignObject, OwnedObjects, OwnedResource

logger = structlog.stdlib.get_logger(__name__)


def _utc_now() -> datetime:
    """The kubelet's time: pods are begun by it, whatever clock the plans go by."""
    return datetime.now(UTC)


class EnrichmentController:
    """Serves AnimeEnrichments, which own Workflows."""

    resource = CustomResource(
        kind=KIND.name,
        api=ApiResource(labels.GROUP, VERSION, KIND.plural),
        read=read_enrichment,
        finalizer=labels.FINALIZER,
        warnings=frozenset(
            {
                CommonCondition.STALLED,
                EnrichmentCondition.SOURCE_FAILED,
                EnrichmentCondition.GATE_FAILED,
                EnrichmentCondition.FOREIGN_WORKFLOW,
            }
        ),
        peer=peer_of,
        warning_reasons=frozenset({*FailureReason, *PodReason}),
    )
    owned = OwnedResource(
        kind="Workflow",
        api=ApiResource("argoproj.io", "v1alpha1", "workflows"),
        read=read_run,
        may_be=is_run_name,
    )

    def __init__(self, *, gpu: bool, limits: QueueLimits, now: Callable[[], datetime] = _utc_now) -> None:
        self._gpu, self._limits, self._now = gpu, limits, now
        self._meter = StepMeter()
        self.collectors = self._meter.collectors

    async def observe(self, seen: Enrichment, owned: OwnedObjects[WorkflowRun]) -> ObservedEnrichment:
        """Gather the runs; one that no watch may tell of is read, a recorded one before it counts as gone."""
        record, runs = recorded_workflow(seen), owned.of(seen.uid)
        unwatched = [run for run in runs if run.damage is not None and not run.finished]
        if record is not None and not record.finished and record.name not in {run.name for run in runs}:
            unwatched.append(record)
        for run in unwatched:
            await owned.find(run.namespace, run.name, run)
        runs = tuple([await self._with_pod(run, owned) for run in owned.of(seen.uid)])
        self._meter.note(seen, runs)
        return Observed(seen, runs)

    def plan(
        self, observed: ObservedEnrichment, now: datetime, failure: CreateFailure | None = None
    ) -> EnrichmentPlan:
        """Decide on runs; the time and the runs of other objects bound when one starts."""
        return plan(observed, now, self._limits, failure)

    async def apply(self, plan: EnrichmentPlan, owned: OwnedObjects[WorkflowRun]) -> bool:
        """Create, repair and patch Workflows; True if what that made must be planned from at once."""
        if plan.create is not None:
            await self._create(plan.create, owned)
        for repair in plan.repairs:
            await self._mark(repair.run, repair.body, owned)
        for note in plan.notes:
            await self._mark(note.run, note.body, owned)
        for patch in plan.patches:
            await owned.patch(patch.run, patch_of(patch))
        return bool(plan.patches)

    def status(
        self, observed: ObservedEnrichment, plan: EnrichmentPlan, now: datetime
    ) -> AnimeEnrichmentStatus:
        """The status that the decision amounts to; unchanged in an object about to go."""
        decision = plan.decision
        if decision is None:
            return observed.object.status
        run, new = decision.run, plan.create
        if new is not None:  # as it is now that it was created
            run = next((each for each in observed.owned if each.name == new.name), run)
        status = describe(observed.object, run, decision.assessment, now, decision.waiting, decision.beside)
        return status if new is None else status.model_copy(update={"recent_starts": list(decision.starts)})

    async def _create(self, new: NewRun, owned: OwnedObjects[WorkflowRun]) -> None:
        """Create the Workflow; one that was there may answer another request, so it is planned from anew."""
        try:
            created = await owned.create(
                manifest(new, gpu=self._gpu), lambda run: recognised(new.enrichment, run) is not None
            )
        except RequestRefused as error:
            message = f"The API server refused Workflow {new.name}: {error.message}"
            raise CreateFailure(EnrichmentReason.WORKFLOW_REFUSED, message) from error
        except ForeignObject:
            message = f"Workflow {new.name} exists and belongs to somebody else: delete or rename it."
            raise CreateFailure(EnrichmentReason.WORKFLOW_CONFLICT, message) from None
        if not created:
            raise ObservationOutdated(f"Workflow {new.name} was there already")

    async def _with_pod(self, run: WorkflowRun, owned: OwnedObjects[WorkflowRun]) -> WorkflowRun:
        """The run with what keeps its pod from starting, where Argo does not know."""
        pod = pods.to_be_read(run, self._now())
        report = await owned.pod(run.namespace, pod) if pod else None
        cause = pods.read_pod(report) if report is not None else None
        return run if cause is None else pods.waiting_for(cause, run)

    async def _mark(self, run: WorkflowRun, body: dict[str, Any], owned: OwnedObjects[WorkflowRun]) -> None:
        """Write labels, owner or a note; where that is refused, the run goes on without them."""
        try:
            await owned.patch(run, body)
        except RequestRefused as error:
            logger.warning("metadata not written", workflow=run.name, error=str(error))


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
