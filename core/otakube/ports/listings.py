# SPDX-License-Identifier: Apache-2.0
"""Store of what the dataset lists: one document an entry, beside the live version that the entry may have."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from otakube.domain.dataset.flags import WatchedFields as WatchedFields
from otakube.domain.record.listing import Listing, OrphanReason, SystemStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntry:
    """An entry as the dataset lists it, or did last; its sources are in it."""

    entry_id: str
    key: str  # digest of the row, hexadecimal
    pages: tuple[str, ...]  # its sources in the spelling by which pages are compared
    listing: Listing
    orphaned: OrphanReason | None = None
    orphaned_at: datetime | None = None
    merged_into: str | None = None  # the entry that has its anime now
    split_from: str | None = None  # the entry that its row came out of
    listed_at: datetime | None = None  # when it was listed first; None by a release that did not note it
    updated_at: datetime

    @property
    def system_status(self) -> SystemStatus:
        """Visibility for readers who do not ask for it."""
        return SystemStatus.ORPHANED if self.orphaned else SystemStatus.ACTIVE


class Listings(Protocol):
    """Each write of one entry is atomic. An unreachable store raises Retriable."""

    async def prepare(self) -> None:
        """Create what reads need."""

    async def get(self, entry_id: str) -> ListedEntry | None: ...

    async def by_source(self, page: str) -> ListedEntry | None:
        """The listing of the entry that the page is bound to."""

    async def of(self, entry_ids: Collection[str]) -> dict[str, ListedEntry]:
        """Those that there are, by id."""

    def all(self) -> AsyncIterator[ListedEntry]:
        """Every listing, in the order of their ids."""

    async def put(self, entries: Sequence[ListedEntry]) -> None:
        """Insert or replace each."""

    async def amend(self, before: ListedEntry, after: ListedEntry) -> bool:
        """Replace it if nobody has since: one compare-and-set on `updated_at`."""

    async def live(self, entry_ids: Collection[str]) -> dict[str, WatchedFields]:
        """The entries among these that have a live version, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRecord:
    """One week's way into the catalogue; `finished_at` is None while it goes on, or where it was cut off."""

    revision: str
    dataset: str
    last_update: date | None
    started_at: datetime
    finished_at: datetime | None = None
    rows: int
    sites: Mapping[str, int] = field(default_factory=dict)  # pages by host
    counts: Mapping[str, int] = field(default_factory=dict)  # entries by what became of them
    digest: str = ""  # of all listings, once it is finished
    enrichment: Mapping[str, int] = field(default_factory=dict)  # of its listed entries, latest run


def sync_key(sync: SyncRecord) -> str:
    """The key of a sync among others: its start and its revision."""
    return f"{sync.started_at.isoformat()} {sync.revision}"


class SyncHistory(Protocol):
    async def put(self, sync: SyncRecord) -> None:
        """Insert or replace by revision and start."""

    async def newest(self, limit: int) -> list[SyncRecord]:
        """The latest, the newest first."""
