# SPDX-License-Identifier: Apache-2.0
"""Plan -> cluster, in an order that a crash anywhere leaves repairable.

Each answer goes into the cache at once, so the next pass does not plan from a view older than our own writes.
"""

import logging
from typing import Any

from otakube_api import labels
from otakube_api.reasons import Reason
from otakube_api.v1alpha1.anime_enrichment import AnimeEnrichmentStatus
from otakube_operator.enrichment.observed import CreateFailure, Enrichment, Observed, Unreadable, WorkflowRun
from otakube_operator.enrichment.plan import Plan, WorkflowChange, WorkflowPatch
from otakube_operator.enrichment.runs import read_run
from otakube_operator.enrichment.status import merge_patch
from otakube_operator.enrichment.workflows import NewRun, manifest
from otakube_operator.runtime.api import (
    ENRICHMENTS,
    WORKFLOWS,
    AlreadyExists,
    ApiServer,
    ObjectNotFound,
    RequestRefused,
)
from otakube_operator.runtime.conditions import transitions
from otakube_operator.runtime.events import EventPoster
from otakube_operator.runtime.metrics import Metrics
from otakube_operator.runtime.store import Store

logger = logging.getLogger(__name__)


class CreateFailed(Exception):
    """The Workflow of a plan could not be created, and trying at once again will not help."""

    def __init__(self, failure: CreateFailure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Applier:
    """Carries out plans."""

    def __init__(
        self, cluster: ApiServer, cache: Store, events: EventPoster, metrics: Metrics, *, gpu: bool
    ) -> None:
        self._cluster, self._cache, self._events, self._metrics = cluster, cache, events, metrics
        self._gpu = gpu

    async def apply(self, observed: Observed, plan: Plan) -> bool:
        """Do what the plan says; True if that made a new state to plan from, whose echo the cache ignores.

        Raises ApiError where the world is not as it was observed.
        """
        enrichment = observed.enrichment
        version = enrichment.resource_version
        if plan.add_finalizer:
            version = await self._set_finalizers(
                enrichment, (*enrichment.finalizers, labels.FINALIZER), version
            )
        adopted = plan.create is not None and not await self._create(plan.create)
        for step in plan.patches:
            await self._steer(step)
        version = await self.write_status(enrichment, plan.status, version)
        for run in plan.prune:
            await self._prune(run)
        if plan.remove_finalizer:
            await self._release(enrichment, version)
        return adopted or bool(plan.patches)

    async def write_status(
        self, seen: Enrichment | Unreadable, status: AnimeEnrichmentStatus, version: str
    ) -> str:
        """Write what has changed, if anything, then tell; returns the object's resourceVersion."""
        patch = merge_patch(seen.status.to_body(), status.to_body())
        if not patch:
            return version
        body = {"metadata": {"resourceVersion": version}, "status": patch}
        version = await self._patch_enrichment(seen, body, "status")
        changed = transitions(seen.status.conditions, status.conditions)
        for condition in changed:
            self._metrics.transitions.labels(condition.type, condition.status, condition.reason).inc()
        self._events.tell(seen, changed)
        return version

    async def _create(self, new: NewRun) -> bool:
        """False if the Workflow was there already."""
        namespace = new.enrichment.key.namespace
        try:
            body = await self._cluster.create(WORKFLOWS, namespace, manifest(new, gpu=self._gpu))
        except AlreadyExists:
            body = await self._cluster.get(WORKFLOWS, namespace, new.name)
            self._adopt(new, read_run(body))
            self._cache.put_run(body)
            return False
        except RequestRefused as error:
            message = f"The API server refused Workflow {new.name}: {error.message}"
            raise CreateFailed(CreateFailure(Reason.WORKFLOW_REFUSED, message)) from error
        self._cache.put_run(body)
        self._metrics.workflows.inc()
        logger.info("Workflow created", extra={"workflow": new.name, "namespace": namespace})
        return True

    def _adopt(self, new: NewRun, found: WorkflowRun | None) -> None:
        """A Workflow of that name is ours if owner and spec agree: we or a twin created it before."""
        enrichment = new.enrichment
        if found is not None and (found.owner_uid, found.spec_hash) == (enrichment.uid, enrichment.spec_hash):
            return
        message = f"Workflow {new.name} exists and belongs to somebody else: delete or rename it."
        raise CreateFailed(CreateFailure(Reason.WORKFLOW_CONFLICT, message))

    async def _steer(self, step: WorkflowPatch) -> None:
        run = step.run
        body = {"metadata": {"uid": run.uid}} | patch_of(step.change)
        if step.change is WorkflowChange.SUPERSEDE:
            body["metadata"]["annotations"] = {labels.SUPERSEDED: "true"}
        try:
            self._cache.put_run(await self._cluster.patch(WORKFLOWS, run.namespace, run.name, body))
        except ObjectNotFound:
            self._cache.forget_run(run)
            raise
        logger.info("Workflow steered", extra={"workflow": run.name, "change": step.change.name})

    async def _prune(self, run: WorkflowRun) -> None:
        await self._cluster.delete(WORKFLOWS, run.namespace, run.name, uid=run.uid)
        self._cache.forget_run(run)

    async def _release(self, enrichment: Enrichment, version: str) -> None:
        rest = tuple(name for name in enrichment.finalizers if name != labels.FINALIZER)
        await self._set_finalizers(enrichment, rest, version)

    async def _set_finalizers(self, enrichment: Enrichment, names: tuple[str, ...], version: str) -> str:
        body = {"metadata": {"resourceVersion": version, "finalizers": list(names)}}
        return await self._patch_enrichment(enrichment, body)

    async def _patch_enrichment(
        self, seen: Enrichment | Unreadable, body: dict[str, Any], subresource: str = ""
    ) -> str:
        namespace, name = seen.key
        body["metadata"]["uid"] = seen.uid
        answer = await self._cluster.patch(ENRICHMENTS, namespace, name, body, subresource)
        self._cache.put_enrichment(answer)
        version: str = answer["metadata"]["resourceVersion"]
        return version


def patch_of(change: WorkflowChange) -> dict[str, Any]:
    """The merge patch of a change; Argo looks at shutdown only in a Workflow that is not suspended."""
    if change is WorkflowChange.SUSPEND:
        return {"spec": {"suspend": True}}
    if change is WorkflowChange.RESUME:
        return {"spec": {"suspend": None}}
    return {"spec": {"shutdown": change.value, "suspend": None}}
