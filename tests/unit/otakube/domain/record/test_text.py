# SPDX-License-Identifier: Apache-2.0
"""Provider text made plain, and compared."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from growth import LINEAR, growth
from otakube.domain.record.text import comparable, name_key, plain, web_address


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


@pytest.mark.parametrize(
    "said",
    [
        "<Infinite Dendrogram>",
        "<harmony/>",
        "Kyoto <Mirror> Days",
        "The <<name>> of the <<i>>",
        "Aa! Megami-sama! <TV>",
        "<物語>シリーズ",
        "Who <?> Are <!!> You",
        "</harmony> ends",
        "<a boy and his dog>",
        "<b side>",
        "<Code>: Breaker and <Time>",
        "<Ruby>",
        "<S>",
        "x<y and y>z",
        "<3 and >_<",
    ],
)
def test_words_in_angle_brackets_stay_as_they_are_written(said: str) -> None:
    assert plain(said) == said
    assert plain(said.replace("&", "&amp;").replace("<", "&lt;")) == said


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("<i>Kyoto</i> <Mirror> <b>Days</b>", "Kyoto <Mirror> Days"),
        ("<i><harmony/></i>", "<harmony/>"),
        ("a <time>12:00</time> <Time>", "a 12:00"),
        ("at <TIME datetime='12:00'>noon</TIME>", "at noon"),
        ("a<BR>b<Br/>c", "a\nb\nc"),
        ("<B>bold</B> <B", "bold <B"),
        ("<img src=x onerror=alert(1)>Mirror", "Mirror"),
        ("<?xml version='1.0'?><!DOCTYPE html><Mirror>", "<Mirror>"),
    ],
)
def test_of_angle_brackets_only_real_tags_go(said: str, expected: str) -> None:
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
        "<B>".__mul__,
        "<Time x>".__mul__,
        lambda size: "<i>" + "&#1;" * size,
        lambda size: "<i>" + "<a x='\"".__mul__(size),
    ],
    ids=["blanks", "blank lines", "attributes", "nested", "unpaired", "words", "references", "open quotes"],
)
def test_hostile_text_takes_twice_the_time_for_twice_the_length(text: Callable[[int], str]) -> None:
    assert growth(lambda size: plain(text(size)), 4_000) < LINEAR


@pytest.mark.parametrize("hostile", ["<div>", "<b><i>", "<", "<a", "</p>", "<p>", "&", "<!--", "<a x='"])
def test_hostile_markup_costs_no_more_than_its_length(hostile: str) -> None:
    begin = time.process_time()
    plain(hostile * 300_000)
    assert time.process_time() - begin < 5  # a second of CPU here; squared it were minutes


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
