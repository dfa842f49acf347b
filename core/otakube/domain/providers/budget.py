# SPDX-License-Identifier: Apache-2.0
"""Outcome of a request, and what is known about a provider's rate limits: shared by all pods. Seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from otakube_api.contract import SourceReason, SourceState

ANSWERED = SourceState.ANSWERED.value
Breaker = Literal["Closed", "Open", "HalfOpen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOutcome:
    """Outcome of one request. `status` 0: no answer (connection, time-out). Times in seconds."""

    status: int
    retry_after: float | None = None
    limit: int | None = None  # X-RateLimit-Limit: requests in the provider's window
    remaining: int | None = None  # X-RateLimit-Remaining
    reset_at: float | None = None  # X-RateLimit-Reset, Unix time

    @property
    def word(self) -> str:
        """`Answered`, or the SourceReason of its status."""
        return ANSWERED if self.status in _ANSWERS else source_reason(self.status).value


_ANSWERS = (200, 304)
_REASONS = {
    0: SourceReason.UNAVAILABLE,
    401: SourceReason.REFUSED,
    403: SourceReason.REFUSED,
    404: SourceReason.NOT_FOUND,
    408: SourceReason.UNAVAILABLE,
    425: SourceReason.UNAVAILABLE,
    429: SourceReason.RATE_LIMITED,
}


OUTCOMES = (
    ANSWERED,
    *dict.fromkeys(each.value for each in _REASONS.values()),
    SourceReason.ANSWER_INVALID.value,
)
"""The words of all outcomes."""


def source_reason(status: int) -> SourceReason:
    """Reason of an HTTP status that brings no answer; 0: nothing came."""
    other = SourceReason.UNAVAILABLE if status >= 500 else SourceReason.ANSWER_INVALID
    return _REASONS.get(status, other)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitStatus:
    """State of a provider for people: `remaining` of the `limit` of its longest rate, `opens_in` seconds."""

    breaker: Breaker
    remaining: int | None  # 0 while it is closed; None: no limit is known
    limit: int | None
    remaining_today: int | None = None  # where a day has a budget
    opens_in: float | None = None  # until the next request may go, if none may now
    outcomes: Mapping[str, int] = field(default_factory=dict)  # RateLimitState.outcomes
    opened: int = 0  # RateLimitState.opened


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitState:
    """Requests and refusals of one provider; instants are Unix times of one clock, the store's.

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
    outcomes: Mapping[str, int] = field(default_factory=dict)  # requests by RequestOutcome.word, ever
    opened: int = 0  # how often the breaker opened, ever
