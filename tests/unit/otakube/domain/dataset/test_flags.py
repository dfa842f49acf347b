# SPDX-License-Identifier: Apache-2.0
"""Differences between an enriched entry and its row: the five that a person decides, and nothing else."""

from dataclasses import replace
from typing import Any

import pytest

from otakube.domain.dataset.flags import FlaggedField, WatchedFields, differences
from otakube.domain.record.golden import AnimeStatus
from otakube.domain.record.listing import Listing, ListingSource
from otakube_api.contract import AnimeType

OURS = WatchedFields(
    entry_id="ani_1",
    titles=("Frozen Tide", "Kōri no Shio"),
    type=AnimeType.TV,
    status=AnimeStatus.FINISHED,
    episode_count=12,
    sources=("https://anidb.net/anime/1", "https://anilist.co/anime/5"),
)
THEIRS = Listing(
    title="frozen tide!",
    type=AnimeType.TV,
    status=AnimeStatus.FINISHED,
    episodes=12,
    sources=["https://anidb.net/anime/1", "https://kitsu.app/anime/7"],
    tags=["sea"],
    listed_by=ListingSource(repository="", licence="ODbL", licence_url=""),
)


def found(ours: dict[str, Any], theirs: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [tuple(one) for one in differences(replace(OURS, **ours), THEIRS.model_copy(update=theirs))]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({}, {}),
        ({}, {"title": "Kori no shio"}),
        ({}, {"type": AnimeType.UNKNOWN, "status": AnimeStatus.UNKNOWN, "episodes": None}),
        ({"type": AnimeType.MUSIC}, {"type": AnimeType.SPECIAL}),
        ({"status": AnimeStatus.HIATUS}, {"status": AnimeStatus.ONGOING}),
        ({"status": AnimeStatus.CANCELLED}, {}),
        ({}, {"episodes": 11}),
        ({}, {"synonyms": ["x"], "tags": [], "season": None}),
        ({}, {"sources": ["https://kitsu.app/anime/7"]}),
    ],
)
def test_what_is_no_difference_is_not_flagged(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert found(ours, theirs) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "flag"),
    [
        ({}, {"title": "Frozen Tide 2"}, (FlaggedField.TITLE, "Frozen Tide", "Frozen Tide 2")),
        ({}, {"type": AnimeType.ONA}, (FlaggedField.TYPE, "TV", "ONA")),
        ({}, {"status": AnimeStatus.ONGOING}, (FlaggedField.STATUS, "Finished", "Ongoing")),
        ({}, {"episodes": 13}, (FlaggedField.EPISODES, "12", "13")),
        ({"episode_count": None}, {}, (FlaggedField.EPISODES, "unknown", "12")),
        (
            {},
            {"sources": ["https://anidb.net/anime/2"]},
            (FlaggedField.SOURCE, "https://anidb.net/anime/1", "https://anidb.net/anime/2"),
        ),
    ],
)
def test_a_difference_is_flagged_with_both_values(
    ours: dict[str, Any], theirs: dict[str, Any], flag: tuple[str, str, str]
) -> None:
    assert found(ours, theirs) == [flag]
