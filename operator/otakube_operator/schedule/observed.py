# SPDX-License-Identifier: Apache-2.0
"""EpisodeSchedules and their enrichments as last seen: the values that a plan is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from otakube_api import labels
from otakube_api.reasons import CommonCondition
from otakube_api.v1alpha1.enrichment_reasons import EnrichmentReason
from otakube_api.v1alpha1.episode_schedule import KIND, EpisodeScheduleSpec, EpisodeScheduleStatus
from otakube_operator.runtime.controller import Observed
from otakube_operator.runtime.objects import Body, KubeObject, UnreadableObject, read_object

Schedule = KubeObject[EpisodeScheduleSpec, EpisodeScheduleStatus]


class EnrichmentProgress(StrEnum):
    """The part of an enrichment's conditions that matters to its schedule."""

    ACTIVE = "Active"
    READY = "Ready"
    FAILED = "Failed"
    NOT_OUT = "NotOut"
    """Failed, since its episode was not out at the last look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedEnrichment:
    """One AnimeEnrichment of a schedule as last seen."""

    namespace: str
    name: str
    uid: str
    owner_uid: str
    resource_version: str = field(default="", compare=False)
    created_at: datetime | None = None
    state: EnrichmentProgress = EnrichmentProgress.ACTIVE
    requested: bool = False
    """True if somebody asked for it, False if it is of a due time."""
    published_at: datetime | None = None

    @property
    def active(self) -> bool:
        """True while it is under way."""
        return self.state is EnrichmentProgress.ACTIVE


ObservedSchedule = Observed[Schedule, OwnedEnrichment]


def read_schedule(body: Body) -> Schedule | UnreadableObject:
    """Parse a body that the API server has admitted."""
    return read_object(body, KubeObject, EpisodeScheduleSpec, EpisodeScheduleStatus)


def read_enrichment(body: Body, known: OwnedEnrichment | None) -> OwnedEnrichment | None:
    """An AnimeEnrichment that a schedule owns; None for one that nobody's schedule does."""
    meta, status = body["metadata"], body.get("status") or {}
    owner_uid = known.owner_uid if known is not None else _owner_uid(meta)
    if not owner_uid:
        return None
    return OwnedEnrichment(
        namespace=meta["namespace"],
        name=meta["name"],
        uid=meta["uid"],
        owner_uid=owner_uid,
        resource_version=meta["resourceVersion"],
        created_at=_time(meta.get("creationTimestamp")),
        state=_state(status.get("conditions") or (), meta["generation"]),
        requested=labels.SCHEDULED_AT not in (meta.get("annotations") or {}),
        published_at=_time(status.get("publicationTime")),
    )


def _owner_uid(meta: Mapping[str, Any]) -> str:
    owners = (each for each in meta.get("ownerReferences") or () if each["kind"] == KIND.name)
    found = next((str(each["uid"]) for each in owners if each.get("controller")), "")
    return found or str((meta.get("labels") or {}).get(labels.SCHEDULE_UID, ""))


def _state(conditions: Any, generation: int) -> EnrichmentProgress:
    """Ready or Stalled as the conditions of the present generation say."""
    told = {
        each["type"]: each["status"] for each in conditions if each.get("observedGeneration", 0) >= generation
    }
    if told.get(CommonCondition.READY) == "True":
        return EnrichmentProgress.READY
    if told.get(CommonCondition.STALLED) != "True":
        return EnrichmentProgress.ACTIVE
    why = next(each.get("reason") for each in conditions if each["type"] == CommonCondition.STALLED)
    return (
        EnrichmentProgress.NOT_OUT if why == EnrichmentReason.EPISODE_NOT_OUT else EnrichmentProgress.FAILED
    )


def _time(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
