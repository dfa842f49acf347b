# SPDX-License-Identifier: Apache-2.0
"""Rows without ids are told apart by the pages that they share."""

import random
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otakube.domain.dataset.changes import Changes, Succession, changes

Rows = Mapping[bytes, frozenset[int]]


def rows(**pages: set[int]) -> Rows:
    return {name.encode(): frozenset(found) for name, found in pages.items()}


def kept(before: str, after: str) -> Succession:
    return Succession(before.encode(), after.encode())


@pytest.mark.parametrize(
    ("gone", "fresh", "told"),
    [
        (rows(), rows(x={1}), Changes([b"x"], [], [], [], [])),
        (rows(a={1}), rows(), Changes([], [b"a"], [], [], [])),
        (rows(a={1, 2}), rows(x={1, 2}), Changes([], [], [kept("a", "x")], [], [])),
        (rows(a={1, 2}), rows(x={2, 3, 4}), Changes([], [], [kept("a", "x")], [], [])),
        (rows(a={1, 2}, b={3}), rows(x={1, 2, 3}), Changes([], [], [kept("a", "x")], [kept("b", "x")], [])),
        (rows(a={1, 2, 3}), rows(x={1, 2}, y={3}), Changes([], [], [kept("a", "x")], [], [kept("a", "y")])),
        (
            rows(a={1, 2, 3}, b={4, 5}),
            rows(x={1, 2}, y={3, 4, 5}),
            Changes([], [], [kept("a", "x"), kept("b", "y")], [], []),
        ),
        (
            rows(a={1, 2, 3}, b={4}),
            rows(x={1, 2, 3, 4}, y={5}),
            Changes([b"y"], [], [kept("a", "x")], [kept("b", "x")], []),
        ),
    ],
)  # fmt: skip
def test_what_became_of_rows_is_told_by_their_pages(gone: Rows, fresh: Rows, told: Changes) -> None:
    found = changes(gone, fresh)
    assert Changes(*map(sorted, found)) == told


def test_a_page_that_two_rows_name_now_joins_nothing() -> None:
    found = changes(rows(a={1, 9}), rows(x={2, 9}), rows(s={3, 9}))
    assert found == Changes([b"x"], [b"a"], [], [], [])
    assert len(changes(rows(a={9}), rows(x={2, 9}, y={3, 9})).new) == 2


def test_a_row_that_left_its_page_to_one_that_stayed_is_merged_into_it() -> None:
    found = changes(rows(a={1, 9}, b={5}), rows(), rows(s={3, 9}))
    assert found == Changes([], [b"b"], [], [kept("a", "s")], [])


def test_of_equals_the_one_with_fewer_other_pages_goes_on() -> None:
    found = changes(rows(a={1, 2, 3}, b={4}), rows(x={1, 4}))
    assert (found.changed, found.merged) == ([kept("b", "x")], [kept("a", "x")])


pages = st.frozensets(st.integers(0, 12), min_size=1, max_size=4)


@given(
    st.dictionaries(st.binary(min_size=1, max_size=2), pages, max_size=8),
    st.dictionaries(st.binary(min_size=3, max_size=4), pages, max_size=8),
    st.integers(),
)
def test_each_row_has_one_fate_whatever_the_order_of_the_file(gone: Rows, fresh: Rows, seed: int) -> None:
    found = changes(gone, fresh)
    ends = [*found.removed, *(one.before for one in (*found.changed, *found.merged))]
    begins = [*found.new, *(one.after for one in (*found.changed, *found.split))]
    assert sorted(ends) == sorted(gone)
    assert sorted(begins) == sorted(fresh)
    for one in (*found.changed, *found.merged, *found.split):
        assert gone[one.before] & fresh[one.after]
    twice = {page for page in range(13) if sum(page in one for one in fresh.values()) > 1}
    for name in found.removed:
        assert not any((gone[name] & other) - twice for other in fresh.values())
    for name in found.new:
        assert not any((fresh[name] & other) - twice for other in gone.values())
    chance = random.Random(seed)
    shuffled = [dict(chance.sample(list(one.items()), len(one))) for one in (gone, fresh)]
    assert [sorted(one) for one in changes(*shuffled)] == [sorted(one) for one in found]
