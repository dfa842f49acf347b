# SPDX-License-Identifier: Apache-2.0
"""Snapshots of a catalogue in the real stores: what they hold, cut off and resumed, damaged, superseded."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.errors import Retriable
from otakube.maintenance.audit import audit
from otakube.maintenance.scrub import Scrub
from otakube.maintenance.snapshots.blobs import Blobs
from otakube.maintenance.snapshots.contents import SnapshotFile
from otakube.maintenance.snapshots.manifest import LATEST, SnapshotManifest, superseded
from otakube.maintenance.snapshots.shelf import latest, manifests, prune, unfinished
from otakube.maintenance.snapshots.write import RESUMED_FOR
from shop import Shop
from snapshot_shop import (
    ENTRIES,
    PART_BYTES,
    Cut,
    a_listed_entry,
    a_writer,
    contents,
    faults,
    filled,
    keys,
    pictured,
    rows_of,
    snapshot,
)


async def test_a_snapshot_holds_every_collection_and_is_found_under_the_stable_name(shop: Shop) -> None:
    await filled(shop)
    manifest = await snapshot(shop, part_bytes=PART_BYTES)
    assert {name: held.rows for name, held in manifest.collections.items()} == {
        "animes": ENTRIES, "episodes": 19, "characters": ENTRIES, "images": ENTRIES, "merge_locks": 1,
        "counters": ENTRIES, "identities": ENTRIES + 1, "image_map": 9, "reviews": 9, "events": 9,
        "listings": 1, "syncs": 1, "flags": 1,
    }  # fmt: skip
    assert len(manifest.collections["animes"].parts) > 1
    assert (manifest.entries, manifest.models, manifest.left_out) == (ENTRIES, ["drill@1"], [])
    assert SnapshotManifest.model_validate_json(await shop.stores.objects.get(LATEST)) == manifest
    assert await faults(shop.stores.objects, manifest) == []
    [episode, *_] = await rows_of(shop.stores.objects, manifest, SnapshotFile.EPISODES)
    assert episode["record"]["number"] == 1


async def written(shop: Shop, place: Cut) -> bool:
    """True if the snapshot was written before the bucket went away."""
    try:
        await snapshot(shop, place, part_bytes=PART_BYTES)
    except Retriable:
        return False
    return True


async def test_cut_off_at_any_write_and_resumed_it_holds_the_same(shop: Shop, tmp_path: Path) -> None:
    await filled(shop)
    whole = await snapshot(shop, FolderObjects(tmp_path / "whole"), part_bytes=PART_BYTES)
    writes = 0
    while not await written(shop, Cut(place := tmp_path / str(writes), writes)):
        assert await latest(FolderObjects(place)) is None
        shop.later(1)
        resumed = await snapshot(shop, FolderObjects(place), part_bytes=PART_BYTES)
        assert contents(resumed) == contents(whole)
        assert await faults(FolderObjects(place), resumed) == []
        assert await unfinished(FolderObjects(place)) == []
        writes += 1
    assert writes > 20


async def test_one_that_was_cut_off_long_ago_is_begun_anew_and_removed(shop: Shop, tmp_path: Path) -> None:
    await filled(shop)
    with pytest.raises(Retriable):
        await snapshot(shop, Cut(tmp_path, 8), part_bytes=PART_BYTES)
    shop.later(RESUMED_FOR.total_seconds() + 1)
    place = FolderObjects(tmp_path)
    [draft] = await unfinished(place)
    made = await snapshot(shop, place)
    assert made.name != draft.manifest.name
    terms = {"keep": 1, "older_than": timedelta(days=30), "unfinished_for": RESUMED_FOR}
    assert await prune(place, now=shop.now, **terms) == [draft.manifest.name]
    assert [key async for key in place.list(f"snapshots/{draft.manifest.name}/")] == []


async def test_a_damaged_entry_is_left_out_named_and_does_not_push_out_the_whole_one(shop: Shop) -> None:
    await filled(shop, entries=1)
    objects = shop.stores.objects
    whole = await snapshot(shop)
    await shop.raw.edit_synopsis("edited by hand")
    await shop.commit(await shop.wanted("another", 9))
    shop.later(86_400 * 60)
    lacking = await snapshot(shop)
    assert (lacking.entries, lacking.left_out_number) == (1, 1)
    assert "its digest is" in lacking.left_out[0].reason
    terms = {"keep": 1, "older_than": timedelta(days=1), "unfinished_for": RESUMED_FOR}
    assert await prune(objects, now=shop.now, **terms) == []
    assert [one.name for one in await manifests(objects)] == [whole.name, lacking.name]


async def test_a_damaged_row_is_left_out_and_counted_and_all_others_are_written(
    shop: Shop, tmp_path: Path
) -> None:
    entries = await filled(shop)
    whole = await snapshot(shop, FolderObjects(tmp_path / "whole"))
    other = replace(a_listed_entry(shop), entry_id=entries[0])
    await (await shop.ports.listings()).put([other])
    await shop.raw.spoil_listing(a_listed_entry(shop).entry_id)
    place = FolderObjects(tmp_path / "lacking")
    lacking = await snapshot(shop, place)
    assert (lacking.left_out_rows, lacking.left_out_number, lacking.whole) == (1, 0, False)
    assert [one["entry_id"] for one in await rows_of(place, lacking, SnapshotFile.LISTINGS)] == [entries[0]]
    same = contents(whole).keys() - {SnapshotFile.LISTINGS}
    assert len(same) > 5
    assert {one: contents(lacking)[one] for one in same} == {one: contents(whole)[one] for one in same}
    assert await faults(place, lacking) == []
    assert superseded([whole, lacking], keep=1, older_than=timedelta(), now=shop.now) == []


async def test_a_catalogue_that_has_shrunk_does_not_become_the_latest(shop: Shop) -> None:
    await filled(shop)
    first = await snapshot(shop)
    await shop.raw.erase()
    shop.later(1)
    _, shrunk = await (await a_writer(shop, shop.stores.objects)).run()
    assert shrunk
    assert SnapshotManifest.model_validate_json(await shop.stores.objects.get(LATEST)).name == first.name
    shop.later(1)
    _, shrunk = await (await a_writer(shop, shop.stores.objects, allow_shrink=True)).run()
    assert not shrunk
    assert SnapshotManifest.model_validate_json(await shop.stores.objects.get(LATEST)).entries == 0


@pytest.mark.parametrize("damage", ["gone", "other bytes"])
async def test_a_file_that_is_not_what_was_written_is_named(shop: Shop, damage: str) -> None:
    await filled(shop)
    manifest = await snapshot(shop)
    key = manifest.collections["episodes"].parts[0].key
    if damage == "gone":
        await shop.stores.objects.delete(key)
    else:
        await shop.stores.objects.put(key, b"other")
    [fault] = await faults(shop.stores.objects, manifest)
    assert key in fault
    assert ("it is gone" if damage == "gone" else "its sha256 is") in fault


async def test_the_scrub_keeps_an_image_that_a_snapshot_names_alone(shop: Shop) -> None:
    first, second = await pictured(shop, "pictured", 1), await pictured(shop, "pictured", 2)
    await shop.commit(first)
    await snapshot(shop)
    await shop.commit(second)
    await shop.stores.objects.put(f"images/{'e' * 64}.png", b"png", content_type="image/png")
    shop.later(3600)
    await audit(Scrub(stores=shop.stores, clock=shop.clock), blobs_older_than=timedelta())
    assert await keys(shop.stores.objects, "images/") == {
        one.record.entry.images[0].key for one in (first, second)
    }


async def test_no_image_goes_while_a_snapshot_cannot_be_read(shop: Shop) -> None:
    await shop.commit(await pictured(shop, "pictured"))
    manifest = await snapshot(shop)
    await shop.stores.objects.delete(manifest.collections["images"].parts[0].key)
    await shop.stores.objects.put(f"images/{'e' * 64}.png", b"png", content_type="image/png")
    shop.later(3600)
    run = Scrub(stores=shop.stores, clock=shop.clock)
    await audit(run, blobs_older_than=timedelta())
    found = {(one.damage, one.outcome) for one in run.report.findings}
    assert found == {("SnapshotDamaged", "Failed"), ("BlobOrphaned", "Failed")}
    assert len(await keys(shop.stores.objects, "images/")) == 2


async def test_a_copy_in_another_place_has_the_images_beside_it(shop: Shop, tmp_path: Path) -> None:
    await filled(shop)
    place = FolderObjects(tmp_path / "copy")
    manifest = await snapshot(shop, place, blobs=Blobs(shop.stores.objects, place))
    assert manifest.blobs
    assert len(await keys(place, "images/")) == ENTRIES
    assert await faults(place, manifest) == []
    again = Blobs(shop.stores.objects, place)
    await snapshot(shop, place, blobs=again)
    assert again.copied == 0
    image = sorted(await keys(place, "images/"))[0]
    await place.delete(image)
    assert [image in fault for fault in await faults(place, manifest)] == [True]
