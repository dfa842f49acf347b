# SPDX-License-Identifier: Apache-2.0
"""Markup rewritten so that a parser's work is bounded."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from growth import LINEAR, growth
from otakube.domain.record.markup import MOST_ATTRIBUTES, bounded

NASTY = st.lists(
    st.sampled_from(
        [
            "<a",
            "<script>",
            "</script>",
            " b",
            "=",
            '"',
            "'",
            ">",
            "<",
            "/",
            "<!--",
            "-->",
            "c d e f g h",
            "\n",
            "x",
        ]
    ),
    max_size=40,
).map("".join)


def test_well_formed_markup_stays_as_it_is() -> None:
    page = '<ul class="a b"><li data-type=anime><a href="/x?a=1" title=\'<b>T</b>\'>x</a><br/></li></ul>'
    rewritten = bounded(page, 100)
    assert rewritten == page.replace("<b>", "&lt;b>").replace("</b>", "&lt;/b>")
    assert LexborHTMLParser(rewritten).css_first("a").attributes["title"] == "<b>T</b>"


@given(NASTY)
def test_no_parser_sees_more_attributes_than_allowed(text: str) -> None:
    page = bounded(text + " a b c".join(f' q{number}=">"' for number in range(200)), 100)
    nodes = LexborHTMLParser(page).css("*")
    assert max(len(node.attributes) for node in nodes) <= MOST_ATTRIBUTES


def test_more_tags_than_allowed_are_left_out() -> None:
    assert bounded("<b>a" * 3, 2) == "<b>a<b>aa"


@pytest.mark.parametrize(
    "text",
    [
        lambda size: "<a " + " ".join(f"a{number}" for number in range(size)),
        lambda size: "<a " + " ".join(f"a{number}='>'" for number in range(size)) + ">",
        lambda size: "<a x='\"".__mul__(size) + ">",
        lambda size: "<a\"'".__mul__(size),
        lambda size: "<!--".__mul__(size),
        lambda size: "<a".__mul__(size),
        lambda size: "<a " + " " * size,
        lambda size: "<a x=" + "<" * size,
    ],
)
def test_rewriting_takes_twice_the_time_for_twice_the_length(text: Callable[[int], str]) -> None:
    assert growth(lambda size: bounded(text(size), 1_000), 40_000) < LINEAR
