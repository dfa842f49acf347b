# SPDX-License-Identifier: Apache-2.0
"""Entries that the dataset lists and that runs enrich, in every document store: one id, two levels."""

from dataclasses import replace

import pytest_asyncio

from dataset_world import World, sync_stores
from otakube.domain.record.listing import EntryLevel, OrphanReason, SystemStatus
from otakube.ports.flags import FlagState
from shop import Shop
from unit.otakube.domain.dataset.weeks import row

MANY = [row(f"No. {one}", str(one)) for one in range(11, 31)]
PAGES = ["https://anidb.net/anime/1", "https://anilist.co/anime/1"]
ANOTHER = "ani_" + "0" * 26
TIDE = row("Tide", *PAGES, synonyms=["Frozen Sea"])


@pytest_asyncio.fixture
async def world(shop: Shop) -> World:
    await shop.stores.ledger.prepare()
    return World(await sync_stores(shop.ports))


async def test_a_listed_entry_is_found_by_title_and_page(shop: Shop, world: World) -> None:
    await world.sync([TIDE, *MANY])
    tide = (await world.entries())["Tide"]
    assert await world.stores.listings.by_source(PAGES[1]) == tide
    summary = (await (await shop.ports.summaries()).of([tide.entry_id]))[tide.entry_id]
    assert (summary.level, summary.title, summary.year) == (EntryLevel.LISTED, "Tide", 2021)
    names = {one.entry_id: one.titles for one in await (await shop.ports.live_titles()).since(None)}
    assert names[tide.entry_id] == ("Tide", "Frozen Sea")


async def test_a_run_takes_over_the_id_that_its_pages_are_listed_under(shop: Shop, world: World) -> None:
    await world.sync([TIDE, *MANY])
    tide = (await world.entries())["Tide"]
    assert await shop.claim([PAGES[0], "https://kitsu.app/anime/5"], ANOTHER) == (tide.entry_id, False)


async def test_entries_that_run_before_the_first_week_keep_their_ids(shop: Shop, world: World) -> None:
    wanted = await shop.wanted("Tide", sources=PAGES)
    entry_id = wanted.record.entry.id
    await shop.claim(PAGES, entry_id)
    await shop.commit(wanted)
    await world.sync([TIDE, *MANY])
    assert (await world.entries())["Tide"].entry_id == entry_id
    summary = (await (await shop.ports.summaries()).of([entry_id]))[entry_id]
    assert (summary.level, summary.system_status) == (EntryLevel.ENRICHED, SystemStatus.ACTIVE)
    names = [one for one in await (await shop.ports.live_titles()).since(None) if one.entry_id == entry_id]
    assert [one.version for one in names] == [1]


async def test_an_enriched_entry_that_is_removed_is_orphaned_and_stays_live(shop: Shop, world: World) -> None:
    wanted = await shop.wanted("Tide", sources=PAGES)
    entry_id = wanted.record.entry.id
    await shop.claim(PAGES, entry_id)
    await shop.commit(wanted)
    await world.sync([TIDE, *MANY])
    await world.sync(MANY, "2026-11-22")
    assert (await world.entries())["Tide"].orphaned is OrphanReason.REMOVED
    assert await shop.stores.catalogue.entry(entry_id) is not None
    summary = (await (await shop.ports.summaries()).of([entry_id]))[entry_id]
    assert summary.system_status is SystemStatus.ORPHANED


async def test_of_two_that_are_merged_the_enriched_one_goes_on(shop: Shop, world: World) -> None:
    wanted = await shop.wanted("Tide", sources=PAGES[:1])
    entry_id = wanted.record.entry.id
    await shop.claim(PAGES[:1], entry_id)
    await shop.commit(wanted)
    await world.sync([row("Tide", "1"), row("Sea", PAGES[1], "2", "3"), *MANY])
    await world.sync([row("Both", PAGES[1], "1", "2", "3"), *MANY], "2026-11-22")
    entries = await world.entries()
    assert entries["Both"].entry_id == entry_id
    gone = [one for one in entries.values() if one.orphaned]
    assert [one.merged_into for one in gone] == [entry_id]


async def test_a_listed_entry_whose_pages_an_enrichment_found_to_be_another_s_is_joined_to_it(
    shop: Shop, world: World
) -> None:
    rows = [row("Tide", PAGES[0]), row("Sea", PAGES[1]), *MANY]
    await world.sync(rows)
    entry_id, _ = await shop.claim(PAGES, ANOTHER)
    await shop.commit(await shop.wanted("Tide", sources=PAGES, entry_id=entry_id))
    await world.sync(rows)
    gone = [one for one in (await world.entries()).values() if one.orphaned]
    assert [(one.orphaned, one.merged_into) for one in gone] == [(OrphanReason.JOINED, entry_id)]
    assert (await world.sync(rows)).written == 0


async def test_the_history_has_the_weeks_the_newest_first(world: World) -> None:
    await world.sync([TIDE, *MANY])
    await world.sync(MANY, "2026-11-22")
    newest, first = await world.stores.history.newest(5)
    assert (newest.rows, first.rows) == (20, 21)
    assert newest.counts["removed"] == 1
    assert newest.finished_at is not None
    assert first.sites["anilist.co"] == 1


async def test_a_difference_is_flagged_once_until_a_value_changes(shop: Shop, world: World) -> None:
    wanted = await shop.wanted("Tide", sources=PAGES)
    entry = wanted.record.entry
    await shop.claim(PAGES, entry.id)
    await shop.commit(wanted)
    same = TIDE | {"title": entry.titles.main, "status": "UNKNOWN", "type": "UNKNOWN"}
    week = [same | {"episodes": 500}, *MANY]
    report = await world.sync(week)
    flags = await world.stores.flags.newest(FlagState.OPEN, 10)
    assert [(one.id, one.theirs) for one in flags] == [(f"{entry.id}/episodes", "500")]
    assert report.counts["flagged"] == 1
    resolved = replace(flags[0], state=FlagState.RESOLVED, resolved_by="ilse")
    await world.stores.flags.put([resolved])
    assert (await world.sync(week)).counts["flagged"] == 0
    assert await world.stores.flags.newest(FlagState.OPEN, 10) == []
    await world.sync([same | {"episodes": 501}, *MANY], "2026-11-22")
    opened = (await world.stores.flags.newest(None, 10))[0]
    assert (opened.state, opened.theirs) == (FlagState.OPEN, "501")
    await world.sync([same | {"episodes": 0}, *MANY], "2026-11-23")
    closed = (await world.stores.flags.newest(FlagState.RESOLVED, 10))[0]
    assert closed.resolved_by == "the dataset"
