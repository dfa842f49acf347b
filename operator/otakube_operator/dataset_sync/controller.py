# SPDX-License-Identifier: Apache-2.0
"""The controller of DatasetSync: one Argo Workflow for each due time or request."""

from datetime import datetime

from otakube_api import labels
from otakube_api.v1alpha1.dataset_sync import KIND, DatasetSyncStatus
from otakube_api.v1alpha1.meta import VERSION
from otakube_api.v1alpha1.sync_reasons import SyncReason
from otakube_operator.dataset_sync.meter import sync_meter
from otakube_operator.dataset_sync.observed import ObservedSync, SyncObject, read_sync
from otakube_operator.dataset_sync.plan import SyncPlan, plan
from otakube_operator.dataset_sync.status import describe
from otakube_operator.jobs.job import Job, owned_jobs
from otakube_operator.jobs.manifest import create
from otakube_operator.runtime.api import ApiResource
from otakube_operator.runtime.controller import CreateFailure, Observed
from otakube_operator.runtime.objects import CustomResource
from otakube_operator.runtime.owned import OwnedObjects


class DatasetSyncController:
    """Serves DatasetSyncs, which own Workflows."""

    resource = CustomResource(
        kind=KIND.name,
        api=ApiResource(labels.GROUP, VERSION, KIND.plural),
        read=read_sync,
        warning_reasons=frozenset({SyncReason.DEADLINE_MISSED, SyncReason.SYNC_RUNNING}),
    )
    owned = owned_jobs(KIND.name)

    def __init__(self) -> None:
        self._meter = sync_meter()
        self.collectors = self._meter.collectors

    async def observe(self, seen: SyncObject, owned: OwnedObjects[Job]) -> ObservedSync:
        """Gather the jobs."""
        return Observed(seen, owned.of(seen.uid))

    def plan(self, observed: ObservedSync, now: datetime, failure: CreateFailure | None = None) -> SyncPlan:
        """Decide on the due time and the request."""
        return plan(observed, now, failure)

    async def apply(self, plan: SyncPlan, owned: OwnedObjects[Job]) -> bool:
        """Replace and create; True if due times are left."""
        for old in plan.replace:
            await owned.delete(old)
        if plan.create is not None:
            await create(plan.create, owned)
        self._meter.note(plan.occurrences)
        return plan.due.more

    def status(self, observed: ObservedSync, plan: SyncPlan, now: datetime) -> DatasetSyncStatus:
        """The status that the plan amounts to; unchanged in an object about to go."""
        return observed.object.status if observed.object.deleting else describe(observed, plan, now)
