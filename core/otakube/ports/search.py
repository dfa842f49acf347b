# SPDX-License-Identifier: Apache-2.0
"""Stores that the search reads: a vector index that may lag or hold leftovers, and the true documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from otakube.domain.record.listing import EntryLevel, SystemStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageHit:
    """One passage near the query."""

    entry_id: str
    version: int
    digest: str
    kind: str
    number: int
    text: str
    score: float  # cosine, -1 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySummary:
    """An entry in one line; one that is only listed has no version."""

    entry_id: str
    version: int | None
    digest: str
    title: str
    type: str
    year: int | None
    system_status: SystemStatus = SystemStatus.ACTIVE

    @property
    def level(self) -> EntryLevel:
        """Extent of what is known of it."""
        return EntryLevel.LISTED if self.version is None else EntryLevel.ENRICHED


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryTitles:
    """The names of an entry, its main title first; `committed_at` is when they were written."""

    entry_id: str
    version: int | None
    titles: tuple[str, ...]
    committed_at: datetime


class VectorSearch(Protocol):
    async def nearest(self, vector: Sequence[float], *, kind: str, limit: int) -> list[PassageHit]:
        """The nearest passages of one kind, best first; none if nothing was ever stored.

        An unreachable store raises Retriable.
        """


class EntrySummaries(Protocol):
    async def of(self, entry_ids: Sequence[str]) -> dict[str, EntrySummary]:
        """The entries among these that are live or listed, by id. An unreachable store raises Retriable."""


class LiveTitles(Protocol):
    async def since(self, moment: datetime | None) -> list[EntryTitles]:
        """The live and listed entries that were written at `moment` or later; None means all.

        An unreachable store raises Retriable.
        """
