# SPDX-License-Identifier: Apache-2.0
"""The full audit: live versions against points, projections, blobs and audit copies, and these against them.

It runs beside commits: what belongs to an open intent is left alone, and a deletion looks again right before.
"""

from collections import defaultdict
from datetime import timedelta

from otakube.commit.recovery import (
    audit_copy,
    audit_key,
    event_in,
    project,
    vectors_key,
    version_of,
)
from otakube.domain.record import handover
from otakube.errors import Fatal
from otakube.maintenance.scrub import Damage, Outcome, Scrub, entry_lease
from otakube.maintenance.snapshots.shelf import held_images
from otakube.maintenance.vectors import insert_missing, recovered
from otakube.ports.catalogue import LiveEntry
from otakube.ports.ledger import EntryState
from otakube.ports.objects import Prefix
from otakube.ports.vectors import Version

Stored = dict[str, dict[Version, int]]  # points by version, by entry

WORK_KEPT = timedelta(days=45)
"""Beyond the life of any run, which may wait 30 days for a review; a dead letter's inputs stay as long."""


async def audit(scrub: Scrub, *, blobs_older_than: timedelta) -> None:
    """Both directions of every store."""
    points: Stored = defaultdict(dict)
    async for version, number in scrub.stores.vectors.versions():
        points[version.entry_id][version] = number
    images = {key async for key in scrub.stores.objects.list(Prefix.IMAGES)}
    kept = {key async for key in scrub.stores.image_map.blobs()}
    async for intent in scrub.stores.ledger.open_intents():
        kept.update(intent.blobs)
    entries: set[str] = set()
    async for state in scrub.stores.ledger.states():
        entries.add(state.entry_id)
        kept.update(state.blobs)
        if state.live_version is not None and not await _in_hand(scrub, state.entry_id):
            await _audit_entry(scrub, state, points[state.entry_id], images)
    await _orphaned_points(scrub, points)
    for entry_id in sorted(await scrub.stores.ledger.projected_entries() - entries):
        if await scrub.stores.ledger.state(entry_id):
            continue  # it went live meanwhile
        async with scrub.repairing(Damage.PROJECTION_ORPHANED, entry_id, "there is no such entry") as go:
            if go:
                await scrub.stores.ledger.drop_projections(entry_id)
    await _orphaned_blobs(scrub, kept, older_than=blobs_older_than)
    await _left_work(scrub)


async def _in_hand(scrub: Scrub, entry_id: str, version: int | None = None) -> bool:
    """True if a commit is at work on the entry (or on one version of it)."""
    async for intent in scrub.stores.ledger.open_intents(entry_id):
        if version is None or intent.version == version:
            return True
    return False


def _stamp(live: LiveEntry) -> Version:
    return Version(entry_id=live.entry_id, version=live.version, digest=live.digest)


async def _needed(scrub: Scrub, version: Version) -> bool:
    """True for a version that is live or may go live yet.

    Intents first: one that is not open any more went live before or never will, and the state read after it
    says which. The other way round a commit that ends between the two reads would be in neither.
    """
    if await _in_hand(scrub, version.entry_id, version.version):
        return True
    state = await scrub.stores.ledger.state(version.entry_id)
    return state is not None and (state.live_version, state.digest) == (version.version, version.digest)


async def _audit_entry(scrub: Scrub, state: EntryState, points: dict[Version, int], images: set[str]) -> None:
    """One live version against everything that it needs."""
    live = await scrub.stores.catalogue.entry(state.entry_id)
    if live is None or live.version != state.live_version:
        return
    if (found := handover.digest(live.record)) != live.digest:
        cure = f"its digest is {found}, not {live.digest}; enrich it again"
        scrub.found(Damage.RECORD_CHANGED, state.entry_id, cure, Outcome.FAILED)
    await _audit_points(scrub, state, live, stored=points.get(_stamp(live), 0))
    expected = {"episodes": len(live.record.episodes), "characters": len(live.record.characters)}
    projected = await scrub.stores.ledger.projected(state.entry_id)
    if projected != {name: {live.version: count} if count else {} for name, count in expected.items()}:
        async with scrub.repairing(Damage.PROJECTION_STALE, state.entry_id, f"{projected}") as go:
            if go:
                await project(scrub.stores, state.entry_id)
    for key in sorted(set(state.blobs) - images):
        cure = f"{key} is gone; enrich the entry again, so that the image is mirrored anew"
        scrub.found(Damage.BLOB_MISSING, state.entry_id, cure, Outcome.FAILED)
    await _audit_event(scrub, state)


async def _audit_points(scrub: Scrub, state: EntryState, live: LiveEntry, *, stored: int) -> None:
    """The vectors in the bucket and the points: each can be made from the other."""
    if not await scrub.stores.objects.exists(key := vectors_key(live)):
        async with scrub.repairing(Damage.VECTORS_MISSING, state.entry_id, f"{key} is gone") as go:
            if go:
                vectors = await recovered(scrub.stores, scrub.embedder, live, points=state.points)
                await scrub.stores.objects.put(key, vectors.model_dump_json().encode())
    if stored < state.points:  # listed before the state was read: a commit may have ended meanwhile
        stored = await scrub.stores.vectors.count(live.entry_id, version=live.version, digest=live.digest)
    if stored < state.points:
        detail = f"{stored} of {state.points} points of version {live.version}"
        async with scrub.repairing(Damage.POINTS_MISSING, state.entry_id, detail) as go:
            if go:
                await _reinsert(scrub, live, points=state.points)
    if stored > state.points:
        cure = f"{stored} points where version {live.version} has {state.points}; enrich it again"
        scrub.found(Damage.POINTS_EXTRA, state.entry_id, cure, Outcome.FAILED)


async def _reinsert(scrub: Scrub, live: LiveEntry, *, points: int) -> None:
    """Put the missing points back from the vectors that can still be had; those that are there stay."""
    vectors = await recovered(scrub.stores, scrub.embedder, live, points=points)
    await scrub.stores.vectors.ensure(model=vectors.model, dimension=vectors.dimension)
    await insert_missing(scrub.stores, live, vectors)


async def _audit_event(scrub: Scrub, state: EntryState) -> None:
    """The live version's event and its audit copy: each can be made from the other."""
    if state.outbox:
        return
    event_id = f"{state.entry_id}/{state.live_version}-{state.commit_key}"
    event = await scrub.stores.ledger.event(event_id)
    copied = await scrub.stores.objects.exists(f"{Prefix.AUDIT}{event_id}.json")
    if event and not copied:
        async with scrub.repairing(Damage.AUDIT_MISSING, state.entry_id, event_id) as go:
            live = await scrub.stores.catalogue.entry(state.entry_id)
            if go and live:
                await scrub.stores.objects.put(audit_key(event), audit_copy(event, live))
    if copied and not event:
        async with scrub.repairing(Damage.EVENT_MISSING, state.entry_id, event_id) as go:
            if go:
                copy = await scrub.stores.objects.get(f"{Prefix.AUDIT}{event_id}.json")
                await scrub.stores.ledger.publish(event_in(copy))
    if not copied and not event:
        detail = f"{event_id}: neither event nor audit copy; enrich the entry again"
        scrub.found(Damage.EVENT_MISSING, state.entry_id, detail, Outcome.FAILED)


async def _orphaned_points(scrub: Scrub, points: Stored) -> None:
    for entry_id, versions in sorted(points.items()):
        for version, number in sorted(versions.items(), key=lambda one: (one[0].version, one[0].digest)):
            if await _needed(scrub, version):
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
        if not await _needed(scrub, version):
            await vectors.delete(entry_id, version=version.version, digest=version.digest)


async def _orphaned_blobs(scrub: Scrub, kept: set[str], *, older_than: timedelta) -> None:
    """Images that no live entry, intent or mapping names; vectors of commits that are not live."""
    objects = scrub.stores.objects
    oldest = scrub.clock() - older_than
    aged = objects.aged(Prefix.IMAGES)
    await _orphaned_images(scrub, [key async for key, at in aged if key not in kept and at <= oldest])
    async for key, written in objects.aged(Prefix.VECTORS):
        _, entry_id, name = key.split("/", 2)
        if written > oldest or await _in_hand(scrub, entry_id, version_of(key)):
            continue
        state = await scrub.stores.ledger.state(entry_id)  # after the intents, as in `_needed`
        if state is None or f"{state.live_version}-{state.commit_key}.json" != name:
            await _drop_blob(scrub, key)


async def _orphaned_images(scrub: Scrub, keys: list[str]) -> None:
    """Images that nothing live names, unless a restore would need them."""
    try:
        held = {key async for key in held_images(scrub.stores.objects)} if keys else set()
    except Fatal as error:
        scrub.found(Damage.BLOB_ORPHANED, Prefix.SNAPSHOTS, f"no image is removed: {error}", Outcome.FAILED)
        return
    for key in keys:
        if key not in held:
            await _drop_blob(scrub, key)


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
