# SPDX-License-Identifier: Apache-2.0
"""Shortlist of similar texts, without an index."""

from hypothesis import given
from hypothesis import strategies as st

from growth import LINEAR, growth
from otakube.domain.matching.ngrams import Ngrams
from otakube.domain.matching.shortlist import shortlist

TITLES = ["hosinotodaimori", "hosi", "aoitori", "aoitorinohosi", "星の灯台守", "灯台", "nekoto"]


def test_the_text_that_shares_the_most_comes_first() -> None:
    assert [TITLES[place] for place in shortlist("hosinotodaimory", TITLES, 2)] == ["hosinotodaimori", "hosi"]
    assert [TITLES[place] for place in shortlist("灯台守", TITLES, 2)] == ["星の灯台守", "灯台"]


def test_a_rare_gram_tells_more_than_a_frequent_one() -> None:
    texts = [*["thestory"] * 50, "theaoi"]
    assert shortlist("storaoi", texts, 1) == [50]


def test_what_shares_nothing_is_left_out() -> None:
    assert shortlist("zzz", TITLES, 5) == []
    assert shortlist("", TITLES, 5) == []


def test_a_query_of_one_or_two_letters_is_looked_for_as_it_is() -> None:
    assert [TITLES[place] for place in shortlist("ne", TITLES, 5)] == ["nekoto"]


@given(st.lists(st.text("abcdefg", min_size=3, max_size=12), min_size=1, max_size=30, unique=True), st.data())
def test_a_text_itself_is_found_as_in_the_index(texts: list[str], data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(texts))
    assert texts.index(text) in shortlist(text, texts, len(texts))
    assert texts.index(text) in Ngrams.build(texts).nearest(text, len(texts))


def test_a_search_takes_twice_the_time_for_twice_the_texts_and_never_more_for_a_longer_query() -> None:
    def search(size: int) -> None:
        shortlist("abcdefgh" * 500, [f"{number}abcdefgh" for number in range(size)], 300)

    assert growth(search, 10_000) < LINEAR
