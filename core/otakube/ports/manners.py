# SPDX-License-Identifier: Apache-2.0
"""A provider's patience, shared by all pods behind one egress address: its rate budget and its breaker."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one request. `status` 0: no answer (connection, time-out). Times in seconds."""

    status: int
    retry_after: float | None = None
    limit: int | None = None  # X-RateLimit-Limit: requests in the provider's window
    remaining: int | None = None  # X-RateLimit-Remaining
    reset_at: float | None = None  # X-RateLimit-Reset, Unix time


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where we stand with a provider. `remaining` requests that may go now; `opens_in` seconds or None."""

    breaker: str  # Closed | Open | HalfOpen
    remaining: int | None  # None: no limit is known
    limit: int | None
    remaining_today: int | None = None  # where a day has a budget
    opens_in: float | None = None  # until the next request may go, if none may now


class Manners(Protocol):
    """One provider's turns."""

    async def turn(self) -> None:
        """Wait until a request may go.

        SourceError: Unavailable while the breaker is open; RateLimited if the wait would be longer than this
        caller's patience, or if the day's budget is spent (then it says until when).
        """

    async def settle(self, outcome: Outcome) -> None:
        """Tell what came of a request that had its turn."""

    async def standing(self) -> Standing:
        """Without taking a turn."""


class NoManners:
    """For a provider that is ours: no limit, no breaker."""

    async def turn(self) -> None:
        """At once."""

    async def settle(self, outcome: Outcome) -> None:
        """Nothing is kept."""

    async def standing(self) -> Standing:
        """Always open."""
        return Standing(breaker="Closed", remaining=None, limit=None)
