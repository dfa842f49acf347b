# SPDX-License-Identifier: Apache-2.0
"""Two weeks compared: the same as a plain recomputation says, and stopped where the source is broken."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.domain.dataset.comparison import Comparison, compare, field_changes, week_changes
from otakube.domain.dataset.limits import WeekLimits
from otakube.domain.dataset.manifest import read_week
from otakube.domain.dataset.rows import read_row, take_apart
from otakube_api.contract import Breach
from unit.otakube.domain.dataset.weeks import document, json_lines, row

TODAY = date(2026, 11, 26)
HUNDRED = [row(f"No. {one}", str(one), f"https://kitsu.app/anime/{one}") for one in range(1, 301)]


def compared(before: Sequence[Any], after: Sequence[Any], **limits: float) -> Comparison:
    files = [take_apart(json_lines(one)) for one in (before, after)]
    return compare(*files, today=TODAY, limits=WeekLimits(**limits))  # type: ignore[arg-type]  # shares alone


def titles(found: Comparison, kind: str) -> list[tuple[str, ...]]:
    """Titles before and after, of a kind of change."""
    rows = found.before | found.after
    return sorted(
        tuple(rows[key].title for key in ([one] if isinstance(one, bytes) else one))
        for one in getattr(found.changes, kind)
    )


def test_the_same_week_changes_nothing_in_whatever_form() -> None:
    found = compared(HUNDRED, HUNDRED[::-1])
    assert (found.unchanged, found.before, found.after, found.breached) == (300, {}, {}, [])
    other = compare(
        take_apart(json_lines(HUNDRED)),
        take_apart(document(HUNDRED, indent=1)),
        today=TODAY,
        limits=WeekLimits(),
    )
    assert (other.unchanged, other.before, other.after) == (300, {}, {})


def test_each_kind_of_change_is_told() -> None:
    before = [
        *HUNDRED,
        row("Merged", "901"),
        row("Half", "902", "903"),
        row("Gone", "904"),
        row("Old", "905"),
    ]
    after = [
        *HUNDRED[:-1],
        row("No. 300", "300", "https://kitsu.app/anime/300", "901", "906"),
        row("Half", "902"), row("Other half", "903"), row("New", "907"), row("Renamed", "905"),
    ]  # fmt: skip
    found = compared(before, after)
    assert titles(found, "new") == [("New",)]
    assert titles(found, "removed") == [("Gone",)]
    assert titles(found, "merged") == [("Merged", "No. 300")]
    assert titles(found, "split") == [("Half", "Other half")]
    assert titles(found, "changed") == [("Half", "Half"), ("No. 300", "No. 300"), ("Old", "Renamed")]
    assert (found.unchanged, found.breached) == (299, [])


def test_a_double_that_is_dropped_is_merged_into_the_row_that_stays() -> None:
    found = compared([*HUNDRED, row("Double", "300")], HUNDRED)
    assert titles(found, "merged") == [("Double", "No. 300")]


def test_a_site_that_moves_renames_no_row() -> None:
    moved = [json.loads(json.dumps(one).replace("kitsu.app", "kitsu.io")) for one in HUNDRED]
    found = compared(HUNDRED, moved, changed=1.0)
    assert len(found.changes.changed) == 300
    assert titles(found, "new") == titles(found, "removed") == []


def test_a_row_that_stands_twice_counts_once_and_is_said() -> None:
    found = compared(HUNDRED, [*HUNDRED, HUNDRED[0]])
    assert (found.repeated, found.unchanged, found.after) == (1, 300, {})


@pytest.mark.parametrize(
    ("after", "breach"),
    [
        (HUNDRED[:200], Breach.SHRUNK),
        ([*HUNDRED, *(row("x", f"1{one:04}") for one in range(100))], Breach.GROWN),
        ([row(f"Renamed {one}", str(one)) for one in range(1, 301)], Breach.CHANGED_TOO_MUCH),
        ([one | {"sources": one["sources"][:1]} for one in HUNDRED], Breach.SITE_SHRUNK),
        ([*HUNDRED[:290], *({"title": "x"} for _ in range(10))], Breach.SCHEMA_DRIFT),
        ([one | {"type": "MUSIC"} for one in HUNDRED], Breach.EMPTY),
        ([], Breach.EMPTY),
    ],
)
def test_a_broken_week_says_which_limit_it_breaks(after: list[dict[str, Any]], breach: Breach) -> None:
    found = compared(HUNDRED, after).breached
    assert breach in [one.breach for one in found]


def test_a_limit_that_is_raised_lets_the_week_pass() -> None:
    assert [one.breach for one in compared(HUNDRED, HUNDRED[:200]).breached] == [Breach.SHRUNK]
    assert compared(HUNDRED, HUNDRED[:200], shrink=0.34).breached == []


@pytest.mark.parametrize(
    ("updated", "breaches"),
    [
        ("2026-11-21", []), ("2026-10-20", []), ("2026-10-13", [Breach.OLDER, Breach.FROZEN]), (None, []),
    ],
)  # fmt: skip
def test_a_list_that_stands_still_or_goes_back_is_said(updated: str | None, breaches: list[Breach]) -> None:
    before, after = json_lines(HUNDRED, "2026-10-20"), json_lines(HUNDRED, updated)
    found = compare(take_apart(before), take_apart(after), today=TODAY, limits=WeekLimits())
    assert {one.breach for one in found.breached} == set(breaches)


def test_a_first_week_is_held_against_nothing_but_itself() -> None:
    found = compared([], HUNDRED)
    assert (len(found.changes.new), found.breached) == (300, [])


def test_fields_that_a_person_decides_come_first() -> None:
    before, after = (
        read_row(json.dumps(one).encode())
        for one in (row("A", "1", "2", tags=["x", "y"]), row("B", "1", "3", tags=["y", "z"], episodes=13))
    )
    found = field_changes(before, after)
    assert [one.field for one in found] == ["title", "episodes", "sources", "tags"]
    assert found[-1][1:] == (["x"], ["z"])


@st.composite
def weeks(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Two weeks with pages that come, go, move and double."""
    one_row = st.builds(
        lambda title, pages: row(title, *map(str, sorted(pages))),
        st.sampled_from("ABCD"),
        st.sets(st.integers(1, 30), min_size=1, max_size=4),
    )
    before = draw(st.lists(one_row, max_size=12))
    after = draw(st.lists(st.sampled_from(before) | one_row if before else one_row, max_size=12))
    return before, after


@settings(max_examples=300)
@given(weeks())
def test_a_week_read_against_a_manifest_is_what_a_plain_comparison_says(
    both: tuple[list[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    before, after = both
    earlier = read_week(take_apart(json_lines(before)).rows)
    found = week_changes(read_week(take_apart(json_lines(after)).rows, earlier.manifest))
    old, new = ({json.dumps(one): frozenset(one["sources"]) for one in week} for week in (before, after))
    gone = {one: old[one] for one in old if one not in new}
    fresh = {one: new[one] for one in new if one not in old}
    pages = frozenset().union(*new.values())
    twice = {page for page in pages if sum(page in row for row in new.values()) > 1}
    assert len(found.changed) + len(found.merged) + len(found.removed) == len(gone)
    assert len(found.changed) + len(found.split) + len(found.new) == len(fresh)
    assert len(found.removed) == sum(not (named & pages) - twice for named in gone.values())
    left = frozenset().union(*gone.values())
    assert len(found.new) == sum(not (named & left) - twice for named in fresh.values())
