# SPDX-License-Identifier: Apache-2.0
"""The catalogue's rows against each other: listings, source pages, flags, syncs, merge locks, image map."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from otakube.commit.claims import PageClaims
from otakube.domain.dataset.pages import pages_of
from otakube.domain.locks.effects import allowed_pages
from otakube.domain.record.listing import OrphanReason
from otakube.errors import Damaged
from otakube.maintenance.scrub import LEASE_SECONDS, OWNER, Damage, Outcome, Scrub
from otakube.ports.catalogue import Binding, MirroredImage
from otakube.ports.flags import Flag, FlagState
from otakube.ports.listings import ListedEntry, SyncRecord
from otakube.ports.locks import every
from otakube.ports.rows import BoundPage, RowCollection

SYNC_LASTS = timedelta(hours=24)
"""Beyond the life of any sync at work."""
_CHUNK = 500
_CURES = {
    RowCollection.IDENTITIES: "delete it: the next run or sync binds the page again",
    RowCollection.IMAGE_MAP: "delete it: the image is mirrored again",
    RowCollection.LISTINGS: "delete it, and run `otakube sync run` with the latest week",
}
_CURE = "delete it, and restore it from a snapshot"


@dataclass(slots=True)
class Rows:
    """Entries that are known while the rows are read."""

    scrub: Scrub
    live: Collection[str]
    listed: set[str] = field(default_factory=set)
    successors: dict[str, str] = field(default_factory=dict)  # by the entry that was merged

    async def read(self, collection: RowCollection) -> AsyncIterator[Any]:
        """Rows that can be read; the others are reported."""
        async for place, row, damage in self.scrub.stores.rows.rows(collection):
            if damage:
                cure = f"it cannot be read ({damage}): {_CURES.get(collection, _CURE)}"
                self.scrub.found(Damage.ROW_UNREADABLE, f"{collection}/{place}", cure, Outcome.FAILED)
                if collection is RowCollection.LISTINGS:
                    self.listed.add(place)
            else:
                yield row

    async def exists(self, entry_id: str) -> bool:
        """True for an entry that is listed, or live, or at work."""
        if entry_id in self.live or entry_id in self.listed:
            return True
        state = await self.scrub.stores.ledger.state(entry_id)
        if state and (state.live_version is not None or state.lease):
            return True
        return bool(await self.scrub.stores.listings.of([entry_id]))


async def audit_rows(scrub: Scrub, *, live: Collection[str], images: set[str], kept: timedelta) -> None:
    """Every row of the catalogue; pages of entries that are not there stay for as long as a run may last."""
    rows = Rows(scrub, live)
    await _audit_locks(scrub)
    await _audit_listings(rows)
    await _audit_successors(rows)
    await _audit_pages(rows, kept)
    await _audit_flags(rows)
    await _audit_syncs(rows)
    await _audit_image_map(rows, images)
    for collection in (RowCollection.REVIEWS, RowCollection.EVENTS):
        async for _ in rows.read(collection):
            continue


async def _audit_locks(scrub: Scrub) -> None:
    try:
        async for _ in every(scrub.stores.locks):
            continue
    except Damaged as error:
        scrub.found(Damage.ROW_UNREADABLE, "merge_locks", str(error), Outcome.FAILED)


async def _audit_listings(rows: Rows) -> None:
    chunk: list[ListedEntry] = []
    async for listed in rows.read(RowCollection.LISTINGS):
        rows.listed.add(listed.entry_id)
        if listed.merged_into:
            rows.successors[listed.entry_id] = listed.merged_into
        chunk.append(listed)
        if len(chunk) == _CHUNK:
            await _audit_chunk(rows.scrub, chunk)
            chunk = []
    await _audit_chunk(rows.scrub, chunk)


async def _audit_chunk(scrub: Scrub, chunk: list[ListedEntry]) -> None:
    bound = await scrub.stores.identities.bindings([page for one in chunk for page in one.pages])
    for one in chunk:
        sources = pages_of(one.listing.sources)
        if set(one.pages) != sources:
            await _amend_pages(scrub, one, sorted(sources))
        elif one.orphaned in (None, OrphanReason.JOINED) and (
            free := [p for p in one.pages if p not in bound]
        ):
            await _bind(scrub, one, free)


async def _amend_pages(scrub: Scrub, one: ListedEntry, pages: list[str]) -> None:
    """Write the pages that its sources are; a sync that has written it since had the same in mind."""
    detail = f"its pages are {', '.join(one.pages) or 'none'}, its sources {', '.join(pages)}"[:500]
    async with scrub.repairing(Damage.LISTING_CHANGED, one.entry_id, detail) as go:
        if go:
            known = tuple(page for page in one.pages if page in pages)
            after = replace(one, pages=(*known, *(page for page in pages if page not in known)))
            await scrub.stores.listings.amend(one, replace(after, updated_at=scrub.clock()))


async def _bind(scrub: Scrub, one: ListedEntry, free: list[str]) -> None:
    """Bind pages of a listing that lead nowhere, but for those that a lock has taken from it."""
    locks = await scrub.stores.locks.about(one.pages)
    allowed = set(allowed_pages(locks, one.pages))
    if not (free := [page for page in free if page in allowed]):
        return
    async with scrub.repairing(Damage.PAGE_UNBOUND, one.entry_id, ", ".join(free)[:500]) as go:
        if go:
            mine = Binding(entry_id=one.entry_id, since=scrub.clock())
            await scrub.stores.identities.bind_free(dict.fromkeys(free, mine))


async def _audit_successors(rows: Rows) -> None:
    for entry_id, target in sorted(rows.successors.items()):
        if not await rows.exists(target):
            cure = f"it was merged into {target}, which is not there: restore that one from a snapshot"
            rows.scrub.found(Damage.SUCCESSOR_MISSING, entry_id, cure, Outcome.FAILED)


async def _audit_pages(rows: Rows, kept: timedelta) -> None:
    """Release pages of entries that are not there; a run that is to make one is given its time."""
    oldest = rows.scrub.clock() - kept
    orphaned = defaultdict[str, list[str]](list)
    bound: BoundPage
    async for bound in rows.read(RowCollection.IDENTITIES):
        known = bound.entry_id in rows.live or bound.entry_id in rows.listed
        if not known and (bound.since is None or bound.since <= oldest):
            orphaned[bound.entry_id].append(bound.source_url)
    for entry_id, pages in sorted(orphaned.items()):
        if not await rows.exists(entry_id):
            await _release(rows.scrub, entry_id, sorted(pages))


async def _release(scrub: Scrub, entry_id: str, pages: list[str]) -> None:
    claims = PageClaims(
        identities=scrub.stores.identities,
        ledger=scrub.stores.ledger,
        run=OWNER,
        lease_seconds=LEASE_SECONDS,
        clock=scrub.clock,
    )
    detail = f"there is no such entry, and {', '.join(pages)} lead to it"[:500]
    async with scrub.repairing(Damage.PAGE_ORPHANED, entry_id, detail) as go:
        if go:
            await claims.release(pages, entry_id)


async def _audit_flags(rows: Rows) -> None:
    flag: Flag
    async for flag in rows.read(RowCollection.FLAGS):
        if flag.state is FlagState.OPEN and not await rows.exists(flag.entry_id):
            cure = "there is no such entry: restore it from a snapshot, or `otakube flags resolve` the flag"
            rows.scrub.found(Damage.FLAG_ORPHANED, flag.id, cure, Outcome.FAILED)


async def _audit_syncs(rows: Rows) -> None:
    """The latest sync, if it was cut off and nobody went on with it."""
    syncs: list[SyncRecord] = [one async for one in rows.read(RowCollection.SYNCS)]
    latest = max(syncs, key=lambda one: one.started_at, default=None)
    if latest and latest.finished_at is None and latest.started_at <= rows.scrub.clock() - SYNC_LASTS:
        cure = (
            f"begun at {latest.started_at:%Y-%m-%d %H:%M} UTC and never finished: give {latest.dataset} again"
        )
        rows.scrub.found(Damage.SYNC_UNFINISHED, latest.revision, cure, Outcome.FAILED)


async def _audit_image_map(rows: Rows, images: set[str]) -> None:
    """Forget images that are gone, so that nobody takes them for mirrored."""
    objects, stale = rows.scrub.stores.objects, list[MirroredImage]()
    image: MirroredImage
    async for image in rows.read(RowCollection.IMAGE_MAP):
        if image.key is not None and image.key not in images and not await objects.exists(image.key):
            stale.append(image)
    for image in stale:
        async with rows.scrub.repairing(
            Damage.IMAGE_MAP_STALE, image.source_url, f"{image.key} is gone"
        ) as go:
            if go:
                now = rows.scrub.clock()
                gone = MirroredImage(
                    source_url=image.source_url, error="its image is gone", retry_after=now, last_attempt=now
                )
                await rows.scrub.stores.image_map.put([gone])
