# SPDX-License-Identifier: Apache-2.0
"""A person's decisions hold in a run, whatever the providers say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lock_builders import any_lock, different, fixed, means, page, same
from otakube.domain.locks.effects import (
    allowed_pages,
    concerning,
    joined_pages,
    lock_against,
    locked_fields,
    resolved,
)
from otakube.domain.locks.lock import Lock, lock_id
from otakube_api.contract import AnimeType

OFFICIAL = "https://example.org/official"


def test_pages_belong_by_any_number_of_locks() -> None:
    locks = [same(0, 1), same(1, 2), same(5, 6), fixed("type", "TV", 2, 7)]
    assert joined_pages(locks, [page(0), OFFICIAL]) == sorted([page(1), page(2)])
    assert joined_pages(locks, [page(9)]) == []


def test_a_page_is_found_under_any_of_its_spellings() -> None:
    assert joined_pages([same(0, 1)], [page(0) + "/some-title?tab=1"]) == [page(1)]


def test_a_page_is_kept_out_by_a_lock_and_by_what_follows_from_it() -> None:
    apart = different(1, 2)
    assert lock_against([apart], [page(1)], page(2)) == apart
    assert lock_against([apart, same(0, 1), same(2, 3)], [page(0)], page(3) + "/x") == apart
    assert lock_against([apart], [page(0)], page(2)) is None
    assert lock_against([apart], [page(1)], page(1)) is None
    assert lock_against([apart], [page(1)], OFFICIAL) is None


def test_of_pages_that_exclude_each_other_the_first_stays() -> None:
    urls = [page(1), OFFICIAL, page(2), page(3), page(1)]
    assert allowed_pages([different(1, 2)], urls) == [page(1), OFFICIAL, page(3)]


def test_a_title_means_a_page_however_it_is_spelt_but_only_as_it_was_narrowed() -> None:
    locks = [
        means("Fruits Basket", 0),
        means("Fruits Basket", 1, year=2001),
        means("Aria", 2, type=AnimeType.TV),
    ]
    assert resolved(locks, "fruits BASKET!") == page(0)
    assert resolved(locks, "Fruits Basket", year=2001) == page(1)
    assert resolved(locks, "Fruits Basket", year=2019) is None
    assert resolved(locks, "Aria") is None
    assert resolved(locks, "Aria", kind=AnimeType.TV) == page(2)


def test_a_field_is_decided_for_every_page_of_the_anime() -> None:
    lock = fixed("type", "OVA", 0)
    assert locked_fields([lock, same(0, 1)], [page(1)]).fields == {"type": lock}
    assert locked_fields([lock], [page(1)]).fields == {}


def test_two_decisions_that_met_too_late_leave_the_field_to_the_providers_and_are_named() -> None:
    one, other = fixed("type", "OVA", 0), fixed("type", "ONA", 1)
    decided = locked_fields([one, other, fixed("status", "Finished", 1)], [page(0), page(1)])
    assert set(decided.fields) == {"status"}
    [words] = decided.contradictions
    assert lock_id(one) in words
    assert lock_id(other) in words


@given(st.lists(any_lock(), max_size=8), st.integers(0, 11), st.integers(0, 11))
def test_the_locks_that_concern_an_anime_decide_as_all_do(locks: list[Lock], one: int, other: int) -> None:
    near = concerning(locks, [page(one)])
    assert joined_pages(near, [page(one)]) == joined_pages(locks, [page(one)])
    assert locked_fields(near, [page(one)]) == locked_fields(locks, [page(one)])
    if page(other) in {p for lock in near for p in lock.pages}:
        kept_out = lock_against(concerning(locks, [page(one), page(other)]), [page(one)], page(other))
        assert kept_out == lock_against(locks, [page(one)], page(other))


@pytest.mark.parametrize("numbers", [(0, 1), (1, 0)])
def test_being_different_knows_no_direction(numbers: tuple[int, int]) -> None:
    assert lock_against([different(0, 1)], [page(numbers[0])], page(numbers[1])) is not None
