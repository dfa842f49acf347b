# SPDX-License-Identifier: Apache-2.0
"""The budget of memory: who waits for whom, and when memory is free again."""

import asyncio
import gc
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from otakube.adapters.memory import MemoryBudget, MemoryExceeded, PodMemory
from otakube.ports.providers import Answer, AnswerMemory


async def test_who_asks_first_is_served_first_and_a_small_one_does_not_overtake() -> None:
    budget, served = MemoryBudget(10), list[str]()

    async def take(name: str, size: int) -> None:
        async with budget.reserve(size):
            served.append(name)
            await asyncio.sleep(0)

    async with budget.reserve(6):
        waiting = [asyncio.create_task(take("large", 8)), asyncio.create_task(take("small", 1))]
        await asyncio.sleep(0.01)
        assert served == []
    await asyncio.gather(*waiting)
    assert served == ["large", "small"]


async def test_more_than_there_is_is_refused_at_once_and_takes_nothing() -> None:
    budget = MemoryBudget(10)
    with pytest.raises(MemoryExceeded):
        async with budget.reserve(11):
            pass
    async with budget.reserve(10):
        pass


async def test_memory_of_a_task_that_was_cancelled_is_free_again() -> None:
    budget = MemoryBudget(10)

    async def take() -> None:
        async with budget.reserve(10):
            await asyncio.sleep(60)

    tasks = [asyncio.create_task(take()) for _ in range(3)]
    await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with budget.reserve(10):
        pass


async def test_waiting_for_memory_is_no_part_of_a_deadline() -> None:
    budget, other = MemoryBudget(10), AsyncExitStack()
    await other.enter_async_context(budget.reserve(10))
    async with AsyncExitStack() as held, asyncio.timeout(60) as deadline:
        waiting = asyncio.create_task(budget.reserve_within(deadline, 10, held))
        await asyncio.sleep(0)
        assert deadline.when() is None
        await other.aclose()
        await waiting
        left = (deadline.when() or 0) - asyncio.get_running_loop().time()
        assert 30 < left <= 60


def test_nobody_keeps_more_than_two_thirds_of_what_is_free() -> None:
    budget, owners = MemoryBudget(90), [AnswerMemory(), AnswerMemory(), AnswerMemory()]
    budget.keep(owners[0], 60)
    with pytest.raises(MemoryExceeded):
        budget.keep(owners[1], 21)
    budget.keep(owners[1], 20)
    with pytest.raises(MemoryExceeded):
        budget.keep(owners[2], 7)
    budget.keep(owners[2], 6)


def an_answer(memory: AnswerMemory) -> Answer:
    return Answer(url="https://a.test/", fetched_at=datetime.now(UTC), body={}).counted(memory)


def test_an_answer_counts_until_its_last_copy_is_gone() -> None:
    budget, memory = MemoryBudget(90), AnswerMemory()
    budget.keep(memory, 60)
    answers = [an_answer(memory)]
    del memory
    answers.append(answers[0].model_copy(update={"cached": True}))
    del answers[0]
    gc.collect()
    with pytest.raises(MemoryExceeded):
        budget.keep(AnswerMemory(), 60)
    answers.clear()
    gc.collect()
    budget.keep(AnswerMemory(), 60)


def test_what_a_pod_gives_to_others_is_a_fifth_of_its_limit() -> None:
    memory = PodMemory(1000)
    assert (memory.arriving.total, memory.contents.total) == (50, 150)
