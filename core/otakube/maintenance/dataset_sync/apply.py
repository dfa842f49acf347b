# SPDX-License-Identifier: Apache-2.0
"""Carries the fates of a week out, a chunk at a time, so that whatever is cut off can be begun anew.

Rows that came first, then those that changed, then what was merged or removed: in this order each part that
is done leaves the fates of the others as they were. Pages are bound before the entry is listed: a reader
never sees an entry without its sources.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from otakube.commit.lease import Clock
from otakube.domain.dataset.changes import Key
from otakube.domain.dataset.fates import FreeEntries, ListedRow, WeekFates
from otakube.domain.dataset.listings import listing_of
from otakube.domain.dataset.manifest import page_digest
from otakube.domain.dataset.pages import page_of
from otakube.domain.dataset.rows import DatasetEntry
from otakube.domain.record.ids import derived_id
from otakube.domain.record.listing import ListingSource, OrphanReason
from otakube.maintenance.dataset_sync.lock_rules import LockRules
from otakube.maintenance.dataset_sync.stores import Report, SyncProgress, SyncStores, chunks
from otakube.ports.catalogue import Binding
from otakube.ports.listings import ListedEntry


class Row:
    """A row with its pages, those of its entry first."""

    def __init__(self, key: Key, row: DatasetEntry, locks: LockRules, own: Sequence[str] = ()) -> None:
        named = {page_of(url): url for url in reversed(row.sources)}
        ours = [page for page in own if page in named]
        self.key = key
        self.pages = tuple(locks.allowed(dict.fromkeys([*ours, *sorted(named)])))
        kept = {page for page in named if page in self.pages}
        self.row = row if len(kept) == len(named) else _with(row, kept)


def _with(row: DatasetEntry, pages: Iterable[str]) -> DatasetEntry:
    """The row without the pages that a lock gives to other anime."""
    import msgspec

    kept = tuple(url for url in row.sources if page_of(url) in pages)
    return msgspec.structs.replace(row, sources=kept)


@dataclass(slots=True)
class Application:
    """One week on its way into the stores."""

    stores: SyncStores
    rows: Mapping[Key, DatasetEntry]
    source: ListingSource
    fates: WeekFates
    listed: Mapping[str, ListedRow]
    locks: LockRules
    clock: Clock
    report: Report
    done: int = 0
    holders: dict[Key, str] = field(
        default_factory=dict
    )  # the entry of each row that entries are merged into

    async def carry_out(self) -> None:
        """Write all of it."""
        self.holders |= {row.key: one for one, row in self.listed.items() if row.present}
        self._advance(0)
        await self._list_new()
        await self._change()
        await self._merge()
        await self._remove()

    async def _list_new(self) -> None:
        """Give each row that came an entry: one that has its pages and no row, or a new one."""
        goes_on = {one for one, row in self.listed.items() if row.present}
        free = FreeEntries(row for row in self.listed.values() if not row.present)
        taken = set(goes_on)
        for keys in chunks(self.fates.came):
            rows = [Row(key, self.rows[key], self.locks) for key in keys]
            bound = await self._bound(rows)
            owners = {page_digest(page): one.entry_id for page, one in bound.items()}
            candidates = {one for row in rows for one in free.among(row_pages(row))}
            live = await self._live(candidates | set(owners.values()))
            chosen: dict[str, Row] = {}
            for row in rows:
                telling = row_pages(row) - self.fates.ambiguous
                entry_id = free.likeliest(telling, owners, taken=taken, live=live) or self._new_id(row.key)
                taken.add(entry_id)
                chosen[entry_id] = row
            await self._write(chosen, bound, live)

    async def _change(self) -> None:
        """Write the rows that entries have now."""
        for part in chunks(list(self.fates.changed.items())):
            before = await self.stores.listings.of([entry_id for entry_id, _ in part])
            chosen = {
                entry_id: Row(key, self.rows[key], self.locks, before[entry_id].pages)
                for entry_id, key in part
            }
            bound = await self._bound(chosen.values())
            live = await self._live({one.entry_id for one in bound.values()})
            await self._write(chosen, bound, live)

    async def _write(self, chosen: Mapping[str, Row], bound: Mapping[str, Binding], live: set[str]) -> None:
        """Bind pages, take over those whose entry names them no more, then list the entries."""
        now = self.clock()
        free: dict[str, Binding] = {}
        for entry_id, row in chosen.items():
            mine = Binding(entry_id=entry_id, since=now)
            free |= {page: mine for page in row.pages if page not in bound and page not in free}
        await self.stores.renew_lease()
        await self.stores.identities.bind_free(free)
        for entry_id, row in chosen.items():
            await self._take_over(entry_id, row, bound, live)
        before = await self.stores.listings.of(list(chosen))
        await self.stores.renew_lease()
        await self.stores.listings.put(
            [self._listed(one, row, before.get(one)) for one, row in chosen.items()]
        )
        self.holders |= {row.key: entry_id for entry_id, row in chosen.items()}
        self._advance(len(chosen))

    async def _take_over(self, entry_id: str, row: Row, bound: Mapping[str, Binding], live: set[str]) -> None:
        """Move pages that this row alone names from entries that are not live, under their leases."""
        theirs = {
            page: bound[page]
            for page in row.pages
            if page in bound
            and bound[page].entry_id not in live | {entry_id}
            and page_digest(page) not in self.fates.ambiguous
        }
        if theirs:
            mine = Binding(entry_id=entry_id, since=self.clock())
            await self.stores.claims.take(list(theirs), mine, theirs)

    def _listed(self, entry_id: str, row: Row, before: ListedEntry | None) -> ListedEntry:
        split_from = self.fates.split_from.get(row.key)
        new = ListedEntry(
            entry_id=entry_id,
            key=row.key.hex(),
            pages=row.pages,
            listing=listing_of(row.row, self.source),
            split_from=split_from if split_from != entry_id else None,
            listed_at=before.listed_at if before else self.clock(),
            updated_at=self.clock(),
        )
        if before is None:
            return new
        new = replace(new, split_from=new.split_from or before.split_from)
        if before.orphaned is not OrphanReason.JOINED:
            return new
        return replace(
            new, orphaned=before.orphaned, orphaned_at=before.orphaned_at, merged_into=before.merged_into
        )

    async def _merge(self) -> None:
        """Orphan what goes on as another entry, which takes over its pages."""
        for part in chunks(list(self.fates.merged.items())):
            into = {entry_id: self.holders[key] for entry_id, key in part}
            found = await self.stores.listings.of([*into, *into.values()])
            bound = await self.stores.identities.bindings([page for one in into for page in found[one].pages])
            live = await self._live(set(into))
            gone = []
            for entry_id, target in into.items():
                before, key = found[entry_id], self.fates.merged[entry_id]
                named = Row(key, self.rows[key], self.locks, found[target].pages)
                theirs = {page: one for page, one in bound.items() if page in before.pages}
                await self._take_over(target, named, theirs, live)
                gone.append(self._orphaned(before, OrphanReason.MERGED, target))
            await self.stores.renew_lease()
            await self.stores.listings.put(gone)
            self._advance(len(part))

    async def _remove(self) -> None:
        """Orphan what the dataset has no more."""
        for part in chunks(self.fates.removed):
            found = await self.stores.listings.of(part)
            await self.stores.renew_lease()
            await self.stores.listings.put(
                [self._orphaned(one, OrphanReason.REMOVED) for one in found.values()]
            )
            self._advance(len(part))

    def _orphaned(self, one: ListedEntry, reason: OrphanReason, into: str | None = None) -> ListedEntry:
        now = self.clock()
        return replace(one, orphaned=reason, orphaned_at=now, merged_into=into, updated_at=now)

    def _new_id(self, key: Key) -> str:
        """An id that follows from the row; another one, if an entry that is another by now had it first."""
        number = 0
        while (made := derived_id("ani", "dataset", key.hex(), str(number))) in self.listed:
            number += 1
        return made

    async def _bound(self, rows: Iterable[Row]) -> dict[str, Binding]:
        return await self.stores.identities.bindings([page for row in rows for page in row.pages])

    async def _live(self, entry_ids: set[str]) -> set[str]:
        return set(await self.stores.listings.live(sorted(entry_ids)))

    def _advance(self, entries: int) -> None:
        self.done += entries
        self.report(SyncProgress(self.done, self.fates.total))


def row_pages(row: Row) -> frozenset[bytes]:
    """Digests of its pages."""
    return frozenset(map(page_digest, row.pages))
