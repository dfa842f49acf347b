# SPDX-License-Identifier: Apache-2.0
"""EpisodeSchedules of one namespace, as the planner reads and writes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSchedule:
    """One EpisodeSchedule of the cluster, by what the planner must know of it."""

    name: str
    anime_id: str | None
    source_urls: tuple[str, ...]
    managed: bool
    """True if it bears the planner's label."""
    planned_hash: str
    """The hash of what the planner last wanted."""
    left_to_others: tuple[str, ...] = ()
    """The fields that the planner left to others when it last applied it."""
    spec: Mapping[str, Any] = field(default_factory=dict)


class ScheduleRefused(Exception):
    """The API server refused one schedule; the others may be fine."""


class Schedules(Protocol):
    async def all(self) -> Sequence[StoredSchedule]:
        """Every schedule of the namespace."""

    async def apply(self, manifest: Mapping[str, Any]) -> Sequence[str]:
        """Create or change one, and note in it the fields of others; returns their paths."""

    async def delete(self, name: str) -> None:
        """Remove one; none of that name is fine."""
