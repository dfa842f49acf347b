# SPDX-License-Identifier: Apache-2.0
"""A queue of keys: each waits at most once, is worked on by one worker at a time, and returns with backoff.

kopf's own handlers either keep their progress in annotations or put a finalizer on every object; a queue does
neither.
"""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Generic, TypeVar

K = TypeVar("K")

FIRST_BACKOFF = 1.0
LAST_BACKOFF = 300.0


class WorkQueue(Generic[K]):
    """Deduplicates what waits, serialises what runs, delays what failed."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._ready: asyncio.Queue[K] = asyncio.Queue()
        self._waiting: set[K] = set()
        self._running: set[K] = set()
        self._again: set[K] = set()
        self._timers: dict[K, asyncio.TimerHandle] = {}
        self._failures: dict[K, int] = {}

    def add(self, key: K) -> None:
        """Have `key` worked on as soon as a worker is free."""
        if key in self._running:
            self._again.add(key)
        elif key not in self._waiting:
            self._waiting.add(key)
            self._ready.put_nowait(key)

    def add_later(self, key: K, delay: float) -> None:
        """Have `key` worked on after `delay` seconds, unless that is planned for an earlier time."""
        loop = asyncio.get_running_loop()
        planned = self._timers.get(key)
        if planned is not None and planned.when() <= loop.time() + delay:
            return
        if planned is not None:
            planned.cancel()
        self._timers[key] = loop.call_later(delay, self._due, key)

    async def get(self) -> K:
        """The next key; the caller must end with `done`."""
        key = await self._ready.get()
        self._waiting.discard(key)
        self._running.add(key)
        return key

    def done(self, key: K) -> None:
        """Free `key` for the next worker."""
        self._running.discard(key)
        if key in self._again:
            self._again.discard(key)
            self.add(key)

    def retry(self, key: K, *, at_least: float = 0.0) -> float:
        """Bring `key` back after a backoff that doubles with each failure; returns its seconds."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        delay = backoff(failures, self._random.random)
        self.add_later(key, max(delay, at_least))
        return max(delay, at_least)

    def forget(self, key: K) -> None:
        """The last pass succeeded: the next failure starts from the first backoff."""
        self._failures.pop(key, None)

    def depth(self) -> int:
        """The number of keys that wait for a worker."""
        return self._ready.qsize()

    def close(self) -> None:
        """Cancel what is planned."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _due(self, key: K) -> None:
        self._timers.pop(key, None)
        self.add(key)


def backoff(failures: int, random: Callable[[], float]) -> float:
    """Seconds before the next try after `failures` earlier ones: doubling, capped, jittered by half."""
    full: float = min(LAST_BACKOFF, FIRST_BACKOFF * 2 ** min(failures, 16))
    return full * (0.5 + random() / 2)
