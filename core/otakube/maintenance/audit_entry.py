# SPDX-License-Identifier: Apache-2.0
"""One live version against all that the stores must hold of it.

Evidence is gathered for many entries at once, and may be older than the entry; so whatever looks wrong by it
is looked at again, alone, before it is told or repaired.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from otakube.commit.pages import since
from otakube.commit.recovery import audit_copy, audit_key, event_in, project, vectors_key
from otakube.domain.locks.effects import allowed_pages
from otakube.domain.record import handover
from otakube.domain.record.golden import Image
from otakube.domain.record.images import images_of
from otakube.errors import Damaged
from otakube.maintenance.scrub import Damage, Outcome, Scrub
from otakube.maintenance.vectors import insert_missing, recovered
from otakube.ports.catalogue import Binding, LiveEntry, MirroredImage
from otakube.ports.objects import Prefix
from otakube.ports.rows import StoredEntry
from otakube.ports.vectors import Version

Projected = dict[str, dict[str, dict[int, int]]]  # number by version, by projection, by entry
Points = dict[str, dict[Version, int]]  # by version, by entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Keys of the bucket, and the points, listed before the entries are read."""

    points: Points
    projected: Projected
    images: set[str]
    vectors: set[str]
    copies: dict[str, str]  # the last audit copy's key by entry


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreEvidence:
    """Contents of the stores that belong to one live version."""

    points: int
    vectors: bool
    projected: Mapping[str, Mapping[int, int]]  # number by version, by projection
    lost_images: Sequence[str]  # keys
    unmapped: Sequence[Image]
    event: bool
    copied: bool
    bound: Mapping[str, Binding] = field(default_factory=dict)  # by source


class Looked(NamedTuple):
    """A live version, and the evidence of it."""

    stored: StoredEntry
    live: LiveEntry
    evidence: StoreEvidence


Repair = Callable[[Scrub, Looked], Awaitable[None]]


class Fault(NamedTuple):
    """A damage of one live version; `repair` None: a person must act."""

    damage: Damage
    detail: str
    repair: Repair | None = None


async def list_stores(scrub: Scrub) -> Inventory:
    """Points, images, vectors' blobs and audit copies, as they are now."""
    stores, points, copies = scrub.stores, defaultdict[str, dict[Version, int]](dict), dict[str, str]()
    async for version, number in stores.vectors.versions():
        points[version.entry_id][version] = number
    async for key in stores.objects.list(Prefix.AUDIT):
        entry_id = key.removeprefix(Prefix.AUDIT).partition("/")[0]
        copies[entry_id] = max(copies.get(entry_id, ""), key, key=_order)
    return Inventory(
        points=points,
        projected=await stores.ledger.all_projected(),
        images={key async for key in stores.objects.list(Prefix.IMAGES)},
        vectors={key async for key in stores.objects.list(Prefix.VECTORS)},
        copies=copies,
    )


def _order(key: str) -> tuple[int, str]:
    """By version: as text 10 comes before 9."""
    number = key.rpartition("/")[2].partition("-")[0]
    return (int(number) if number.isdecimal() else 0, key)


async def suspects(scrub: Scrub, chunk: Sequence[StoredEntry], seen: Inventory) -> AsyncIterator[str]:
    """Entries of which something looks wrong; a few reads for all of them."""
    async for looked in gathered(scrub, [one for one in chunk if one.live], seen):
        if any(faults(looked)):
            yield looked.stored.state.entry_id
    for one in chunk:
        if one.live is None:
            yield one.state.entry_id


async def gathered(scrub: Scrub, chunk: Sequence[StoredEntry], seen: Inventory) -> AsyncIterator[Looked]:
    """The evidence of each."""
    stores = scrub.stores
    lives = [(one, one.live) for one in chunk if one.live is not None]
    if not lives:
        return
    events = await stores.ledger.published([event_id(live) for _, live in lives])
    bound = await stores.identities.bindings(
        list(dict.fromkeys(url for _, live in lives for url in live.record.entry.sources))
    )
    shown = [image for _, live in lives for image in images_of(live.record) if image.key]
    mapped = await stores.image_map.get_many(list(dict.fromkeys(image.source_url for image in shown)))
    for stored, live in lives:
        evidence = StoreEvidence(
            points=seen.points.get(live.entry_id, {}).get(stamp(live), 0),
            vectors=vectors_key(live) in seen.vectors,
            projected=seen.projected.get(live.entry_id, {"episodes": {}, "characters": {}}),
            lost_images=sorted(set(stored.state.blobs) - seen.images),
            unmapped=[
                one
                for one in images_of(live.record)
                if one.key in seen.images and one.source_url not in mapped
            ],
            event=event_id(live) in events,
            copied=seen.copies.get(live.entry_id) == f"{Prefix.AUDIT}{event_id(live)}.json",
            bound={url: bound[url] for url in live.record.entry.sources if url in bound},
        )
        yield Looked(stored, live, evidence)


async def audit_entry(scrub: Scrub, entry_id: str) -> None:
    """Look at one entry again, store by store, and repair or tell what is wrong with it."""
    if await in_hand(scrub, entry_id):
        return
    stored = await read_again(scrub, entry_id)
    if stored is None:
        return
    if stored.live is None:
        scrub.found(Damage.RECORD_CHANGED, entry_id, stored.damage, Outcome.FAILED)
        return
    seen = await _listed_again(scrub, stored, stored.live)
    found = [one async for one in gathered(scrub, [stored], seen)]
    told_apart = await _told_apart(scrub, stored.live)
    if not await _is_still(scrub, stored.live):
        return  # a commit ended meanwhile
    for looked in found:
        for fault in faults(looked, told_apart=told_apart):
            await _tell(scrub, looked, fault)


async def _tell(scrub: Scrub, looked: Looked, fault: Fault) -> None:
    entry_id = looked.live.entry_id
    if fault.repair is None:
        scrub.found(fault.damage, entry_id, fault.detail, Outcome.FAILED)
        return
    async with scrub.repairing(fault.damage, entry_id, fault.detail) as go:
        if go:
            await fault.repair(scrub, looked)


async def read_again(scrub: Scrub, entry_id: str) -> StoredEntry | None:
    """The live version and its bookkeeping; None if there is none, or another went live between the reads."""
    state = await scrub.stores.ledger.state(entry_id)
    if state is None or state.live_version is None:
        return None
    try:
        live = await scrub.stores.catalogue.entry(entry_id)
    except Damaged as error:
        return StoredEntry(state=state, live=None, damage=str(error))
    if live is None or (live.version, live.digest) != (state.live_version, state.digest):
        return None
    return StoredEntry(state=state, live=live)


async def _listed_again(scrub: Scrub, stored: StoredEntry, live: LiveEntry) -> Inventory:
    """Contents of the stores that belong to this version, as they are now."""
    objects, version = scrub.stores.objects, stamp(live)
    number = await scrub.stores.vectors.count(live.entry_id, version=version.version, digest=version.digest)
    vectors, copy = vectors_key(live), f"{Prefix.AUDIT}{event_id(live)}.json"
    wanted = {*stored.state.blobs, *(image.key for image in images_of(live.record) if image.key)}
    return Inventory(
        points={live.entry_id: {version: number}},
        projected=await scrub.stores.ledger.projected([live.entry_id]),
        images={key for key in sorted(wanted) if await objects.exists(key)},
        vectors={vectors} if await objects.exists(vectors) else set(),
        copies={live.entry_id: copy} if await objects.exists(copy) else {},
    )


async def _told_apart(scrub: Scrub, live: LiveEntry) -> set[str]:
    """Sources that a merge lock takes from the entry: the next run carries that out."""
    sources = live.record.entry.sources
    try:
        locks = await scrub.stores.locks.about(sources)
    except Damaged:
        return set(sources)  # nothing is said of pages whose locks nobody can read
    return set(sources) - set(allowed_pages(locks, sources))


async def _is_still(scrub: Scrub, live: LiveEntry) -> bool:
    """True if the version is live, and no commit is at work on the entry."""
    if await in_hand(scrub, live.entry_id):
        return False
    state = await scrub.stores.ledger.state(live.entry_id)  # after the intents: see `audit.needed`
    return state is not None and (state.live_version, state.digest) == (live.version, live.digest)


async def in_hand(scrub: Scrub, entry_id: str, version: int | None = None) -> bool:
    """True if a commit is at work on the entry (or on one version of it)."""
    async for intent in scrub.stores.ledger.open_intents(entry_id):
        if version is None or intent.version == version:
            return True
    return False


def stamp(live: LiveEntry) -> Version:
    """The stamp of a live version's points."""
    return Version(entry_id=live.entry_id, version=live.version, digest=live.digest)


def event_id(live: LiveEntry) -> str:
    """The id of the event that made it live."""
    return f"{live.entry_id}/{live.version}-{live.commit_key}"


def faults(looked: Looked, *, told_apart: Sequence[str] | set[str] = ()) -> Iterator[Fault]:
    """Faults of a live version; pure."""
    (stored, live, evidence) = looked
    if (found := handover.digest(live.record)) != live.digest:
        cure = f"its digest is {found}, not {live.digest}; enrich it again"
        yield Fault(Damage.RECORD_CHANGED, cure)
    yield from _faults_of_points(looked)
    counts = {"episodes": len(live.record.episodes), "characters": len(live.record.characters)}
    if evidence.projected != {name: {live.version: count} if count else {} for name, count in counts.items()}:
        yield Fault(Damage.PROJECTION_STALE, f"{evidence.projected}", _project)
    for key in evidence.lost_images:
        cure = f"{key} is gone; enrich the entry again, so that the image is mirrored anew"
        yield Fault(Damage.BLOB_MISSING, cure)
    if evidence.unmapped:
        detail = f"{len(evidence.unmapped)} images, such as {evidence.unmapped[0].source_url}"
        yield Fault(Damage.IMAGE_UNMAPPED, detail, _map_images)
    if not stored.state.outbox:
        yield from _faults_of_event(looked)
    yield from _faults_of_pages(looked, told_apart)


def _faults_of_points(looked: Looked) -> Iterator[Fault]:
    """The vectors in the bucket and the points: each can be made from the other."""
    (stored, live, evidence) = looked
    wanted = stored.state.points
    if not evidence.vectors:
        yield Fault(Damage.VECTORS_MISSING, f"{vectors_key(live)} is gone", _put_vectors)
    if evidence.points < wanted:
        detail = f"{evidence.points} of {wanted} points of version {live.version}"
        yield Fault(Damage.POINTS_MISSING, detail, _put_points)
    if evidence.points > wanted:
        cure = f"{evidence.points} points where version {live.version} has {wanted}; enrich it again"
        yield Fault(Damage.POINTS_EXTRA, cure)


def _faults_of_event(looked: Looked) -> Iterator[Fault]:
    """The live version's event and its audit copy: each can be made from the other."""
    name, evidence = event_id(looked.live), looked.evidence
    if evidence.event and not evidence.copied:
        yield Fault(Damage.AUDIT_MISSING, name, _copy_event)
    elif evidence.copied and not evidence.event:
        yield Fault(Damage.EVENT_MISSING, name, _publish_copy)
    elif not evidence.event:
        detail = f"{name}: neither event nor audit copy; enrich the entry again"
        yield Fault(Damage.EVENT_MISSING, detail)


def _faults_of_pages(looked: Looked, told_apart: Sequence[str] | set[str]) -> Iterator[Fault]:
    live, bound = looked.live, looked.evidence.bound
    sources = [url for url in live.record.entry.sources if url not in told_apart]
    if unbound := [url for url in sources if url not in bound]:
        yield Fault(Damage.PAGE_UNBOUND, ", ".join(unbound)[:500], _bind_pages)
    for url in sources:
        if url in bound and bound[url].entry_id != live.entry_id:
            cure = f"{url} leads to {bound[url].entry_id}: decide by a merge lock, and enrich both again"
            yield Fault(Damage.PAGE_ELSEWHERE, cure)


async def _put_vectors(scrub: Scrub, looked: Looked) -> None:
    points = looked.stored.state.points
    vectors = await recovered(scrub.stores, scrub.embedder, looked.live, points=points)
    await scrub.stores.objects.put(vectors_key(looked.live), vectors.model_dump_json().encode())


async def _put_points(scrub: Scrub, looked: Looked) -> None:
    """From the vectors that can still be had; points that are there stay."""
    points = looked.stored.state.points
    vectors = await recovered(scrub.stores, scrub.embedder, looked.live, points=points)
    await scrub.stores.vectors.ensure(model=vectors.model, dimension=vectors.dimension)
    await insert_missing(scrub.stores, looked.live, vectors)


async def _project(scrub: Scrub, looked: Looked) -> None:
    await project(scrub.stores, looked.live.entry_id)


async def _map_images(scrub: Scrub, looked: Looked) -> None:
    for image in looked.evidence.unmapped:
        known = image.model_dump(include=set(_OF_AN_IMAGE))
        await scrub.stores.image_map.put([MirroredImage(**known, fetched_at=looked.live.committed_at)])


_OF_AN_IMAGE = ("source_url", "sha256", "key", "content_type", "width", "height", "size_bytes", "phash")


async def _copy_event(scrub: Scrub, looked: Looked) -> None:
    event = await scrub.stores.ledger.event(event_id(looked.live))
    if event:
        await scrub.stores.objects.put(audit_key(event), audit_copy(event, looked.live))


async def _publish_copy(scrub: Scrub, looked: Looked) -> None:
    copy = await scrub.stores.objects.get(f"{Prefix.AUDIT}{event_id(looked.live)}.json")
    await scrub.stores.ledger.publish(event_in(copy))


async def _bind_pages(scrub: Scrub, looked: Looked) -> None:
    """Bind those that are still free, as the commit that made the version live did."""
    live, bound = looked.live, looked.evidence.bound
    mine = Binding(
        entry_id=live.entry_id, since=since(bound, live.entry_id, scrub.clock()), token=live.version
    )
    free = [url for url in live.record.entry.sources if url not in bound]
    apart = await _told_apart(scrub, live)
    await scrub.stores.identities.bind_free({url: mine for url in free if url not in apart})
