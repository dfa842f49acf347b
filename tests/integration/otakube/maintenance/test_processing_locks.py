# SPDX-License-Identifier: Apache-2.0
"""Processing locks in every document store: unique, of one owner, and over after a day."""

import asyncio
from datetime import UTC, datetime, timedelta

from otakube.ports.processing import LOCKED_FOR
from shop import Shop

NOW = datetime(2026, 11, 27, 1, tzinfo=UTC)


async def test_of_many_that_lock_an_entry_at_once_one_does(shop: Shop) -> None:
    locks = await shop.ports.processing_locks()
    taken = await asyncio.gather(*(locks.take("ani_1", f"work/{one}", now=NOW) for one in range(12)))
    assert taken.count(True) == 1
    assert await locks.take("ani_1", f"work/{taken.index(True)}", now=NOW), "its owner goes on"
    assert await locks.take("ani_2", "work/other", now=NOW)


async def test_a_lock_ends_with_its_owner_or_after_a_day(shop: Shop) -> None:
    locks = await shop.ports.processing_locks()
    assert await locks.take("ani_1", "work/a", now=NOW)
    assert not await locks.take("ani_1", "work/b", now=NOW + LOCKED_FOR - timedelta(seconds=1))
    assert await locks.take("ani_1", "work/b", now=NOW + LOCKED_FOR)
    await locks.release("work/a")
    assert not await locks.take("ani_1", "work/a", now=NOW + LOCKED_FOR)
    await locks.release("work/b")
    assert await locks.take("ani_1", "work/a", now=NOW + LOCKED_FOR)
