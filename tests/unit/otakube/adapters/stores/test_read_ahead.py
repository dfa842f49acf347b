# SPDX-License-Identifier: Apache-2.0
"""Parts that are read one ahead of their caller."""

import asyncio
from contextlib import aclosing

import pytest

from otakube.adapters.stores.mongodb.connection import read_ahead


class Reads:
    """Notes what is begun and what is cut off."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.cut: list[int] = []

    async def read(self, part: int) -> str:
        self.begun.append(part)
        try:
            await asyncio.sleep(part and 0.001)
            if part == 3:
                raise ValueError(part)
        except asyncio.CancelledError:
            self.cut.append(part)
            raise
        return f"part {part}"


@pytest.mark.parametrize("parts", [[], [1], [1, 2], [0, 1, 2]])
async def test_every_part_comes_once_and_in_order(parts: list[int]) -> None:
    reads = Reads()
    assert [found async for found in read_ahead(reads.read, parts)] == [f"part {part}" for part in parts]
    assert reads.begun == parts


async def test_the_next_part_is_read_while_the_caller_works_and_no_further_one() -> None:
    reads = Reads()
    async with aclosing(read_ahead(reads.read, range(3))) as found:
        assert await anext(found) == "part 0"
        for _ in range(5):
            await asyncio.sleep(0)
        assert reads.begun == [0, 1]


async def test_a_caller_that_leaves_cuts_off_what_is_being_read() -> None:
    reads = Reads()
    async with aclosing(read_ahead(reads.read, range(3))) as found:
        await anext(found)
        await asyncio.sleep(0)  # the next one begins
    assert (reads.begun, reads.cut) == ([0, 1], [1])
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_an_error_ends_it_where_its_part_would_come() -> None:
    reads = Reads()
    found = read_ahead(reads.read, [2, 3, 4])
    assert await anext(found) == "part 2"
    with pytest.raises(ValueError, match="3"):
        await anext(found)
