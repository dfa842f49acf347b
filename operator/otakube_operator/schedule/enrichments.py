# SPDX-License-Identifier: Apache-2.0
"""EpisodeSchedule -> AnimeEnrichment manifest, whose name follows from the due time.

A name that follows from its inputs makes "create" idempotent: whoever tries a second time, after a crash or
beside another operator, meets AlreadyExists.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from otakube_api import labels
from otakube_api.timing.timetable import Tick
from otakube_api.v1alpha1 import anime_enrichment
from otakube_api.v1alpha1.episode_schedule import KIND
from otakube_api.v1alpha1.meta import API_VERSION
from otakube_operator.runtime.owned import MANAGER
from otakube_operator.schedule.observed import Schedule

NAME_LIMIT = 63
"""The enrichment's name becomes a label value, and part of its Workflow's name."""


@dataclass(frozen=True, slots=True)
class NewEnrichment:
    """An enrichment that does not exist yet: of a due time, or of a request."""

    schedule: Schedule
    tick: Tick | None = None
    request: str = ""

    @property
    def name(self) -> str:
        """The same for the same broadcast, whatever spec.delay is."""
        uid, tick = self.schedule.uid, self.tick
        if tick is None:
            return _name(self.schedule, "now", f"{uid}/request/{self.request}")
        number = tick.episode
        middle = tick.at.astimezone(UTC).strftime("%Y%m%d%H%M") if number is None else f"ep{number}"
        return _name(self.schedule, middle, f"{uid}/{number}/{tick.at.astimezone(UTC).isoformat()}")


def manifest(new: NewEnrichment) -> dict[str, Any]:
    """The AnimeEnrichment to create."""
    schedule, tick = new.schedule, new.tick
    notes = {} if tick is None else {labels.SCHEDULED_AT: _text(tick.due)}
    number = {} if tick is None or tick.episode is None else {labels.EPISODE: str(tick.episode)}
    template = schedule.spec.enrichment.to_body()
    if tick is not None and tick.episode is not None:
        template["episode"] = tick.episode
    return {
        "apiVersion": API_VERSION,
        "kind": anime_enrichment.KIND.name,
        "metadata": {
            "name": new.name,
            "namespace": schedule.key.namespace,
            "labels": {
                labels.MANAGED_BY: MANAGER,
                labels.PART_OF: "otakube",
                labels.SCHEDULE_UID: schedule.uid,
                labels.SCHEDULE_NAME: schedule.key.name[:NAME_LIMIT].rstrip("-._"),
                **number,
            },
            "annotations": notes,
            "ownerReferences": [_owner_reference(schedule)],
        },
        "spec": {"anime": schedule.spec.anime.to_body(), **template},
    }


def _owner_reference(schedule: Schedule) -> dict[str, Any]:
    return {
        "apiVersion": API_VERSION,
        "kind": KIND.name,
        "name": schedule.key.name,
        "uid": schedule.uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }


def _name(schedule: Schedule, middle: str, identity: str) -> str:
    suffix = f"-{middle}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"
    return schedule.key.name[: NAME_LIMIT - len(suffix)].rstrip("-.") + suffix


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
