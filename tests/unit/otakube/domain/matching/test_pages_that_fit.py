# SPDX-License-Identifier: Apache-2.0
"""Of two pages of one provider that fit one anime the closest is chosen, in any order, or none."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from otakube.domain.matching.candidates import choose_pages, group_by_anime
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import Exactness, Quarter, Season
from otakube_api.contract import AnimeType, Provider
from unit.otakube.domain.claimed import said

MAL, ANILIST, KITSU, ANIDB = Provider.JIKAN, Provider.ANILIST, Provider.KITSU, Provider.ANIDB
YEAR, MONTH = {"aired_from": Exactness.YEAR}, {"aired_from": Exactness.MONTH}
D = date


def film(provider: Provider, number: int, day: date | None = D(2010, 4, 5), **more: Any) -> Metadata:
    usual = {"title": "Blue Bird", "type": AnimeType.MOVIE, "episode_count": 1, "aired_from": day}
    return said(provider, number, **usual | more)


@pytest.mark.parametrize(
    ("right", "wrong", "others"),
    [
        (film(MAL, 1), film(MAL, 2, D(2010, 1, 1), exactness=YEAR), [film(ANILIST, 7)]),
        (film(MAL, 1), film(MAL, 2, D(2010, 4, 1), exactness=MONTH), [film(ANILIST, 7)]),
        (film(MAL, 1), film(MAL, 2, None), [film(ANILIST, 7)]),
        (film(MAL, 1), film(MAL, 2, D(2010, 4, 6)), [film(ANILIST, 7)]),
        (film(MAL, 1, D(2010, 4, 6)), film(MAL, 2, D(2010, 4, 20)), [film(ANILIST, 7)]),
        (film(MAL, 1, D(2010, 3, 30)), film(MAL, 2, D(2010, 5, 1)), [film(ANILIST, 7)]),
        (film(MAL, 1), film(MAL, 2, D(2012, 4, 5)), [film(ANILIST, 7), film(KITSU, 9)]),
        (
            film(MAL, 1, duration_seconds=5400),
            film(MAL, 2, duration_seconds=1440),
            [film(ANILIST, 7, duration_seconds=5280)],
        ),
        (
            film(MAL, 1, duration_seconds=5400),
            film(MAL, 2, duration_seconds=300),
            [film(ANILIST, 7, duration_seconds=5400)],
        ),
        (film(MAL, 1, duration_seconds=5400), film(MAL, 2), [film(ANILIST, 7, duration_seconds=5400)]),
        (
            film(MAL, 1, episode_count=13),
            film(MAL, 2, episode_count=24),
            [film(ANILIST, 7, episode_count=12)],
        ),
        (film(MAL, 1, episode_count=4), film(MAL, 2, episode_count=2), [film(ANILIST, 7, episode_count=6)]),
        (film(MAL, 1), film(MAL, 2, type=AnimeType.SPECIAL), [film(ANILIST, 7)]),
        (film(MAL, 1), film(MAL, 2, type=AnimeType.UNKNOWN), [film(ANILIST, 7)]),
        (film(MAL, 1), film(MAL, 2, title="Blue Birds"), [film(ANILIST, 7)]),
        (film(KITSU, 1), film(KITSU, 2, D(2010, 1, 1), exactness=YEAR), [film(ANILIST, 7), film(MAL, 3)]),
        (film(ANIDB, 1), film(ANIDB, 2, None, episode_count=None), [film(MAL, 3)]),
        (film(MAL, 2), film(MAL, 1, None), [film(ANILIST, 7, D(2010, 1, 1), exactness=YEAR)]),
        (
            film(MAL, 1),
            film(MAL, 2),
            [film(ANILIST, 7, same_as=["https://myanimelist.net/anime/1/Blue_Bird"])],
        ),
        (
            film(MAL, 1, D(2010, 1, 1), exactness=YEAR),
            film(MAL, 2),
            [film(ANILIST, 7, same_as=["http://www.myanimelist.net/anime/1"])],
        ),
        (
            film(MAL, 1, None, season=Season(year=2010, quarter=Quarter.SPRING)),
            film(MAL, 2, None),
            [film(ANILIST, 7)],
        ),
    ],
)
def test_the_closer_page_stays_with_the_others(
    right: Metadata, wrong: Metadata, others: list[Metadata]
) -> None:
    for found in permutations([right, wrong, *others]):
        home = next(group for group in group_by_anime(found) if others[0] in group)
        pages, contested = choose_pages(home)
        assert (right.source_url in pages, wrong.source_url in pages, contested) == (True, False, {})


@pytest.mark.parametrize(
    ("described", "pages"),
    [
        ([film(MAL, 1), film(MAL, 1)], 1),
        ([film(MAL, 1), film(Provider.MYANIMELIST, 1)], 1),
        ([film(ANILIST, 7, same_as=["https://kitsu.io/anime/9", "https://kitsu.app/anime/9"])], 2),
        (
            [
                film(
                    ANILIST,
                    7,
                    same_as=["https://myanimelist.net/anime/5/A", "https://myanimelist.net/anime/5/B?q=1"],
                )
            ],
            2,
        ),
        (
            [
                film(
                    ANILIST, 7, same_as=["https://myanimelist.net/anime/5", "https://myanimelist.net/anime/6"]
                )
            ],
            1,
        ),
    ],
)
def test_addresses_of_one_page_are_one(described: list[Metadata], pages: int) -> None:
    chosen, _ = choose_pages(described)
    assert len(chosen) == pages


def test_of_pages_that_nothing_tells_apart_none_is_chosen() -> None:
    linking = film(ANILIST, 7, same_as=[film(MAL, 1).source_url, film(MAL, 2).source_url])
    for found in permutations([film(MAL, 1), film(MAL, 2), linking]):
        pages, contested = choose_pages(found)
        assert (pages, sorted(contested[MAL])) == (
            [linking.source_url],
            [film(MAL, 1).source_url, film(MAL, 2).source_url],
        )
