# SPDX-License-Identifier: Apache-2.0
"""Promises of every store of merge locks."""

import asyncio
import random
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from lock_builders import WHEN, add, different, fixed, means, page, remove, same
from otakube.adapters.stores.mongodb.connection import Documents
from otakube.adapters.stores.mongodb.locks import MongoLocks
from otakube.bootstrap.stores.choice import choose
from otakube.domain.locks.change import LockChange
from otakube.domain.locks.effects import concerning
from otakube.domain.locks.lock import Lock, Same, lock_id
from otakube.errors import Fatal, Retriable
from otakube.maintenance.merge_locks import curate, remember
from otakube.ports.locks import Locks, every
from otakube.settings import Settings
from ports import free_port
from shop import Shop
from unit.otakube.maintenance.test_merge_locks import approved

RACES = 40

DECIDED = [
    same(0, 1), same(1, 2, note="two cours"), different(2, 5), means("Mushishi", 0, year=2005),
    fixed("episode_count", 26, 2, 7), fixed("season", {"year": 2005, "quarter": "Fall"}, 7),
    fixed("aired_to", None, 8), same(9, 10), means("蟲師", 10),
]  # fmt: skip


@pytest_asyncio.fixture
async def locks(shop: Shop) -> Locks:
    return await shop.ports.locks()


async def kept(locks: Locks) -> list[Lock]:
    return [lock async for lock in every(locks)]


async def test_what_was_decided_is_read_as_it_was_written(locks: Locks) -> None:
    await locks.prepare()
    for lock in DECIDED:
        await add(locks, lock)
    assert await kept(locks) == sorted(DECIDED, key=lock_id)
    ids = [lock_id(DECIDED[4]), "lock_unknown", lock_id(DECIDED[0])]
    assert {lock_id(lock) for lock in await locks.get(ids)} == set(ids) - {"lock_unknown"}


async def test_the_first_of_two_answers_stands(locks: Locks) -> None:
    first, second = fixed("type", "TV", 1), fixed("type", "ONA", 1, decided_by="oskar")
    await add(locks, first)
    with pytest.raises(Fatal, match="contradicts"):
        await add(locks, second)
    assert await kept(locks) == [first]


async def test_a_lock_is_removed_once(locks: Locks) -> None:
    await add(locks, same(1, 2))
    assert await remove(locks, lock_id(same(1, 2)))
    assert not await remove(locks, lock_id(same(1, 2)))
    assert await kept(locks) == []


async def test_locks_come_page_by_page_in_the_order_of_their_ids(locks: Locks) -> None:
    for lock in DECIDED:
        await add(locks, lock)
    ids = sorted(map(lock_id, DECIDED))
    first = await locks.after("", 4)
    second = await locks.after(lock_id(first[-1]), 4)
    assert [lock_id(lock) for lock in (*first, *second)] == ids[:8]
    assert await locks.after(ids[-1], 4) == []


@pytest.mark.parametrize("number", range(12))
async def test_what_concerns_an_anime_is_found_through_all_that_joins_its_pages(
    locks: Locks, number: int
) -> None:
    for lock in DECIDED:
        await add(locks, lock)
    wanted = sorted(concerning(DECIDED, [page(number)]), key=lock_id)
    assert await locks.about([page(number)]) == wanted


async def test_a_change_is_all_or_nothing(locks: Locks) -> None:
    await add(locks, same(0, 1))
    with pytest.raises(Fatal, match="1 locks are refused, and nothing is changed"):
        await curate(locks, LockChange(set=[same(5, 6), different(0, 1)], remove=["lock_unknown"]))
    assert await kept(locks) == [same(0, 1)]


async def test_a_change_removes_first_and_a_second_time_changes_nothing(locks: Locks) -> None:
    old, new = fixed("type", "TV", 1), fixed("type", "ONA", 1)
    await add(locks, old)
    change = LockChange(set=[new, same(1, 2)], remove=[lock_id(old), "lock_unknown"])
    trial = await curate(locks, change, dry_run=True)
    assert await kept(locks) == [old]
    done = await curate(locks, change)
    assert (done.added, done.unchanged, done.removed, done.missing) == (2, 0, 1, ["lock_unknown"])
    assert trial == done.model_copy(update={"dry_run": True})
    assert await kept(locks) == sorted([new, same(1, 2)], key=lock_id)
    again = await curate(locks, LockChange(set=change.set))
    assert (again.added, again.unchanged) == (0, 2)


async def test_of_two_answers_at_once_one_stands_and_the_other_hears_of_it(locks: Locks) -> None:
    answers = [fixed("episode_count", number, 1) for number in range(12)]
    random.shuffle(answers)
    done = await asyncio.gather(
        *(curate(locks, LockChange(set=[one])) for one in answers), return_exceptions=True
    )
    [standing] = await kept(locks)
    assert standing in answers
    assert sum(not isinstance(one, BaseException) for one in done) == 1
    assert all(isinstance(one, Fatal) for one in done if isinstance(one, BaseException))


async def test_a_change_that_was_planned_before_another_is_not_carried_out(locks: Locks) -> None:
    assert await locks.generation() == 0
    assert await locks.apply(LockChange(set=[same(0, 1)]), after=0)
    assert not await locks.apply(LockChange(set=[different(0, 1)]), after=0)
    assert await locks.apply(LockChange(set=[same(2, 3)]), after=1)
    assert not await locks.apply(LockChange(remove=[lock_id(same(0, 1))]), after=1)
    assert await locks.generation() == 2
    assert await kept(locks) == sorted([same(0, 1), same(2, 3)], key=lock_id)


async def test_of_a_change_and_the_approval_against_it_one_stands_and_the_other_is_told(
    shop: Shop, locks: Locks
) -> None:
    async with AsyncExitStack() as stack:
        ports = choose(shop.uri, lambda: shop.settings, stack)
        others = await ports.locks()  # of another process, by a connection of its own
        for number in range(RACES):
            one, other = 2 * number, 2 * number + 1
            request = approved(sources=[page(one), page(other)])
            kept_, refused = await asyncio.gather(
                remember(others, request, at=WHEN),
                curate(locks, LockChange(set=[different(one, other)])),
                return_exceptions=True,
            )
            [standing] = [lock for lock in await kept(locks) if page(one) in lock.pages]
            told = isinstance(refused, Fatal) if isinstance(standing, Same) else kept_ is None
            assert told, (standing, kept_, refused)


async def test_a_change_that_was_cut_off_is_carried_out_by_the_next_one_and_by_no_sleeper(
    own_settings: Settings,
) -> None:
    async with Documents(own_settings) as documents:
        locks = MongoLocks(documents)
        cut_off = LockChange(set=[same(0, 1), same(2, 3)])
        await locks._set_latest({"number": 1, "pending": cut_off.model_dump_json()}, 0)
        with pytest.raises(Fatal, match="contradicts"):
            await add(locks, different(0, 1))
        assert await kept(locks) == sorted(cut_off.set, key=lock_id)
        assert await remove(locks, lock_id(same(0, 1)))
        await locks._carry_out(1, cut_off)
        assert await kept(locks) == [same(2, 3)]
        assert not await locks.apply(LockChange(set=[different(2, 3)]), after=1)
        await add(locks, same(0, 1))
        assert len(await kept(locks)) == 2


async def test_a_thousand_pages_are_asked_for_at_once(locks: Locks) -> None:
    decided = [same(3 * n, 3 * n + 1) for n in range(1200)]
    assert (await curate(locks, LockChange(set=decided))).added == 1200
    assert (await curate(locks, LockChange(set=decided))).unchanged == 1200
    assert len(await kept(locks)) == 1200


async def test_a_store_that_is_away_is_worth_another_try(own_settings: Settings) -> None:
    uri = f"mongodb://127.0.0.1:{free_port()}/?serverSelectionTimeoutMS=200"
    gone = own_settings.model_copy(update={"mongodb_uri": type(own_settings.mongodb_uri)(uri)})
    async with Documents(gone) as documents:
        with pytest.raises(Retriable, match="the document store is away"):
            await MongoLocks(documents).about([page(1)])
