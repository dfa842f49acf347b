# SPDX-License-Identifier: Apache-2.0
"""One sync: read the week, compare, look at the limits, write, and say what came of it.

The same call goes on where the last one was cut off, and writes nothing once all is done.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from otakube.commit.lease import Clock
from otakube.domain.dataset.fates import ListedRow, WeekFates, returning
from otakube.domain.dataset.limits import Breached, Week, WeekLimits, breached
from otakube.domain.dataset.listings import source_of
from otakube.domain.dataset.rows import DatasetFile
from otakube.maintenance.dataset_sync.apply import Application
from otakube.maintenance.dataset_sync.flag import flag_differences
from otakube.maintenance.dataset_sync.joins import join_entries
from otakube.maintenance.dataset_sync.lock_rules import LockRules, lock_rules
from otakube.maintenance.dataset_sync.stores import Report, SyncStores
from otakube.maintenance.dataset_sync.week import ReadWeek, counts_before, fates_of, listed_row, read
from otakube.ports.listings import SyncRecord

HISTORY = 1000
"""Syncs that are looked through for the last one that was finished: twenty years of weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """Outcome of a week: what it makes of the catalogue, or why it is not taken in."""

    revision: str
    last_update: date | None
    rows: int
    counts: Mapping[str, int]
    breached: list[Breached]
    total: int  # entries to write
    written: int = 0  # entries
    resumed: bool = False
    digest: str = ""  # of all listings


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRequest:
    """A week, under which limits it is taken in, and whether anything may be written."""

    name: str
    file: DatasetFile
    limits: WeekLimits
    today: date
    dry_run: bool = False


async def sync(stores: SyncStores, request: SyncRequest, *, clock: Clock, report: Report) -> SyncReport:
    """Take the week in; nothing is written beyond the limits, or if nothing changed."""
    await stores.listings.prepare()
    return await _take_in(stores, request, read(request.file), clock=clock, report=report)


async def _take_in(
    stores: SyncStores, request: SyncRequest, week: ReadWeek, *, clock: Clock, report: Report
) -> SyncReport:
    """Compare and write; where there is something to write, compare again under the lease of all syncs."""
    listed = {one.entry_id: listed_row(one) async for one in stores.listings.all()}
    locks = await lock_rules(stores.locks)
    fates, kept_apart = await _fates(stores, week, listed, locks)
    past = await stores.history.newest(HISTORY)
    finished = next((one for one in past if one.finished_at), None)
    after = week.counts()
    found = SyncReport(
        revision=week.revision,
        last_update=week.about.last_update,
        rows=len(week.rows),
        counts=_counts(fates, week, returning(fates, listed.values(), week.pages))
        | {"keptApart": kept_apart},
        total=fates.total,
        breached=_breached(request, week, fates, counts_before(finished), after),
    )
    if found.breached or request.dry_run:
        return found
    begun = past[0] if past and not past[0].finished_at and past[0].revision == week.revision else None
    if begun is None and finished and finished.revision == week.revision and not fates.total:
        return await _joined_only(stores, found, locks, clock)
    if stores.held is None:
        async with stores.leased() as holding:
            return await _take_in(holding, request, week, clock=clock, report=report)
    record = begun or _begin(request, found, after, clock)
    if begun is None:
        await stores.history.put(record)
    application = Application(
        stores=stores,
        rows=week.rows,
        source=source_of(week.about),
        fates=fates,
        listed=listed,
        locks=locks,
        clock=clock,
        report=report,
    )
    await application.carry_out()
    joined = await join_entries(stores, locks, clock)
    flagged = await flag_differences(stores, clock)
    counts = {**record.counts, "joined": joined, "flagged": flagged}
    digest = await catalogue_digest(stores)
    await stores.renew_lease()
    await stores.history.put(replace(record, finished_at=clock(), counts=counts, digest=digest))
    written = application.done + joined
    return replace(found, counts=counts, written=written, resumed=begun is not None, digest=digest)


async def _fates(
    stores: SyncStores, week: ReadWeek, listed: Mapping[str, ListedRow], locks: LockRules
) -> tuple[WeekFates, int]:
    """Fates of the entries, and how many a lock keeps from being merged.

    Where several become one, it counts which of them are live.
    """
    fates = fates_of(week, listed.values(), ())
    if not fates.merged:
        return fates, 0
    live = await stores.listings.live([*fates.merged, *fates.changed])
    fates = fates_of(week, listed.values(), live)
    holders = {row.key: one for one, row in listed.items() if row.present}
    holders |= {key: one for one, key in fates.changed.items()}
    into = {entry_id: holders[key] for entry_id, key in fates.merged.items()}
    found = await stores.listings.of({*into, *into.values()})
    apart = {one for one, target in into.items() if locks.keep_apart(found[target].pages, found[one].pages)}
    merged = {one: key for one, key in fates.merged.items() if one not in apart}
    return fates._replace(merged=merged), len(apart)


async def _joined_only(stores: SyncStores, found: SyncReport, locks: LockRules, clock: Clock) -> SyncReport:
    """The week is in: only locks and enrichments may have changed what is one anime, or differs."""
    joined = await join_entries(stores, locks, clock)
    flagged = await flag_differences(stores, clock)
    counts = {**found.counts, "joined": joined, "flagged": flagged}
    return replace(found, counts=counts, written=joined, digest=await catalogue_digest(stores))


def _breached(
    request: SyncRequest, week: ReadWeek, fates: WeekFates, before: Week, after: Week
) -> list[Breached]:
    changed = len(fates.changed) + len(fates.merged) + len(fates.split_from)
    return breached(
        before,
        after,
        changed=changed,
        unreadable=len(week.unreadable),
        today=request.today,
        limits=request.limits,
    )


def _counts(fates: WeekFates, week: ReadWeek, resurrected: int) -> dict[str, int]:
    return {
        "unchanged": fates.unchanged,
        "new": len(fates.came) - len(fates.split_from) - resurrected,
        "resurrected": resurrected,
        "changed": len(fates.changed),
        "merged": len(fates.merged),
        "split": len(fates.split_from),
        "removed": len(fates.removed),
        "unreadable": len(week.unreadable),
    }


def _begin(request: SyncRequest, found: SyncReport, after: Week, clock: Clock) -> SyncRecord:
    return SyncRecord(
        revision=found.revision,
        dataset=request.name,
        last_update=found.last_update,
        started_at=clock(),
        rows=after.rows,
        sites=after.sites,
        counts=found.counts,
    )


async def catalogue_digest(stores: SyncStores) -> str:
    """One digest of all listings: what each says, and whether and into what it went; not when."""
    digest = hashlib.sha256()
    async for one in stores.listings.all():
        facts = (one.entry_id, one.key, *one.pages, one.orphaned or "", one.merged_into or "")
        digest.update("\0".join((*facts, one.split_from or "", "\n")).encode())
    return digest.hexdigest()[:16]
