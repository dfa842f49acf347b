# SPDX-License-Identifier: Apache-2.0
"""Rate limiter over a stored state: waits for a permit, and records the outcome of each request."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

from otakube.domain.providers import rate_limit
from otakube.domain.providers.budget import RateLimitState, RateLimitStatus, RequestOutcome
from otakube.domain.providers.rate_limit import BlockReason
from otakube.errors import SourceError
from otakube.ports.rate_limits import RateLimitStore, Snapshot
from otakube_api.contract import Provider, SourceReason
from otakube_api.providers import RateLimits

Patience = Callable[[], float]
"""Seconds, by our clock, that a request which begins to wait now may wait for its permit."""


def two_minutes() -> float:
    """The patience of a caller that has no deadline: others of ours are before it."""
    return 120.0


class StoredRateLimiter:
    """One provider's rate limiter for this process, over a state that may be shared with others.

    `flight`: seconds after which a request is given up. `second`: how long the provider's second takes here.
    """

    def __init__(
        self,
        provider: Provider,
        limits: RateLimits,
        store: RateLimitStore,
        *,
        flight: float,
        patience: Patience = two_minutes,
        second: float = 1.0,
    ) -> None:
        self._provider = provider
        self._limits = limits
        self._store = store
        self._flight = flight / second
        self._patience = patience
        self._second = second
        self._queue = asyncio.Lock()  # in this process, first come is first served

    async def acquire(self) -> None:
        patience = self._patience()
        try:
            async with asyncio.timeout(patience), self._queue:
                pause = await self._try_acquire(patience)
                while pause is not None:
                    await asyncio.sleep(pause * self._second)
                    pause = await self._try_acquire(patience)
        except TimeoutError as error:
            waited = f"{self._provider}: no permit within {patience:.3g} s, so many wait for one"
            raise SourceError(SourceReason.RATE_LIMITED, waited) from error

    async def _try_acquire(self, patience: float) -> float | None:
        """None if the permit is ours; else seconds after which to look again."""
        snapshot = await self._store.read()
        permit = rate_limit.acquire(snapshot.state, self._limits, snapshot.now, self._flight)
        if permit.blocked_by is None:
            return None if await self._store.exchange(snapshot, permit.state) else 0.0
        if permit.blocked_by is BlockReason.OPEN:
            away = f"{self._provider} was away; the next request goes in {permit.wait:.1f} s"
            raise SourceError(SourceReason.UNAVAILABLE, away)
        if permit.blocked_by is BlockReason.DAY:
            left = timedelta(seconds=round(permit.wait))
            spent = f"{self._provider}: today's {self._limits.day} requests are spent; new ones in {left}"
            raise SourceError(SourceReason.RATE_LIMITED, spent)
        if permit.blocked_by is BlockReason.CLOSED and permit.wait * self._second > patience:
            closed = f"{self._provider} asks to stay away for {permit.wait:.0f} s"
            raise SourceError(SourceReason.RATE_LIMITED, closed)
        return permit.wait

    async def record(self, outcome: RequestOutcome) -> None:
        done = False
        while not done:
            snapshot = await self._store.read()
            here = self._translated(outcome, snapshot.now)
            done = await self._store.exchange(
                snapshot, rate_limit.record_outcome(snapshot.state, self._limits, snapshot.now, here)
            )

    async def status(self) -> RateLimitStatus:
        snapshot = await self._store.read()
        return rate_limit.status_of(snapshot.state, self._limits, snapshot.now)

    def _translated(self, outcome: RequestOutcome, now: float) -> RequestOutcome:
        """X-RateLimit-Reset is a time of the world; the store's clock may run faster."""
        if outcome.reset_at is None or self._second == 1.0:
            return outcome
        return RequestOutcome(
            status=outcome.status,
            retry_after=outcome.retry_after,
            limit=outcome.limit,
            remaining=outcome.remaining,
            reset_at=now + outcome.reset_at - now * self._second,
        )


class ProcessRateLimitStore:
    """A state that this process alone keeps: the same rules, for one process behind the address."""

    def __init__(self, *, second: float = 1.0, clock: Callable[[], float] = time.time) -> None:
        self._state = RateLimitState()
        self._changes = 0
        self._second = second
        self._clock = clock

    async def read(self) -> Snapshot:
        return Snapshot(self._state, self._clock() / self._second, b"%d" % self._changes)

    async def exchange(self, snapshot: Snapshot, new: RateLimitState) -> bool:
        if snapshot.mark != b"%d" % self._changes:
            return False
        self._state, self._changes = new, self._changes + 1
        return True
