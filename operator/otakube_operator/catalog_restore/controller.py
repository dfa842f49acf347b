# SPDX-License-Identifier: Apache-2.0
"""The controller of CatalogRestore: one Argo Workflow for the plan, one for the restore."""

from datetime import datetime

from otakube_api import labels
from otakube_api.v1alpha1.catalog_restore import KIND, CatalogRestoreStatus
from otakube_api.v1alpha1.meta import VERSION
from otakube_operator.catalog_restore.observed import ObservedRestore, RestoreObject, read_restore
from otakube_operator.catalog_restore.plan import RestorePlan, plan
from otakube_operator.catalog_restore.status import describe
from otakube_operator.jobs.job import Job, owned_jobs
from otakube_operator.jobs.manifest import create
from otakube_operator.runtime.api import ApiResource
from otakube_operator.runtime.controller import CreateFailure, Observed
from otakube_operator.runtime.objects import CustomResource
from otakube_operator.runtime.owned import OwnedObjects


class CatalogRestoreController:
    """Serves CatalogRestores, which own Workflows."""

    resource = CustomResource(
        kind=KIND.name,
        api=ApiResource(labels.GROUP, VERSION, KIND.plural),
        read=read_restore,
    )
    owned = owned_jobs(KIND.name)
    collectors = ()

    async def observe(self, seen: RestoreObject, owned: OwnedObjects[Job]) -> ObservedRestore:
        """Gather the jobs."""
        return Observed(seen, owned.of(seen.uid))

    def plan(
        self, observed: ObservedRestore, now: datetime, failure: CreateFailure | None = None
    ) -> RestorePlan:
        """Decide whether a job is to start."""
        del now  # nothing depends on the time
        return plan(observed, failure)

    async def apply(self, plan: RestorePlan, owned: OwnedObjects[Job]) -> bool:
        """Create the job."""
        if plan.create is not None:
            await create(plan.create, owned)
        return False

    def status(self, observed: ObservedRestore, plan: RestorePlan, now: datetime) -> CatalogRestoreStatus:
        """The status that the plan amounts to; unchanged in an object about to go."""
        return observed.object.status if observed.object.deleting else describe(observed, plan, now)
