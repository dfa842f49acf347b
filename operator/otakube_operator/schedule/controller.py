# SPDX-License-Identifier: Apache-2.0
"""The controller of EpisodeSchedule: one AnimeEnrichment for each due time."""

from datetime import datetime

from otakube_api import labels
from otakube_api.reasons import CommonCondition
from otakube_api.v1alpha1 import anime_enrichment
from otakube_api.v1alpha1.episode_schedule import (
    KIND,
    EpisodeScheduleStatus,
    ScheduleCondition,
    ScheduleReason,
)
from otakube_api.v1alpha1.meta import VERSION
from otakube_operator.runtime.api import ApiResource, RequestRefused
from otakube_operator.runtime.controller import CreateFailure, Observed
from otakube_operator.runtime.objects import CustomResource
from otakube_operator.runtime.owned import ForeignObject, OwnedObjects, OwnedResource
from otakube_operator.schedule.enrichments import NewEnrichment, manifest
from otakube_operator.schedule.meter import schedule_meter
from otakube_operator.schedule.observed import (
    ObservedSchedule,
    OwnedEnrichment,
    Schedule,
    read_enrichment,
    read_schedule,
)
from otakube_operator.schedule.plan import SchedulePlan, plan
from otakube_operator.schedule.status import describe

MISSED = frozenset({ScheduleReason.DEADLINE_MISSED, ScheduleReason.ENRICHMENT_RUNNING})


class ScheduleController:
    """Serves EpisodeSchedules, which own AnimeEnrichments."""

    resource = CustomResource(
        kind=KIND.name,
        api=ApiResource(labels.GROUP, VERSION, KIND.plural),
        read=read_schedule,
        warnings=frozenset({CommonCondition.STALLED, ScheduleCondition.SOURCES_DISAGREE}),
        warning_reasons=MISSED,
    )
    owned = OwnedResource(
        kind=anime_enrichment.KIND.name,
        api=ApiResource(labels.GROUP, VERSION, anime_enrichment.KIND.plural),
        read=read_enrichment,
    )

    def __init__(self) -> None:
        self._meter = schedule_meter()
        self.collectors = self._meter.collectors

    async def observe(self, seen: Schedule, owned: OwnedObjects[OwnedEnrichment]) -> ObservedSchedule:
        """Gather the enrichments."""
        return Observed(seen, owned.of(seen.uid))

    def plan(
        self, observed: ObservedSchedule, now: datetime, failure: CreateFailure | None = None
    ) -> SchedulePlan:
        """Decide on the due times."""
        return plan(observed, now, failure)

    async def apply(self, plan: SchedulePlan, owned: OwnedObjects[OwnedEnrichment]) -> bool:
        """Replace and create; True if due times are left."""
        for old in plan.replace:
            await owned.delete(old)
        for new in plan.create:
            await self._create(new, owned)
        self._meter.note(plan.occurrences)
        return plan.times.more

    def status(self, observed: ObservedSchedule, plan: SchedulePlan, now: datetime) -> EpisodeScheduleStatus:
        """The status that the plan amounts to; unchanged in an object about to go."""
        return observed.object.status if observed.object.deleting else describe(observed, plan, now)

    async def _create(self, new: NewEnrichment, owned: OwnedObjects[OwnedEnrichment]) -> None:
        """Create one; it may be there from a pass that was cut off."""
        uid = new.schedule.uid
        try:
            await owned.create(manifest(new), lambda found: found.owner_uid == uid)
        except RequestRefused as error:
            message = f"The API server refused AnimeEnrichment {new.name}: {error.message}"
            raise CreateFailure(ScheduleReason.ENRICHMENT_REFUSED, message) from error
        except ForeignObject:
            message = f"AnimeEnrichment {new.name} exists and belongs to somebody else: delete or rename it."
            raise CreateFailure(ScheduleReason.ENRICHMENT_CONFLICT, message) from None
