# SPDX-License-Identifier: Apache-2.0
"""The controller of EpisodeSchedule: this release does not run one, and the status says so."""

from datetime import datetime
from typing import Any

from otakube_api import labels
from otakube_api.v1alpha1.episode_schedule import (
    KIND,
    EpisodeScheduleSpec,
    EpisodeScheduleStatus,
    ScheduleReason,
)
from otakube_api.v1alpha1.meta import VERSION
from otakube_operator.runtime.api import ApiResource
from otakube_operator.runtime.conditions import apply_conditions, not_ready
from otakube_operator.runtime.controller import CreateFailure, Observed, ReconcilePlan
from otakube_operator.runtime.objects import Body, CustomResource, KubeObject, UnreadableObject, read_object
from otakube_operator.runtime.owned import OwnedObjects

Schedule = KubeObject[EpisodeScheduleSpec, EpisodeScheduleStatus]

MESSAGE = (
    "This release does not run EpisodeSchedules, so this one enriches nothing. Enrich the anime with an "
    "AnimeEnrichment of mode EpisodeUpdate, and ask it for a new run after each broadcast with the "
    f"annotation {labels.REQUESTED_AT}."
)


def read_schedule(body: Body) -> Schedule | UnreadableObject:
    """Parse a body that the API server has admitted."""
    return read_object(body, KubeObject, EpisodeScheduleSpec, EpisodeScheduleStatus)


class ScheduleController:
    """Serves EpisodeSchedules, which own nothing."""

    resource = CustomResource(
        kind=KIND.name, api=ApiResource(labels.GROUP, VERSION, KIND.plural), read=read_schedule
    )
    owned = None
    collectors = ()

    async def observe(self, seen: Schedule, _owned: OwnedObjects[Any]) -> Observed[Schedule, Any]:
        """The object is all there is."""
        return Observed(seen)

    def plan(
        self, _observed: Observed[Schedule, Any], _now: datetime, _failure: CreateFailure | None = None
    ) -> ReconcilePlan[Any]:
        """Nothing is created, so nothing is to be undone."""
        return ReconcilePlan()

    async def apply(self, _plan: ReconcilePlan[Any], _owned: OwnedObjects[Any]) -> bool:
        """Nothing to do."""
        return False

    def status(
        self, observed: Observed[Schedule, Any], _plan: ReconcilePlan[Any], now: datetime
    ) -> EpisodeScheduleStatus:
        """Not Ready, and Stalled until another release is installed."""
        seen = observed.object
        conditions = apply_conditions(
            seen.status.conditions,
            not_ready(ScheduleReason.NOT_SUPPORTED, MESSAGE),
            generation=seen.generation,
            now=now,
        )
        return seen.status.model_copy(
            update={"conditions": conditions, "observed_generation": seen.generation}
        )
