# SPDX-License-Identifier: Apache-2.0
"""Keys are worked on one at a time, once each, and come back when they must."""

import asyncio
from random import Random

from otakube_operator.runtime.work_queue import LAST_BACKOFF, WorkQueue, backoff


async def test_a_key_that_waits_is_not_queued_twice() -> None:
    queue: WorkQueue[str] = WorkQueue(Random(1))
    queue.add("a")
    queue.add("a")
    assert queue.depth() == 1


async def test_a_key_that_is_worked_on_waits_for_its_end() -> None:
    queue: WorkQueue[str] = WorkQueue(Random(1))
    queue.add("a")
    assert await queue.get() == "a"
    queue.add("a")
    queue.add("a")
    assert queue.depth() == 0
    queue.done("a")
    assert queue.depth() == 1


async def test_a_key_without_news_is_not_worked_on_again() -> None:
    queue: WorkQueue[str] = WorkQueue(Random(1))
    queue.add("a")
    queue.done(await queue.get())
    assert queue.depth() == 0


async def test_a_planned_key_comes_at_the_earliest_of_its_times() -> None:
    queue: WorkQueue[str] = WorkQueue(Random(1))
    queue.add_later("a", 3600)
    queue.add_later("a", 0)
    queue.add_later("a", 3600)
    assert await asyncio.wait_for(queue.get(), 10) == "a"
    queue.close()


async def test_the_delay_grows_with_each_failure_and_starts_over_after_a_success() -> None:
    queue: WorkQueue[str] = WorkQueue(Random(1))
    first, second = queue.retry("a"), queue.retry("a")
    queue.forget("a")
    third = queue.retry("a")
    assert first <= 1 < second <= 2
    assert third <= 1
    queue.close()


async def test_the_servers_wish_is_the_least_delay() -> None:
    queue: WorkQueue[str] = WorkQueue(Random(1))
    assert queue.retry("a", at_least=77) == 77
    queue.close()


def test_a_backoff_is_capped_and_jittered() -> None:
    assert backoff(100, lambda: 1.0) == LAST_BACKOFF
    assert backoff(100, lambda: 0.0) == LAST_BACKOFF / 2
    assert backoff(0, lambda: 1.0) == 1.0
