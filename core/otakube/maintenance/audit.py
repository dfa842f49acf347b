# SPDX-License-Identifier: Apache-2.0
"""The full audit: all stores compared with each other, in both directions.

It runs beside commits and syncs: what belongs to an open intent is left alone, what looks wrong is looked at
again, and a deletion looks right before. Of each entry a few short strings stay in memory.
"""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from otakube.commit.lease import Fenced
from otakube.commit.recovery import vectors_key, version_of
from otakube.errors import Fatal
from otakube.maintenance.audit_entry import (
    Inventory,
    Points,
    audit_entry,
    in_hand,
    list_stores,
    read_again,
    stamp,
    suspects,
)
from otakube.maintenance.audit_rows import audit_rows
from otakube.maintenance.audit_snapshots import audit_snapshots
from otakube.maintenance.expire import Expiry, expire
from otakube.maintenance.images.orphans import remove_blob
from otakube.maintenance.scrub import Damage, Outcome, Scrub, entry_lease
from otakube.maintenance.snapshots.shelf import held_images
from otakube.ports.objects import Prefix
from otakube.ports.rows import StoredEntry
from otakube.ports.vectors import Version
from otakube_api.contract import FailureReason

WORK_KEPT = timedelta(days=45)
"""Beyond the life of any run, which may wait 30 days for a review; a dead letter's inputs stay as long."""
CHUNK = 100
"""Entries whose evidence is gathered at once: some 10 MB of records."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Named:
    """Keys and versions that the documents name."""

    entries: set[str] = field(default_factory=set)  # live ones
    images: set[str] = field(default_factory=set)  # keys
    vectors: set[str] = field(default_factory=set)  # keys
    versions: set[Version] = field(default_factory=set)

    def add(self, stored: StoredEntry) -> None:
        """Note an entry."""
        self.entries.add(stored.state.entry_id)
        self.images.update(stored.state.blobs)
        if stored.live is not None:
            self.vectors.add(vectors_key(stored.live))
            self.versions.add(stamp(stored.live))


async def audit(scrub: Scrub, *, blobs_older_than: timedelta, expiry: Expiry | None = None) -> None:
    """Both directions of every store; with `expiry`, what licences end is removed in the same pass."""
    seen, named = await list_stores(scrub), Named()
    named.images.update([key async for key in scrub.stores.image_map.blobs()])
    async for intent in scrub.stores.ledger.open_intents():
        named.images.update(intent.blobs)
    async for read in chunked(scrub.stores.rows.entries(), CHUNK):
        chunk = [await _without_expired(expiry, one) for one in read] if expiry else read
        named.versions.update(stamp(one.live) for one in read if one.live)  # points were listed before
        for stored in chunk:
            named.add(stored)
        for entry_id in [one async for one in suspects(scrub, chunk, seen)]:
            await audit_entry(scrub, entry_id)
    await _orphaned_points(scrub, seen.points, named)
    await _orphaned_projections(scrub, seen, named)
    await audit_rows(scrub, live=named.entries, images=seen.images, kept=WORK_KEPT)
    await audit_snapshots(scrub)
    await _orphaned_blobs(scrub, named, older_than=blobs_older_than)
    await _left_work(scrub)


async def _without_expired(expiry: Expiry, stored: StoredEntry) -> StoredEntry:
    """The entry as it is when its expired values are gone."""
    if not await expire(expiry, stored):
        return stored
    return await read_again(expiry.scrub, stored.state.entry_id) or stored


async def chunked(items: AsyncIterator[Item], size: int) -> AsyncIterator[list[Item]]:
    """Some at a time."""
    chunk: list[Item] = []
    async for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


async def needed(scrub: Scrub, version: Version) -> bool:
    """True for a version that is live or may go live yet.

    Intents first: one that is not open any more went live before or never will, and the state read after it
    says which. The other way round a commit that ends between the two reads would be in neither.
    """
    if await in_hand(scrub, version.entry_id, version.version):
        return True
    state = await scrub.stores.ledger.state(version.entry_id)
    return state is not None and (state.live_version, state.digest) == (version.version, version.digest)


async def _orphaned_points(scrub: Scrub, points: Points, named: Named) -> None:
    for entry_id, versions in sorted(points.items()):
        for version, number in sorted(versions.items(), key=lambda one: (one[0].version, one[0].digest)):
            if version in named.versions or await needed(scrub, version):
                continue
            detail = f"{number} points of version {version.version}, record {version.digest}"
            async with scrub.repairing(Damage.POINTS_ORPHANED, entry_id, detail) as go:
                if go:
                    await _delete_points(scrub, version)


async def _delete_points(scrub: Scrub, version: Version) -> None:
    """Under the entry's lease, so that no version but a live one can need them any more."""
    vectors, entry_id = scrub.stores.vectors, version.entry_id
    if await scrub.stores.ledger.state(entry_id) is None:
        await vectors.delete(entry_id, version=version.version, digest=version.digest)
        return
    async with entry_lease(scrub, entry_id):
        if not await needed(scrub, version):
            await vectors.delete(entry_id, version=version.version, digest=version.digest)


async def _orphaned_projections(scrub: Scrub, seen: Inventory, named: Named) -> None:
    for entry_id in sorted(seen.projected.keys() - named.entries):
        if await scrub.stores.ledger.state(entry_id):
            continue  # it went live meanwhile
        async with scrub.repairing(Damage.PROJECTION_ORPHANED, entry_id, "there is no such entry") as go:
            if go:
                await scrub.stores.ledger.drop_projections(entry_id)


async def _orphaned_blobs(scrub: Scrub, named: Named, *, older_than: timedelta) -> None:
    """Images that no live entry, intent or mapping names; vectors of commits that are not live."""
    objects = scrub.stores.objects
    oldest = scrub.clock() - older_than
    aged = objects.aged(Prefix.IMAGES)
    unnamed = [key async for key, at in aged if key not in named.images and at <= oldest]
    await _orphaned_images(scrub, unnamed, oldest)
    async for key, written in objects.aged(Prefix.VECTORS):
        _, entry_id, name = key.split("/", 2)
        if key in named.vectors or written > oldest or await in_hand(scrub, entry_id, version_of(key)):
            continue
        state = await scrub.stores.ledger.state(entry_id)  # after the intents, as in `needed`
        if state is None or f"{state.live_version}-{state.commit_key}.json" != name:
            await _drop_blob(scrub, key)


async def _orphaned_images(scrub: Scrub, keys: list[str], oldest: datetime) -> None:
    """Images that nothing live names, unless a restore would need them."""
    try:
        held = {key async for key in held_images(scrub.stores.objects)} if keys else set()
    except Fatal as error:
        scrub.found(Damage.BLOB_ORPHANED, Prefix.SNAPSHOTS, f"no image is removed: {error}", Outcome.FAILED)
        return
    for key in keys:
        if key not in held:
            await _drop_image(scrub, key, unless_used_after=oldest)


async def _drop_image(scrub: Scrub, key: str, *, unless_used_after: datetime) -> None:
    async with scrub.repairing(Damage.BLOB_ORPHANED, key, "nothing names it") as go:
        if go and not await remove_blob(
            scrub.stores, key, unless_used_after=unless_used_after, clock=scrub.clock
        ):
            raise Fenced(FailureReason.COMMIT_FENCED, "it was taken up meanwhile")


async def _drop_blob(scrub: Scrub, key: str) -> None:
    async with scrub.repairing(Damage.BLOB_ORPHANED, key, "nothing names it") as go:
        if go:
            await scrub.stores.objects.delete(key)


async def _left_work(scrub: Scrub) -> None:
    """Work objects that no run can need any more, by run."""
    oldest, runs = scrub.clock() - WORK_KEPT, defaultdict[str, list[str]](list)
    async for key, written in scrub.stores.objects.aged(Prefix.WORK):
        if written <= oldest:
            runs["/".join(key.split("/")[:3])].append(key)
    for run, keys in sorted(runs.items()):
        detail = f"{len(keys)} objects older than {WORK_KEPT.days} days"
        async with scrub.repairing(Damage.WORK_LEFT, run, detail) as go:
            if go:
                for key in keys:
                    await scrub.stores.objects.delete(key)
