# SPDX-License-Identifier: Apache-2.0
"""What a restore does with an entry, by what the catalogue has of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golden import a_record
from otakube.maintenance.snapshots.restore_plan import (
    EntryFound,
    RestoreAction,
    RestoreOutcome,
    RestoreReport,
    action,
    numbered_as_live,
)
from otakube.ports.catalogue import LiveEntry
from otakube.ports.ledger import EntryState
from otakube.ports.rows import StoredEntry


def a_state(version: int | None, content: str = "a") -> EntryState:
    return EntryState(
        entry_id="ani_1",
        live_version=version,
        commit_key=content * 3,
        digest=content,
        next_version=9,
        lease=None,
    )


def stored(version: int, content: str = "a") -> StoredEntry:
    record = a_record()
    live = LiveEntry(
        entry_id="ani_1", version=version, commit_key=content * 3, digest=content, model="m", record=record,
        committed_at=record.assembled_at,
    )  # fmt: skip
    return StoredEntry(state=a_state(version, content), live=live)


def found(version: int | None, content: str = "a", *, intact: bool = True) -> EntryFound:
    return EntryFound(state=a_state(version, content), intact=intact)


@pytest.mark.parametrize(
    ("there", "newer_too", "wanted"),
    [
        (EntryFound(state=None, intact=False), False, RestoreAction.REINSTATE),
        (found(None, intact=False), False, RestoreAction.REINSTATE),
        (found(2, "b"), False, RestoreAction.REINSTATE),
        (found(3), False, RestoreAction.COMPLETE),
        (found(3, intact=False), False, RestoreAction.REINSTATE),
        (found(3, "b"), False, RestoreAction.LEAVE),
        (found(3, "b"), True, RestoreAction.COMMIT),
        (found(4, "b"), False, RestoreAction.LEAVE),
        (found(4, "b"), True, RestoreAction.COMMIT),
        (found(4, "b", intact=False), False, RestoreAction.COMMIT),
    ],
)
def test_the_way_back_follows_from_what_is_live(
    there: EntryFound, newer_too: bool, wanted: RestoreAction
) -> None:
    assert action(stored(3), there, newer_too=newer_too) is wanted


@given(st.none() | st.integers(1, 6), st.sampled_from("ab"), st.booleans(), st.booleans())
def test_no_version_goes_backwards_and_nothing_whole_and_newer_is_lost_unasked(
    version: int | None, content: str, intact: bool, newer_too: bool
) -> None:
    there = found(version, content, intact=intact)
    one = numbered_as_live(stored(3), there)
    wanted = action(one, there, newer_too=newer_too)
    if wanted is RestoreAction.REINSTATE:
        assert version is None or (one.state.live_version or 0) >= version
    if intact and version and version >= 3 and content == "b" and not newer_too:
        assert wanted is RestoreAction.LEAVE


def test_content_that_was_committed_again_is_known_by_its_new_number() -> None:
    again = numbered_as_live(stored(3), found(7))
    assert (again.live and again.live.version, again.state.live_version) == (7, 7)
    other = numbered_as_live(stored(3), found(7, "b"))
    assert other.state.live_version == 3
    older = numbered_as_live(stored(3), replace(found(None), state=None))
    assert older.state.live_version == 3


def test_a_report_names_what_a_person_may_want_to_know() -> None:
    report = RestoreReport()
    report.note("a", RestoreOutcome.SAME)
    report.note("b", RestoreOutcome.RESTORED, "its images are gone")
    report.note("c", RestoreOutcome.HELD)
    assert [one.entry_id for one in report.entries] == ["b", "c"]
    assert (report.done, report.again) == (True, True)
    report.note("d", RestoreOutcome.FAILED, "why")
    assert not report.done
