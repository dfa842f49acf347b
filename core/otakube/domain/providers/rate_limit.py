# SPDX-License-Identifier: Apache-2.0
"""When a request may go, and what its outcome changes: pure rules over an Account, the same in every store.

The breaker is closed, open (nothing goes until an instant), then half-open: one probe goes alone, and its
outcome closes the breaker or opens it for longer.
"""

from bisect import bisect_right, insort
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from otakube.domain.providers.budget import Account, Outcome, Rate, Standing, Terms

FAILURES = 5  # one after the other open the breaker: one pod's attempts at one dead page are four
REFUSALS = 8  # 429s one after the other: each has closed the provider for a while already
FIRST_OPENING, LONGEST_OPENING = 10.0, 80.0  # seconds; doubled while probes fail
PACE = 0.75  # of the mean distance of requests: faster than need be, so that a late one is made up for
MADE_UP = 2  # distances that may be made up for at once
UNSAID = 5.0  # seconds that a 429 without Retry-After closes for; doubled while they go on
_DAY = 86_400
_LOST_PROBE = 1.0  # seconds between looks at a probe that is under way


class Bar(StrEnum):
    """What stands in a request's way."""

    RATE = "rate"  # our own budget: soon
    CLOSED = "closed"  # the provider named an instant
    DAY = "day"  # today's budget is spent
    OPEN = "open"  # the breaker


class Verdict(NamedTuple):
    """`bar` None: the request may go, and `account` counts it; else look again after `wait` seconds."""

    account: Account
    bar: Bar | None = None
    wait: float = 0.0


def seek(account: Account, terms: Terms, now: float, flight: float) -> Verdict:
    """A turn for one request that is given up after `flight` seconds."""
    account = _forget(account, terms, now)
    for bar, wait in (
        (Bar.OPEN, _until_probe(account, now)),
        (Bar.CLOSED, account.closed_until - now),
        (Bar.DAY, _until_tomorrow(account, terms, now)),
        (Bar.RATE, _until_paced(account, terms, now)),
        (Bar.RATE, max(_until_room(account, rate, now) for rate in _rates(account, terms))),
    ):
        if wait > 0:
            return Verdict(account, bar, wait)
    return Verdict(_count(account, terms, now, flight))


def settle(account: Account, terms: Terms, now: float, outcome: Outcome) -> Account:
    """What the outcome of one request that had its turn changes."""
    account = _land(_forget(account, terms, now), now)
    account = _adopt(account, terms, now, outcome)
    account = replace(account, closed_until=max(account.closed_until, _closes(account, terms, now, outcome)))
    if outcome.status == 429:
        return _judge(replace(account, refusals=account.refusals + 1), account.refusals + 1 >= REFUSALS, now)
    if outcome.status == 0 or outcome.status >= 500 or outcome.status == 408:
        return _judge(replace(account, failures=account.failures + 1), account.failures + 1 >= FAILURES, now)
    if account.open_until > now:
        return account  # it was sent before: no word about the present
    return replace(account, failures=0, refusals=0, open_until=0.0, openings=0, probe_until=0.0)


def standing(account: Account, terms: Terms, now: float) -> Standing:
    """The account as a person reads it."""
    account = _forget(account, terms, now)
    verdict = seek(account, terms, now, 0.0)
    breaker = "Closed" if not account.open_until else "Open" if account.open_until > now else "HalfOpen"
    today = None if terms.day is None else max(0, terms.day - account.spent)
    longest = _rates(account, terms)[-1]
    room = longest.requests - _used(account, longest, now)
    return Standing(
        breaker=breaker,
        remaining=max(0, room) if verdict.bar in (None, Bar.RATE) else 0,
        limit=longest.requests,
        remaining_today=today,
        opens_in=None if verdict.bar is None else verdict.wait,
    )


def _forget(account: Account, terms: Terms, now: float) -> Account:
    """Without what no rate looks at any more; a request that nobody settled landed when it was given up."""
    account = _credible(account, terms, now)
    lost = [until for until in account.flights if until <= now]
    landed = sorted((*account.landed, *lost))
    today = int(now // _DAY)
    return replace(
        account,
        flights=account.flights[len(lost) :],
        landed=tuple(landed[bisect_right(landed, now - terms.longest.seconds) :]),
        day=today,
        spent=account.spent if account.day == today else 0,
    )


def _credible(account: Account, terms: Terms, now: float) -> Account:
    """Without instants that lie too far ahead: a clock that was set back would bar all until it caught up."""
    soon, away = now + terms.longest.seconds, now + _DAY
    probing = max(account.open_until - LONGEST_OPENING, account.probe_until - _DAY) <= now
    return replace(
        account,
        flights=tuple(until for until in account.flights if until <= away),
        landed=tuple(when for when in account.landed if when <= soon),
        paced=account.paced if account.paced <= soon else 0.0,
        closed_until=account.closed_until if account.closed_until <= away else 0.0,
        open_until=account.open_until if probing else now,
        probe_until=account.probe_until if probing else 0.0,
    )


def _rates(account: Account, terms: Terms) -> tuple[Rate, ...]:
    """Ours, the longest shrunk to what the provider says."""
    if account.said_limit is None:
        return terms.rates
    return (*terms.rates[:-1], Rate(account.said_limit, terms.longest.seconds))


def _used(account: Account, rate: Rate, now: float) -> int:
    return len(account.flights) + len(account.landed) - bisect_right(account.landed, now - rate.seconds)


def _until_room(account: Account, rate: Rate, now: float) -> float:
    """Seconds until fewer than its requests lie in the window; a flight may land at any time: look soon."""
    if _used(account, rate, now) < rate.requests:
        return 0.0
    if len(account.flights) >= rate.requests:
        return rate.seconds / rate.requests / 2
    return account.landed[len(account.flights) - rate.requests] + rate.seconds - now


def _until_paced(account: Account, terms: Terms, now: float) -> float:
    return account.paced + _gap(account, terms, now) - now


def _gap(account: Account, terms: Terms, now: float) -> float:
    """Seconds between two requests: the more of the longest window is used, the longer.

    A window that went as one burst would come back as one each time, and queue up at the provider.
    """
    longest = _rates(account, terms)[-1]
    return PACE * longest.seconds / longest.requests * _used(account, longest, now) / longest.requests


def _until_tomorrow(account: Account, terms: Terms, now: float) -> float:
    if terms.day is None or account.spent < terms.day:
        return 0.0
    return _DAY - now % _DAY


def _until_probe(account: Account, now: float) -> float:
    if not account.open_until:
        return 0.0
    if account.open_until > now:
        return account.open_until - now
    return min(account.probe_until - now, _LOST_PROBE)


def _count(account: Account, terms: Terms, now: float, flight: float) -> Account:
    flights = [*account.flights]
    insort(flights, now + flight)
    probe = now + flight if account.open_until else 0.0
    gap = _gap(account, terms, now)
    paced = max(account.paced + gap, now - MADE_UP * gap)
    return replace(account, flights=tuple(flights), paced=paced, spent=account.spent + 1, probe_until=probe)


def _land(account: Account, now: float) -> Account:
    """Which flight it was does not matter: those that go on are given up no later than the one taken out."""
    return replace(account, flights=account.flights[1:], landed=tuple(sorted((*account.landed, now))))


def _adopt(account: Account, terms: Terms, now: float, outcome: Outcome) -> Account:
    """The provider's own count, where it is stricter: somebody else may ask from our address."""
    if outcome.limit is None or outcome.limit < 1:
        return account
    smaller = outcome.limit if outcome.limit < terms.longest.requests else None
    account = replace(account, said_limit=smaller)
    if outcome.remaining is None or outcome.limit > terms.longest.requests:
        return account
    unknown = max(0, outcome.limit - outcome.remaining - _used(account, terms.longest, now))
    return replace(account, landed=(*account.landed, *[now] * unknown))


def _closes(account: Account, terms: Terms, now: float, outcome: Outcome) -> float:
    """The instant before which the provider wants no request."""
    refused = outcome.status == 429
    if outcome.retry_after is not None and (refused or outcome.status == 503):
        return now + outcome.retry_after
    if outcome.reset_at is not None and (refused or outcome.remaining == 0):
        return outcome.reset_at
    unsaid = UNSAID * 2.0 ** min(account.refusals, 10)
    return now + min(unsaid, max(UNSAID, terms.longest.seconds)) if refused else 0.0


def _judge(account: Account, enough: bool, now: float) -> Account:
    """After a failure: a failed probe opens the breaker again, and so does the last of too many failures."""
    half_open = 0.0 < account.open_until <= now
    if not half_open and (account.open_until or not enough):
        return account
    opening = min(LONGEST_OPENING, FIRST_OPENING * 2.0**account.openings)
    return replace(account, open_until=now + opening, openings=min(account.openings + 1, 10), probe_until=0.0)
