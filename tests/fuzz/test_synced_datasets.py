# SPDX-License-Identifier: Apache-2.0
"""Damaged datasets in a catalogue: a week is taken in whole, or stops with a reason, with nothing written."""

import json
import os
import random
import shutil
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from dataset_world import World, Writes, embedded
from fuzz.damaged_datasets import ROWS, damaged
from otakube.adapters.dataset_file import read_dataset
from otakube.domain.dataset.limits import WeekLimits
from otakube.domain.dataset.rows import DatasetFile, UnreadableDataset, read_row, usable
from otakube.maintenance.dataset_sync.sync import SyncReport, SyncRequest, sync
from otakube.ports.listings import ListedEntry
from plain_weeks import content, content_of_rows, outcome
from unit.otakube.domain.dataset.weeks import document, json_lines

COUNT = int(os.environ.get("FUZZ_DATASETS", "200"))
SEED = int(os.environ.get("FUZZ_SEED", "9"))
LIMITS = WeekLimits(shrink=0.3, unreadable=0.3)
TODAY = date(2026, 11, 26)


async def test_a_damaged_dataset_is_synced_whole_or_not_at_all(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    first, week = tmp_path / "first", tmp_path / "week"
    async with AsyncExitStack() as stack:
        await World(await embedded(first, stack)).sync_file(json_lines(ROWS))
    refused = stopped = changed = same = 0
    for number in range(COUNT):
        text = damaged(chance.choice((json_lines(ROWS), document(ROWS), document(ROWS, indent=1))), chance)
        week.write_bytes(chance.choice((text, zstandard.ZstdCompressor().compress(text))))
        try:
            file = read_dataset(week)
        except UnreadableDataset:
            refused += 1
            continue
        report = await synced_or_not(file, first, tmp_path / "catalogue", number)
        stopped += bool(report.breached)
        changed += not report.breached and report.written > 0
        same += not report.breached and report.written == 0
    print(
        f"{COUNT} datasets: {refused} refused, {stopped} beyond a limit, {changed} taken in, {same} as before"
    )
    assert refused
    assert stopped
    assert changed


async def synced_or_not(file: DatasetFile, first: Path, folder: Path, number: int) -> SyncReport:
    """Take it into a copy of the first week's catalogue, and look at what became of that."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(first, folder)
    writes = Writes()
    async with AsyncExitStack() as stack:
        world = World(await embedded(folder, stack))
        before = await by_id(world)
        request = SyncRequest(name=str(number), file=file, limits=LIMITS, today=TODAY)
        stores = writes.cutting(world.stores)
        report = await sync(stores, request, clock=lambda: world.now, report=lambda _: None)
        after = await by_id(world)
        if report.breached:
            assert all(one.message for one in report.breached)
            assert (writes.made, after) == (0, before)
            return report
        bodies = list(readable(file))
        assert content(after.values()) == content_of_rows(bodies), f"dataset {number} of seed {SEED}"
        if distinct(bodies):
            outcome(before, [tuple(one["sources"]) for one in bodies], after)
        assert (await sync(stores, request, clock=lambda: world.now, report=lambda _: None)).written == 0
    return report


def readable(file: DatasetFile) -> Iterator[dict[str, Any]]:
    """The rows of which something can be read."""
    for text in file.rows:
        with suppress(ValueError):  # a row that cannot be read has no fate to recompute
            yield json.loads(json.dumps(msgspec.to_builtins(usable(read_row(text)))))


def distinct(rows: list[dict[str, Any]]) -> bool:
    """True if no two rows that differ have the same sources."""
    found = {json.dumps(one, sort_keys=True): tuple(one["sources"]) for one in rows}
    return len(found) == len(set(found.values()))


async def by_id(world: World) -> dict[str, ListedEntry]:
    return {one.entry_id: one async for one in world.stores.listings.all()}
