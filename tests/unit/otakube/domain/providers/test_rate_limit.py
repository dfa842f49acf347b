# SPDX-License-Identifier: Apache-2.0
"""Turns, closings and the breaker, as rules over an account."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otakube.domain.providers.budget import TERMS, Account, Outcome, Rate, Terms, terms
from otakube.domain.providers.rate_limit import (
    FAILURES,
    FIRST_OPENING,
    LONGEST_OPENING,
    REFUSALS,
    Bar,
    seek,
    settle,
    standing,
)
from otakube_api.contract import Provider

NOW = 1_800_000_000.0  # 08:00 UTC
JIKAN = TERMS[Provider.JIKAN]
FINE = Outcome(status=200)
AWAY = Outcome(status=503)


def taken(account: Account, now: float, terms: Terms = JIKAN) -> Account:
    verdict = seek(account, terms, now, flight=30)
    assert verdict.bar is None, verdict
    return verdict.account


def asked(account: Account, now: float, outcome: Outcome, terms: Terms = JIKAN) -> Account:
    return settle(taken(account, now, terms), terms, now, outcome)


def opened() -> Account:
    account = Account()
    for second in range(FAILURES):
        account = asked(account, NOW + second, AWAY)
    return account


def test_a_fourth_request_in_a_second_waits_for_the_first_to_leave_the_window() -> None:
    account = Account()
    for tenth in range(3):
        account = asked(account, NOW + tenth / 10, FINE)
    verdict = seek(account, JIKAN, NOW + 0.5, flight=30)
    assert (verdict.bar, round(verdict.wait, 6)) == (Bar.RATE, 0.5)
    assert seek(account, JIKAN, NOW + 1.01, flight=30).bar is None


def test_a_request_counts_from_its_answer_not_from_its_start() -> None:
    slow = settle(taken(Account(), NOW, TERMS[Provider.ANIDB]), TERMS[Provider.ANIDB], NOW + 3, FINE)
    assert seek(slow, TERMS[Provider.ANIDB], NOW + 6.9, flight=30).bar is Bar.RATE
    assert seek(slow, TERMS[Provider.ANIDB], NOW + 7, flight=30).bar is None


def test_a_request_that_nobody_settles_counts_until_it_is_given_up_and_a_window_more() -> None:
    lost = taken(Account(), NOW, TERMS[Provider.ANIDB])
    assert seek(lost, TERMS[Provider.ANIDB], NOW + 33.9, flight=30).bar is Bar.RATE
    assert seek(lost, TERMS[Provider.ANIDB], NOW + 34, flight=30).bar is None


EIGHTHS = st.integers(1, 40).map(lambda eighths: eighths / 8)  # exact in binary


@given(st.lists(st.tuples(EIGHTHS, EIGHTHS), min_size=1, max_size=60))
def test_no_window_at_the_provider_ever_holds_too_many(steps: list[tuple[float, float]]) -> None:
    """Each step waits, asks if it may, and is answered after its flight; it arrives at any time between."""
    rates = Terms((Rate(2, 1), Rate(5, 10)))
    account, now = Account(), NOW
    flying: list[tuple[float, float]] = []  # sent, answered
    done: list[tuple[float, float]] = []
    for pause, flight in steps:
        now += pause
        for one in sorted((one for one in flying if one[1] <= now), key=lambda one: one[1]):
            account = settle(account, rates, one[1], FINE)
            flying.remove(one)
            done.append(one)
        verdict = seek(account, rates, now, flight=30)
        if verdict.bar is None:
            account = verdict.account
            flying.append((now, now + flight))
    for rate in rates.rates:
        spans = done + flying
        for _, arrival in spans:  # the latest possible arrival of one
            soonest = [sent for sent, _ in spans if arrival <= sent < arrival + rate.seconds]
            assert len(soonest) < rate.requests


def test_a_full_window_is_spread() -> None:
    rates, account, sent = Terms((Rate(20, 20),)), Account(), []
    for tick in range(20 * 100):
        verdict = seek(account, rates, NOW + tick / 20, flight=30)
        if verdict.bar is None:
            account = settle(verdict.account, rates, NOW + tick / 20, FINE)
            sent.append(tick / 20)
    gaps = [after - before for before, after in pairwise(sent)]
    assert sum(gaps[:4]) < 0.6
    assert sum(gap < 0.5 for gap in gaps[40:]) <= 6  # made up for, once in each window
    assert len(sent) >= 99


def test_retry_after_closes_for_everybody() -> None:
    closed = asked(Account(), NOW, Outcome(status=429, retry_after=17))
    assert seek(closed, JIKAN, NOW + 16.5, flight=30)[1:] == (Bar.CLOSED, 0.5)
    assert seek(closed, JIKAN, NOW + 17, flight=30).bar is None


def test_a_reset_closes_when_nothing_remains() -> None:
    outcome = Outcome(status=200, limit=60, remaining=0, reset_at=NOW + 40)
    assert seek(asked(Account(), NOW, outcome), JIKAN, NOW + 39, flight=30).bar is Bar.CLOSED
    more = replace(outcome, remaining=1)
    assert seek(asked(Account(), NOW, more), JIKAN, NOW + 1, flight=30).bar is not Bar.CLOSED


def test_a_429_without_a_word_closes_for_longer_each_time() -> None:
    account, waits = Account(), []
    for _ in range(6):
        account = asked(account, max(NOW, account.closed_until), Outcome(status=429))
        waits.append(seek(account, JIKAN, account.closed_until - 1, flight=30).bar)
    assert waits == [Bar.CLOSED] * 6
    assert account.closed_until - NOW == 5 + 10 + 20 + 40 + 60 + 60


def test_a_smaller_limit_of_the_provider_is_ours_until_it_says_otherwise() -> None:
    account = asked(Account(), NOW, Outcome(status=200, limit=20, remaining=19))
    assert standing(account, JIKAN, NOW).limit == 20
    account = asked(account, NOW + 2, Outcome(status=200, limit=90, remaining=80))
    assert standing(account, JIKAN, NOW + 2).limit == 60


def test_requests_of_others_behind_our_address_count() -> None:
    account = asked(Account(), NOW, Outcome(status=200, limit=60, remaining=10))
    assert standing(account, JIKAN, NOW + 2).remaining == 10
    for second in range(10):
        account = asked(account, NOW + 2 + second, FINE)
    assert seek(account, JIKAN, NOW + 13, flight=30).bar is Bar.RATE


def test_a_days_budget_ends_at_midnight_utc() -> None:
    anidb = terms(2)[Provider.ANIDB]
    account = asked(asked(Account(), NOW, FINE, anidb), NOW + 10, FINE, anidb)
    assert seek(account, anidb, NOW + 20, flight=30)[1:] == (Bar.DAY, 16 * 3600 - 20)
    assert standing(account, anidb, NOW + 20).remaining_today == 0
    assert seek(account, anidb, NOW + 16 * 3600, flight=30).bar is None


def test_failures_one_after_the_other_open_the_breaker() -> None:
    verdict = seek(opened(), JIKAN, NOW + FAILURES, flight=30)
    assert (verdict.bar, verdict.wait) == (Bar.OPEN, FIRST_OPENING - 1)
    account = Account()
    for second in range(3 * FAILURES):
        account = asked(account, NOW + second, FINE if second % FAILURES == 3 else AWAY)
    assert seek(account, JIKAN, NOW + 3 * FAILURES, flight=30).bar is None


@pytest.mark.parametrize("status", [0, 408, 500, 504])
def test_what_counts_as_a_failure(status: int) -> None:
    account = Account()
    for second in range(FAILURES):
        account = asked(account, NOW + second, Outcome(status=status))
    assert standing(account, JIKAN, NOW + FAILURES).breaker == "Open"


@pytest.mark.parametrize("status", [200, 304, 400, 403, 404])
def test_what_counts_as_an_answer(status: int) -> None:
    account = Account()
    for second in range(2 * FAILURES):
        account = asked(account, NOW + second, Outcome(status=status))
    assert standing(account, JIKAN, NOW + 2 * FAILURES).breaker == "Closed"


def test_a_storm_of_429_opens_the_breaker() -> None:
    account = Account()
    for second in range(REFUSALS):
        account = asked(account, NOW + 2 * second, Outcome(status=429, retry_after=1))
    assert standing(account, JIKAN, NOW + 2 * REFUSALS).breaker == "Open"


def test_half_open_lets_one_probe_through_and_its_success_closes() -> None:
    later = NOW + FAILURES + FIRST_OPENING
    assert standing(opened(), JIKAN, later).breaker == "HalfOpen"
    probing = taken(opened(), later)
    assert seek(probing, JIKAN, later + 0.1, flight=30).bar is Bar.OPEN
    closed = settle(probing, JIKAN, later + 0.2, FINE)
    assert standing(closed, JIKAN, later + 0.2).breaker == "Closed"
    assert seek(closed, JIKAN, later + 0.2, flight=30).bar is None


def test_a_failed_probe_opens_for_longer_up_to_a_bound() -> None:
    account, now, openings = opened(), NOW + FAILURES - 1, []
    for _ in range(6):
        now = account.open_until
        account = asked(account, now, AWAY)
        openings.append(account.open_until - now)
    assert openings == [20, 40, 80, 80, 80, LONGEST_OPENING]


def test_a_probe_that_never_returns_does_not_hold_the_breaker() -> None:
    later = NOW + FAILURES + FIRST_OPENING
    probing = taken(opened(), later)
    assert seek(probing, JIKAN, later + 31, flight=30).bar is None


def test_an_answer_to_an_older_request_does_not_close_an_open_breaker() -> None:
    account = taken(Account(), NOW - 1)
    for second in range(FAILURES):
        account = asked(account, NOW + second, AWAY)
    account = settle(account, JIKAN, NOW + FAILURES, FINE)
    assert standing(account, JIKAN, NOW + FAILURES).breaker == "Open"


def waited(account: Account, now: float) -> float:
    """Seconds until a turn, looking again whenever that is advised; nothing is written down meanwhile."""
    later = now
    while (verdict := seek(account, JIKAN, later, flight=30)).bar is not None:
        later += verdict.wait
    return later - now


@pytest.mark.parametrize("back", [60.0, 3_600.0, 30 * 86_400.0])
def test_a_clock_that_was_set_back_bars_nobody_until_it_catches_up(back: float) -> None:
    account, now = Account(), NOW
    while len(account.landed) < JIKAN.longest.requests:
        now += waited(account, now)
        account = asked(account, now, FINE)
    assert waited(account, now - back) <= 2 * JIKAN.longest.seconds
    assert waited(opened(), NOW - back) <= 2 * LONGEST_OPENING
    closed = asked(Account(), NOW, Outcome(status=429, retry_after=3_600.0))
    assert waited(closed, NOW - back) <= 2 * 3_600.0
