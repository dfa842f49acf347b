# SPDX-License-Identifier: Apache-2.0
"""A catalogue brought back from a snapshot, into empty stores and into damaged ones."""

from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from drill import records
from lock_builders import add, different, remove
from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.commit.lease import take
from otakube.commit.recovery import vectors_key
from otakube.domain.locks.lock import lock_id
from otakube.errors import Fatal, Retriable
from otakube.maintenance.audit import audit
from otakube.maintenance.scrub import Scrub, finish
from otakube.maintenance.snapshots.blobs import Blobs
from otakube.maintenance.snapshots.contents import SnapshotFile
from otakube.maintenance.snapshots.manifest import SnapshotManifest
from otakube.maintenance.snapshots.restore_plan import RestoreReport
from otakube_api.contract import FailureReason
from shop import Shop
from snapshot_shop import (
    ENTRIES,
    PART_BYTES,
    a_restore,
    blobs,
    contents,
    erase,
    erase_points,
    filled,
    hits,
    pictured,
    restored,
    snapshot,
)

CHANGED = {SnapshotFile.COUNTERS, SnapshotFile.IMAGE_MAP}  # images of earlier versions are not copied
UNCHANGED = [file.value for file in SnapshotFile if file not in CHANGED]
QUERY = "a story about a fire drill"


def outcomes(report: RestoreReport) -> dict[str, int]:
    return {outcome.value: number for outcome, number in report.outcomes.items()}


def same_rows(before: SnapshotManifest, after: SnapshotManifest) -> None:
    digests = [{name: contents(one)[name] for name in UNCHANGED} for one in (before, after)]
    assert digests[0] == digests[1]


async def scrubbed(shop: Shop) -> list[str]:
    """Findings of a full scrub, an hour later: no image is too young to be looked at."""
    shop.later(3600)
    run = Scrub(stores=shop.stores, clock=shop.clock)
    await finish(run)
    await audit(run, blobs_older_than=timedelta())
    return [f"{found.damage} {found.subject}: {found.detail}" for found in run.report.findings]


async def copied(shop: Shop, folder: Path) -> tuple[SnapshotManifest, FolderObjects]:
    """A snapshot in another place, with the images."""
    place = FolderObjects(folder / "backup")
    own = Blobs(shop.stores.objects, place)
    return await snapshot(shop, place, blobs=own, part_bytes=PART_BYTES), place


async def test_after_all_stores_are_wiped_documents_blobs_and_search_are_as_before(
    shop: Shop, tmp_path: Path
) -> None:
    await filled(shop)
    manifest, place = await copied(shop, tmp_path)
    live = [state.blobs for state in [one async for one in shop.stores.ledger.states()]]
    before, found = await blobs(shop), await hits(shop, QUERY)
    await erase(shop)
    report = await restored(shop, manifest, place, images=Blobs(place, shop.stores.objects))
    assert (outcomes(report), report.done) == ({"Restored": ENTRIES}, True)
    after = await blobs(shop)
    assert {key: digest for key, digest in before.items() if key in after} == after
    assert {key for keys in live for key in keys} <= set(after)
    assert await hits(shop, QUERY) == found
    same_rows(manifest, await snapshot(shop, FolderObjects(tmp_path / "after"), part_bytes=PART_BYTES))
    assert report.rows["image_map"] == len({key for keys in live for key in keys}) == ENTRIES
    assert await scrubbed(shop) == []
    again = await restored(shop, manifest, place, images=Blobs(place, shop.stores.objects))
    assert outcomes(again) == {"Same": ENTRIES}


@pytest.mark.parametrize("concurrency", [1, 3, 16])
async def test_entries_that_come_back_together_end_as_those_that_come_one_by_one(
    shop: Shop, tmp_path: Path, concurrency: int
) -> None:
    await filled(shop)
    manifest, place = await copied(shop, tmp_path)
    await erase(shop)
    work = await a_restore(shop, manifest, place, images=Blobs(place, shop.stores.objects))
    work.concurrency = concurrency
    async with shop.ports.bulk():
        assert outcomes(await work.run()) == {"Restored": ENTRIES}
    same_rows(manifest, await snapshot(shop, FolderObjects(tmp_path / "after"), part_bytes=PART_BYTES))
    assert await scrubbed(shop) == []


async def test_a_restored_entry_takes_the_next_commit_under_a_newer_version(
    shop: Shop, tmp_path: Path
) -> None:
    [entry_id] = await filled(shop, entries=1)
    manifest, place = await copied(shop, tmp_path)
    for revision in (7, 8):  # the lost history: the bucket remembers its versions
        await shop.commit(await pictured(shop, "snapshot 0", revision))
    lost = (await shop.stores.ledger.state(entry_id)).live_version
    await shop.raw.erase()
    await restored(shop, manifest, place, images=Blobs(place, shop.stores.objects))
    assert (await shop.stores.ledger.state(entry_id)).live_version == 1
    outputs = await shop.commit(await pictured(shop, "snapshot 0", 9))
    assert int(outputs["version"]) > lost


async def test_a_dry_run_changes_nothing(shop: Shop) -> None:
    await filled(shop)
    manifest = await snapshot(shop)
    await shop.raw.erase()
    report = await restored(shop, manifest, dry_run=True)
    assert outcomes(report) == {"Restored": ENTRIES}
    assert [one async for one in shop.stores.ledger.states()] == []
    assert await shop.stores.locks.generation() == 0


class Away:
    """A store that is away from its n-th call on."""

    def __init__(self, port: Any, left: list[int]) -> None:
        self._port, self._left = port, left

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if name in ("rows", "entries", "list", "aged", "states", "open_intents", "versions", "record_bytes"):
            return method

        async def call(*arguments: Any, **options: Any) -> Any:
            if self._left[0] <= 0:
                raise Retriable(FailureReason.STORE_UNAVAILABLE, "away")
            self._left[0] -= 1
            return await method(*arguments, **options)

        return call


async def cut_after(shop: Shop, manifest: SnapshotManifest, calls: int) -> bool:
    """Restore with stores that go away after some calls; True if it was done before."""
    left = [calls]
    ports = {one.name: Away(getattr(shop.stores, one.name), left) for one in fields(shop.stores)}
    rows = Away(await shop.ports.rows(), left)
    work = await a_restore(shop, manifest, stores=replace(shop.stores, **ports), rows=rows)
    try:
        await work.run()
    except Retriable:
        return False
    return True


async def test_cut_off_at_any_call_and_resumed_it_ends_the_same(shop: Shop, tmp_path: Path) -> None:
    await filled(shop, entries=2)
    manifest = await snapshot(shop, part_bytes=PART_BYTES)
    found, calls = await hits(shop, QUERY), 0
    while True:
        await shop.raw.erase()
        await erase_points(shop)
        if await cut_after(shop, manifest, calls):
            break
        shop.later(120)
        report = await restored(shop, manifest)
        assert report.done, report
        assert await hits(shop, QUERY) == found
        same_rows(manifest, await snapshot(shop, FolderObjects(tmp_path / str(calls)), part_bytes=PART_BYTES))
        calls += 7 if "s3:" in shop.uri else 3
    assert calls > 50


async def test_a_damaged_record_is_brought_back_under_its_number(shop: Shop) -> None:
    [entry_id] = await filled(shop, entries=1)
    manifest = await snapshot(shop)
    await shop.raw.edit_synopsis("edited by hand")
    report = await restored(shop, manifest)
    assert outcomes(report) == {"Restored": 1}
    assert await scrubbed(shop) == []
    assert (await shop.stores.catalogue.entry(entry_id)).version == 1


async def test_newer_content_stays_unless_it_is_to_be_replaced(shop: Shop) -> None:
    [entry_id] = await filled(shop, entries=1)
    manifest = await snapshot(shop)
    await shop.commit(await pictured(shop, "snapshot 0", 5))
    report = await restored(shop, manifest)
    assert outcomes(report) == {"Newer": 1}
    assert "version 2 is live, the snapshot has 1" in report.entries[0].detail
    assert report.done
    report = await restored(shop, manifest, replace=True)
    assert outcomes(report) == {"Replaced": 1}
    live = await shop.stores.catalogue.entry(entry_id)
    assert (live.version, live.record.entry.synopsis) == (3, "Revision 0 of a story about a fire drill.")
    assert outcomes(await restored(shop, manifest, replace=True)) == {"Same": 1}
    assert await scrubbed(shop) == []


async def test_newer_content_that_is_damaged_is_replaced_by_a_new_version(shop: Shop) -> None:
    [entry_id] = await filled(shop, entries=1)
    manifest = await snapshot(shop)
    await shop.commit(await pictured(shop, "snapshot 0", 5))
    await shop.raw.edit_synopsis("edited by hand")
    assert outcomes(await restored(shop, manifest)) == {"Replaced": 1}
    assert (await shop.stores.catalogue.entry(entry_id)).version == 3


async def test_the_same_content_under_a_newer_number_is_mended_under_that(shop: Shop) -> None:
    [entry_id] = await filled(shop, entries=1)
    manifest = await snapshot(shop)
    await shop.commit(await pictured(shop, "snapshot 0", 5))
    again = await pictured(shop, "snapshot 0", 0)
    await shop.commit(again.model_copy(update={"run": "work/again/1-1"}))
    await shop.raw.edit_synopsis("edited by hand")
    assert outcomes(await restored(shop, manifest)) == {"Restored": 1}
    live = await shop.stores.catalogue.entry(entry_id)
    assert (live.version, live.record.entry.synopsis) == (3, "Revision 0 of a story about a fire drill.")
    assert await scrubbed(shop) == []


@pytest.mark.parametrize("lost", ["points", "vectors", "both", "episodes", "events"])
async def test_what_belongs_to_a_live_version_is_made_again(shop: Shop, lost: str) -> None:
    [entry_id] = await filled(shop, entries=1)
    manifest = await snapshot(shop)
    found = await hits(shop, QUERY)
    if lost in ("points", "both"):
        await erase_points(shop)
    if lost in ("vectors", "both"):
        await shop.stores.objects.delete(vectors_key(await shop.stores.catalogue.entry(entry_id)))
    if lost in ("episodes", "events"):
        await shop.raw.delete(lost)
    report = await restored(shop, manifest)
    assert outcomes(report) == {"Completed": 1} if lost != "events" else {"Same": 1}
    assert await hits(shop, QUERY) == found
    assert await scrubbed(shop) == []


async def test_without_the_text_model_vectors_that_are_nowhere_are_named(shop: Shop) -> None:
    [entry_id] = await filled(shop, entries=1)
    manifest = await snapshot(shop)
    await shop.raw.erase()
    await erase_points(shop)
    live = manifest.collections["animes"]
    assert live.rows == 1
    for key in [one async for one in shop.stores.objects.list("vectors/")]:
        await shop.stores.objects.delete(key)
    report = await restored(shop, manifest, embedder=None)
    assert (outcomes(report), report.done) == ({"Failed": 1}, False)
    assert "the text model that made them, drill@1, is not here" in report.entries[0].detail
    assert (await shop.stores.ledger.state(entry_id)).lease is None


async def test_an_entry_that_a_commit_holds_is_left_for_later(shop: Shop) -> None:
    [entry_id] = await filled(shop, entries=1)
    manifest = await snapshot(shop)
    await shop.raw.edit_synopsis("edited by hand")
    await take(shop.stores.ledger, entry_id, owner="work/other/1-1", seconds=60, clock=shop.clock)
    report = await restored(shop, manifest)
    assert (outcomes(report), report.again) == ({"Held": 1}, True)
    shop.later(61)
    assert outcomes(await restored(shop, manifest)) == {"Restored": 1}


async def test_pages_that_belong_to_another_entry_by_now_are_not_taken(shop: Shop) -> None:
    wanted = await pictured(shop, "first")
    await shop.commit(wanted)
    manifest = await snapshot(shop)
    await shop.raw.erase()
    other = await shop.wanted("second", sources=wanted.record.entry.sources)
    await shop.commit(other)
    report = await restored(shop, manifest)
    assert outcomes(report) == {"Failed": 1}
    assert f"belong to {other.record.entry.id} by now" in report.entries[0].detail
    assert await shop.owners(*wanted.record.entry.sources) == {
        wanted.record.entry.sources[0]: other.record.entry.id
    }


async def test_chosen_entries_come_back_alone(shop: Shop) -> None:
    entries = await filled(shop)
    manifest = await snapshot(shop, part_bytes=PART_BYTES)
    await shop.raw.erase()
    unknown = records.made_id("ani", "nobody")
    report = await restored(shop, manifest, chosen=[entries[1], unknown])
    assert outcomes(report) == {"Restored": 1, "Failed": 1}
    assert {one.entry_id: one.detail for one in report.entries} == {unknown: "the snapshot lacks it"}
    assert [one.entry_id async for one in shop.stores.ledger.states()] == [entries[1]]
    assert len(await shop.raw.find("events")) == 2
    assert await shop.stores.locks.generation() == 0


async def test_locks_that_people_changed_since_are_theirs_unless_asked_for(shop: Shop) -> None:
    await filled(shop, entries=1)
    manifest = await snapshot(shop)
    [lock] = await shop.stores.locks.after("", 9)
    await remove(shop.stores.locks, lock_id(lock))
    await add(shop.stores.locks, different(4, 5))
    assert (await restored(shop, manifest)).rows["merge_locks"] == 0
    assert len(await shop.stores.locks.after("", 9)) == 1
    assert (await restored(shop, manifest, locks_too=True)).rows["merge_locks"] == 1
    assert len(await shop.stores.locks.after("", 9)) == 2


async def test_a_snapshot_with_a_spoilt_file_restores_nothing(shop: Shop) -> None:
    await filled(shop)
    manifest = await snapshot(shop)
    await shop.stores.objects.put(manifest.parts[-1].key, b"spoilt")
    await shop.raw.erase()
    with pytest.raises(Fatal, match="its sha256 is"):
        await restored(shop, manifest)
    assert [one async for one in shop.stores.ledger.states()] == []
