# SPDX-License-Identifier: Apache-2.0
"""Whether an episode is out, by the votes of those that list episodes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otakube.domain.checks.episode_out import confirm, find_episode, format_missing
from otakube.domain.record.claims import Episode
from otakube_api.contract import Provider

NOW = datetime(2026, 11, 27, 17, tzinfo=UTC)
AIRED, TO_COME = NOW - timedelta(hours=1), NOW + timedelta(days=7)
Said = dict[Provider, list[Episode]]


def row(number: int = 8, **fields: Any) -> Episode:
    return Episode(number=number, **({"aired": AIRED} | fields))


def named(number: int = 8) -> Episode:
    return row(number, title="The Last Loaf")


def bare(number: int = 8) -> Episode:
    return row(number)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({Provider.JIKAN: [named()], Provider.KITSU: [named()]}, True),
        ({Provider.JIKAN: [named()], Provider.KITSU: [bare()], Provider.ANIDB: [named()]}, True),
        ({Provider.JIKAN: [named()], Provider.KITSU: [bare()]}, False),
        ({Provider.JIKAN: [named(7)], Provider.KITSU: [named(7)]}, False),
        ({Provider.JIKAN: [], Provider.KITSU: [named()], Provider.ANIDB: [bare()]}, False),
        ({Provider.JIKAN: [named()], Provider.ANILIST: [bare()]}, True),
        ({Provider.ANILIST: [bare()]}, True),
        ({Provider.ANILIST: [row(aired=TO_COME)]}, False),
        ({Provider.JIKAN: [named()], Provider.ANILIST: [row(aired=TO_COME)]}, False),
        ({Provider.ANILIST: [bare(7)]}, False),
        ({Provider.JIKAN: [named()], Provider.MYANIMELIST: [], Provider.ANIME_PLANET: []}, True),
        ({}, False),
    ],
    ids=[
        "both list it",
        "most list it",
        "half is no majority",
        "nobody lists it",
        "a list without any episode is a no",
        "a bare row of a schedule has no vote",
        "a schedule that says it aired is enough where nobody else has a vote",
        "a schedule that says it is to come",
        "a schedule that put it off is a no",
        "a schedule without it",
        "those that never list episodes have no vote",
        "nobody answers",
    ],
)
def test_the_majority_of_those_that_list_episodes_decides(said: Said, expected: bool) -> None:
    assert confirm(said, 8, NOW).is_out is expected


@pytest.mark.parametrize(
    ("episode", "expected"),
    [
        (row(title="The Last Loaf"), True),
        (row(synopsis="Nobody came for it."), True),
        (row(image_url="https://cdn.example/8.png"), True),
        (row(title="Episode 8"), False),
        (row(title="The Last Loaf", aired=TO_COME), False),
        (row(title="The Last Loaf", aired=None), True),
        (row(title="The Last Loaf", kind="Special"), False),
    ],
    ids=["title", "synopsis", "image", "a number is no title", "to come", "no date", "a special"],
)
def test_a_row_counts_with_title_synopsis_or_image_and_no_time_to_come(
    episode: Episode, expected: bool
) -> None:
    assert confirm({Provider.JIKAN: [episode]}, 8, NOW).is_out is expected


def test_a_number_is_the_seasons_own_before_it_is_one_of_all_seasons() -> None:
    rows = [row(1, absolute_number=13), row(13, absolute_number=25)]
    assert find_episode(rows, 13) is rows[1]
    assert find_episode(rows, 25) is rows[1]
    assert find_episode(rows[:1], 13) is rows[0]


def test_the_message_names_who_lists_it_and_who_does_not() -> None:
    votes = confirm({Provider.JIKAN: [named()], Provider.KITSU: [], Provider.ANIDB: []}, 8, NOW)
    assert format_missing(8, votes) == (
        "episode 8 is not out: 1 of 3 providers list it (Jikan); not yet Kitsu, AniDB"
    )
    assert format_missing(8, confirm({}, 8, NOW)) == (
        "episode 8 is not out: no provider that answered lists episodes"
    )
