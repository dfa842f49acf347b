# SPDX-License-Identifier: Apache-2.0
"""Manners over an account, wherever it is kept: waits for a turn, and writes down what came of it."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

from otakube.domain.providers import rate_limit
from otakube.domain.providers.budget import Account, Outcome, Standing, Terms
from otakube.domain.providers.rate_limit import Bar
from otakube.errors import SourceError
from otakube.ports.rate_limits import Accounts, Seen
from otakube_api.contract import Provider, SourceReason

PATIENCE = 120.0  # seconds of the provider that one request waits for its turn


class Turns:
    """One provider's turns for this process.

    `flight`: seconds after which a request is given up. `second`: how long the provider's second takes here.
    """

    def __init__(
        self,
        provider: Provider,
        terms: Terms,
        accounts: Accounts,
        *,
        flight: float,
        patience: float = PATIENCE,
        second: float = 1.0,
    ) -> None:
        self._provider = provider
        self._terms = terms
        self._accounts = accounts
        self._flight = flight / second
        self._patience = patience
        self._second = second
        self._queue = asyncio.Lock()  # in this process, first come is first served

    async def turn(self) -> None:
        try:
            async with asyncio.timeout(self._patience * self._second), self._queue:
                pause = await self._seek()
                while pause is not None:
                    await asyncio.sleep(pause * self._second)
                    pause = await self._seek()
        except TimeoutError as error:
            waited = f"{self._provider}: no turn within {self._patience:g} s, so many wait for one"
            raise SourceError(SourceReason.RATE_LIMITED, waited) from error

    async def _seek(self) -> float | None:
        """None if the turn is ours; else seconds after which to look again."""
        seen = await self._accounts.read()
        verdict = rate_limit.seek(seen.account, self._terms, seen.now, self._flight)
        if verdict.bar is None:
            return None if await self._accounts.exchange(seen, verdict.account) else 0.0
        if verdict.bar is Bar.OPEN:
            away = f"{self._provider} was away; the next request goes in {verdict.wait:.1f} s"
            raise SourceError(SourceReason.UNAVAILABLE, away)
        if verdict.bar is Bar.DAY:
            left = timedelta(seconds=round(verdict.wait))
            spent = f"{self._provider}: today's {self._terms.day} requests are spent; new ones in {left}"
            raise SourceError(SourceReason.RATE_LIMITED, spent)
        if verdict.bar is Bar.CLOSED and verdict.wait > self._patience:
            closed = f"{self._provider} asks to stay away for {verdict.wait:.0f} s"
            raise SourceError(SourceReason.RATE_LIMITED, closed)
        return verdict.wait

    async def settle(self, outcome: Outcome) -> None:
        done = False
        while not done:
            seen = await self._accounts.read()
            here = self._translated(outcome, seen.now)
            done = await self._accounts.exchange(
                seen, rate_limit.settle(seen.account, self._terms, seen.now, here)
            )

    async def standing(self) -> Standing:
        seen = await self._accounts.read()
        return rate_limit.standing(seen.account, self._terms, seen.now)

    def _translated(self, outcome: Outcome, now: float) -> Outcome:
        """X-RateLimit-Reset is a time of the world; the account's clock may run faster."""
        if outcome.reset_at is None or self._second == 1.0:
            return outcome
        return Outcome(
            status=outcome.status,
            retry_after=outcome.retry_after,
            limit=outcome.limit,
            remaining=outcome.remaining,
            reset_at=now + outcome.reset_at - now * self._second,
        )


class ProcessAccounts:
    """An account that this process alone keeps: the same rules, for one process behind the address."""

    def __init__(self, *, second: float = 1.0, clock: Callable[[], float] = time.time) -> None:
        self._account = Account()
        self._changes = 0
        self._second = second
        self._clock = clock

    async def read(self) -> Seen:
        return Seen(self._account, self._clock() / self._second, b"%d" % self._changes)

    async def exchange(self, seen: Seen, new: Account) -> bool:
        if seen.mark != b"%d" % self._changes:
            return False
        self._account, self._changes = new, self._changes + 1
        return True
