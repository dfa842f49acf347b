# SPDX-License-Identifier: Apache-2.0
"""One title among many: found whatever its spelling, and never another season of it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otakube.domain.matching.decision import ACCEPT, MatchDecision
from otakube.domain.matching.title_index import Titled, TitleIndex
from otakube.domain.record.text import comparable
from otakube_api.contract import AnimeType

TV, MOVIE = AnimeType.TV, AnimeType.MOVIE
ROWS = [
    Titled("mushishi", ("Mushishi", "蟲師", "Mushi-Shi"), TV, 2005, 26),
    Titled("mushishi 2", ("Mushishi Zoku Shou", "Mushishi 2nd Season", "蟲師 続章"), TV, 2014, 10),
    Titled("mushishi film", ("Mushishi Movie", "劇場版 蟲師"), MOVIE, 2007, 1),
    Titled("hunter 1999", ("Hunter x Hunter",), TV, 1999, 62),
    Titled("hunter 2011", ("Hunter x Hunter (2011)", "Hunter x Hunter"), TV, 2011, 148),
    Titled("titan", ("Shingeki no Kyojin", "Attack on Titan", "進撃の巨人"), TV, 2013, 25),
    Titled("titan 3", ("Shingeki no Kyojin Season 3",), TV, 2018, 12),
    Titled("titan 3.2", ("Shingeki no Kyojin Season 3 Part 2",), TV, 2019, 10),
    Titled("titan final", ("Shingeki no Kyojin: The Final Season",), TV, 2020, 16),
    Titled("titan final 2", ("Shingeki no Kyojin: The Final Season Part 2",), TV, 2022, 12),
    Titled("mob", ("Mob Psycho 100",), TV, 2016, 12),
    Titled("mob 2", ("Mob Psycho 100 II",), TV, 2019, 13),
    Titled("gintama", ("Gintama",), TV, 2006, 201),
    Titled("gintama 2", ("Gintama'",), TV, 2011, 51),
    Titled("gintama 3", ("Gintama°",), TV, 2015, 51),
    Titled("conan 20", ("Meitantei Conan Movie 20: Junkoku no Nightmare",), MOVIE, 2016, 1),
    Titled("conan 21", ("Meitantei Conan Movie 21: Karakurenai no Love Letter",), MOVIE, 2017, 1),
    Titled("violet", ("Violet Evergarden",), TV, 2018, 13),
    Titled("violet film", ("Violet Evergarden Movie",), MOVIE, 2020, 1),
    Titled("86", ("86",), TV, 2021, 11),
    Titled("86.2", ("86 Part 2",), TV, 2021, 12),
    Titled("bebop", ("Cowboy Bebop", "カウボーイビバップ"), TV, 1998, 26),
    Titled("kimi", ("Kimi no Na wa.", "Your Name."), MOVIE, 2016, 1),
    Titled("twin", ("Himawari",), AnimeType.UNKNOWN),
    Titled("other twin", ("Himawari",), AnimeType.UNKNOWN),
]
INDEX = TitleIndex.build(ROWS)
EVERY_TITLE = [(row, title) for row in ROWS for title in row.titles]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Mushishi", "mushishi"),
        ("mushi shi", "mushishi"),
        ("蟲師", "mushishi"),
        ("Mushishi Season 2", "mushishi 2"),
        ("Mushishi II", "mushishi 2"),
        ("Mushishi S2", "mushishi 2"),
        ("蟲師 第2期", "mushishi 2"),
        ("続 蟲師", "mushishi 2"),
        ("Mushishi the Movie", "mushishi film"),
        ("Gekijouban Mushishi", "mushishi film"),
        ("Hunter x Hunter (2011)", "hunter 2011"),
        ("hunter x hunter 2011", "hunter 2011"),
        ("Hunter x Hunter (1999)", "hunter 1999"),
        ("shingeki no kyojin s3", "titan 3"),
        ("Shingeki no Kyojin 3rd Season Part II", "titan 3.2"),
        ("Shingeki no Kyojin Season 3 Cour 2", "titan 3.2"),
        ("Shingeki no Kyojin Final Season", "titan final"),
        ("Shingeki no Kyojin Final Season Part 2", "titan final 2"),
        ("Mob Psycho 100 2nd Season", "mob 2"),
        ("mob psycho 100", "mob"),
        ("GINTAMA", "gintama"),
        ("Gintama°", "gintama 3"),
        ("Meitantei Conan Movie 21: Kara Kurenai no Love Letter", "conan 21"),
        ("Violet Evergarden", "violet"),
        ("Violet Evergarden: The Movie", "violet film"),
        ("86 2nd Part", "86.2"),
        ("Kimi no Nawa", "kimi"),
        ("Your Name", "kimi"),
    ],
)
def test_a_title_in_another_notation_is_accepted(query: str, expected: str) -> None:
    found = INDEX.search(query)
    assert (found.decision, found.hits[0].id) == (MatchDecision.ACCEPT, expected)


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("Cowbow Bebob", "bebop"),
        ("Shingeki no Kyogin", "titan"),
        ("Attack on Titan Season 3", "titan 3"),
        ("Mushishi Season 3", None),
        ("Shingeki no Kyojin Season 4", None),
        ("Himawari", None),
        ("Meitantei Conan Movie 22", None),
        ("Meitantei Conan", None),
        ("Mob Psycho 100 (2031)", None),
    ],
)
def test_what_is_doubtful_is_for_a_person(query: str, best: str | None) -> None:
    found = INDEX.search(query)
    assert found.decision is not MatchDecision.ACCEPT
    assert best is None or found.hits[0].id == best


@pytest.mark.parametrize("query", ["Ergo Proxy", "", "!!", "   ", "x", "0" * 400])
def test_what_is_like_none_is_none(query: str) -> None:
    assert INDEX.search(query).decision is MatchDecision.NONE


def test_a_title_that_one_anime_has_ends_the_search() -> None:
    assert [hit.id for hit in INDEX.search("Shingeki no Kyojin").hits] == ["titan"]


def test_year_type_and_length_tell_namesakes_apart() -> None:
    assert INDEX.search("Hunter x Hunter", year=2011).hits[0].id == "hunter 2011"
    assert INDEX.search("Hunter x Hunter", year=1999).hits[0].id == "hunter 1999"
    assert INDEX.search("Violet Evergarden", kind=MOVIE).hits[0].id == "violet film"
    lengths = TitleIndex.build(
        [Titled("long", ("Himawari",), TV, 2006, 26), Titled("short", ("Himawari",), TV, 2006, 12)]
    )
    assert lengths.search("Himawari", episodes=12).hits[0].id == "short"
    assert lengths.search("Himawari", episodes=26).hits[0].id == "long"


def test_every_anime_comes_once_best_first_and_no_more_than_asked_for() -> None:
    hits = INDEX.search("Shingeki no Kyogin", limit=3).hits
    assert len(hits) == 3
    assert len({hit.id for hit in hits}) == 3
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)


def test_an_index_of_nothing_finds_nothing() -> None:
    assert TitleIndex.build([]).search("Mushishi").hits == ()


def test_the_order_of_the_rows_says_nothing() -> None:
    shuffled = TitleIndex.build(random.Random(7).sample(ROWS, len(ROWS)))
    for query in ("Mushishi", "Shingeki no Kyojin", "Mob Psycho", "Hunter x Hunter 2011", "Cowbow Bebop"):
        assert shuffled.search(query).hits[0] == INDEX.search(query).hits[0]


@given(st.sampled_from(EVERY_TITLE), st.randoms())
def test_a_title_of_an_anime_is_found_in_any_case(known: tuple[Titled, str], chance: random.Random) -> None:
    row, title = known
    written = "".join(chance.choice((c.upper(), c.lower())) for c in title)
    equal = {other.id for other, name in EVERY_TITLE if comparable(name) == comparable(title)}
    found = INDEX.search(f"  {written} ")
    assert found.hits[0].score >= ACCEPT
    assert found.hits[0].id in equal | {row.id}


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=20))
def test_an_exact_title_is_always_found(titles: list[str]) -> None:
    index = TitleIndex.build(Titled(str(place), (title,)) for place, title in enumerate(titles))
    for title in filter(comparable, titles):
        best = index.search(title).hits[0]
        assert comparable(best.title) == comparable(title)
        assert best.score >= ACCEPT


@pytest.mark.parametrize(
    "query",
    ["a" * 100_000, "season 2 " * 20_000, "e\u0301" * 50_000, "\u202eihsihsum", "שלום " * 20_000,
     "\ud800mushishi", "\0" * 1000, "第" * 100_000, "mushishi " * 20_000],
)  # fmt: skip
def test_a_hostile_query_is_cut_and_answered(query: str) -> None:
    INDEX.search(query)
    TitleIndex.build([Titled("hostile", (query, "Mushishi"))]).search("Mushishi")


def test_what_tells_namesakes_apart_is_not_passed_over_in_an_index() -> None:
    rows = [
        Titled("k-on", ("K-On!",), TV, 2009, 13),
        Titled("music", ("Black Rock Shooter",), AnimeType.MUSIC, 2009),
        Titled("sequel", ("Nana 2nd Season", "Nana"), TV, 2007),
        Titled("all films", ("Gekijouban Haikyuu!!",), MOVIE, 2015),
        Titled("a film", ("Haikyuu!! Movie 2: Foo",), MOVIE, 2016),
        Titled("aldnoah", ("Aldnoah.Zero",), TV, 2014),
        Titled("aldnoah 2", ("Aldnoah.Zero Part 2",), TV, 2015),
    ]
    index = TitleIndex.build(rows)
    for query in ("K-On!!", "K-On", "Black Rock Shooter", "Nana", "Haikyuu!! Movie", "Aldnoah.Zero (2013)"):
        assert index.search(query).decision is not MatchDecision.ACCEPT, query
    for query, told, row in (
        ("K-On!!", {"year": 2009}, "k-on"),
        ("K-On!!", {"episodes": 13}, "k-on"),
        ("K-On", {"kind": TV}, "k-on"),
        ("Black Rock Shooter", {"year": 2009}, "music"),
        ("Black Rock Shooter", {"kind": AnimeType.MUSIC}, "music"),
        ("Nana", {"year": 2007}, "sequel"),
        ("Haikyuu!! Movie", {"year": 2015}, "all films"),
        ("Aldnoah.Zero (2015)", {}, "aldnoah 2"),
    ):
        found = index.search(query, **told)  # type: ignore[arg-type]  # a case's keywords
        assert (found.decision, found.hits[0].id) == (MatchDecision.ACCEPT, row), query


def test_a_later_season_is_found_by_a_name_that_only_the_first_one_lists_and_not_accepted() -> None:
    first = Titled("hero", ("Boku no Hero Academia", "My Hero Academia", "僕のヒーローアカデミア"), TV, 2016)
    later = [Titled(f"hero {n}", (f"Boku no Hero Academia {n}th Season",), TV) for n in (4, 5, 6)]
    part = Titled("hero part", ("Boku no Hero Academia Part 5",), TV)
    index = TitleIndex.build([first, *later, part])
    for query in ("My Hero Academia (Season 5)", "僕のヒーローアカデミア 第5期"):
        found = index.search(query)
        assert (found.decision, found.hits[0].id) == (MatchDecision.ABSTAIN, "hero 5")
    assert index.search("My Hero Academia").hits[0].id == "hero"
    assert index.search("My Hero Academia").decision is MatchDecision.ACCEPT


def test_no_later_season_borrows_names_where_a_remake_bears_the_same() -> None:
    old, new = Titled("old", ("Hunter", "Jaeger"), TV, 1999), Titled("new", ("Hunter", "Jaeger"), TV, 2011)
    later = Titled("later", ("Hunter 2nd Season",), TV)
    found = TitleIndex.build([old, new, later]).search("Jaeger Season 2")
    assert found.hits[0].id != "later"
