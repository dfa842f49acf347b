# SPDX-License-Identifier: Apache-2.0
"""Provider text made plain, and compared."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from growth import LINEAR, growth
from otakube.domain.record.text import LONGEST_PROSE, comparable, name_key, plain, prose, web_address


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("The <i>second</i> season.<br><br>\n\nMore", "The second season.\n\nMore"),
        ("<p>One</p><p title='>'>two</p>three", "One\ntwo\nthree"),
        ("<script>alert('<b>')</script>Mu<style>b {}</style><!-- > -->shishi", "Mushishi"),
        ("a &lt; b &amp; c", "a < b & c"),
        ("<b>a</b> &lt;i&gt; &amp;amp;", "a <i> &amp;"),
        ("I <3 you </3", "I <3 you </3"),
        ("x\u0000\u0007\u202ey\u200b", "xy"),
        ("\u3000 Midori no Za\u00a0", "Midori no Za"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("a \n \n b\u2003\u2003c", "a\n\nb\u2003\u2003c"),
        ("<a/href='/x'class=b disabled>a</a><br/>b</3", "a\nb</3"),
        ('<i title="<b>">a</i> <!-- never closed <b>', "a"),
        (" \n ", None),
        (None, None),
    ],
)
def test_markup_and_control_characters_go_and_words_stay(said: str | None, expected: str | None) -> None:
    assert plain(said) == expected


@given(st.text())
def test_plain_text_holds_no_control_characters(said: str) -> None:
    assert not any(ord(c) < 32 and c not in "\n\t" for c in plain(said) or "")


@pytest.mark.parametrize("reference", ["&#" + "9" * 5000 + ";", "&#" + "0" * 5000 + "65;", "&#99999999"])
def test_a_reference_to_no_character_is_a_replacement_character(reference: str) -> None:
    assert plain(f"a{reference}b") == "a\ufffdb"
    assert plain(f"<i>a</i>{reference}") is not None


def attributes(size: int) -> str:
    return "<a " + " ".join(f"{number:x}=" for number in range(size)) + ">"


@pytest.mark.parametrize(
    "text",
    [
        "\u2003".__mul__,
        "\n \u2003".__mul__,
        attributes,
        "<div>".__mul__,
        lambda size: "<i>" + "&#1;" * size,
        lambda size: "<i>" + "<a x='\"".__mul__(size),
    ],
    ids=["blanks", "blank lines", "attributes", "nested", "references", "open quotes"],
)
def test_hostile_text_takes_twice_the_time_for_twice_the_length(text: Callable[[int], str]) -> None:
    assert growth(lambda size: plain(text(size)), 4_000) < LINEAR


@pytest.mark.parametrize("hostile", ["<div>", "<b><i>", "<", "<a", "</p>", "<p>", "&", "<!--", "<a x='"])
def test_hostile_markup_costs_no_more_than_its_length(hostile: str) -> None:
    begin = time.process_time()
    plain(hostile * 300_000)
    assert time.process_time() - begin < 5  # a second of CPU here; squared it were minutes


def test_endless_prose_is_cut() -> None:
    assert len(prose("word " * 100_000) or "") == LONGEST_PROSE


@pytest.mark.parametrize("said", ["javascript:alert(1)", "file:///etc/passwd", "http://a b", "", None])
def test_what_is_no_web_address_is_left_out(said: str | None) -> None:
    assert web_address(said) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("Mushishi!", "ＭＵＳＨＩＳＨＩ"), ("Café", "cafe"), ("Re:Zero", "Re Zero"), ("A_b", "a-b")],
)
def test_spellings_of_one_name_compare_equal(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)


def test_kana_with_and_without_voice_marks_differ() -> None:
    assert comparable("か") != comparable("が")


def test_the_order_of_a_name_does_not_matter() -> None:
    assert name_key("Takamaki, Ann") == name_key("Ann Takamaki")
