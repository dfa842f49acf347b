# SPDX-License-Identifier: Apache-2.0
"""Items are worked on some at a time, and none is taken before a lane is free."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from otakube.maintenance.snapshots.lanes import each


class Work:
    """Counts what is at work, and what was taken and not finished."""

    def __init__(self, items: int, broken: frozenset[int] = frozenset()) -> None:
        self.items, self.broken = items, broken
        self.taken = self.busy = self.most = self.ahead = 0
        self.done: list[int] = []

    async def each(self) -> AsyncIterator[int]:
        for number in range(self.items):
            await asyncio.sleep(0)  # as one that reads a file
            self.taken += 1
            self.ahead = max(self.ahead, self.taken - len(self.done))
            yield number

    async def do(self, number: int) -> None:
        self.busy += 1
        self.most = max(self.most, self.busy)
        for _ in range(20 + number % 3):
            await asyncio.sleep(0)
        self.busy -= 1
        if number in self.broken:
            raise ValueError(number)
        self.done.append(number)


@pytest.mark.parametrize(("items", "lanes"), [(0, 4), (3, 8), (50, 1), (50, 4)])
async def test_each_item_is_done_once_by_as_many_lanes_as_there_are(items: int, lanes: int) -> None:
    work = Work(items)
    await each(work.each(), work.do, lanes=lanes)
    assert sorted(work.done) == list(range(items))
    assert work.most == min(items, lanes)
    assert work.ahead <= lanes


async def test_after_an_error_what_was_begun_ends_and_nothing_else_begins() -> None:
    work = Work(50, broken=frozenset({5, 9}))
    with pytest.raises(ValueError, match=r"^(5|9)$"):
        await each(work.each(), work.do, lanes=4)
    assert work.busy == 0
    assert work.taken < 14


async def test_an_error_of_the_items_themselves_is_raised() -> None:
    async def items() -> AsyncIterator[int]:
        yield 1
        raise OSError("no more")

    work = Work(0)
    with pytest.raises(OSError, match="no more"):
        await each(items(), work.do, lanes=4)
    assert work.done == [1]
