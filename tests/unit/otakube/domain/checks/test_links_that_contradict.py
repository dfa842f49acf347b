# SPDX-License-Identifier: Apache-2.0
"""A link between two pages is doubted as their numbers grow apart, and only then."""

from datetime import date
from typing import Any

import pytest

from otakube.domain.checks.identity import doubtful
from otakube.domain.matching.agreement import Sameness, compare
from otakube.domain.record.golden import AnimeStatus, Exactness
from otakube_api.contract import AnimeType, Provider
from unit.otakube.domain.claimed import said

JIKAN, KITSU = Provider.JIKAN, Provider.KITSU
TV, MOVIE, OVA, SPECIAL, ONA = AnimeType.TV, AnimeType.MOVIE, AnimeType.OVA, AnimeType.SPECIAL, AnimeType.ONA
YEAR = {"exactness": {"aired_from": Exactness.YEAR}}


def page(day: Any, count: int | None, title: str = "Shaman King", **more: Any) -> dict[str, Any]:
    return {"title": title, "aired_from": day and date(*day), "episode_count": count, **more}


@pytest.mark.parametrize(
    ("one", "other", "doubted"),
    [
        (page((2001, 7, 4), 64), page((2021, 4, 1), 52), True),
        (
            page((1999, 10, 16), 62, "Hunter x Hunter"),
            page((2011, 10, 2), 148, "Hunter x Hunter (2011)"),
            True,
        ),
        (page((2001, 7, 5), 26, "Fruits Basket"), page((2019, 4, 6), 25, "Fruits Basket"), True),
        (
            page((2003, 10, 4), 51, "Hagane no Renkinjutsushi"),
            page((2009, 4, 5), 64, "Hagane no Renkinjutsushi"),
            True,
        ),
        (page((1992, 3, 7), 46, "Sailor Moon"), page((2014, 7, 5), 26, "Sailor Moon"), True),
        (page((1963, 1, 1), 193, "Astro Boy"), page((2003, 4, 6), 50, "Astro Boy"), True),
        (page((2001, 7, 4), None), page((2021, 4, 1), None), True),
        (page(None, 64), page(None, 1), True),
        (page(None, 64), page(None, 1, type=MOVIE), True),
        (page((2001, 7, 4), 64), page((2001, 7, 4), 1, type=MOVIE), True),
        (page((2016, 4, 4), 25, "Re:Zero"), page((2020, 7, 8), 13, "Re:Zero 2nd Season"), True),
        (page((2013, 4, 7), 25, "Titan"), page((2017, 4, 1), 12, "Titan Season 2"), True),
        (page((2020, 7, 8), 13, "Re:Zero Season 2"), page((2021, 1, 6), 12, "Re:Zero Season 2 Part 2"), True),
        (page((2001, 1, 1), 64, **YEAR), page((2021, 1, 1), 52, **YEAR), True),
        (
            page((2001, 7, 4), 64, type=AnimeType.UNKNOWN),
            page((2021, 4, 1), 52, type=AnimeType.UNKNOWN),
            True,
        ),
        (
            page((2001, 7, 4), 64, status=AnimeStatus.UNKNOWN),
            page((2021, 4, 1), 13, status=AnimeStatus.ONGOING),
            True,
        ),
        (page((2001, 7, 4), 64), page((2001, 7, 4), 64), False),
        (page((2001, 7, 4), 64), page((2001, 7, 4), 65), False),
        (page((2001, 7, 4), 64), page((2001, 1, 1), None, **YEAR), False),
        (page((2010, 12, 30), 12), page((2011, 1, 5), 12), False),
        (page((2010, 1, 1), 12, **YEAR), page((2011, 1, 9), 12), False),
        (page((2020, 7, 8), 25, "Re:Zero 2nd Season"), page((2020, 7, 8), 13, "Re:Zero Season 2"), False),
        (
            page((1999, 10, 20), None, "One Piece", status=AnimeStatus.ONGOING),
            page((1999, 10, 20), 1100, "One Piece"),
            False,
        ),
        (
            page((1999, 10, 20), 500, "One Piece", status=AnimeStatus.ONGOING),
            page((1999, 10, 20), 1100, "One Piece"),
            False,
        ),
        (page((2010, 4, 5), 1, type=MOVIE), page((2010, 10, 5), 1, type=SPECIAL), False),
        (page((2010, 4, 5), 2, type=OVA), page((2010, 4, 5), 2, type=ONA), False),
        (page((2010, 4, 5), 12, "Kasa"), page((2010, 4, 5), 12, "The Umbrella's Station"), False),
        (page((2010, 4, 5), 24), page((2010, 4, 5), 12), False),
        (page((2010, 4, 5), 12), page(None, None, type=AnimeType.UNKNOWN), False),
    ],
)
def test_numbers_far_apart_outweigh_a_link(one: dict[str, Any], other: dict[str, Any], doubted: bool) -> None:
    first = said(JIKAN, **one)
    mapped = said(KITSU, **other, same_as=[first.source_url])
    assert set(doubtful({JIKAN: first, KITSU: mapped}, [JIKAN, KITSU])) == ({KITSU} if doubted else set())
    assert compare(first, mapped) is (Sameness.DOUBTFUL if doubted else Sameness.SAME)
    assert compare(mapped, first) is compare(first, mapped)
