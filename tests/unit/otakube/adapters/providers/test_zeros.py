# SPDX-License-Identifier: Apache-2.0
"""A number of 0 episodes or minutes says nothing, and an episode of season 0 is a special."""

from typing import Any

import pytest

from otakube.adapters.http.parsing import read
from otakube.adapters.providers.anilist import convert as anilist
from otakube.adapters.providers.jikan import convert as jikan
from otakube.adapters.providers.jikan.answers import JikanAnime
from otakube.adapters.providers.kitsu import convert as kitsu
from otakube.adapters.providers.kitsu.answers import EpisodeAttributes
from otakube.adapters.providers.kitsu.numbering import numbered
from otakube_api.contract import Provider
from unit.otakube.adapters.providers.anilist_media import media
from unit.otakube.adapters.providers.small_answers import small


@pytest.mark.parametrize("duration", ["0 min per ep", "0 hr 0 min", None, "Unknown"])
def test_jikan_s_zeros_are_unknown(duration: str | None) -> None:
    said: dict[str, Any] = {"mal_id": 7, "url": "u", "title": "A", "status": "Finished Airing", "episodes": 0}
    found = jikan.describe(read(JikanAnime, said | {"duration": duration}))
    assert (found.episode_count, found.duration_seconds) == (None, None)


def test_anilist_s_zeros_are_unknown() -> None:
    found = anilist.describe(media(episodes=0, duration=0))
    assert (found.episode_count, found.duration_seconds) == (None, None)


def test_kitsu_s_zeros_are_no_rating_and_no_place() -> None:
    found = kitsu.statistics(small(Provider.KITSU, averageRating="0.0", popularityRank=0, ratingRank=0))
    assert (found.score, found.popularity, found.rank) == (None, None, None)


def episode(number: int, season: int | None, relative: int | None = None) -> EpisodeAttributes:
    return EpisodeAttributes(number=number, seasonNumber=season, relativeNumber=relative)


def test_kitsu_s_special_takes_no_episode_s_place() -> None:
    rows = numbered([episode(1, 0), episode(1, 1, 1), episode(2, 1, 2), episode(2, 0)])
    found = [kitsu.episode(said, number, absolute) for number, absolute, said in rows]
    assert sorted((one.kind, one.number) for one in found) == [
        ("Regular", 1), ("Regular", 2), ("Special", 1), ("Special", 2),
    ]  # fmt: skip
