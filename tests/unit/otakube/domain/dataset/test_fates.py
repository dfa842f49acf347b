# SPDX-License-Identifier: Apache-2.0
"""Fates of entries: whatever part of them is carried out, in their order, the rest stays the same."""

import random

import pytest

from otakube.domain.dataset.fates import FreeEntries, ListedRow, WeekFates, week_fates
from otakube.domain.record.listing import OrphanReason

Week = dict[bytes, frozenset[bytes]]


def pages(*numbers: int) -> frozenset[bytes]:
    return frozenset(b"page %d" % one for one in numbers)


def listed(name: str, *numbers: int, orphaned: OrphanReason | None = None) -> ListedRow:
    return ListedRow(name, f"row of {name}".encode(), pages(*numbers), orphaned)


def test_a_live_entry_goes_on_where_a_listed_one_shares_more_pages() -> None:
    rows = [listed("a", 1, 2, 3), listed("b", 4)]
    week = {b"both": pages(1, 2, 3, 4)}
    quiet, lively = week_fates(rows, week), week_fates(rows, week, {"b"})
    assert (quiet.changed, quiet.merged) == ({"a": b"both"}, {"b": b"both"})
    assert (lively.changed, lively.merged) == ({"b": b"both"}, {"a": b"both"})
    assert week_fates(rows, week, {"a", "b"}) == quiet


def test_an_entry_that_was_joined_to_another_still_has_its_row() -> None:
    joined = listed("a", 1, orphaned=OrphanReason.JOINED)
    assert week_fates([joined], {joined.key: pages(1)}).total == 0
    gone = week_fates([joined], {b"other": pages(2)})
    assert (gone.removed, gone.came) == (["a"], [b"other"])


def test_an_orphan_is_not_removed_again() -> None:
    assert week_fates([listed("a", 1, orphaned=OrphanReason.REMOVED)], {}).total == 0


def test_a_row_that_came_is_of_the_entry_with_most_of_its_pages() -> None:
    free = FreeEntries([listed("a", 1, 2), listed("b", 3)])
    assert free.likeliest(pages(1, 2, 3), {}, taken=(), live=()) == "a"
    assert free.likeliest(pages(1, 2, 3), {}, taken=(), live={"b"}) == "b"
    assert free.likeliest(pages(1, 2, 3), {}, taken={"a"}, live=()) == "b"
    assert free.likeliest(pages(4), {b"page 4": "c"}, taken=(), live=()) == "c"
    assert free.likeliest(pages(4), {b"page 4": "c"}, taken={"c"}, live=()) is None


def some_week(chance: random.Random, prefix: str) -> Week:
    """Few pages for many rows, so that they are shared, merged, split and ambiguous."""
    return {
        f"{prefix}{number}".encode(): pages(*chance.sample(range(30), chance.choice((1, 2, 2, 3))))
        for number in range(chance.randint(1, 16))
    }


def carried_out(rows: dict[str, ListedRow], fates: WeekFates, week: Week, count: int) -> None:
    """The first writes of a sync, in its order."""
    writes = [
        *((f"new {key.decode()}", ListedRow(f"new {key.decode()}", key, week[key])) for key in fates.came),
        *((one, ListedRow(one, key, week[key])) for one, key in fates.changed.items()),
        *((one, rows[one]._replace(orphaned=OrphanReason.MERGED)) for one in fates.merged),
        *((one, rows[one]._replace(orphaned=OrphanReason.REMOVED)) for one in fates.removed),
    ]
    rows.update(writes[:count])


@pytest.mark.parametrize("seed", range(150))
def test_a_part_that_is_carried_out_leaves_the_rest_as_it_was(seed: int) -> None:
    chance = random.Random(seed)
    old, new = some_week(chance, "old"), some_week(chance, "new")
    new |= {key: old[key] for key in old if chance.random() < 0.4}
    start = {f"entry {key.decode()}": ListedRow(f"entry {key.decode()}", key, old[key]) for key in old}
    whole = week_fates(start.values(), new)
    wanted = dict(start)
    carried_out(wanted, whole, new, whole.total)
    for count in range(whole.total + 1):
        rows = dict(start)
        carried_out(rows, whole, new, count)
        rest = week_fates(rows.values(), new)
        assert rest.total == whole.total - count
        assert rest.merged.items() <= whole.merged.items()
        assert rest.changed.items() <= whole.changed.items()
        carried_out(rows, rest, new, rest.total)
        assert rows == wanted
