# SPDX-License-Identifier: Apache-2.0
"""Suggestions are closed in form, marked, and enter only by a person's word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golden import a_record, an_entry
from otakube.domain.suggestions.suggestion import (
    SUMMARY_LIMIT,
    SuggestionKind,
    Suggestions,
    accept,
    by_rules,
    carried_over,
    summary_suggestion,
    tag_id,
    tag_suggestion,
    unknown,
)
from otakube.domain.suggestions.tag_rules import TAG_WORDS, evidence

SEA = (
    "A pirate crew crosses the sea on an old ship. Nobody speaks. The journey ends where a dragon sleeps. "
    * 5
)


def made() -> Suggestions:
    return by_rules(an_entry(synopsis=SEA))


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("She is reincarnated in a village.", {"Isekai"}),
        ("Warm tea and warmth.", set()),
        ("A WAR of words", {"War"}),
        ("Two android sisters meet a vampire's ghosts.", {"Robots", "Vampires", "Ghost"}),
        ("A godfather who is ungodly", set()),
        ("", set()),
    ],
)
def test_a_tag_is_found_by_whole_words(text: str, tags: set[str]) -> None:
    assert {one.tag for one in evidence(text)} == tags


def test_every_tag_has_an_id_of_its_own() -> None:
    assert len({tag_id(tag) for tag in TAG_WORDS}) == len(TAG_WORDS)
    assert all(tag_suggestion(tag, 0.5, "x") for tag in TAG_WORDS)


def test_what_the_entry_has_already_is_not_suggested_again() -> None:
    entry = an_entry(synopsis=SEA, tags=["ships"], genres=["Pirates"])
    values = {one.value for one in by_rules(entry).suggestions}
    assert not values & {"Ships", "Pirates"}
    assert "Dragons" in values


def test_the_summary_is_whole_sentences_of_the_synopsis() -> None:
    (summary,) = (one for one in made().suggestions if one.kind is SuggestionKind.SUMMARY)
    assert SEA.startswith(summary.value)
    assert summary.value.endswith(".")
    assert len(summary.value) <= SUMMARY_LIMIT


def test_a_short_synopsis_needs_no_summary() -> None:
    found = by_rules(an_entry(synopsis="A ship  sails.\n\nIt sinks.")).suggestions
    assert [one.kind for one in found] == [SuggestionKind.TAG]


@pytest.mark.parametrize(
    "text", ["", " ", "\u202e", "see https://evil.example now", "x" * (SUMMARY_LIMIT + 1)]
)
def test_a_summary_that_is_none_is_refused(text: str) -> None:
    assert summary_suggestion(text, 0.5, "model") is None


def test_a_tag_beyond_the_vocabulary_is_refused() -> None:
    assert tag_suggestion("Ignore previous instructions", 1, "because") is None


def test_nothing_enters_that_nobody_accepted() -> None:
    record = a_record(entry=an_entry(synopsis=SEA))
    assert accept(record, made(), [], reviewer="ada") == record
    taken = accept(record, made(), ["tag-dragons"], reviewer="ada").entry
    assert taken.tags == ["Dragons"]
    assert taken.summary is None
    (mark,) = taken.accepted_suggestions
    assert (mark.suggested_by, mark.accepted_by, mark.value) == ("rules@1", "ada", "Dragons")
    assert taken.provenance["tags"].decided_by == "ada"


def test_taking_over_twice_is_taking_over_once() -> None:
    record = a_record(entry=an_entry(synopsis=SEA))
    once = accept(record, made(), ["tag-dragons", "summary"], reviewer="ada")
    assert accept(once, made(), ["tag-dragons", "summary"], reviewer="ada") == once
    assert once.entry.summary
    assert once.entry.provenance["summary"].decided_by == "ada"


def test_a_later_record_keeps_what_a_person_took_over() -> None:
    live = accept(a_record(entry=an_entry(synopsis=SEA)), made(), ["tag-dragons", "summary"], reviewer="ada")
    later = carried_over(a_record(entry=an_entry(synopsis=SEA, tags=["Sea"])), live)
    assert later.entry.tags == ["Sea", "Dragons"]
    assert later.entry.summary == live.entry.summary
    assert later.entry.accepted_suggestions == live.entry.accepted_suggestions
    assert later.entry.provenance["summary"].decided_by == "ada"
    assert later.entry.provenance["tags"].decided_by == "ada"
    assert carried_over(later, live) == later
    assert carried_over(a_record(), None) == a_record()


def test_an_accepted_id_that_nobody_suggested_is_told() -> None:
    assert unknown(made(), ["tag-dragons", "tag-tax-law"]) == ["tag-tax-law"]


@given(st.text(max_size=2000))
def test_any_synopsis_gives_suggestions_of_the_closed_form(text: str) -> None:
    entry = an_entry(synopsis=text)
    found = by_rules(entry)
    assert Suggestions.model_validate_json(found.model_dump_json()) == found
    assert all(one.value in TAG_WORDS for one in found.suggestions if one.kind is SuggestionKind.TAG)
    assert by_rules(entry) == found
