# SPDX-License-Identifier: Apache-2.0
"""Streaming pages of AniList whose numbers are those of another season, or of all."""

from collections.abc import Iterable
from typing import Any

import pytest

from otakube.adapters.providers.anilist import convert
from unit.otakube.adapters.providers.anilist_media import raw


def streamed(numbers: Iterable[int]) -> list[dict[str, str]]:
    return [{"title": f"Episode {number} - No. {number}"} for number in numbers]


@pytest.mark.parametrize(
    ("numbers", "said", "names"),
    [
        (range(26, 38), {"episodes": 12}, [*range(26, 38)]),
        (range(12, 0, -1), {"episodes": 12}, [*range(1, 13)]),
        (range(1, 14), {"episodes": 12}, [*range(1, 14)]),  # an extra, or a prologue
        (range(26, 31), {"nextAiringEpisode": {"episode": 6, "airingAt": 6000}}, [*range(26, 31)]),
        (
            range(26, 30),
            {"nextAiringEpisode": {"episode": 6, "airingAt": 6000}, "episodes": 12},
            [*range(26, 30)],
        ),
    ],
)
def test_streaming_pages_that_count_on_from_another_season_are_this_one_s(
    numbers: Iterable[int], said: dict[str, Any], names: list[int]
) -> None:
    found = convert.episodes(raw(streamingEpisodes=streamed(numbers), **said))
    named = [one for one in found if one.title]
    assert [one.number for one in named] == [*range(1, len(names) + 1)]
    assert [one.title for one in named] == [f"No. {number}" for number in names]


@pytest.mark.parametrize("numbers", [range(1, 26), range(1, 38), range(28, 38), [26, 27, 40]])
def test_pages_of_several_seasons_name_no_episode_of_one(numbers: Iterable[int]) -> None:
    days = [{"episode": number, "airingAt": number * 1000} for number in range(1, 13)]
    found = convert.episodes(
        raw(streamingEpisodes=streamed(numbers), episodes=12, airingSchedule={"nodes": days})
    )
    assert [one.title for one in found if one.number <= 12] == [None] * 12
