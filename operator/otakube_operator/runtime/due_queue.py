# SPDX-License-Identifier: Apache-2.0
"""The moments at which objects are due though nothing has changed: one queue and one task for all of a kind.

Moments are of the wall clock, which may be set while the task sleeps: it looks at it every few seconds.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

K = TypeVar("K")

LOOK = 10.0
"""Seconds after which a clock that was set is noticed."""
SLACK = 1024
"""Outdated entries that the heap may hold beside as many as there are keys."""


class DueQueue(Generic[K]):
    """One moment a key; the key is handed on once the moment has come."""

    def __init__(self, now: Callable[[], datetime], hand_on: Callable[[K], None]) -> None:
        self._now, self._hand_on = now, hand_on
        self._moments: dict[K, datetime] = {}
        self._heap: list[tuple[datetime, K]] = []
        self._earlier = asyncio.Event()

    def __len__(self) -> int:
        return len(self._moments)

    def set(self, key: K, moment: datetime | None) -> None:
        """Have `key` handed on at `moment`, and at no other; None: not at all."""
        if moment is None:
            self._moments.pop(key, None)
            return
        if self._moments.get(key) == moment:
            return
        self._moments[key] = moment
        heappush(self._heap, (moment, key))
        if self._heap[0][1] == key:
            self._earlier.set()
        if len(self._heap) > 2 * len(self._moments) + SLACK:
            self._heap = [(at, each) for each, at in self._moments.items()]
            heapify(self._heap)

    async def run(self) -> None:
        """Hand keys on until cancelled."""
        while True:
            self._earlier.clear()
            pause = min(LOOK, self.release())
            try:
                await asyncio.wait_for(self._earlier.wait(), pause)
            except TimeoutError:
                continue

    def release(self) -> float:
        """Hand on what is due; the seconds until the next is."""
        now = self._now()
        while self._heap:
            moment, key = self._heap[0]
            if self._moments.get(key) != moment:
                heappop(self._heap)
            elif moment <= now:
                heappop(self._heap)
                del self._moments[key]
                self._hand_on(key)
            else:
                return (moment - now).total_seconds()
        return LOOK
