# SPDX-License-Identifier: Apache-2.0
"""Rate limit of writes: so many at once, and so many a second once a burst is spent.

The burst is for people who apply a folder of objects; the rate slows a loop that never settles, which is how
an operator takes an API server down.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class WriteRateLimiter:
    """A semaphore and a token bucket."""

    def __init__(self, *, at_once: int, rate: float, burst: int, clock: Callable[[], float]) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._rate, self._burst, self._clock = rate, burst, clock
        self._tokens, self._at = float(burst), clock()

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[None]:
        """Wait for a slot and a token."""
        async with self._slots:
            wait = self.take()
            if wait > 0:
                await asyncio.sleep(wait)
            yield

    def take(self) -> float:
        """Take one token, on credit if none is left; returns the seconds until it is covered."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        self._tokens -= 1
        return max(0.0, -self._tokens / self._rate)
