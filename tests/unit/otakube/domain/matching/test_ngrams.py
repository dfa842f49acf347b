# SPDX-License-Identifier: Apache-2.0
"""Texts by the trigrams that they share."""

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from otakube.domain.matching import ngrams
from otakube.domain.matching.ngrams import Ngrams

TEXTS = ["mushishi", "mushibugyou", "cowboybebop", "進撃の巨人", "巨人の星", "86"]


def test_the_text_that_shares_the_most_rare_trigrams_comes_first() -> None:
    index = Ngrams.build(TEXTS)
    assert index.nearest("mushisi", 2) == [0, 1]
    assert index.nearest("cowbowbebop", 1) == [2]
    assert index.nearest("86", 1) == [5]


def test_two_ideographs_are_enough() -> None:
    assert set(Ngrams.build(TEXTS).nearest("巨人", 2)) == {3, 4}


def test_a_text_that_shares_nothing_finds_nothing() -> None:
    assert Ngrams.build(TEXTS).nearest("zzzzz", 5) == []
    assert Ngrams.build([]).nearest("mushishi", 5) == []


def test_the_commonest_trigrams_are_left_unread_when_the_bound_is_reached() -> None:
    texts = [f"season{number}" for number in range(100)] + ["seasonmushishi"]
    with patch.object(ngrams, "_POSTINGS", 50):
        assert Ngrams.build(texts).nearest("seasonmushishi", 3)[0] == 100


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=30, unique=True))
def test_a_text_is_among_the_nearest_to_itself(texts: list[str]) -> None:
    texts = [f"{number}-{text}" for number, text in enumerate(texts)]
    index = Ngrams.build(texts)
    for place, text in enumerate(texts):
        assert place in index.nearest(text, len(texts))
