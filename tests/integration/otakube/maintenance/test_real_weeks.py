# SPDX-License-Identifier: Apache-2.0
"""Two real weeks in a catalogue, and what a plain recomputation from the files alone says of them."""

import hashlib
import json
from collections import Counter, defaultdict
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import zstandard

from dataset_world import World, Writes, embedded
from otakube.domain.dataset.limits import WeekLimits
from otakube.domain.record.listing import OrphanReason

WEEKS = Path(__file__).parents[5] / "shared/data/aod"
FIRST, SECOND = (WEEKS / f"aod-shaped-2024-12-{day}.jsonl.zst" for day in (20, 28))
READ = ("sources", "title", "type", "episodes", "status", "animeSeason", "synonyms", "tags")

pytestmark = pytest.mark.skipif(not FIRST.is_file(), reason="the two real weeks are not beside this checkout")
Json = dict[str, Any]


def text_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return zstandard.ZstdDecompressor().stream_reader(file).read()


def rows_of(text: bytes) -> dict[str, Json]:
    """Rows by all that is read of them, each once."""
    rows = [{key: row.get(key) for key in READ} for row in map(json.loads, text.splitlines()[1:])]
    return {json.dumps(row, sort_keys=True): row for row in rows}


def recomputed(before: dict[str, Json], after: dict[str, Json]) -> Counter[str]:
    """Components of rows that share pages, and how many of each side are in them: no order, no digest."""
    went = {key: set(row["sources"]) for key, row in before.items() if key not in after}
    came = {key: set(row["sources"]) for key, row in after.items() if key not in before}
    stayed = {key: set(row["sources"]) for key, row in after.items() if key in before}
    named = Counter(page for pages in (*came.values(), *stayed.values()) for page in pages)
    holders = defaultdict(list)
    for key, pages in {**came, **stayed}.items():
        for page in pages:
            if named[page] == 1:
                holders[page].append(key)
    heirs = {key: {new for page in pages for new in holders[page]} for key, pages in went.items()}
    changed = _matched({key: found & came.keys() for key, found in heirs.items()})
    reached = {new for found in heirs.values() for new in found & came.keys()}
    return Counter(
        unchanged=len(stayed),
        changed=changed,
        removed=sum(not found for found in heirs.values()),
        merged=sum(bool(found) for found in heirs.values()) - changed,
        new=len(came) - len(reached),
        split=len(reached) - changed,
    )


def _matched(heirs: dict[str, set[str]]) -> int:
    """Pairs of a greatest matching; in these weeks as many as go on."""
    owner: dict[str, str] = {}

    def give(key: str, seen: set[str]) -> bool:
        for new in sorted(heirs[key] - seen):
            seen.add(new)
            if new not in owner or give(owner[new], seen):
                owner[new] = key
                return True
        return False

    return sum(give(key, set()) for key in sorted(heirs))


async def test_two_real_weeks_become_what_a_plain_recomputation_says(tmp_path: Path) -> None:
    first, second = text_of(FIRST), text_of(SECOND)
    before, after = rows_of(first), rows_of(second)
    async with AsyncExitStack() as stack:
        world = World(await embedded(tmp_path, stack), limits=WeekLimits())
        report = await world.sync_file(first, today=date(2024, 12, 21))
        assert (report.counts["new"], report.written) == (len(before), len(before))
        ids = {one.entry_id async for one in world.stores.listings.all()}
        assert len(ids) == len(before)
        report = await world.sync_file(second, today=date(2024, 12, 29))
        wanted = recomputed(before, after)
        assert {name: report.counts[name] for name in wanted} == dict(wanted)
        listed = [one async for one in world.stores.listings.all()]
        active = [one for one in listed if one.orphaned is None]
        assert ids <= {one.entry_id for one in listed}
        assert len(active) == len(after)
        assert Counter(one.orphaned for one in listed if one.orphaned) == Counter(
            {OrphanReason.MERGED: wanted["merged"], OrphanReason.REMOVED: wanted["removed"]}
        )
        assert {tuple(one.listing.sources) for one in active} == {
            tuple(row["sources"]) for row in after.values()
        }
        writes = Writes()
        again = World(writes.cutting(world.stores), limits=WeekLimits())
        assert (await again.sync_file(second, today=date(2024, 12, 29))).written == writes.made == 0
        digest = hashlib.sha256("".join(sorted(one.key for one in active)).encode()).hexdigest()
        print(f"{dict(wanted)}, active {len(active)}, keys {digest[:12]}")
