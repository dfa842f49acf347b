# SPDX-License-Identifier: Apache-2.0
"""A third week with all that a week may bring at once, and what a plain recomputation says of it."""

import random
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from dataset_world import World, Writes, embedded
from otakube.domain.dataset.limits import WeekLimits, limits_of
from otakube.ports.listings import ListedEntry
from otakube_api.contract import Breach
from plain_weeks import Outcome, content, content_of_rows, outcome
from unit.otakube.domain.dataset.weeks import row

ROWS, GONE, MERGED, SPLIT, CHANGED, NEW, DOUBLED = 400, 120, 12, 9, 20, 5, 8
Json = dict[str, Any]


def first_week(chance: random.Random) -> list[Json]:
    """Rows with two to four pages each, and three that the second week lacks."""
    sites = ("anidb.net", "kitsu.app", "anilist.co", "myanimelist.net")
    rows = []
    for one in range(ROWS):
        pages = [f"https://{site}/anime/{one + 1}" for site in chance.sample(sites, chance.randint(2, 4))]
        rows.append(row(f"No. {one}", *sorted(pages), episodes=chance.randint(1, 30)))
    return [*rows, *(row(f"Away {one}", str(9000 + one), str(9100 + one)) for one in range(3))]


def third_week(second: list[Json], away: list[Json], chance: random.Random) -> list[Json]:
    """Merges, splits, changes, new titles, one that is back, doubles, and 30 % of the rows gone."""
    rest = chance.sample(second, len(second))

    def take(count: int) -> list[Json]:
        taken = rest[:count]
        del rest[:count]
        return taken

    take(GONE)
    pairs = zip(take(MERGED), take(MERGED), strict=True)
    merged = [one | {"sources": sorted({*one["sources"], *other["sources"]})} for one, other in pairs]
    split = [
        one | {"sources": part, "title": f"{one['title']} {number}"}
        for one in take(SPLIT)
        for number, part in enumerate((one["sources"][:1], one["sources"][1:]))
    ]
    changed = [one | {"episodes": one["episodes"] + 1, "synonyms": ["Anew"]} for one in take(CHANGED)]
    new = [row(f"New {one}", str(9500 + one)) for one in range(NEW)]
    back = [away[0] | {"title": "Back", "sources": [away[0]["sources"][1], "https://anidb.net/anime/9900"]}]
    same = chance.sample(rest, DOUBLED)  # the same row twice
    shared = [  # two rows that name one page
        row(f"Both {one}", str(9700 + one), "https://anidb.net/anime/9800") for one in range(2)
    ]
    week = [*merged, *split, *changed, *new, *back, *same, *shared, *rest]
    return chance.sample(week, len(week))


@pytest.mark.parametrize("seed", range(3))
async def test_a_third_week_has_the_right_outcome_of_each_row(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    first = first_week(chance)
    second, away = first[:ROWS], first[ROWS:]
    third = third_week(second, away, chance)
    async with AsyncExitStack() as stack:
        world = World(await embedded(tmp_path, stack), limits=WeekLimits())
        await world.sync(first, "2026-11-19")
        await world.sync(second, "2026-11-20")
        before = await by_id(world)
        writes = Writes()
        careful = World(writes.cutting(world.stores), limits=WeekLimits())
        report = await careful.sync(third, "2026-11-26")
        assert [one.breach for one in report.breached] == [Breach.SHRUNK]
        assert report.breached[0].limit == "shrink"
        assert writes.made == 0
        assert await by_id(world) == before
        world.limits = limits_of(["shrink=0.35"])
        report = await world.sync(third, "2026-11-26")
        after = await by_id(world)
        assert report.breached == []
        found = outcome(before, [tuple(one["sources"]) for one in third], after)
        assert found == Outcome(new=NEW + 2, split=SPLIT, merged=MERGED, removed=GONE, returned=1)
        counts = {"new": NEW + 2, "resurrected": 1, "split": SPLIT, "merged": MERGED, "removed": GONE}
        assert counts.items() <= report.counts.items()
        assert content(after.values()) == content_of_rows(third)
        await check_owners(world, third, after)
        assert (await world.sync(third, "2026-11-26")).written == 0


async def by_id(world: World) -> dict[str, ListedEntry]:
    return {one.entry_id: one async for one in world.stores.listings.all()}


async def check_owners(world: World, week: list[Json], after: dict[str, ListedEntry]) -> None:
    """Each page of the week leads to the entry whose row names it; one of both where two do."""
    titles = {one.listing.title: one.entry_id for one in after.values() if one.orphaned is None}
    owners: dict[str, set[str]] = {}
    for one in week:
        for page in one["sources"]:
            owners.setdefault(page, set()).add(titles[one["title"]])
    for page, allowed in owners.items():
        assert await world.owner(page) in allowed
