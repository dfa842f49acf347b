# SPDX-License-Identifier: Apache-2.0
"""The file of merge locks: the same bytes after any way through it, and a line number for what is wrong."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lock_builders import any_lock, different, fixed, means, same
from otakube.domain.locks.contradictions import contradictions
from otakube.domain.locks.file import HEADER, LINE_LIMIT, format_file, parse_file, plan_import
from otakube.domain.locks.lock import Lock, lock_id


def lines_of(*locks: Lock) -> str:
    return "\n".join([HEADER, *(format_file([lock]).splitlines()[1] for lock in locks)])


def outcome(text: str, *standing: Lock) -> tuple[list[int], list[int], dict[int, str]]:
    lines, unreadable = parse_file(text)
    done = plan_import(lines, standing)
    refused = {one.number: one.message for one in (*unreadable, *done.refused)}
    return [one.number for one in done.added], [one.number for one in done.unchanged], refused


@given(st.lists(any_lock(), max_size=8))
def test_what_is_exported_is_imported_as_it_was_and_exported_byte_by_byte(locks: list[Lock]) -> None:
    text = format_file(locks)
    lines, refused = parse_file(text)
    assert refused == []
    assert sorted(map(repr, (one.lock for one in lines))) == sorted(map(repr, locks))
    assert format_file(one.lock for one in lines) == text
    assert [one.number for one in lines] == list(range(2, 2 + len(locks)))


@given(st.lists(any_lock(), max_size=8, unique_by=lock_id).filter(lambda locks: not contradictions(locks)))
def test_a_file_that_was_imported_changes_nothing_the_second_time(locks: list[Lock]) -> None:
    lines, _ = parse_file(format_file(locks))
    first, second = plan_import(lines, []), plan_import(lines, locks)
    assert (len(first.added), first.unchanged, first.refused) == (len(locks), [], [])
    assert (second.added, len(second.unchanged), second.refused) == ([], len(locks), [])


def test_the_file_is_sorted_as_sort_sorts() -> None:
    text = format_file(
        [same(3, 4), means("Mushishi", 1), different(1, 2), fixed("type", "TV", 5), means("蟲師", 1)]
    )
    done = subprocess.run(
        ["sort"], input=text, env={"LC_ALL": "C"}, capture_output=True, text=True, check=True
    )
    assert done.stdout == text


def test_an_empty_set_of_locks_is_a_file_too() -> None:
    assert format_file([]) == HEADER + "\n"
    assert parse_file(HEADER) == ([], [])


@pytest.mark.parametrize("text", ["", "{}", "locks:\n- a", HEADER.replace("1", "2")])
def test_another_file_is_refused_with_what_the_first_line_must_be(text: str) -> None:
    [only] = parse_file(text)[1]
    assert only.number == 1
    assert HEADER in only.message


def test_blank_lines_carriage_returns_and_a_byte_order_mark_do_no_harm() -> None:
    text = "\ufeff" + format_file([same(1, 2), same(3, 4)]).replace("\n", "\r\n\r\n")
    assert outcome(text) == ([3, 5], [], {})


def test_a_line_separator_inside_a_text_ends_no_line() -> None:
    odd = same(1, 2, note="one\u2028two")
    assert [one.lock for one in parse_file(format_file([odd, same(3, 4)]))[0]] == [odd, same(3, 4)]


def test_each_wrong_line_is_named_with_its_number_and_its_fault() -> None:
    good = format_file([same(1, 2)]).splitlines()[1]
    text = "\n".join([HEADER, good, "{", '{"kind":"Some"}', "x" * (LINE_LIMIT + 1), good.replace("ilse", "")])
    added, _, refused = outcome(text)
    assert added == [2]
    assert "not JSON" in refused[3]
    assert "'Same', 'Different', 'Title', 'Field'" in refused[4]
    assert f"{LINE_LIMIT} are read" in refused[5]
    assert refused[6].startswith("decided_by is ''")


def test_a_decision_that_stands_is_unchanged_whoever_decided_it() -> None:
    assert outcome(lines_of(same(1, 2)), same(1, 2, decided_by="oskar", note="long ago")) == ([], [2], {})


def test_a_line_said_twice_counts_once() -> None:
    assert outcome(lines_of(same(1, 2), same(2, 1))) == ([2], [3], {})


def test_another_answer_to_a_question_is_refused_and_both_are_named() -> None:
    standing = fixed("episode_count", 12, 1, decided_by="oskar")
    added, _, refused = outcome(lines_of(fixed("episode_count", 13, 1), same(1, 2)), standing)
    assert added == [3]
    assert "is 13; ilse, 2026-11-20) contradicts" in refused[2]
    assert lock_id(standing) in refused[2]
    assert "oskar" in refused[2]
    assert "otakube locks remove ID" in refused[2]


def test_two_lines_that_contradict_each_other_are_both_refused() -> None:
    added, _, refused = outcome(lines_of(same(1, 2), same(2, 3), different(1, 3), same(5, 6)))
    assert added == [5]
    assert set(refused) == {2, 3, 4}


def test_a_line_that_makes_two_standing_decisions_contradict_each_other_is_refused() -> None:
    standing = [fixed("type", "TV", 1), fixed("type", "ONA", 2)]
    added, _, refused = outcome(lines_of(same(1, 2), same(3, 4)), *standing)
    assert added == [3]
    assert all(lock_id(one) in refused[2] for one in standing)


def test_what_contradicts_itself_among_the_standing_ones_hinders_no_other_line() -> None:
    assert outcome(lines_of(same(5, 6)), same(1, 2), different(1, 2)) == ([2], [], {})
