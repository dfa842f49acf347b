# SPDX-License-Identifier: Apache-2.0
"""One queue of moments: each key once, at its last moment, by the wall clock."""

import asyncio
from datetime import UTC, datetime, timedelta

from otakube_operator.runtime.due_queue import SLACK, DueQueue

START = datetime(2027, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def read(self) -> datetime:
        return self.now


def a_queue() -> tuple[DueQueue[str], Clock, list[str]]:
    clock, handed = Clock(), []
    return DueQueue(clock.read, handed.append), clock, handed


def test_keys_are_handed_on_once_in_the_order_of_their_moments() -> None:
    queue, clock, handed = a_queue()
    queue.set("late", START + 2 * SECOND)
    queue.set("early", START + SECOND)
    assert queue.release() == 1
    clock.now += 3 * SECOND
    queue.release()
    queue.release()
    assert handed == ["early", "late"]
    assert len(queue) == 0


def test_the_last_moment_counts_and_none_means_never() -> None:
    queue, clock, handed = a_queue()
    queue.set("a", START + SECOND)
    queue.set("a", START + 3 * SECOND)
    queue.set("b", START + SECOND)
    queue.set("b", None)
    clock.now += 2 * SECOND
    assert queue.release() == 1
    assert handed == []
    clock.now += SECOND
    queue.release()
    assert handed == ["a"]


def test_a_clock_that_is_set_forward_makes_due_and_one_set_back_delays() -> None:
    queue, clock, handed = a_queue()
    queue.set("a", START + 3600 * SECOND)
    clock.now -= 7200 * SECOND
    assert queue.release() == 3 * 3600
    clock.now += 4 * 3600 * SECOND
    queue.release()
    assert handed == ["a"]


def test_outdated_moments_do_not_pile_up() -> None:
    queue, _, _ = a_queue()
    for second in range(10 * SLACK):
        queue.set("a", START + second * SECOND)
    assert len(queue._heap) <= SLACK + 3


async def test_the_task_wakes_for_a_moment_that_is_set_while_it_sleeps() -> None:
    handed: asyncio.Queue[str] = asyncio.Queue()
    queue: DueQueue[str] = DueQueue(lambda: datetime.now(UTC), handed.put_nowait)
    task = asyncio.create_task(queue.run())
    await asyncio.sleep(0)
    queue.set("a", datetime.now(UTC))
    assert await handed.get() == "a"
    task.cancel()
