# SPDX-License-Identifier: Apache-2.0
"""Flags what enriched entries and their rows differ in: once, until one of both values changes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from otakube.commit.lease import Clock
from otakube.domain.dataset.flags import DatasetDifference, FlaggedField, differences
from otakube.maintenance.dataset_sync.joins import in_chunks
from otakube.maintenance.dataset_sync.stores import SyncStores
from otakube.ports.flags import Flag, FlagState, flag_id
from otakube.ports.listings import ListedEntry, WatchedFields

AGREED = "the dataset"
"""Who resolves a flag whose values are the same by now."""


async def flag_differences(stores: SyncStores, clock: Clock) -> int:
    """Flags that were opened or closed."""
    changed = 0
    async for part in in_chunks(stores):
        live = await stores.listings.live([one.entry_id for one in part])
        entries = [one for one in part if one.orphaned is None and one.entry_id in live]
        names = [flag_id(one.entry_id, field) for one in entries for field in FlaggedField]
        known = await stores.flags.get(names) if names else {}
        now = clock()
        writes = [flag for one in entries for flag in changes_of(one, live[one.entry_id], known, now)]
        if writes:
            await stores.renew_lease()
            await stores.flags.put(writes)
        changed += len(writes)
    return changed


def changes_of(
    listed: ListedEntry, ours: WatchedFields, known: Mapping[str, Flag], now: datetime
) -> Iterable[Flag]:
    """Flags of one entry that must be written: new values, and open ones that differ no more."""
    found = {one.field: one for one in differences(ours, listed.listing)}
    for field in FlaggedField:
        flag = known.get(flag_id(listed.entry_id, field))
        if field in found:
            if flag is None or (flag.ours, flag.theirs) != found[field][1:]:
                yield opened(listed.entry_id, ours.titles[0], found[field], now)
        elif flag is not None and flag.state is FlagState.OPEN:
            yield replace(
                flag, state=FlagState.RESOLVED, resolved_by=AGREED, resolved_at=now, note="both agree by now"
            )


def opened(entry_id: str, title: str, found: DatasetDifference, now: datetime) -> Flag:
    """A new flag, in place of one of other values."""
    return Flag(
        id=flag_id(entry_id, found.field),
        entry_id=entry_id,
        title=title,
        field=found.field,
        ours=found.ours,
        theirs=found.theirs,
        flagged_at=now,
    )
