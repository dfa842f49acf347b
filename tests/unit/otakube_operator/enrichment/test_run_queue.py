# SPDX-License-Identifier: Apache-2.0
"""Turns at the providers: who may start, in which order, and what the others are told."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operator_builders import NOW
from otakube_operator.enrichment.run_queue import (
    EXACT,
    NEVER,
    Peer,
    Peers,
    QueueLimits,
    Ticket,
    expected_start,
    format_queue,
    is_admitted,
    next_admitted,
    place_of,
    queue_limits,
    queue_status,
    rounded,
)
from otakube_operator.runtime.objects import ObjectKey

TWO = QueueLimits(runs=2, seconds=10)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def ticket(
    name: str, *, priority: int = 0, age: float = 0, refused: bool = False, returning: bool = False
) -> Ticket:
    since = NOW - age * SECOND
    return Ticket(refused, returning, -priority, since, ObjectKey("anime", name))


def peers_of(waiting: Iterable[Ticket], *, asking: int = 0) -> Peers:
    """A queue, and runs that ask the providers."""
    busy = {ObjectKey("anime", f"busy-{number}"): Peer(asking=True) for number in range(asking)}
    return busy | {each.key: Peer(ticket=each) for each in waiting}


def test_only_as_many_runs_start_as_may_ask_at_once() -> None:
    waiting = [ticket(name) for name in "abcd"]
    peers = peers_of(waiting, asking=1)
    assert [is_admitted(each, peers, TWO, NOW) for each in waiting] == [True, False, False, False]
    assert next_admitted(peers, TWO, NOW) == [waiting[0].key]


def test_nobody_starts_while_more_ask_than_a_lowered_limit_allows() -> None:
    peers = peers_of([ticket("a")], asking=5)
    assert not is_admitted(ticket("a"), peers, TWO, NOW)
    assert next_admitted(peers, TWO, NOW) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ticket("z", age=9), ticket("a", age=1)),
        (ticket("z", priority=1), ticket("a", age=9)),
        (ticket("z"), ticket("a", age=9, returning=True)),
        (ticket("z", priority=-5), ticket("a", priority=5, returning=True)),
        (ticket("z"), ticket("a", age=9, refused=True)),
        (ticket("z", age=9), ticket("a")._replace(since=NEVER)),
        (ticket("a"), ticket("b")),
    ],
    ids=["longer", "priority", "asked", "asked-before-priority", "creatable", "recorded", "name"],
)
def test_the_queue_has_an_order(first: Ticket, second: Ticket) -> None:
    peers = peers_of([second, first])
    assert [place_of(each, peers, NOW) for each in (first, second)] == [1, 2]


def test_a_ticket_does_not_count_before_it_is_due() -> None:
    later = Peer(ticket=ticket("a", age=60), due=NOW + SECOND)
    peers = {later.ticket.key: later, **peers_of([ticket("b")])} if later.ticket else {}
    assert place_of(ticket("b"), peers, NOW) == 1
    assert place_of(ticket("b"), peers, NOW + SECOND) == 2


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 5)), max_size=30), st.integers(0, 4))
def test_whoever_is_told_to_start_is_admitted_and_nobody_else(
    waiting: list[tuple[int, int]], asking: int
) -> None:
    tickets = [ticket(f"n{number}", priority=p, age=age) for number, (p, age) in enumerate(waiting)]
    peers = peers_of(tickets, asking=asking)
    admitted = {each.key for each in tickets if is_admitted(each, peers, TWO, NOW)}
    assert set(next_admitted(peers, TWO, NOW)) == admitted
    assert len(admitted) == min(len(tickets), max(0, TWO.runs - asking))


@pytest.mark.parametrize(
    ("place", "told"),
    [(1, 1), (5, 5), (6, 10), (10, 10), (11, 20), (21, 50), (50, 50), (51, 100), (101, 200), (1999, 2000)],
)
def test_far_places_are_rounded_up(place: int, told: int) -> None:
    assert rounded(place) == told


def test_one_start_changes_what_at_most_thirteen_of_two_thousand_are_told() -> None:
    queue = [ticket(f"n{number:04}") for number in range(2000)]
    before, after = peers_of(queue), peers_of(queue[1:])
    changed = 0
    for each in queue[1:]:
        told = queue_status(each, None, before, TWO, NOW)
        changed += queue_status(each, told, after, TWO, NOW + 10 * SECOND) != told
    assert 0 < changed <= EXACT + 8


def test_a_place_that_still_holds_is_not_told_again() -> None:
    queue = [ticket(f"n{number:02}") for number in range(40)]
    told = queue_status(queue[30], None, peers_of(queue), TWO, NOW)
    assert queue_status(queue[30], told, peers_of(queue[1:]), TWO, NOW + 12 * SECOND) == told


def test_an_estimate_that_has_passed_is_made_anew() -> None:
    peers = peers_of([ticket("a")], asking=2)
    told = queue_status(ticket("a"), None, peers, TWO, NOW)
    later = told.expected_start_time + SECOND
    assert queue_status(ticket("a"), told, peers, TWO, later).expected_start_time > later


def test_starts_are_expected_at_the_pace_of_the_slowest_budget_or_slower_if_a_turn_shows_it() -> None:
    assert expected_start(6, {}, TWO, NOW) == NOW + MINUTE
    slow = {ObjectKey("anime", "busy"): Peer(asking=True, asking_since=NOW - 10 * MINUTE)}
    assert expected_start(6, slow, TWO, NOW) == NOW + 30 * MINUTE


def test_the_first_of_equal_age_keeps_its_time_in_the_queue() -> None:
    told = queue_status(ticket("a", age=30), None, {}, TWO, NOW)
    assert told.since_time == NOW - 30 * SECOND
    assert queue_status(ticket("a")._replace(since=NEVER), None, {}, TWO, NOW).since_time == NOW


def test_the_message_names_place_and_time() -> None:
    peers = peers_of([ticket("a", age=1), ticket("b")], asking=2)
    assert format_queue(queue_status(ticket("b"), None, peers, TWO, NOW)) == (
        "Waits for its turn at the providers: place 2, likely to start about 12:01 UTC."
    )
    many = peers_of([ticket(f"a{number}", age=1) for number in range(30)])
    assert "among the first 50" in format_queue(queue_status(ticket("b"), None, many, TWO, NOW))


def test_the_default_limit_keeps_the_slowest_budget_busy() -> None:
    assert queue_limits(0, ["jikan"]) == QueueLimits(runs=6, seconds=7)
    assert queue_limits(0, ["jikan", "kitsu"]) == QueueLimits(runs=5, seconds=8)
    assert queue_limits(0, []) == QueueLimits(runs=5, seconds=8)
    assert queue_limits(3, ["kitsu"]) == QueueLimits(runs=3, seconds=8)
