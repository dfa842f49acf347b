# SPDX-License-Identifier: Apache-2.0
"""Prose without marks, spoilers and credits."""

from collections.abc import Callable

import pytest

from growth import LINEAR, growth
from otakube.domain.record.prose import LONGEST_CREDIT, prose, read_prose
from otakube.domain.record.text import LONGEST_PROSE


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Aoi waits. ~!He dies.!~ It rains.", "Aoi waits. It rains."),
        ("One ~!two\n\nthree!~ four ~!five", "One four"),
        ("~!a ~!b!~ c!~ d", "d"),
        ("One <i>~!two</i> three!~ four", "One four"),
        ('<p>One</p><div rel="spoiler">two <b>three</b></div><p>four</p>', "One\nfour"),
        ("One <span class='markdown_spoiler'><span>two</span></span> three", "One three"),
        ('One <div class="spoiler"><input value="Show"><span class="spoiler_content">x</span></div>', "One"),
        ("One <details><summary>Ending</summary>two</details> three", "One three"),
        ("One [spoiler]two[/spoiler] three [SPOILER=Ending]four[/SPOILER]", "One three"),
        ("One [spoiler]two [i]three[/i] and no end", "One"),
        ("One [Spoiler: who]two[/Spoiler] three [spoilers]four[/spoilers] [hide]five[/hide]", "One three"),
        ("~!all of it!~", None),
    ],
)
def test_spoilers_are_left_out(said: str, expected: str | None) -> None:
    assert prose(said) == expected
    assert read_prose(said).spoilers is not None


@pytest.mark.parametrize(
    ("said", "text", "spoilers"),
    [
        ("One ~!two!~ three ~!four!~ five", "One three five", "two\n\nfour"),
        ("One ~! two and three !~ four", "One four", "two and three"),
        ("One ||two|| three >!four!< five", "One three five", "two\n\nfour"),
        ("One [spoiler=End]__two__[/spoiler]", "One", "two"),
        ("<details><summary>Ending</summary>two</details> three", "three", "two"),
        (
            'One <div class="spoiler"><input value="Show"><span class="spoiler_content">x</span></div>',
            "One",
            "x",
        ),
        ("~!all of it (Source: ANN)!~", None, "all of it"),
        ("One [img]https://x.example/a.png[/img]", "One", None),
        ("One [hide] and [Spoilers] two", "One [hide] and [Spoilers] two", None),
        ("a || b || c, d||e", "a || b || c, d||e", None),
    ],
)
def test_spoilers_are_kept_apart(said: str, text: str | None, spoilers: str | None) -> None:
    found = read_prose(said)
    assert (found.text, found.spoilers) == (text, spoilers)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("__Height:__ 170 cm\n__Age:__ 15", "Height: 170 cm\nAge: 15"),
        ("A **bold**, *slanted* and ***loud*** _word_", "A bold, slanted and loud word"),
        ("See [the manga](https://anilist.co/manga/7).", "See the manga."),
        ('[Aoi](/character/7/Aoi) and [Umi](https://x.example/a_(b) "t")', "Aoi and Umi"),
        ("~~~img220(https://x.example/a.png)~~~\nText ~~gone~~", "Text gone"),
        ("# Story\nIt rains.\n\n---\n\nAnd rains.", "Story\nIt rains.\n\nAnd rains."),
        ("[b]One[/b] [url=https://x.example]two[/url] [img]https://x.example/a.png[/img]", "One two"),
        ("One[br]two [list][*]three[/list]", "One\ntwo \nthree"),
        (r"Five \*stars\*", "Five *stars*"),
    ],
)
def test_marks_go_and_what_they_mark_stays(said: str, expected: str) -> None:
    assert prose(said) == expected


@pytest.mark.parametrize(
    "said",
    [
        "A f**k and a s**t, 2*3*4, bad*ss",
        "SAC_2045 and snake_case_name",
        "Let's go~! Wow!~",
        "A [note] and list[1](x), [sic]",
        "* One\n* Two",
        "(* probably meat, money, or girls)",
        "The Source: of all evil. It was written by God.",
        "A book of rivers (sources: of light) and of seas.",
        "(From Kyoto to Osaka)\n\nIt rains.",
        "Ayu`s school and Marco`s journey",
        "Steins;Gate (the source of it all)",
        "<Mirror> & <<Ray>>",
    ],
)
def test_what_is_no_mark_stays(said: str) -> None:
    assert read_prose(said) == (said, None, None)


@pytest.mark.parametrize(
    ("said", "text", "credit"),
    [
        ("It rains.\n\n(Source: ANN)", "It rains.", "Source: ANN"),
        ("It rains. [Written by MAL Rewrite]", "It rains.", "Written by MAL Rewrite"),
        ("It rains.<br><br>(Source: Yen Press, edited)", "It rains.", "Source: Yen Press, edited"),
        ("It rains.\nSource: AniDB", "It rains.", "Source: AniDB"),
        (
            "It rains.\n(Source: Wikipedia (en))\n\nNote: twice.",
            "It rains.\n\nNote: twice.",
            "Source: Wikipedia (en)",
        ),
        ("It rains.\n~ Translated and adapted by Aoi", "It rains.", "Translated and adapted by Aoi"),
        ("It rains. (Source: A)\n[Written by B]", "It rains.", "Source: A; Written by B"),
        ("(Source: ANN)", None, "Source: ANN"),
        ("It rains.\n\n(Via ANN)", "It rains.", "Via ANN"),
        ("It rains.\n\n(From the official website)", "It rains.", "From the official website"),
        ("It rains.\n\n(Description: ANN)", "It rains.", "Description: ANN"),
        ("It rains.\n\n(Synopsis by ANN)", "It rains.", "Synopsis by ANN"),
    ],
)
def test_credits_stand_apart(said: str, text: str | None, credit: str) -> None:
    assert read_prose(said) == (text, credit, None)


def test_a_credit_is_cut() -> None:
    assert len(read_prose("It rains." + "\n(Source: " * 60 + "x" * 150 + ")").credit or "") <= LONGEST_CREDIT


def test_endless_prose_is_cut() -> None:
    assert len(prose("word " * 100_000) or "") == LONGEST_PROSE


@pytest.mark.parametrize(
    "text",
    [
        "*a ".__mul__,
        "_*a".__mul__,
        "[a](".__mul__,
        "~!a".__mul__,
        "[spoiler]".__mul__,
        "<div rel=spoiler>".__mul__,
        "-".__mul__,
        "(Source: ".__mul__,
        "\nSource: a".__mul__,
        "![".__mul__,
    ],
    ids=["stars", "both", "links", "spoilers", "bbcode", "html", "dashes", "credits", "lines", "images"],
)
def test_hostile_prose_takes_twice_the_time_for_twice_the_length(text: Callable[[int], str]) -> None:
    assert growth(lambda size: prose(text(size)), 2_000) < LINEAR
