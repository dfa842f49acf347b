# SPDX-License-Identifier: Apache-2.0
"""The anime that is meant, and the cases in which nobody can say."""

import time
from datetime import date

import pytest

from otakube.domain.matching import resolution
from otakube.domain.matching.resolution import (
    ACCEPT,
    CONSIDER,
    MARGIN,
    MOST_NAMES,
    SAME_ANIME,
    MatchDecision,
    Sameness,
    agreement,
    compare,
    decide,
    group_by_anime,
    names,
    resolve,
    separate_namesakes,
    title_exactness,
)
from otakube.domain.matching.titles import LONGEST_COMPARED, take_apart
from otakube.domain.record.claims import Metadata
from otakube_api.contract import AnimeType, Provider
from unit.otakube.domain.claimed import said

MAL, ANILIST, KITSU, OFFICIAL = Provider.JIKAN, Provider.ANILIST, Provider.KITSU, Provider.MYANIMELIST
BEGAN = date(2005, 10, 23)


def test_the_same_anime_at_three_providers_is_one_candidate() -> None:
    found = [
        said(MAL, 1),
        said(ANILIST, 7, same_as=["https://myanimelist.net/anime/1"], title="Mushi-Shi"),
        said(KITSU, 9, title="MUSHISHI"),
    ]
    chosen = resolve("mushishi", found).chosen
    assert chosen is not None
    assert len(chosen.described) == 3


def test_a_sequel_does_not_make_its_prequel_ambiguous() -> None:
    first, second = said(number=1), said(number=2, title="Mushishi 2nd Season", aired_from=date(2014, 4, 5))
    assert (chosen := resolve("Mushishi", [second, first]).chosen)
    assert chosen.described == (first,)
    assert (chosen := resolve("Mushishi Season 2", [first, second]).chosen)
    assert chosen.described == (second,)


def test_two_of_one_name_are_ambiguous() -> None:
    found = [said(number=1), said(number=2, aired_from=date(2024, 1, 1), episode_count=12)]
    resolution = resolve("Mushishi", found)
    assert resolution.chosen is None
    assert {one.described[0].source_url for one in resolution.candidates} == {one.source_url for one in found}


def test_a_misspelt_title_is_for_a_person_to_decide() -> None:
    resolution = resolve("Musishi", [said()])
    assert resolution.chosen is None
    assert resolution.doubtful is not None
    assert CONSIDER <= resolution.doubtful.score < ACCEPT


def test_a_season_that_nobody_has_is_for_a_person_to_decide() -> None:
    resolution = resolve("Mushishi Zoku", [said()])
    assert resolution.chosen is None
    assert resolution.doubtful is not None


def test_nobody_is_asked_about_what_is_sure() -> None:
    assert resolve("Mushishi", [said()]).doubtful is None


def test_a_year_in_the_title_tells_namesakes_apart() -> None:
    first, second = said(number=1), said(number=2, aired_from=date(2019, 4, 6))
    for title in ("Mushishi (2019)", "Mushishi 2019"):
        assert (chosen := resolve(title, [first, second]).chosen)
        assert chosen.described == (second,)


def test_a_form_in_the_title_tells_namesakes_apart() -> None:
    first, film = said(number=1), said(number=2, title="Mushishi Movie", type=AnimeType.MOVIE)
    assert (chosen := resolve("Mushishi the Movie", [first, film]).chosen)
    assert chosen.described == (film,)
    assert (chosen := resolve("Mushishi", [first, film]).chosen)
    assert chosen.described == (first,)


def test_the_anime_of_that_very_title_comes_before_one_that_is_also_called_so() -> None:
    first, other = said(number=1), said(number=2, title="Bug Master", synonyms=["Mushishi"])
    assert (chosen := resolve("Mushishi", [other, first]).chosen)
    assert chosen.described == (first,)


def test_a_mark_tells_a_sequel_from_its_prequel_where_nothing_else_does() -> None:
    first, second = said(number=1, title="Gintama"), said(number=2, title="Gintama°")
    assert (chosen := resolve("Gintama°", [first, second]).chosen)
    assert chosen.described == (second,)
    assert (chosen := resolve("gintama", [first, second]).chosen)
    assert chosen.described == (first,)


def test_rows_of_jikan_and_the_official_api_of_one_page_are_one_anime() -> None:
    rows = [said(MAL, 1, title="Mushishi"), said(OFFICIAL, 1, title="蟲師")]
    assert (chosen := resolve("Mushishi", rows).chosen)
    assert len(chosen.described) == 2
    assert chosen.source_urls == ["https://myanimelist.net/anime/1"]


def test_a_title_like_none_has_no_candidates() -> None:
    assert resolve("Cowboy Bebop", [said()]).candidates == ()


def test_a_synonym_counts_as_much_as_the_title() -> None:
    assert resolve("The Bug Master", [said(synonyms=["The Bug-Master"])]).chosen is not None


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


@pytest.mark.parametrize(
    ("scores", "decision"),
    [
        ([], MatchDecision.NONE),
        ([CONSIDER - 0.01], MatchDecision.NONE),
        ([CONSIDER], MatchDecision.ABSTAIN),
        ([ACCEPT - 0.01], MatchDecision.ABSTAIN),
        ([ACCEPT], MatchDecision.ACCEPT),
        ([1.0, 1.0 - MARGIN], MatchDecision.ACCEPT),
        ([1.0, 1.0 - MARGIN + 0.01], MatchDecision.ABSTAIN),
    ],
)
def test_what_is_good_and_ahead_is_accepted(scores: list[float], decision: MatchDecision) -> None:
    assert decide(scores) is decision


def test_only_one_that_is_alone_most_literal_is_let_ahead() -> None:
    assert separate_namesakes([1.0, 1.0, 0.5], [1, 2, 0]) == [1.0 - MARGIN, 1.0, 0.5]
    assert separate_namesakes([1.0, 1.0], [2, 2]) == [1.0, 1.0]
    assert separate_namesakes([1.0, 1.0], [0, 0]) == [1.0, 1.0]
    assert separate_namesakes([1.0, 0.8], [0, 2]) == [1.0, 0.8]
    assert separate_namesakes([], []) == []


def test_literal_is_a_main_title_as_it_was_asked_for() -> None:
    assert title_exactness("gintama ", "Gintama", main=True) == 2
    assert title_exactness("gintama", "Gintama°", main=True) == 1
    assert title_exactness("gintama", "Gintama", main=False) == 0
    assert title_exactness("gintama", "Gintoki", main=True) == 0


def test_what_a_person_said_of_two_pages_outranks_how_alike_they_are() -> None:
    one, other = said(title="Aoi Tori"), said(Provider.ANILIST, title="Aoi Tori")
    foreign = said(Provider.KITSU, title="Ginrei no Kaidou", episode_count=150)
    assert group_by_anime([one, other, foreign]) == [(one, other), (foreign,)]
    apart = group_by_anime([one, other, foreign], lambda a, b: None if foreign in (a, b) else False)
    assert apart == [(one,), (other,), (foreign,)]
    joined = group_by_anime(
        [one, other, foreign], lambda a, b: True if foreign in (a, b) and one in (a, b) else None
    )
    assert joined == [(one, other, foreign)]


def test_of_very_many_names_the_first_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []
    monkeypatch.setattr(resolution, "string_similarity", lambda *pair: compared.append(pair) or 0.0)
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
