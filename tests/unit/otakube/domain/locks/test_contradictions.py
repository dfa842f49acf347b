# SPDX-License-Identifier: Apache-2.0
"""Decisions that cannot all hold are found, through everything that follows from them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lock_builders import any_lock, different, fixed, means, same
from otakube.domain.locks.contradictions import contradictions
from otakube.domain.locks.lock import Different, Lock, Same, lock_id


def found(*locks: Lock) -> list[set[str]]:
    return [{lock_id(one) for one in each.locks} for each in contradictions(locks)]


def test_one_anime_and_different_anime_contradict_each_other() -> None:
    one, other = same(1, 2), different(1, 2)
    assert found(one, other) == [{lock_id(one), lock_id(other)}]


def test_a_contradiction_is_found_over_any_number_of_locks_and_names_the_chain() -> None:
    chain = [same(0, 1), same(1, 2), same(2, 3)]
    apart = different(0, 3)
    [only] = contradictions([*chain, same(7, 8), apart])
    assert list(only.locks) == [apart, *chain]
    for lock in (apart, *chain):
        assert lock_id(lock) in only.message


def test_pages_that_nobody_joined_may_differ() -> None:
    assert found(same(0, 1), same(2, 3), different(0, 2), different(1, 3)) == []


def test_several_pages_that_are_different_are_so_pair_by_pair() -> None:
    assert len(found(different(0, 1, 2), same(1, 2))) == 1


def test_two_values_of_one_field_contradict_each_other() -> None:
    assert len(found(fixed("episode_count", 12, 0), fixed("episode_count", 13, 0))) == 1
    assert len(found(fixed("episode_count", 12, 0), fixed("episode_count", 13, 0, 1))) == 1
    assert found(fixed("episode_count", 12, 0), fixed("episode_count", 12, 0, 1)) == []
    assert found(fixed("episode_count", 12, 0), fixed("duration_seconds", 13, 0)) == []
    assert found(fixed("episode_count", 12, 0), fixed("episode_count", 13, 1)) == []


def test_two_values_contradict_each_other_where_other_locks_make_one_anime_of_their_pages() -> None:
    locks = [fixed("type", "TV", 0), fixed("type", "ONA", 2)]
    assert found(*locks) == []
    assert len(found(*locks, same(0, 1), same(1, 2))) == 1


def test_a_field_of_several_pages_says_that_they_are_one_anime() -> None:
    assert len(found(fixed("type", "TV", 0, 1), different(0, 1))) == 1


def test_a_title_means_one_page() -> None:
    assert len(found(means("Mushishi", 0), means("MUSHISHI", 1))) == 1
    assert found(means("Mushishi", 0), means("Mushishi", 1, year=2005)) == []


def test_the_same_decision_twice_is_none() -> None:
    assert (
        found(same(0, 1), same(0, 1, decided_by="oskar"), fixed("type", "TV", 0), fixed("type", "TV", 0))
        == []
    )


def related(locks: list[Lock]) -> dict[str, set[str]]:
    """Pages that the Same locks join, by the slowest way there is."""
    joined = {page: {page} for lock in locks for page in lock.pages}
    for _ in joined:
        for lock in (one for one in locks if isinstance(one, Same)):
            together = set().union(*(joined[page] for page in lock.pages))
            for page in together:
                joined[page] = joined[page] | together
    return joined


@given(st.lists(any_lock().filter(lambda one: isinstance(one, Same | Different)), max_size=8))
def test_it_finds_what_the_slowest_way_finds(locks: list[Lock]) -> None:
    joined = related(locks)
    wrong = any(
        other in joined[one]
        for lock in locks
        if isinstance(lock, Different)
        for one in lock.pages
        for other in lock.pages
        if one != other
    )
    assert bool(contradictions(locks)) == wrong


@given(st.lists(any_lock(), max_size=8))
def test_the_locks_of_a_contradiction_are_one_by_themselves(locks: list[Lock]) -> None:
    for each in contradictions(locks):
        assert contradictions(each.locks)


@pytest.mark.parametrize("count", [4000])
def test_a_long_chain_takes_no_longer_than_many_short_ones(count: int) -> None:
    begun = time.process_time()
    assert len(contradictions([*(same(n, n + 1) for n in range(count)), different(0, count)])) == 1
    assert time.process_time() - begun < 5  # a tenth of a second of CPU here; squared it were minutes
