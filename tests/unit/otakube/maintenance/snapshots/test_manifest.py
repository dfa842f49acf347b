# SPDX-License-Identifier: Apache-2.0
"""Which snapshots stay, how they are named, and when a catalogue has shrunk."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from otakube.maintenance.snapshots.manifest import (
    SnapshotManifest,
    has_shrunk,
    name_at,
    names_in,
    superseded,
)

NOW = datetime(2026, 11, 29, 5, tzinfo=UTC)
DAY = timedelta(days=1)


def a_manifest(age: int, *, lacking: int = 0, entries: int = 100) -> SnapshotManifest:
    at = NOW - age * DAY
    return SnapshotManifest(
        name=name_at(at), release="1", record_schema=4, begun_at=at, ended_at=at,
        entries=entries, left_out_number=lacking,
    )  # fmt: skip


def ages(found: list[SnapshotManifest]) -> list[int]:
    return [(NOW - one.ended_at).days for one in found]


def test_a_name_is_its_time_and_keys_of_others_are_no_snapshots() -> None:
    assert name_at(NOW) == "20261129T050000Z"
    keys = [
        "20261129T050000Z/manifest.json",
        "20261122T050000Z/unfinished.json",
        "latest.json",
        "x/manifest.json",
    ]
    assert names_in([f"snapshots/{key}" for key in keys], "manifest.json") == ["20261129T050000Z"]


def test_the_newest_stay_and_old_ones_go() -> None:
    several = [a_manifest(age) for age in (0, 7, 14, 21)]
    assert ages(superseded(several, keep=3, older_than=30 * DAY, now=NOW)) == [21]
    assert ages(superseded(several, keep=9, older_than=10 * DAY, now=NOW)) == [14, 21]


def test_the_newest_that_lacks_no_entry_stays_however_old_it_is() -> None:
    several = [a_manifest(0, lacking=1), a_manifest(40, lacking=2), a_manifest(70), a_manifest(80)]
    assert ages(superseded(several, keep=1, older_than=30 * DAY, now=NOW)) == [40, 80]


@given(
    st.lists(st.tuples(st.integers(0, 90), st.booleans()), unique_by=lambda one: one[0], max_size=8),
    st.integers(1, 9),
    st.integers(1, 60),
)
def test_a_whole_one_and_the_newest_are_always_left(
    made: list[tuple[int, bool]], keep: int, days: int
) -> None:
    several = [a_manifest(age, lacking=int(lacks)) for age, lacks in made]
    gone = superseded(several, keep=keep, older_than=days * DAY, now=NOW)
    left = [one for one in several if one not in gone]
    assert bool(left) == bool(several)
    assert any(not one.left_out_number for one in left) == any(not one.left_out_number for one in several)


def test_a_tenth_of_the_entries_may_be_gone_and_no_more() -> None:
    assert not has_shrunk(a_manifest(0), None)
    assert not has_shrunk(a_manifest(0, entries=90), a_manifest(7))
    assert has_shrunk(a_manifest(0, entries=89), a_manifest(7))
