# SPDX-License-Identifier: Apache-2.0
"""Damage made by hand in every store, and what the scrubber is to make of it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from drill import records
from lock_builders import different
from otakube.commit.recovery import vectors_key
from otakube.domain.dataset.flags import FlaggedField
from otakube.domain.dataset.pages import page_of
from otakube.domain.locks.change import LockChange
from otakube.domain.record import handover
from otakube.domain.record.golden import AnimeStatus, Provenance
from otakube.domain.record.handover import Commit
from otakube.domain.record.listing import Listing, ListingSource, OrphanReason
from otakube.maintenance.scrub import Damage, Outcome
from otakube.maintenance.snapshots.manifest import (
    Part,
    SnapshotCollection,
    SnapshotManifest,
    manifest_key,
)
from otakube.ports.catalogue import Binding, MirroredImage
from otakube.ports.flags import Flag, flag_id
from otakube.ports.ledger import IntentState, Lease
from otakube.ports.listings import ListedEntry, SyncRecord
from otakube.ports.vectors import Version
from otakube_api.contract import AnimeType, Provider
from shop import Shop


def collection(shop: Shop) -> str:
    return shop.settings.qdrant_collection


async def live(shop: Shop, wanted: Commit) -> tuple[str, int]:
    state = await shop.stores.ledger.state(wanted.record.entry.id)
    return state.entry_id, state.live_version


async def a_commit_was_cut_off(shop: Shop, wanted: Commit) -> None:
    entry_id, _ = await live(shop, wanted)
    token = await shop.stores.ledger.next_version(entry_id)
    lease = Lease(token=token, owner="work/gone/1-1", until=shop.now - timedelta(seconds=1))
    assert await shop.stores.ledger.take_lease(entry_id, lease, now=shop.now)
    key = (await shop.stores.ledger.state(entry_id)).commit_key
    intent = await shop.stores.ledger.intent(key)
    other = replace(
        intent, commit_key="f" * 64, version=token, state=IntentState.PREPARED, run="work/gone/1-1"
    )
    assert await shop.stores.ledger.open_intent(other)
    await _insert(shop, wanted, token)


async def a_lease_was_left(shop: Shop, wanted: Commit) -> None:
    entry_id, _ = await live(shop, wanted)
    token = await shop.stores.ledger.next_version(entry_id)
    lease = Lease(token=token, owner="work/gone/1-1", until=shop.now - timedelta(seconds=1))
    assert await shop.stores.ledger.take_lease(entry_id, lease, now=shop.now)


async def an_event_was_not_relayed(shop: Shop, wanted: Commit) -> None:
    event = await shop.raw.unrelay(wanted.record.entry.id)
    await shop.stores.objects.delete(f"audit/{event['id']}.json")


async def the_record_was_edited(shop: Shop, wanted: Commit) -> None:
    await shop.raw.edit_synopsis("edited by hand", wanted.record.entry.id)


async def points_of_another_version_appeared(shop: Shop, wanted: Commit) -> None:
    await _insert(shop, wanted, 77)


async def points_were_lost(shop: Shop, wanted: Commit) -> None:
    entry_id, version = await live(shop, wanted)
    await shop.stores.vectors.delete(entry_id, version=version)


async def the_vectors_were_lost(shop: Shop, wanted: Commit) -> None:
    live = await shop.stores.catalogue.entry(wanted.record.entry.id)
    assert live is not None
    await shop.stores.objects.delete(vectors_key(live))


async def points_of_no_entry_appeared(shop: Shop, wanted: Commit) -> None:
    version = Version(entry_id="ani_" + "0" * 26, version=1, digest=wanted.digest)
    await shop.stores.vectors.insert(version, wanted.vectors.points, payload={})


async def a_point_too_many_appeared(shop: Shop, wanted: Commit) -> None:
    entry_id, version = await live(shop, wanted)
    extra = wanted.vectors.points[0].model_copy(update={"number": 999})
    await shop.stores.vectors.insert(
        Version(entry_id=entry_id, version=version, digest=wanted.digest), [extra], payload={}
    )


async def an_episode_was_lost(shop: Shop, wanted: Commit) -> None:
    await shop.raw.delete("episodes", wanted.record.entry.id)


async def characters_of_no_entry_appeared(shop: Shop, wanted: Commit) -> None:
    await shop.raw.add_character("ani_gone")


async def an_image_was_lost(shop: Shop, wanted: Commit) -> None:
    await shop.stores.objects.delete(wanted.record.entry.images[0].key)


async def an_image_was_left(shop: Shop, wanted: Commit) -> None:
    await shop.stores.objects.put(f"images/{'e' * 64}.png", b"png", content_type="image/png")


async def vectors_of_an_aborted_commit_were_left(shop: Shop, wanted: Commit) -> None:
    await shop.stores.objects.put(f"vectors/{wanted.record.entry.id}/77-{'b' * 64}.json", b"{}")


async def the_audit_copy_was_lost(shop: Shop, wanted: Commit) -> None:
    [event] = await shop.raw.find("events", entry_id=wanted.record.entry.id)
    await shop.stores.objects.delete(f"audit/{event['id']}.json")


async def the_event_was_lost(shop: Shop, wanted: Commit) -> None:
    await shop.raw.delete("events", wanted.record.entry.id)


async def _insert(shop: Shop, wanted: Commit, version: int) -> None:
    stamp = Version(entry_id=wanted.record.entry.id, version=version, digest=wanted.digest)
    await shop.stores.vectors.insert(stamp, wanted.vectors.points, payload={})


async def a_run_lost_its_exit_handler(shop: Shop, wanted: Commit) -> None:
    for name in ("fetch/summary.json", "golden.json"):
        await shop.stores.objects.put(f"work/gone/1-1/{name}", b"{}")
    shop.later(46 * 86_400)
    await shop.stores.objects.put("dead-letters/gone-1-1.json", b"{}")


async def a_licence_ended(shop: Shop, wanted: Commit) -> None:
    await shop.commit(until(shop.now + timedelta(seconds=1), wanted))
    shop.later(2)


def until(end: datetime, wanted: Commit, field: str = "synopsis") -> Commit:
    """The same anime, with a field that only AniList says, until then."""
    source = Provenance(
        provider=Provider.ANILIST,
        providers=[Provider.ANILIST],
        fetched_at=end - timedelta(days=90),
        licence="AniList terms of use",
        expires_at=end,
        confidence=0.7,
    )
    entry = wanted.record.entry
    entry = entry.model_copy(update={"provenance": {**entry.provenance, field: source}})
    record = wanted.record.model_copy(update={"entry": entry})
    digest = handover.digest(record)
    vectors = wanted.vectors.model_copy(update={"golden_digest": digest})
    return wanted.model_copy(
        update={"record": record, "digest": digest, "vectors": vectors, "run": f"{wanted.run}-timed"}
    )


async def a_change_of_locks_was_cut_off(shop: Shop, wanted: Commit) -> None:
    change = LockChange(set=[different(40, 41)])
    if not await shop.raw.cut_off_lock_change(change.model_dump_json()):
        pytest.skip("there a change of locks is one transaction")


async def a_listing_was_spoilt(shop: Shop, wanted: Commit) -> None:
    await shop.raw.spoil_listing(await listed(shop, wanted))


async def pages_of_a_listing_were_lost(shop: Shop, wanted: Commit) -> None:
    entry_id = await listed(shop, wanted)
    listings = await shop.ports.listings()
    one = await listings.get(entry_id)
    assert one is not None
    await listings.put([replace(one, pages=one.pages[1:])])


async def an_entry_was_merged_into_one_that_is_gone(shop: Shop, wanted: Commit) -> None:
    entry_id = await listed(shop, wanted)
    listings = await shop.ports.listings()
    one = await listings.get(entry_id)
    assert one is not None
    gone = {"orphaned_at": shop.now, "merged_into": records.made_id("ani", "gone")}
    await listings.put([replace(one, orphaned=OrphanReason.MERGED, **gone)])


async def a_source_of_a_live_entry_was_unbound(shop: Shop, wanted: Commit) -> None:
    await unbind(shop, wanted.record.entry.sources[0])


async def a_source_of_a_listed_entry_was_unbound(shop: Shop, wanted: Commit) -> None:
    one = await (await shop.ports.listings()).get(await listed(shop, wanted))
    assert one is not None
    await unbind(shop, one.pages[0])


async def a_source_was_bound_to_another_live_entry(shop: Shop, wanted: Commit) -> None:
    url = wanted.record.entry.sources[0]
    other = await shop.wanted(f"owner of {url}")
    await shop.commit(other)
    await unbind(shop, url)
    await shop.stores.identities.bind(url, Binding(entry_id=other.record.entry.id, since=shop.now))


async def a_page_of_no_entry_was_left(shop: Shop, wanted: Commit) -> None:
    nobody = Binding(entry_id=records.made_id("ani", "nobody"), since=shop.now - timedelta(days=46))
    await shop.stores.identities.bind("https://anidb.net/anime/987654", nobody)


async def an_image_fell_out_of_the_map(shop: Shop, wanted: Commit) -> None:
    await shop.raw.forget_image(wanted.record.entry.images[0].source_url)


async def an_image_of_the_map_was_lost(shop: Shop, wanted: Commit) -> None:
    url, key = f"https://cdn.example.org/{wanted.run}.png", f"images/{'c' * 64}.png"
    await shop.stores.image_map.put([MirroredImage(source_url=url, sha256="c" * 64, key=key)])


async def a_flag_of_no_entry_was_left(shop: Shop, wanted: Commit) -> None:
    gone = records.made_id("ani", "flagged")
    flag = Flag(
        id=flag_id(gone, FlaggedField.TYPE), entry_id=gone, title="Gone", field=FlaggedField.TYPE,
        ours="TV", theirs="Movie", flagged_at=shop.now,
    )  # fmt: skip
    await (await shop.ports.flags()).put([flag])


async def a_sync_was_cut_off(shop: Shop, wanted: Commit) -> None:
    begun = shop.now - timedelta(hours=25)
    record = SyncRecord(revision="cut", dataset="week.jsonl", last_update=None, started_at=begun, rows=1)
    await (await shop.ports.sync_history()).put(record)


async def a_file_of_a_snapshot_was_lost(shop: Shop, wanted: Commit) -> None:
    name = f"{shop.now:%Y%m%dT%H%M%SZ}"
    part = Part(
        key=f"snapshots/{name}/animes-00001-ab.jsonl.zst", rows=1, size=1, sha256="a", content_sha256="b"
    )
    held = {"animes": SnapshotCollection().with_part(part), "images": SnapshotCollection()}
    manifest = SnapshotManifest(
        name=name, release="1", record_schema=1, begun_at=shop.now, ended_at=shop.now, collections=held
    )
    await shop.stores.objects.put(manifest_key(name), manifest.model_dump_json().encode())


async def listed(shop: Shop, wanted: Commit) -> str:
    """A listed entry of two pages for this damage alone; its id."""
    name = wanted.run.removeprefix("work/")
    source = ListingSource(repository="d", licence="l", licence_url="https://example.org")
    sources = [f"https://example.org/{site}/{name}" for site in ("one", "two")]
    pages = tuple(map(page_of, sources))
    listing = Listing(
        title=name, type=AnimeType.TV, status=AnimeStatus.FINISHED, sources=sources, listed_by=source
    )
    entry_id = records.made_id("ani", f"listed {name}")
    entry = ListedEntry(entry_id=entry_id, key="00", pages=pages, listing=listing, updated_at=shop.now)
    mine = Binding(entry_id=entry_id, since=shop.now)
    await shop.stores.identities.bind_free(dict.fromkeys(pages, mine))
    await (await shop.ports.listings()).put([entry])
    return entry_id


async def unbind(shop: Shop, url: str) -> None:
    bound = await shop.stores.identities.bindings([url])
    assert await shop.stores.identities.release(url, owner=bound[url].entry_id, token=bound[url].token + 1)


class Damaging(NamedTuple):
    """One kind of damage: how it is made, and what the scrubber is to make of it."""

    plant: Callable[..., Awaitable[None]]
    expected: dict[Damage, Outcome]


REPAIRED, FAILED = Outcome.REPAIRED, Outcome.FAILED
DAMAGES = [
    Damaging(a_commit_was_cut_off, {Damage.INTENT_OPEN: REPAIRED}),
    Damaging(a_lease_was_left, {Damage.LEASE_STALE: REPAIRED}),
    Damaging(an_event_was_not_relayed, {Damage.OUTBOX_PENDING: REPAIRED}),
    Damaging(the_record_was_edited, {Damage.RECORD_CHANGED: FAILED}),
    Damaging(points_of_another_version_appeared, {Damage.POINTS_ORPHANED: REPAIRED}),
    Damaging(points_of_no_entry_appeared, {Damage.POINTS_ORPHANED: REPAIRED}),
    Damaging(points_were_lost, {Damage.POINTS_MISSING: REPAIRED}),
    Damaging(the_vectors_were_lost, {Damage.VECTORS_MISSING: REPAIRED}),
    Damaging(a_point_too_many_appeared, {Damage.POINTS_EXTRA: FAILED}),
    Damaging(an_episode_was_lost, {Damage.PROJECTION_STALE: REPAIRED}),
    Damaging(characters_of_no_entry_appeared, {Damage.PROJECTION_ORPHANED: REPAIRED}),
    Damaging(an_image_was_lost, {Damage.BLOB_MISSING: FAILED, Damage.IMAGE_MAP_STALE: REPAIRED}),
    Damaging(an_image_was_left, {Damage.BLOB_ORPHANED: REPAIRED}),
    Damaging(vectors_of_an_aborted_commit_were_left, {Damage.BLOB_ORPHANED: REPAIRED}),
    Damaging(a_run_lost_its_exit_handler, {Damage.WORK_LEFT: REPAIRED}),
    Damaging(the_audit_copy_was_lost, {Damage.AUDIT_MISSING: REPAIRED}),
    Damaging(the_event_was_lost, {Damage.EVENT_MISSING: REPAIRED}),
    Damaging(a_licence_ended, {Damage.LICENCE_EXPIRED: REPAIRED}),
    Damaging(a_change_of_locks_was_cut_off, {Damage.LOCK_CHANGE_UNFINISHED: REPAIRED}),
    Damaging(a_listing_was_spoilt, {Damage.ROW_UNREADABLE: FAILED}),
    Damaging(pages_of_a_listing_were_lost, {Damage.LISTING_CHANGED: REPAIRED}),
    Damaging(an_entry_was_merged_into_one_that_is_gone, {Damage.SUCCESSOR_MISSING: FAILED}),
    Damaging(a_source_of_a_live_entry_was_unbound, {Damage.PAGE_UNBOUND: REPAIRED}),
    Damaging(a_source_of_a_listed_entry_was_unbound, {Damage.PAGE_UNBOUND: REPAIRED}),
    Damaging(a_source_was_bound_to_another_live_entry, {Damage.PAGE_ELSEWHERE: FAILED}),
    Damaging(a_page_of_no_entry_was_left, {Damage.PAGE_ORPHANED: REPAIRED}),
    Damaging(an_image_fell_out_of_the_map, {Damage.IMAGE_UNMAPPED: REPAIRED}),
    Damaging(an_image_of_the_map_was_lost, {Damage.IMAGE_MAP_STALE: REPAIRED}),
    Damaging(a_flag_of_no_entry_was_left, {Damage.FLAG_ORPHANED: FAILED}),
    Damaging(a_sync_was_cut_off, {Damage.SYNC_UNFINISHED: FAILED}),
    Damaging(a_file_of_a_snapshot_was_lost, {Damage.SNAPSHOT_DAMAGED: FAILED}),
]
