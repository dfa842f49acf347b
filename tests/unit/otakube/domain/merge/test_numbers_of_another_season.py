# SPDX-License-Identifier: Apache-2.0
"""Lists that count another way than the season: moved by what shows it, else told; no row is silent."""

from datetime import date, timedelta
from typing import Any

import pytest

from otakube.adapters.providers.anilist import convert as anilist
from otakube.domain.merge.alignment import align
from otakube.domain.record.claims import Episode
from otakube_api.contract import Provider
from unit.otakube.adapters.providers.small_answers import small

JIKAN, KITSU, ANILIST, ANIDB = Provider.JIKAN, Provider.KITSU, Provider.ANILIST, Provider.ANIDB
FIRST = date(2024, 4, 6)
WEEK = timedelta(days=7)
OWN = list(range(1, 13))


def season(numbers: Any, begins: date | None = FIRST, title: str | None = "No.") -> list[Episode]:
    return [
        Episode(number=n, title=title and f"{title} {n}", aired=begins and begins + WEEK * place)
        for place, n in enumerate(numbers)
    ]


def days(numbers: Any, begins: date = FIRST) -> list[Episode]:
    return season(numbers, begins, None)


def pages(numbers: Any) -> list[Episode]:
    return season(numbers, None)


@pytest.mark.parametrize(
    ("other", "own", "expected", "offset", "numbers", "told"),
    [
        (season(range(13, 25)), OWN, 12, None, OWN, True),
        (season(range(13, 25)), OWN, 12, 12, OWN, True),
        (pages(range(13, 24)), OWN, 12, 12, OWN[:-1], True),
        (pages(range(13, 24)), OWN, 12, None, [], True),
        (season(range(13, 24)), OWN, 12, None, OWN[:-1], True),
        (season(range(12, 24)), OWN, 12, None, OWN, True),  # its season before had a prologue less
        (pages([*range(13, 18), *range(19, 25)]), OWN, 12, 12, [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12], True),
        (season(range(1, 25), FIRST - WEEK * 12), OWN, 12, None, OWN, True),
        ([*days(OWN), *pages(range(26, 38))], OWN, 12, 25, OWN, True),
        ([*days(OWN), *pages(range(26, 37))], OWN, 12, 25, OWN, True),
        ([*days(OWN), *pages(range(26, 37))], OWN, 12, None, OWN, True),
        ([*days(OWN), *pages([13])], OWN, 12, 12, [*OWN, 13], False),  # an extra: the gate names it
        (season(range(1, 14)), OWN, 12, 12, [*range(1, 14)], False),
        (season(range(1, 14), FIRST - WEEK), OWN, 12, None, [0, *OWN], True),
        (season(range(1, 14), FIRST - WEEK), OWN[:5], 12, None, [0, *OWN], True),  # others know five yet
        (season(range(1, 7), FIRST - WEEK), OWN[:5], 12, None, [0, *OWN[:5]], True),
        (season(range(1, 7), FIRST - WEEK), OWN[:5], None, None, [0, *OWN[:5]], True),
        (season(range(12)), OWN, 12, None, OWN, True),
        (season(range(13), FIRST - WEEK), OWN, 12, None, [0, *OWN], False),
        (season(range(1, 15), FIRST - WEEK * 2), OWN, 12, None, [0, *OWN], True),
        (pages(range(26, 31)), OWN[:5], None, None, [], True),  # nobody knows how many there will be
        (season(range(26, 31)), OWN[:5], None, None, OWN[:5], True),
        (season(range(6, 11), FIRST + WEEK * 5), OWN[:5], None, None, [*range(6, 11)], False),
        (pages(range(6, 11)), OWN[:5], None, None, [*range(6, 11)], False),
        (pages(range(1, 25)), OWN, 12, None, OWN, True),
        (pages(range(1, 25)), OWN, 12, 12, OWN, True),
        (pages(range(101, 113)), OWN, 12, None, OWN, True),  # counted by hundreds: season 1, episode 1
        (pages(range(201, 213)), OWN, 12, 12, OWN, True),
        (pages(range(201, 206)), OWN, 12, 12, [], True),
        (season(range(201, 206)), OWN, 12, None, OWN[:5], True),
    ],
)
def test_a_list_of_another_counting_is_moved_by_what_shows_it_or_told(
    other: list[Episode], own: list[int], expected: int, offset: int, numbers: list[int], told: bool
) -> None:
    found = align({JIKAN: season(own), KITSU: other}, expected=expected, offset=offset)
    assert (sorted(one.number for one in found.said[KITSU]), bool(found.findings)) == (numbers, told)
    known = {one.number: one.aired for one in found.said[JIKAN]}
    assert all(known.get(one.number, one.aired) == one.aired for one in found.said[KITSU] if one.aired)


@pytest.mark.parametrize(
    ("name", "number", "title"),
    [
        ("Episode 26 - The Green Seat", 26, "The Green Seat"),
        ("S2 E3 - Rain", 3, "Rain"),
        ("Season 2 Episode 3: Rain", 3, "Rain"),
        ("Ep. 07 | Rain", 7, "Rain"),
        ("Folge 4 \u2013 Regen", 4, "Regen"),
        ("Episode 5 (Dub)", 5, None),
        ("Episode 1-2 - Rain", None, None),
        ("Episode 1 & 2 - Rain", None, None),
        ("Episode 1+2 - Rain", None, None),
        ("Episodes 1-2", None, None),
        ("Episode 26.5 - Recap", None, None),
        ("Episode 7 - 2 Umbrellas", 7, "2 Umbrellas"),
        ("Episode 7-Rain", 7, "Rain"),
        ("Trailer 2", None, None),
        ("OVA 1 - Rain", None, None),
        ("Episode 12 - 13 - Rain", 12, "13 - Rain"),
    ],
)
def test_a_page_s_name_tells_one_episode_or_none(name: str, number: int | None, title: str | None) -> None:
    assert (anilist.streamed_number(name), anilist.streamed_title(name)) == (number, title)


@pytest.mark.parametrize(
    ("listed", "count", "numbers"),
    [
        (range(26, 38), 12, OWN),
        (range(1, 26), 12, [*range(13, 26)]),  # the season before: behind the last, left to the merge
        (range(1, 38), 12, [*range(13, 38)]),
        (range(1, 14), 12, [*range(1, 14)]),
        (range(26, 37), 12, [*range(26, 37)]),
        (range(13, 25), 12, OWN),
        (range(1, 13), 12, OWN),
        (range(24, 12, -1), 12, OWN),
    ],
)
def test_anilist_s_pages_are_this_season_s_or_lie_behind_it(
    listed: Any, count: int, numbers: list[int]
) -> None:
    rows = [{"title": f"Episode {n} - No. {n}"} for n in listed]
    found = anilist.episodes(small(ANILIST, streamingEpisodes=rows, episodes=count))
    assert [one.number for one in found] == numbers
