# SPDX-License-Identifier: Apache-2.0
"""A provider's patience, shared by all pods behind one egress address: its rate budget and its breaker."""

from typing import NamedTuple, Protocol

from otakube.domain.providers.budget import OUTCOMES as OUTCOMES
from otakube.domain.providers.budget import Breaker as Breaker
from otakube.domain.providers.budget import RateLimitState
from otakube.domain.providers.budget import RateLimitStatus as RateLimitStatus
from otakube.domain.providers.budget import RequestOutcome as RequestOutcome


class RateLimiter(Protocol):
    """One provider's rate limiter."""

    async def acquire(self) -> None:
        """Wait until a request may go.

        SourceError: Unavailable while the breaker is open; RateLimited if the wait would be longer than this
        caller's patience, or if the day's budget is spent (then it says until when).
        """

    async def record(self, outcome: RequestOutcome) -> None:
        """Record what came of a request that had its permit."""

    async def status(self) -> RateLimitStatus:
        """Rate limit and breaker, without taking a permit."""


class Snapshot(NamedTuple):
    """A state as it was at `now`, the store's Unix time; `mark` tells it from earlier and later ones."""

    state: RateLimitState
    now: float
    mark: bytes


class RateLimitStore(Protocol):
    """Keeps one provider's rate-limit state; its clock is the only one that counts."""

    async def read(self) -> Snapshot:
        """The state; a new one if there is none."""

    async def exchange(self, snapshot: Snapshot, new: RateLimitState) -> bool:
        """Write `new` unless the state has changed since the snapshot; False if it has."""


class Unlimited:
    """For a provider that is ours: no limit, no breaker."""

    async def acquire(self) -> None:
        """At once."""

    async def record(self, outcome: RequestOutcome) -> None:
        """Nothing is kept."""

    async def status(self) -> RateLimitStatus:
        """Always open."""
        return RateLimitStatus(breaker="Closed", remaining=None, limit=None)
