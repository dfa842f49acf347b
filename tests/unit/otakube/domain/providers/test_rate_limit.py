# SPDX-License-Identifier: Apache-2.0
"""Permits, closings and the breaker, as rules over a state."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otakube.domain.providers.budget import (
    OUTCOMES,
    RateLimitState,
    RequestOutcome,
)
from otakube.domain.providers.rate_limit import (
    FAILURES,
    FIRST_OPENING,
    LONGEST_OPENING,
    REFUSALS,
    BlockReason,
    acquire,
    record_outcome,
    status_of,
)
from otakube_api.contract import Provider
from otakube_api.providers import PROFILES, Rate, RateLimits

NOW = 1_800_000_000.0  # 08:00 UTC
JIKAN = PROFILES[Provider.JIKAN].limits
NEW = RateLimitState()
ANIDB = PROFILES[Provider.ANIDB].limits
FINE = RequestOutcome(status=200)
AWAY = RequestOutcome(status=503)


def taken(state: RateLimitState, now: float, limits: RateLimits = JIKAN) -> RateLimitState:
    permit = acquire(state, limits, now, flight=30)
    assert permit.blocked_by is None, permit
    return permit.state


def asked(
    state: RateLimitState, now: float, outcome: RequestOutcome, limits: RateLimits = JIKAN
) -> RateLimitState:
    return record_outcome(taken(state, now, limits), limits, now, outcome)


def opened() -> RateLimitState:
    state = NEW
    for second in range(FAILURES):
        state = asked(state, NOW + second, AWAY)
    return state


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (200, "Answered"), (304, "Answered"), (404, "NotFound"), (401, "Refused"), (403, "Refused"),
        (429, "RateLimited"), (0, "Unavailable"), (408, "Unavailable"), (503, "Unavailable"),
        (301, "AnswerInvalid"), (418, "AnswerInvalid"),
    ],
)  # fmt: skip
def test_each_outcome_is_counted_by_the_word_that_people_read(status: int, word: str) -> None:
    assert word in OUTCOMES
    state = asked(asked(NEW, NOW, FINE), NOW + 1, RequestOutcome(status=status))
    assert state.outcomes == ({"Answered": 2} if word == "Answered" else {"Answered": 1, word: 1})
    assert status_of(state, JIKAN, NOW).outcomes == state.outcomes


def test_openings_of_the_breaker_are_counted_for_good() -> None:
    state = opened()
    assert (state.opened, status_of(state, JIKAN, NOW + FAILURES).breaker) == (1, "Open")
    healed = asked(state, NOW + 60, FINE)
    assert (healed.openings, healed.opened) == (0, 1)


def test_a_fourth_request_in_a_second_waits_for_the_first_to_leave_the_window() -> None:
    state = NEW
    for tenth in range(3):
        state = asked(state, NOW + tenth / 10, FINE)
    permit = acquire(state, JIKAN, NOW + 0.5, flight=30)
    assert (permit.blocked_by, round(permit.wait, 6)) == (BlockReason.RATE, 0.5)
    assert acquire(state, JIKAN, NOW + 1.01, flight=30).blocked_by is None


def test_a_request_counts_from_its_answer_not_from_its_start() -> None:
    slow = record_outcome(taken(NEW, NOW, ANIDB), ANIDB, NOW + 3, FINE)
    assert acquire(slow, ANIDB, NOW + 6.9, flight=30).blocked_by is BlockReason.RATE
    assert acquire(slow, ANIDB, NOW + 7, flight=30).blocked_by is None


def test_a_request_that_nobody_settles_counts_until_it_is_given_up_and_a_window_more() -> None:
    lost = taken(NEW, NOW, ANIDB)
    assert acquire(lost, ANIDB, NOW + 33.9, flight=30).blocked_by is BlockReason.RATE
    assert acquire(lost, ANIDB, NOW + 34, flight=30).blocked_by is None


EIGHTHS = st.integers(1, 40).map(lambda eighths: eighths / 8)  # exact in binary


@given(st.lists(st.tuples(EIGHTHS, EIGHTHS), min_size=1, max_size=60))
def test_no_window_at_the_provider_ever_holds_too_many(steps: list[tuple[float, float]]) -> None:
    """Each step waits, asks if it may, and is answered after its flight; it arrives at any time between."""
    rates = RateLimits((Rate(2, 1), Rate(5, 10)))
    state, now = NEW, NOW
    flying: list[tuple[float, float]] = []  # sent, answered
    done: list[tuple[float, float]] = []
    for pause, flight in steps:
        now += pause
        for one in sorted((one for one in flying if one[1] <= now), key=lambda one: one[1]):
            state = record_outcome(state, rates, one[1], FINE)
            flying.remove(one)
            done.append(one)
        permit = acquire(state, rates, now, flight=30)
        if permit.blocked_by is None:
            state = permit.state
            flying.append((now, now + flight))
    for rate in rates.rates:
        spans = done + flying
        for _, arrival in spans:  # the latest possible arrival of one
            soonest = [sent for sent, _ in spans if arrival <= sent < arrival + rate.seconds]
            assert len(soonest) < rate.requests


def test_a_full_window_is_spread() -> None:
    rates, state, sent = RateLimits((Rate(20, 20),)), NEW, []
    for tick in range(20 * 100):
        permit = acquire(state, rates, NOW + tick / 20, flight=30)
        if permit.blocked_by is None:
            state = record_outcome(permit.state, rates, NOW + tick / 20, FINE)
            sent.append(tick / 20)
    gaps = [after - before for before, after in pairwise(sent)]
    assert sum(gaps[:4]) < 0.6
    assert sum(gap < 0.5 for gap in gaps[40:]) <= 6  # made up for, once in each window
    assert len(sent) >= 99


def test_retry_after_closes_for_everybody() -> None:
    closed = asked(NEW, NOW, RequestOutcome(status=429, retry_after=17))
    assert acquire(closed, JIKAN, NOW + 16.5, flight=30)[1:] == (BlockReason.CLOSED, 0.5)
    assert acquire(closed, JIKAN, NOW + 17, flight=30).blocked_by is None


def test_a_reset_closes_when_nothing_remains() -> None:
    outcome = RequestOutcome(status=200, limit=60, remaining=0, reset_at=NOW + 40)
    assert acquire(asked(NEW, NOW, outcome), JIKAN, NOW + 39, flight=30).blocked_by is BlockReason.CLOSED
    more = replace(outcome, remaining=1)
    assert acquire(asked(NEW, NOW, more), JIKAN, NOW + 1, flight=30).blocked_by is not BlockReason.CLOSED


def test_a_429_without_a_word_closes_for_longer_each_time() -> None:
    state, waits = NEW, []
    for _ in range(6):
        state = asked(state, max(NOW, state.closed_until), RequestOutcome(status=429))
        waits.append(acquire(state, JIKAN, state.closed_until - 1, flight=30).blocked_by)
    assert waits == [BlockReason.CLOSED] * 6
    assert state.closed_until - NOW == 5 + 10 + 20 + 40 + 60 + 60


def test_a_smaller_limit_of_the_provider_is_ours_until_it_says_otherwise() -> None:
    state = asked(NEW, NOW, RequestOutcome(status=200, limit=20, remaining=19))
    assert status_of(state, JIKAN, NOW).limit == 20
    state = asked(state, NOW + 2, RequestOutcome(status=200, limit=90, remaining=80))
    assert status_of(state, JIKAN, NOW + 2).limit == 60


def test_requests_of_others_behind_our_address_count() -> None:
    state = asked(NEW, NOW, RequestOutcome(status=200, limit=60, remaining=10))
    assert status_of(state, JIKAN, NOW + 2).remaining == 10
    for second in range(10):
        state = asked(state, NOW + 2 + second, FINE)
    assert acquire(state, JIKAN, NOW + 13, flight=30).blocked_by is BlockReason.RATE


def test_a_days_budget_ends_at_midnight_utc() -> None:
    anidb = PROFILES[Provider.ANIDB].limits._replace(day=2)
    state = asked(asked(NEW, NOW, FINE, anidb), NOW + 10, FINE, anidb)
    assert acquire(state, anidb, NOW + 20, flight=30)[1:] == (BlockReason.DAY, 16 * 3600 - 20)
    assert status_of(state, anidb, NOW + 20).remaining_today == 0
    assert acquire(state, anidb, NOW + 16 * 3600, flight=30).blocked_by is None


def test_failures_one_after_the_other_open_the_breaker() -> None:
    permit = acquire(opened(), JIKAN, NOW + FAILURES, flight=30)
    assert (permit.blocked_by, permit.wait) == (BlockReason.OPEN, FIRST_OPENING - 1)
    state = NEW
    for second in range(3 * FAILURES):
        state = asked(state, NOW + second, FINE if second % FAILURES == 3 else AWAY)
    assert acquire(state, JIKAN, NOW + 3 * FAILURES, flight=30).blocked_by is None


@pytest.mark.parametrize("status", [0, 408, 500, 504])
def test_what_counts_as_a_failure(status: int) -> None:
    state = NEW
    for second in range(FAILURES):
        state = asked(state, NOW + second, RequestOutcome(status=status))
    assert status_of(state, JIKAN, NOW + FAILURES).breaker == "Open"


@pytest.mark.parametrize("status", [200, 304, 400, 403, 404])
def test_what_counts_as_an_answer(status: int) -> None:
    state = NEW
    for second in range(2 * FAILURES):
        state = asked(state, NOW + second, RequestOutcome(status=status))
    assert status_of(state, JIKAN, NOW + 2 * FAILURES).breaker == "Closed"


def test_a_storm_of_429_opens_the_breaker() -> None:
    state = NEW
    for second in range(REFUSALS):
        state = asked(state, NOW + 2 * second, RequestOutcome(status=429, retry_after=1))
    assert status_of(state, JIKAN, NOW + 2 * REFUSALS).breaker == "Open"


def test_half_open_lets_one_probe_through_and_its_success_closes() -> None:
    later = NOW + FAILURES + FIRST_OPENING
    assert status_of(opened(), JIKAN, later).breaker == "HalfOpen"
    probing = taken(opened(), later)
    assert acquire(probing, JIKAN, later + 0.1, flight=30).blocked_by is BlockReason.OPEN
    closed = record_outcome(probing, JIKAN, later + 0.2, FINE)
    assert status_of(closed, JIKAN, later + 0.2).breaker == "Closed"
    assert acquire(closed, JIKAN, later + 0.2, flight=30).blocked_by is None


def test_a_failed_probe_opens_for_longer_up_to_a_bound() -> None:
    state, now, openings = opened(), NOW + FAILURES - 1, []
    for _ in range(6):
        now = state.open_until
        state = asked(state, now, AWAY)
        openings.append(state.open_until - now)
    assert openings == [20, 40, 80, 80, 80, LONGEST_OPENING]


def test_a_probe_that_never_returns_does_not_hold_the_breaker() -> None:
    later = NOW + FAILURES + FIRST_OPENING
    probing = taken(opened(), later)
    assert acquire(probing, JIKAN, later + 31, flight=30).blocked_by is None


def test_an_answer_to_an_older_request_does_not_close_an_open_breaker() -> None:
    state = taken(NEW, NOW - 1)
    for second in range(FAILURES):
        state = asked(state, NOW + second, AWAY)
    state = record_outcome(state, JIKAN, NOW + FAILURES, FINE)
    assert status_of(state, JIKAN, NOW + FAILURES).breaker == "Open"


def waited(state: RateLimitState, now: float) -> float:
    """Seconds until a permit, looking again whenever that is advised; nothing is written down meanwhile."""
    later = now
    while (permit := acquire(state, JIKAN, later, flight=30)).blocked_by is not None:
        later += permit.wait
    return later - now


@pytest.mark.parametrize("back", [60.0, 3_600.0, 30 * 86_400.0])
def test_a_clock_that_was_set_back_bars_nobody_until_it_catches_up(back: float) -> None:
    state, now = NEW, NOW
    while len(state.landed) < JIKAN.longest.requests:
        now += waited(state, now)
        state = asked(state, now, FINE)
    assert waited(state, now - back) <= 2 * JIKAN.longest.seconds
    assert waited(opened(), NOW - back) <= 2 * LONGEST_OPENING
    closed = asked(NEW, NOW, RequestOutcome(status=429, retry_after=3_600.0))
    assert waited(closed, NOW - back) <= 2 * 3_600.0
