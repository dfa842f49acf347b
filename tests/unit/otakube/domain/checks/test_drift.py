# SPDX-License-Identifier: Apache-2.0
"""Differences from the version before: those that are normal, and those that are rare."""

from datetime import date
from typing import Any

import pytest

from golden import a_character, a_record, an_entry, an_episode
from otakube.domain.checks.drift import drift_findings
from otakube.domain.record.golden import (
    AnimeStatus,
    Broadcast,
    GoldenRecord,
    Quarter,
    Season,
    SourceMaterial,
    Titles,
)
from otakube_api.contract import AnimeType, Provider

SLOT = Broadcast(weekday=5, time="23:30", timezone="Asia/Tokyo")
MAL, KITSU = "https://myanimelist.net/anime/1", "https://kitsu.app/anime/2"


def version(episodes: int = 12, characters: int = 10, **entry: Any) -> GoldenRecord:
    fields = {"aired_from": date(2024, 1, 5), "score": 8.0, "sources": [MAL, KITSU]} | entry
    return a_record(
        entry=an_entry(**fields),
        episodes=[an_episode(n + 1) for n in range(episodes)],
        characters=[a_character(n + 1) for n in range(characters)],
    )


def messages(before: GoldenRecord, after: GoldenRecord, *excused: Provider) -> list[str]:
    return [one.message for one in drift_findings(after, before, excused)]


def test_the_same_record_has_not_drifted() -> None:
    assert messages(version(), version()) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (version(12), version(9), ["episodes: 12 -> 9"]),
        (version(12), version(10), []),
        (version(2), version(1), []),  # one row may have been there twice
        (version(12), version(24), []),
        (version(characters=10), version(characters=8), ["characters: 10 -> 8"]),
        (version(), version(titles=Titles(main="Another Tide")), ["title: Frozen Tide -> Another Tide"]),
        (version(), version(titles=Titles(main="FROZEN TIDE!")), []),
        (version(), version(type=AnimeType.MOVIE), ["type: TV -> Movie"]),
        (version(), version(aired_from=date(2023, 1, 6)), ["year: 2024 -> 2023"]),
        (version(score=8.0), version(score=6.9), ["score: 8.0 -> 6.9"]),
        (version(score=8.0), version(score=7.4), []),
        (version(score=8.0), version(score=None), []),
        (version(), version(sources=[MAL]), ["sources: Jikan, Kitsu -> Jikan"]),
        (version(sources=[MAL]), version(), []),
    ],
)
def test_what_has_changed_too_much_is_shown_as_before_and_after(
    before: GoldenRecord, after: GoldenRecord, said: list[str]
) -> None:
    assert messages(before, after) == said


def test_a_provider_whose_absence_is_reported_already_is_not_missed_twice() -> None:
    assert messages(version(), version(sources=[MAL]), Provider.KITSU) == []


def test_before_it_begins_dates_and_scores_may_move() -> None:
    announced = version(status=AnimeStatus.UPCOMING, score=9.5)
    assert messages(announced, version(aired_from=date(2025, 1, 5), score=7.0)) == []


def test_the_end_of_a_broadcast_is_no_drift() -> None:
    on_air = version(
        status=AnimeStatus.ONGOING, broadcast=SLOT, episode_count=None, aired_to=date(2024, 3, 15)
    )
    ended = version(status=AnimeStatus.FINISHED, broadcast=None, aired_to=date(2024, 3, 22))
    assert messages(on_air, ended) == []


def test_more_facts_at_once_than_an_animes_life_changes_are_drift() -> None:
    before = version(duration_seconds=1440, broadcast=SLOT, source_material=SourceMaterial.MANGA)
    after = version(
        duration_seconds=720,
        broadcast=None,
        season=Season(year=2024, quarter=Quarter.SPRING),
        source_material=SourceMaterial.GAME,
    )
    (found,) = messages(before, after)
    assert found.startswith(
        "4 fields at once (season, duration_seconds, broadcast, source_material): Winter 2024"
    )
    assert " -> Spring 2024, 720, unknown, Game" in found


def test_what_was_unknown_before_is_no_change() -> None:
    bare = version(season=None, studios=[], duration_seconds=None, source_material=None, aired_to=None)
    full = version(duration_seconds=1440, source_material=SourceMaterial.MANGA, aired_to=date(2024, 3, 22))
    assert messages(bare, full) == []
