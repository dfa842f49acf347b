# SPDX-License-Identifier: Apache-2.0
"""How much each provider bears, and what all pods behind one address know about it.

Read from the providers' documentation and their issue trackers in 2026; docs/providers.md says where a number
is ours. Times are seconds.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from otakube_api.contract import Provider


class Rate(NamedTuple):
    """At most so many requests in any so many seconds."""

    requests: int
    seconds: float


class RateLimits(NamedTuple):
    """`rates` shortest first; `day`: requests in one UTC day; `freshest`: never the same question sooner."""

    rates: tuple[Rate, ...]
    day: int | None = None
    freshest: timedelta = timedelta()

    @property
    def longest(self) -> Rate:
        """The rate that holds in the long run, of which providers speak in X-RateLimit-Limit."""
        return self.rates[-1]


_DAY = timedelta(days=1)

RATE_LIMITS: dict[Provider, RateLimits] = {
    Provider.JIKAN:         RateLimits((Rate(3, 1), Rate(60, 60))),
    Provider.MYANIMELIST:   RateLimits((Rate(3, 1), Rate(60, 60))),    # none is documented: it refuses bursts
    Provider.ANILIST:       RateLimits((Rate(5, 2), Rate(30, 60))),    # since 2025; bursts: a guess
    Provider.KITSU:         RateLimits((Rate(5, 2), Rate(60, 60))),    # none is documented: politeness
    Provider.ANIDB:         RateLimits((Rate(1, 4),), day=200, freshest=_DAY),  # 2 s; 4 s in the long run
    Provider.ANIMESCHEDULE: RateLimits((Rate(5, 1), Rate(120, 60))),
    Provider.ANIME_PLANET:  RateLimits((Rate(1, 1.1),)),              # made for people: at most 55 a minute
}  # fmt: skip


def rate_limits(anidb_daily_budget: int) -> dict[Provider, RateLimits]:
    """The table, with the day's budget that this installation allows itself at AniDB."""
    return {**RATE_LIMITS, Provider.ANIDB: RATE_LIMITS[Provider.ANIDB]._replace(day=anidb_daily_budget)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one request. `status` 0: no answer (connection, time-out). Times in seconds."""

    status: int
    retry_after: float | None = None
    limit: int | None = None  # X-RateLimit-Limit: requests in the provider's window
    remaining: int | None = None  # X-RateLimit-Remaining
    reset_at: float | None = None  # X-RateLimit-Reset, Unix time


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitStatus:
    """Where we stand with a provider: `remaining` of the `limit` of its longest rate, `opens_in` seconds."""

    breaker: str  # Closed | Open | HalfOpen
    remaining: int | None  # 0 while it is closed; None: no limit is known
    limit: int | None
    remaining_today: int | None = None  # where a day has a budget
    opens_in: float | None = None  # until the next request may go, if none may now


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitState:
    """What is known about one provider; instants are Unix times of one clock, the store's.

    A request counts from the moment when it can no longer arrive at the provider: when its answer came
    (`landed`), or when nobody waits for one any more (`flights`). Counted from when it was sent, one that is
    delayed on its way would meet its successors there in one window.
    """

    flights: tuple[float, ...] = ()  # when each request under way will be given up
    landed: tuple[float, ...] = ()  # oldest first, as far back as the longest rate looks
    paced: float = 0.0  # when the last request went, or should have gone if that was a little earlier
    closed_until: float = 0.0  # the provider said: not before
    said_limit: int | None = None  # its X-RateLimit-Limit, while smaller than ours
    day: int = 0  # days since 1970, UTC
    spent: int = 0  # requests on that day
    failures: int = 0  # one after the other
    refusals: int = 0  # 429s one after the other
    open_until: float = 0.0  # 0: the breaker is closed
    openings: int = 0  # one after the other, without a success between
    probe_until: float = 0.0  # half-open: until then one request tries alone
