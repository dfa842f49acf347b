# SPDX-License-Identifier: Apache-2.0
"""Weeks of the dataset in a catalogue: what is listed, what goes on, what is orphaned, and never twice."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from dataset_world import Cut, World, Writes, embedded
from lock_builders import DECISION, add
from otakube.domain.dataset.limits import WeekLimits
from otakube.domain.locks.lock import Different, Same
from otakube.domain.record.golden import AnimeStatus
from otakube.domain.record.listing import OrphanReason
from otakube.maintenance.dataset_sync import stores as sync_stores
from otakube.maintenance.dataset_sync.sync import catalogue_digest
from otakube_api.contract import AnimeType, Breach
from unit.otakube.domain.dataset.weeks import row

MANY = [row(f"No. {one}", str(one), f"https://kitsu.app/anime/{one}") for one in range(1, 21)]
ANIDB = "https://anidb.net/anime/"


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        yield World(await embedded(tmp_path, stack))


async def test_a_first_week_is_listed_with_what_it_says_and_its_licence(world: World) -> None:
    report = await world.sync([row("Tide", "1", "https://x.example/7", synonyms=["Sea"], tags=["water"])])
    assert (report.counts["new"], report.written) == (1, 1)
    tide = (await world.entries())["Tide"]
    listing = tide.listing
    assert (listing.type, listing.status, listing.episodes) == (AnimeType.TV, AnimeStatus.FINISHED, 12)
    assert (listing.names(), listing.tags) == (("Tide", "Sea"), ["water"])
    assert listing.listed_by.licence == "ODbL"
    assert await world.owner(f"{ANIDB}1") == await world.owner("x.example/7") == tide.entry_id


async def test_the_same_week_again_writes_nothing(world: World) -> None:
    first = await world.sync(MANY)
    writes = Writes()
    again = World(writes.cutting(world.stores))
    assert (await again.sync(list(reversed(MANY)))).written == 0
    assert writes.made == 0
    assert (await again.sync(MANY)).digest == first.digest


async def test_a_dry_run_counts_and_writes_nothing(world: World) -> None:
    writes = Writes()
    report = await World(writes.cutting(world.stores)).sync(MANY, dry_run=True)
    assert (report.counts["new"], report.written, writes.made) == (20, 0, 0)


async def test_a_week_beyond_a_limit_writes_nothing(world: World) -> None:
    await world.sync(MANY)
    writes = Writes()
    strict = World(writes.cutting(world.stores), limits=WeekLimits())
    report = await strict.sync(MANY[:14], "2026-11-26")
    assert [one.breach for one in report.breached] == [Breach.SHRUNK]
    assert writes.made == 0


async def test_a_changed_row_keeps_its_entry_and_takes_new_pages(world: World) -> None:
    await world.sync([row("Tide", "1"), *MANY[1:]])
    before = (await world.entries())["Tide"]
    report = await world.sync([row("Tide!", "1", "900", episodes=13), *MANY[1:]], "2026-11-22")
    assert (report.counts["changed"], report.counts["new"], report.written) == (1, 0, 1)
    after = (await world.entries())["Tide!"]
    assert (after.entry_id, after.listing.episodes) == (before.entry_id, 13)
    assert await world.owner(f"{ANIDB}900") == before.entry_id


async def test_a_removed_entry_is_orphaned_and_comes_back_under_its_id(world: World) -> None:
    await world.sync([row("Tide", "1"), *MANY[1:]])
    await world.sync(MANY[1:], "2026-11-22")
    gone = (await world.entries())["Tide"]
    assert (gone.orphaned, gone.orphaned_at) == (OrphanReason.REMOVED, world.now)
    await world.sync([row("Tide, anew", "1", "901"), *MANY[1:]], "2026-11-23")
    back = (await world.entries())["Tide, anew"]
    assert (back.entry_id, back.orphaned, back.orphaned_at) == (gone.entry_id, None, None)


async def test_of_two_that_are_merged_one_is_orphaned_and_points_to_the_other(world: World) -> None:
    await world.sync([row("Tide", "1", "2"), row("Tide (TV)", "3"), *MANY[3:]])
    before = await world.entries()
    report = await world.sync([row("Tide", "1", "2", "3"), *MANY[3:]], "2026-11-22")
    assert (report.counts["merged"], report.counts["changed"]) == (1, 1)
    after = await world.entries()
    assert after["Tide"].entry_id == before["Tide"].entry_id
    assert after["Tide (TV)"].merged_into == before["Tide"].entry_id
    assert after["Tide (TV)"].orphaned is OrphanReason.MERGED
    assert await world.owner(f"{ANIDB}3") == before["Tide"].entry_id


async def test_what_is_split_off_gets_an_entry_of_its_own_or_the_one_that_it_had(world: World) -> None:
    apart = [row("Tide", "1", "2"), row("Lamp", "3"), *MANY[3:]]
    await world.sync([row("Tide", "1", "2", "3"), *MANY[3:]])
    tide = (await world.entries())["Tide"].entry_id
    report = await world.sync(apart, "2026-11-22")
    assert (report.counts["split"], report.counts["new"]) == (1, 0)
    lamp = (await world.entries())["Lamp"]
    assert (lamp.split_from, await world.owner(f"{ANIDB}3")) == (tide, lamp.entry_id)
    await world.sync([row("Tide", "1", "2", "3"), *MANY[3:]], "2026-11-23")
    assert (await world.entries())["Lamp"].merged_into == tide
    await world.sync(apart, "2026-11-24")
    again = (await world.entries())["Lamp"]
    assert (again.entry_id, again.orphaned, again.merged_into) == (lamp.entry_id, None, None)


async def test_a_page_that_two_rows_name_has_one_entry(world: World) -> None:
    await world.sync([row("Tide", "1", "7"), row("Lamp", "2", "7")])
    entries = await world.entries()
    assert await world.owner(f"{ANIDB}7") in {one.entry_id for one in entries.values()}
    assert entries["Tide"].entry_id != entries["Lamp"].entry_id
    assert (await world.sync([row("Tide", "1", "7"), row("Lamp", "2", "7")])).written == 0


async def test_a_different_lock_keeps_entries_from_being_merged(world: World) -> None:
    await world.sync([row("Tide", "1"), row("Lamp", "2"), *MANY[2:]])
    pages = [f"{ANIDB}1", f"{ANIDB}2"]
    await add(world.stores.locks, Different(pages=pages, **DECISION))
    one = [row("Tide", "1", "2"), *MANY[2:]]
    report = await world.sync(one, "2026-11-22")
    assert (report.counts["merged"], report.counts["keptApart"]) == (0, 1)
    entries = await world.entries()
    assert entries["Lamp"].orphaned is None
    assert await world.owner(pages[1]) == entries["Lamp"].entry_id
    assert entries["Tide"].listing.sources == pages[:1]
    assert (await world.sync(one, "2026-11-22")).written == 0


async def test_a_same_lock_joins_entries_that_the_dataset_lists_apart(world: World) -> None:
    await world.sync(MANY)
    await add(world.stores.locks, Same(pages=[f"{ANIDB}1", f"{ANIDB}2"], **DECISION))
    assert (await world.sync(MANY)).written == 1
    entries = await world.entries()
    first, second = entries["No. 1"], entries["No. 2"]
    gone, kept = (first, second) if first.orphaned else (second, first)
    assert (gone.orphaned, gone.merged_into, kept.orphaned) == (OrphanReason.JOINED, kept.entry_id, None)
    assert (await world.sync(MANY)).written == 0


def third_week(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Merges, splits, changes, duplicates, a title that returns, and a third of the rest gone."""
    merged = rows[0] | {"sources": rows[0]["sources"] + rows[1]["sources"]}
    split = [rows[2] | {"sources": [url], "title": url} for url in rows[2]["sources"]]
    changed = [one | {"title": one["title"] + "!"} for one in rows[3:6]]
    return [merged, *split, *changed, row("Back", "800"), row("New", "900"), *rows[6:16], rows[6]]


@pytest.mark.parametrize("seed", range(3))
async def test_a_sync_that_is_cut_off_anywhere_goes_on_to_the_same_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(sync_stores, "CHUNK", 2)
    old = [*MANY, row("Back", "800", "801")]
    later = third_week(MANY)
    async with AsyncExitStack() as stack:
        quiet = World(await embedded(tmp_path / "quiet", stack))
        await prepare(quiet, old)
        counted = Writes()
        wanted = (await World(counted.cutting(quiet.stores)).sync(later, "2026-11-24")).digest
        assert counted.made > 20
        for allowed in range(seed, counted.made, 3):
            world = World(await embedded(tmp_path / str(allowed), stack))
            await prepare(world, old)
            with suppress(Cut):  # it ends where it is cut
                await World(Writes(allowed).cutting(world.stores)).sync(later, "2026-11-24")
            report = await world.sync(later, "2026-11-24")
            assert report.digest == wanted == await catalogue_digest(world.stores)
            assert (await world.sync(later, "2026-11-24")).written == 0
            assert await bindings(world) == await bindings(quiet)


async def prepare(world: World, old: list[dict[str, Any]]) -> None:
    """Two weeks: in the second one a title is gone."""
    await world.sync(old)
    await world.sync(old[:-1], "2026-11-22")


async def bindings(world: World) -> dict[str, str]:
    pages = [page for one in (await world.entries()).values() for page in one.pages]
    found = await world.stores.identities.bindings(pages)
    return {page: replace(one, since=None, token=0).entry_id for page, one in found.items()}
