# SPDX-License-Identifier: Apache-2.0
"""Descriptions grouped by anime, with one page of each provider."""

from datetime import date
from itertools import permutations

import pytest

from otakube.domain.matching.candidates import choose_pages, group_by_anime
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import Exactness
from otakube_api.contract import AnimeType, Provider
from unit.otakube.domain.claimed import said


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


MAL, ANILIST, KITSU = Provider.JIKAN, Provider.ANILIST, Provider.KITSU
FILM = {"title": "Blue Bird", "type": AnimeType.MOVIE, "episode_count": 1, "aired_from": date(2010, 4, 5)}
DATED = said(MAL, 1, **FILM)
YEAR_ONLY = said(
    MAL, 2, **FILM | {"aired_from": date(2010, 1, 1), "exactness": {"aired_from": Exactness.YEAR}}
)
LONGER = said(MAL, 2, **FILM | {"episode_count": 2})
ELSEWHERE = said(ANILIST, 7, **FILM)
THIRD = said(KITSU, 9, **FILM)


@pytest.mark.parametrize("other", [YEAR_ONLY, LONGER])
def test_of_two_pages_of_one_site_the_closer_stays_with_the_others_in_any_order(other: Metadata) -> None:
    for found in permutations([DATED, other, ELSEWHERE, THIRD]):
        groups = [frozenset(one.source_url for one in group) for group in group_by_anime(found)]
        together = frozenset(one.source_url for one in (DATED, ELSEWHERE, THIRD))
        assert sorted(groups, key=len) == [{other.source_url}, together]


def test_a_link_chooses_before_date_and_length() -> None:
    linking = ELSEWHERE.model_copy(update={"same_as": [YEAR_ONLY.source_url]})
    for found in permutations([DATED, YEAR_ONLY, linking]):
        groups = {frozenset(one.source_url for one in group) for group in group_by_anime(found)}
        assert groups == {
            frozenset({DATED.source_url}),
            frozenset({YEAR_ONLY.source_url, linking.source_url}),
        }


def test_pages_that_only_links_name_are_chosen_by_their_number() -> None:
    one = ELSEWHERE.model_copy(update={"same_as": [DATED.source_url]})
    two = THIRD.model_copy(update={"same_as": [DATED.source_url, YEAR_ONLY.source_url]})
    pages, contested = choose_pages([one, two])
    assert pages == [one.source_url, DATED.source_url, two.source_url]
    assert contested == {}


def test_pages_that_fit_alike_are_told_and_none_is_chosen() -> None:
    one = ELSEWHERE.model_copy(update={"same_as": [DATED.source_url, YEAR_ONLY.source_url]})
    pages, contested = choose_pages([one])
    assert pages == [one.source_url]
    assert contested == {MAL: [DATED.source_url, YEAR_ONLY.source_url]}


def test_pages_of_one_site_that_a_person_joined_are_one_candidate_with_one_page() -> None:
    [group] = group_by_anime([DATED, LONGER, ELSEWHERE], lambda a, b: True)
    assert choose_pages(group)[0] == [DATED.source_url, ELSEWHERE.source_url]
