# SPDX-License-Identifier: Apache-2.0
"""Which row of a search is fetched."""

from datetime import date

from otakube.domain.record.golden import Exactness
from otakube.steps.fetch.fetcher import best_match
from otakube_api.contract import AnimeType, Provider
from unit.otakube.domain.claimed import said

FILM = {"title": "Blue Bird", "type": AnimeType.MOVIE, "episode_count": 1, "aired_from": date(2010, 4, 5)}
ANCHOR = said(Provider.JIKAN, **FILM)
DATED, LONGER, LATER = (
    said(Provider.ANILIST, 1, **FILM),
    said(Provider.ANILIST, 2, **FILM | {"episode_count": 2}),
    said(
        Provider.ANILIST,
        3,
        **FILM | {"aired_from": date(2010, 1, 1), "exactness": {"aired_from": Exactness.YEAR}},
    ),
)


def test_of_two_pages_with_one_title_the_one_of_that_length_and_date_is_fetched() -> None:
    assert best_match(ANCHOR, [LONGER, LATER, DATED]) == DATED
    assert best_match(ANCHOR, [DATED, LONGER, LATER]) == DATED


def test_a_link_chooses_before_length_and_date() -> None:
    linked = LATER.model_copy(update={"same_as": [ANCHOR.source_url]})
    assert best_match(ANCHOR, [DATED, linked]) == linked


def test_between_two_pages_that_fit_alike_none_is_fetched() -> None:
    twin = DATED.model_copy(update={"source_url": said(Provider.ANILIST, 4).source_url})
    assert best_match(ANCHOR, [DATED, twin]) is None
    assert best_match(ANCHOR, [DATED, DATED]) == DATED


def test_nothing_that_is_surely_another_is_fetched() -> None:
    assert best_match(ANCHOR, []) is None
    assert best_match(ANCHOR, [said(Provider.ANILIST, title="Ergo Proxy")]) is None
