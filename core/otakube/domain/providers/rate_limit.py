# SPDX-License-Identifier: Apache-2.0
"""Grants permits and records outcomes: pure rules over a RateLimitState.

The breaker is closed, open (nothing goes until an instant), then half-open: one probe goes alone, and its
outcome closes the breaker or opens it for longer.
"""

from bisect import bisect_right, insort
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from otakube.domain.providers.budget import Breaker, RateLimitState, RateLimitStatus, RequestOutcome
from otakube_api.providers import Rate, RateLimits

FAILURES = 5  # one after the other open the breaker: one pod's attempts at one dead page are four
REFUSALS = 8  # 429s one after the other: each has closed the provider for a while already
FIRST_OPENING, LONGEST_OPENING = 10.0, 80.0  # seconds; doubled while probes fail
PACE = 0.75  # of the mean distance of requests: faster than need be, so that a late one is made up for
MADE_UP = 2  # distances that may be made up for at once
UNSAID = 5.0  # seconds that a 429 without Retry-After closes for; doubled while they go on
_DAY = 86_400
_LOST_PROBE = 1.0  # seconds between looks at a probe that is under way


class BlockReason(StrEnum):
    """Reason why a request may not go yet."""

    RATE = "rate"  # our own budget: soon
    CLOSED = "closed"  # the provider named an instant
    DAY = "day"  # today's budget is spent
    OPEN = "open"  # the breaker


class Permit(NamedTuple):
    """`blocked_by` None: the request may go, and `state` counts it; else look again after `wait` seconds."""

    state: RateLimitState
    blocked_by: BlockReason | None = None
    wait: float = 0.0


def acquire(state: RateLimitState, limits: RateLimits, now: float, flight: float) -> Permit:
    """A permit for one request that is given up after `flight` seconds."""
    state = _forget(state, limits, now)
    for blocked_by, wait in (
        (BlockReason.OPEN, _until_probe(state, now)),
        (BlockReason.CLOSED, state.closed_until - now),
        (BlockReason.DAY, _until_tomorrow(state, limits, now)),
        (BlockReason.RATE, _until_paced(state, limits, now)),
        (BlockReason.RATE, max(_until_free(state, rate, now) for rate in _rates(state, limits))),
    ):
        if wait > 0:
            return Permit(state, blocked_by, wait)
    return Permit(_count(state, limits, now, flight))


def record_outcome(
    state: RateLimitState, limits: RateLimits, now: float, outcome: RequestOutcome
) -> RateLimitState:
    """The state after the outcome of one request that had its permit."""
    state = _land(_forget(state, limits, now), now)
    state = _adopt(state, limits, now, outcome)
    counted = state.outcomes.get(outcome.word, 0) + 1
    state = replace(state, outcomes={**state.outcomes, outcome.word: counted})
    state = replace(state, closed_until=max(state.closed_until, _closes(state, limits, now, outcome)))
    if outcome.status == 429:
        return _judge(replace(state, refusals=state.refusals + 1), state.refusals + 1 >= REFUSALS, now)
    if outcome.status == 0 or outcome.status >= 500 or outcome.status == 408:
        return _judge(replace(state, failures=state.failures + 1), state.failures + 1 >= FAILURES, now)
    if state.open_until > now:
        return state  # it was sent before: no word about the present
    return replace(state, failures=0, refusals=0, open_until=0.0, openings=0, probe_until=0.0)


def status_of(state: RateLimitState, limits: RateLimits, now: float) -> RateLimitStatus:
    """The state as a person reads it."""
    state = _forget(state, limits, now)
    permit = acquire(state, limits, now, 0.0)
    breaker: Breaker = "Closed" if not state.open_until else "Open" if state.open_until > now else "HalfOpen"
    today = None if limits.day is None else max(0, limits.day - state.spent)
    longest = _rates(state, limits)[-1]
    left = longest.requests - _used(state, longest, now)
    return RateLimitStatus(
        breaker=breaker,
        remaining=max(0, left) if permit.blocked_by in (None, BlockReason.RATE) else 0,
        limit=longest.requests,
        remaining_today=today,
        opens_in=None if permit.blocked_by is None else permit.wait,
        outcomes=state.outcomes,
        opened=state.opened,
    )


def _forget(state: RateLimitState, limits: RateLimits, now: float) -> RateLimitState:
    """Without what no rate looks at any more; a request that nobody settled landed when it was given up."""
    state = _credible(state, limits, now)
    lost = [until for until in state.flights if until <= now]
    landed = sorted((*state.landed, *lost))
    today = int(now // _DAY)
    return replace(
        state,
        flights=state.flights[len(lost) :],
        landed=tuple(landed[bisect_right(landed, now - limits.longest.seconds) :]),
        day=today,
        spent=state.spent if state.day == today else 0,
    )


def _credible(state: RateLimitState, limits: RateLimits, now: float) -> RateLimitState:
    """Drops instants too far ahead: a clock that was set back would block all until it caught up."""
    soon, away = now + limits.longest.seconds, now + _DAY
    probing = max(state.open_until - LONGEST_OPENING, state.probe_until - _DAY) <= now
    return replace(
        state,
        flights=tuple(until for until in state.flights if until <= away),
        landed=tuple(when for when in state.landed if when <= soon),
        paced=state.paced if state.paced <= soon else 0.0,
        closed_until=state.closed_until if state.closed_until <= away else 0.0,
        open_until=state.open_until if probing else now,
        probe_until=state.probe_until if probing else 0.0,
    )


def _rates(state: RateLimitState, limits: RateLimits) -> tuple[Rate, ...]:
    """Ours, the longest shrunk to what the provider says."""
    if state.said_limit is None:
        return limits.rates
    return (*limits.rates[:-1], Rate(state.said_limit, limits.longest.seconds))


def _used(state: RateLimitState, rate: Rate, now: float) -> int:
    return len(state.flights) + len(state.landed) - bisect_right(state.landed, now - rate.seconds)


def _until_free(state: RateLimitState, rate: Rate, now: float) -> float:
    """Seconds until fewer than its requests lie in the window; a flight may land at any time: look soon."""
    if _used(state, rate, now) < rate.requests:
        return 0.0
    if len(state.flights) >= rate.requests:
        return rate.seconds / rate.requests / 2
    return state.landed[len(state.flights) - rate.requests] + rate.seconds - now


def _until_paced(state: RateLimitState, limits: RateLimits, now: float) -> float:
    return state.paced + _gap(state, limits, now) - now


def _gap(state: RateLimitState, limits: RateLimits, now: float) -> float:
    """Seconds between two requests: the more of the longest window is used, the longer.

    A window that went as one burst would come back as one each time, and queue up at the provider.
    """
    longest = _rates(state, limits)[-1]
    return PACE * longest.seconds / longest.requests * _used(state, longest, now) / longest.requests


def _until_tomorrow(state: RateLimitState, limits: RateLimits, now: float) -> float:
    if limits.day is None or state.spent < limits.day:
        return 0.0
    return _DAY - now % _DAY


def _until_probe(state: RateLimitState, now: float) -> float:
    if not state.open_until:
        return 0.0
    if state.open_until > now:
        return state.open_until - now
    return min(state.probe_until - now, _LOST_PROBE)


def _count(state: RateLimitState, limits: RateLimits, now: float, flight: float) -> RateLimitState:
    flights = [*state.flights]
    insort(flights, now + flight)
    probe = now + flight if state.open_until else 0.0
    gap = _gap(state, limits, now)
    paced = max(state.paced + gap, now - MADE_UP * gap)
    return replace(state, flights=tuple(flights), paced=paced, spent=state.spent + 1, probe_until=probe)


def _land(state: RateLimitState, now: float) -> RateLimitState:
    """Take out one flight, whichever: those that go on are given up no later than the one taken out."""
    return replace(state, flights=state.flights[1:], landed=tuple(sorted((*state.landed, now))))


def _adopt(state: RateLimitState, limits: RateLimits, now: float, outcome: RequestOutcome) -> RateLimitState:
    """The provider's own count, where it is stricter: somebody else may ask from our address."""
    if outcome.limit is None or outcome.limit < 1:
        return state
    smaller = outcome.limit if outcome.limit < limits.longest.requests else None
    state = replace(state, said_limit=smaller)
    if outcome.remaining is None or outcome.limit > limits.longest.requests:
        return state
    unknown = max(0, outcome.limit - outcome.remaining - _used(state, limits.longest, now))
    return replace(state, landed=(*state.landed, *[now] * unknown))


def _closes(state: RateLimitState, limits: RateLimits, now: float, outcome: RequestOutcome) -> float:
    """The instant before which the provider wants no request."""
    refused = outcome.status == 429
    if outcome.retry_after is not None and (refused or outcome.status == 503):
        return now + outcome.retry_after
    if outcome.reset_at is not None and (refused or outcome.remaining == 0):
        return outcome.reset_at
    unsaid = UNSAID * 2.0 ** min(state.refusals, 10)
    return now + min(unsaid, max(UNSAID, limits.longest.seconds)) if refused else 0.0


def _judge(state: RateLimitState, enough: bool, now: float) -> RateLimitState:
    """After a failure: a failed probe opens the breaker again, and so does the last of too many failures."""
    half_open = 0.0 < state.open_until <= now
    if not half_open and (state.open_until or not enough):
        return state
    opening = min(LONGEST_OPENING, FIRST_OPENING * 2.0**state.openings)
    return replace(
        state,
        open_until=now + opening,
        openings=min(state.openings + 1, 10),
        opened=state.opened + 1,
        probe_until=0.0,
    )
