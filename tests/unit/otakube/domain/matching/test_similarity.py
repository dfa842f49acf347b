# SPDX-License-Identifier: Apache-2.0
"""Penalties of a name that fits less, one reason at a time."""

import pytest

from otakube.domain.matching.decision import ACCEPT, CONSIDER
from otakube.domain.matching.similarity import (
    Asked,
    partial_similarity,
    penalty,
    prefix_score,
    string_similarity,
)
from otakube.domain.matching.titles import take_apart
from otakube_api.contract import AnimeType

DOUBT = 1 - ACCEPT  # taken off the same name, it is for a person to decide


def off(query: str, title: str, **known: object) -> float:
    """The penalty of a candidate's title and facts."""
    return penalty(Asked.of(take_apart(query)), take_apart(title), **known)  # type: ignore[arg-type]  # a case's keywords


@pytest.mark.parametrize(
    ("query", "title", "known"),
    [
        ("Nana 2nd Season", "Nana", {}),
        ("Nana", "Nana Part 2", {}),
        ("Conan 20", "Conan 21", {}),
        ("Nana", "Nana Special", {}),
        ("Nana OVA", "Nana", {}),
        ("Nana OVA", "Nana", {"kind": AnimeType.TV}),
        ("Nana (2006)", "Nana", {}),
        ("Nana (2006)", "Nana", {"year": 2019}),
        ("Nana (2006)", "Nana", {"year": 2007}),  # as a sequel is
        ("Nana (2006)", "Nana", {"year": 2005}),
        ("Nana (2006)", "Nana (2007)", {"year": 2007}),
        ("Nana", "Nana (2006)", {}),
    ],
)
def test_what_may_be_another_anime_is_never_accepted(
    query: str, title: str, known: dict[str, object]
) -> None:
    assert off(query, title, **known) > DOUBT


@pytest.mark.parametrize(
    ("query", "title", "known"),
    [
        ("Nana", "Nana", {"kind": AnimeType.TV, "year": 2006, "episodes": 47}),
        ("Nana OVA", "Nana", {"kind": AnimeType.OVA}),
        ("Nana (2006)", "Nana", {"year": 2006}),
        ("Nana (2006)", "Nana (2006)", {}),
        ("Nana 2nd Season", "Nana II", {}),
    ],
)
def test_what_is_known_to_hold_takes_nothing_off(query: str, title: str, known: dict[str, object]) -> None:
    assert off(query, title, **known) == 0


def test_a_length_alone_is_no_other_anime() -> None:
    asked = Asked.of(take_apart("Nana"), episodes=12)
    assert 0 < penalty(asked, take_apart("Nana"), episodes=47) < DOUBT
    assert penalty(asked, take_apart("Nana"), episodes=13) == 0


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("cowboy bebop", "cowboy bebop", 1, 1),
        ("youkai watch", "yokai watch", ACCEPT, 0.99),
        ("haru hi", "haruhi", 0.8, ACCEPT),  # so short that it may be another name
        ("neon genesis evangelion", "neon genesis evangelyon", ACCEPT, 0.99),
        ("katarina nounai kaigi", "katarina nounai kaigi x", 0.8, 0.85),  # a word more is another name
        ("kimi wo aishita juubei", "kimi aishita juubei", ACCEPT, 0.99),  # but for a particle
        ("evangelion neon genesis", "neon genesis evangelion", ACCEPT, 0.99),
        ("cowboy bebop", "ergo proxy", 0, 0.5),
    ],
)
def test_names_are_alike_by_sound_and_letters(one: str, other: str, low: float, high: float) -> None:
    assert low <= string_similarity(one, other) <= high
    assert string_similarity(one, other) == string_similarity(other, one)
    assert partial_similarity(one, other) >= string_similarity(one, other)


def test_a_name_within_a_longer_one_is_considered_and_never_accepted() -> None:
    within = partial_similarity("wagahai wa inu de aru", "wagahai wa inu de aru don no seikatsu")
    assert CONSIDER < within < ACCEPT
    assert partial_similarity("an", "an okubyou") < CONSIDER


def test_a_title_that_begins_as_asked_is_considered_numbers_and_all() -> None:
    assert CONSIDER < prefix_score("juubee chan 2", "juubee chan 2 siberia yagyuu no gyakushuu") < ACCEPT
    assert prefix_score("juubee chan 2", "juubee chan 21") == 0
    assert prefix_score("an", "an okubyou") == 0
