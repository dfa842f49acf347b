# SPDX-License-Identifier: Apache-2.0
"""Entries that are one though the dataset has a row of each: a person says so, or an enrichment found out.

The row stays theirs, so that the next week finds it; readers are led to the other entry.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace

from otakube.commit.lease import Clock
from otakube.domain.dataset.pages import page_of
from otakube.domain.record.listing import OrphanReason
from otakube.domain.record.pages import identify
from otakube.maintenance.dataset_sync.lock_rules import LockRules
from otakube.maintenance.dataset_sync.stores import CHUNK, SyncStores
from otakube.ports.listings import ListedEntry, WatchedFields


async def join_entries(stores: SyncStores, locks: LockRules, clock: Clock) -> int:
    """Orphan entries that are another's by now, bring back those that are so no more; how many changed."""
    owners = await live_owners(stores)
    groups = [await _entries_of(stores, pages) for pages in locks.joined()]
    changed = 0
    async for part in in_chunks(stores):
        live = await stores.listings.live([one.entry_id for one in part])
        wanted = [joined(one, joined_into(one, owners, groups, live), clock) for one in part]
        writes = [new for new, one in zip(wanted, part, strict=True) if new != one]
        if writes:
            await stores.renew_lease()
            await stores.listings.put(writes)
        changed += len(writes)
    return changed


async def in_chunks(stores: SyncStores) -> AsyncIterator[list[ListedEntry]]:
    """All listings, some at a time."""
    part: list[ListedEntry] = []
    async for one in stores.listings.all():
        part.append(one)
        if len(part) == CHUNK:
            yield part
            part = []
    if part:
        yield part


async def live_owners(stores: SyncStores) -> dict[str, str]:
    """Entry of each page that the record of a live one names."""
    owners: dict[str, str] = {}
    async for part in in_chunks(stores):
        live = await stores.listings.live([one.entry_id for one in part])
        owners |= {page_of(url): one.entry_id for one in live.values() for url in one.sources}
    return owners


async def _entries_of(stores: SyncStores, pages: Sequence[str]) -> list[str]:
    """Listed entries that these pages are bound to; the one that stays is the first, a live one if any is."""
    bound = await stores.identities.bindings(pages)
    ids = sorted({one.entry_id for one in bound.values()})
    live = await stores.listings.live(ids)
    return sorted(ids, key=lambda one: (one not in live, one))


def joined_into(
    one: ListedEntry,
    owners: Mapping[str, str],
    groups: Iterable[Sequence[str]],
    live: Mapping[str, WatchedFields],
) -> str | None:
    """The entry that this one is by now; None if it is itself."""
    if one.entry_id in live:
        return None
    known = [page for page in one.pages if identify(page)]
    holders = {owners.get(page) for page in known}
    if len(holders) == 1 and None not in holders and one.entry_id not in holders:
        return holders.pop()
    return next((ids[0] for ids in groups if one.entry_id in ids[1:]), None)


def joined(one: ListedEntry, into: str | None, clock: Clock) -> ListedEntry:
    """The listing as it must be; the same one if it is so already."""
    if one.orphaned not in (None, OrphanReason.JOINED) or one.merged_into == into:
        return one
    now = clock()
    if into is None:
        return replace(one, orphaned=None, orphaned_at=None, merged_into=None, updated_at=now)
    return replace(one, orphaned=OrphanReason.JOINED, orphaned_at=now, merged_into=into, updated_at=now)
