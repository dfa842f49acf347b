# SPDX-License-Identifier: Apache-2.0
"""Whether two descriptions mean one anime: names, and what else agrees or contradicts."""

import time
from datetime import date

import pytest

from otakube.domain.matching import agreement as agreements
from otakube.domain.matching.agreement import MOST_NAMES, SAME_ANIME, Sameness, agreement, compare, names
from otakube.domain.matching.decision import ACCEPT
from otakube.domain.matching.titles import LONGEST_COMPARED, take_apart
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import AnimeStatus
from otakube_api.contract import AnimeType, Provider
from unit.otakube.domain.claimed import said

MAL, ANILIST, KITSU, OFFICIAL = Provider.JIKAN, Provider.ANILIST, Provider.KITSU, Provider.MYANIMELIST
BEGAN = date(2005, 10, 23)


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Mushishi 2nd Season"},
        {"aired_from": date(2014, 4, 5)},
        {"title": "Ergo Proxy"},
    ],
)
def test_another_anime_does_not_agree_enough_to_be_merged(other: dict[str, object]) -> None:
    assert agreement(said(), said(ANILIST, **other)) < ACCEPT


def test_what_a_provider_does_not_know_is_no_disagreement() -> None:
    sparse = said(KITSU, type=AnimeType.UNKNOWN, episode_count=None, aired_from=None)
    assert agreement(said(), sparse) == 1


def test_a_film_of_another_year_is_another_anime() -> None:
    film = said(ANILIST, type=AnimeType.MOVIE, aired_from=date(2007, 3, 24), episode_count=1)
    assert agreement(said(), film) < SAME_ANIME


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        pytest.param(said(ANILIST), Sameness.SAME, id="all agrees"),
        pytest.param(said(ANILIST, title="MUSHI-SHI"), Sameness.SAME, id="another spelling, one start"),
        pytest.param(said(ANILIST, title="Bug Master", synonyms=["Mushishi"]), Sameness.SAME, id="a synonym"),
        pytest.param(said(ANILIST, type=AnimeType.ONA), Sameness.SAME, id="providers differ about types"),
        pytest.param(said(ANILIST, aired_from=date(2005, 10, 30)), Sameness.SAME, id="a week later"),
        pytest.param(said(ANILIST, aired_from=None), Sameness.SAME, id="a start that nobody knows"),
        pytest.param(
            said(KITSU, title="Other", same_as=["https://myanimelist.net/anime/1/Mushishi"]),
            Sameness.SAME,
            id="a link, whatever the titles",
        ),
        pytest.param(said(OFFICIAL, 1, title="Other"), Sameness.SAME, id="one page, two ways to it"),
        pytest.param(said(OFFICIAL, 2), Sameness.OTHER, id="two pages of one site"),
        pytest.param(said(ANILIST, title="Musisi"), Sameness.SAME, id="another romanisation"),
        pytest.param(said(ANILIST, title="Mushishy"), Sameness.DOUBTFUL, id="a slip"),
        pytest.param(
            said(ANILIST, title="Mushi-shi", aired_from=None), Sameness.DOUBTFUL, id="another spelling alone"
        ),
        pytest.param(
            said(ANILIST, type=AnimeType.ONA, episode_count=12),
            Sameness.DOUBTFUL,
            id="another type and length",
        ),
        pytest.param(said(ANILIST, aired_from=date(2006, 4, 1)), Sameness.DOUBTFUL, id="half a year later"),
        pytest.param(said(ANILIST, aired_from=date(2014, 4, 5)), Sameness.OTHER, id="another year"),
        pytest.param(
            said(ANILIST, title="Mushishi 2nd Season", aired_from=None), Sameness.OTHER, id="another season"
        ),
        pytest.param(
            said(ANILIST, title="Mushishi 2nd Season", synonyms=["Mushishi"], aired_from=None),
            Sameness.DOUBTFUL,
            id="another season that is also called so",
        ),
        pytest.param(
            said(ANILIST, title="Mushishi Movie", type=AnimeType.MOVIE, episode_count=1, aired_from=None),
            Sameness.OTHER,
            id="the film of it",
        ),
        pytest.param(said(ANILIST, title="Ergo Proxy"), Sameness.OTHER, id="another name"),
    ],
)
def test_two_descriptions_are_joined_kept_apart_or_shown_to_a_person(
    row: Metadata, verdict: Sameness
) -> None:
    assert compare(said(aired_from=BEGAN), row) is verdict


def test_films_of_a_series_that_share_a_synonym_are_not_joined() -> None:
    first = said(
        MAL, title="Break Blade Movie 1: Kakusei", synonyms=["Break Blade"], type=AnimeType.MOVIE,
        episode_count=1, aired_from=date(2010, 5, 29),
    )  # fmt: skip
    second = said(
        ANILIST, title="Break Blade Movie 2: Ketsubetsu", synonyms=["Break Blade"], type=AnimeType.MOVIE,
        episode_count=1, aired_from=date(2010, 6, 26),
    )  # fmt: skip
    third = second.model_copy(update={"aired_from": date(2010, 9, 25)})
    assert compare(first, second) is not Sameness.OTHER  # a month apart: a person decides, or knows
    assert compare(first, third) is Sameness.OTHER


def test_of_very_many_names_the_first_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []
    monkeypatch.setattr(agreements, "string_similarity", lambda *pair: compared.append(pair) or 0.0)
    one = said(title="Aoi Tori", synonyms=[f"Aoi {number}" for number in range(200)])
    other = said(ANILIST, title="Akai Tori", synonyms=[f"Akai {number}" for number in range(200)])
    agreement(one, other)
    assert len(compared) == MOST_NAMES**2


@pytest.mark.parametrize("letter", ["a", "ﷺ", "㌖"])
def test_a_letter_that_stands_for_many_makes_no_longer_names(letter: str) -> None:
    assert len(take_apart(letter * 500).text) <= LONGEST_COMPARED
    titles = [said(title=letter * length) for length in (499, 500)]
    assert names(titles[0]) == names(titles[1])


def test_names_of_letters_that_stand_for_many_cost_little() -> None:
    def many(provider: Provider, first: str) -> Metadata:
        return said(provider, title="x", synonyms=[first + chr(0x4E00 + n) + "ﷺ" * 480 for n in range(200)])

    begin = time.process_time()
    agreement(many(MAL, "a"), many(ANILIST, "b"))
    assert time.process_time() - begin < 5  # a tenth of a second here; all letters of all names took 30


UNDATED = {"aired_from": None, "episode_count": None}


@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        pytest.param({}, Sameness.SAME, id="start and length agree"),
        pytest.param({"aired_from": None}, Sameness.SAME, id="the length agrees"),
        pytest.param({"episode_count": None}, Sameness.SAME, id="the start agrees"),
        pytest.param(UNDATED, Sameness.DOUBTFUL, id="nothing but the type agrees"),
        pytest.param({"aired_from": date(2006, 4, 1)}, Sameness.DOUBTFUL, id="half a year later"),
    ],
)
def test_another_sign_is_passed_over_where_something_else_agrees(
    known: dict[str, object], verdict: Sameness
) -> None:
    assert compare(said(title="K-On!"), said(ANILIST, title="K-On!!", **known)) is verdict


def test_the_same_sign_needs_nothing_else_to_agree() -> None:
    assert compare(said(title="K-On！！"), said(ANILIST, title="K-On!!", **UNDATED)) is Sameness.SAME


@pytest.mark.parametrize("later", ["Tide Part 2", "Tide 2nd Season", "Tide II"])
def test_a_link_to_another_season_that_begins_later_is_doubted(later: str) -> None:
    first = said(MAL, title="Tide", aired_from=date(2014, 7, 6), episode_count=12)
    fields = {"same_as": [first.source_url], "title": later, "episode_count": 12}
    assert compare(first, said(ANILIST, aired_from=date(2015, 1, 11), **fields)) is Sameness.DOUBTFUL
    assert compare(first, said(ANILIST, aired_from=date(2014, 7, 5), **fields)) is Sameness.SAME
    assert compare(first, said(ANILIST, aired_from=None, **fields)) is Sameness.SAME


def test_a_link_between_two_that_contradict_each_other_plainly_is_doubted() -> None:
    old = said(MAL, aired_from=date(2001, 4, 1), episode_count=64)

    def verdict(year: int, length: int) -> Sameness:
        link = {"same_as": [old.source_url], "title": old.title}
        return compare(old, said(ANILIST, aired_from=date(year, 4, 1), episode_count=length, **link))

    assert verdict(2021, 52) is Sameness.DOUBTFUL
    assert verdict(2009, 51) is Sameness.DOUBTFUL
    assert verdict(2002, 52) is Sameness.SAME
    assert verdict(2001, 32) is Sameness.SAME


def test_agreement_falls_as_years_and_lengths_grow_apart() -> None:
    years = [agreement(said(), said(ANILIST, aired_from=date(2005 + n, 10, 23))) for n in range(2, 6)]
    assert years == sorted(set(years), reverse=True)
    lengths = [agreement(said(), said(ANILIST, episode_count=count)) for count in (52, 104, 208, 416)]
    assert lengths == sorted(set(lengths), reverse=True)


def test_a_count_that_goes_on_growing_contradicts_little() -> None:
    growing = said(ANILIST, episode_count=400, status=AnimeStatus.ONGOING)
    assert agreement(said(), growing) > agreement(said(), said(ANILIST, episode_count=400))
