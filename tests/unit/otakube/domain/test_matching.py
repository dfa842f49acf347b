# SPDX-License-Identifier: Apache-2.0
"""Which anime is meant, and when nobody can say."""

from datetime import date

import pytest

from otakube.domain.entry import AnimeType, Provider
from otakube.domain.matching import ACCEPT, SAME_ANIME, agreement, resolve
from unit.otakube.domain.claimed import said

MAL, ANILIST, KITSU = Provider.JIKAN, Provider.ANILIST, Provider.KITSU


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
    resolution = resolve("Mushisi Zoku", [said()])
    assert resolution.chosen is None


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
