# SPDX-License-Identifier: Apache-2.0
"""Points that were counted once give the answers of the store, whatever is written to it meanwhile."""

import random
from typing import Any

import pytest

from drill import records
from otakube.domain.record.handover import Point
from otakube.maintenance.snapshots.counted_points import CountedPoints
from otakube.ports.vectors import Version
from shop import Shop

ENTRIES = ["ani_a", "ani_b", "ani_c"]


def points(number: int) -> list[Point]:
    vector = [1.0, *[0.0] * (records.DIMENSION - 1)]
    return [Point(kind="episode", number=one, text="t", vector=vector) for one in range(number)]


async def same_answers(counted: CountedPoints, store: Any) -> None:
    for entry_id in ENTRIES:
        assert await counted.count(entry_id) == await store.count(entry_id)
        for version in (1, 2, 3):
            named = {"version": version, "digest": f"d{version}"}
            assert await counted.count(entry_id, **named) == await store.count(entry_id, **named)
            assert await counted.stored(entry_id, **named) == await store.stored(entry_id, **named)


@pytest.mark.parametrize("seed", range(3))
async def test_they_are_the_store_s_own_after_any_writes(shop: Shop, seed: int) -> None:
    chance, store = random.Random(seed), shop.stores.vectors
    await store.ensure(model=records.MODEL, dimension=records.DIMENSION)
    await store.insert(Version(entry_id="ani_a", version=1, digest="d1"), points(2), payload={})
    counted = await CountedPoints.of(store)
    for _ in range(12):
        entry_id, version = chance.choice(ENTRIES), chance.randint(1, 3)
        match chance.choice(["insert", "insert", "delete", "older"]):
            case "insert":
                made = Version(entry_id=entry_id, version=version, digest=f"d{version}")
                await counted.insert(made, points(chance.randint(1, 3)), payload={})
            case "delete":
                await counted.delete(entry_id, version=version)
            case "older":
                await counted.delete_before(entry_id, version=version)
        await same_answers(counted, store)
