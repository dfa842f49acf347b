# SPDX-License-Identifier: Apache-2.0
"""Fields that a record must have, by its status, type and dates."""

from datetime import date, timedelta
from typing import Any

import pytest

from golden import a_record, an_entry, an_episode
from otakube.domain.checks.completeness import completeness_findings
from otakube.domain.record.golden import AnimeStatus, GoldenRecord, Image, ImageKind
from otakube_api.contract import AnimeType, Provider

TODAY = date(2026, 4, 1)
POSTER = Image(kind=ImageKind.POSTER, provider=Provider.KITSU, source_url="https://cdn.example/1.png")
STORED = POSTER.model_copy(update={"sha256": "0" * 64, "key": "images/0.png"})


def messages(episodes: int = 12, **entry: Any) -> list[str]:
    fields = {"images": [STORED], "episode_count": 12} | entry
    record = a_record(entry=an_entry(**fields), episodes=[an_episode(n + 1) for n in range(episodes)])
    return [one.message for one in completeness_findings(record, TODAY)]


@pytest.mark.parametrize(
    ("listed", "entry", "said"),
    [
        (12, {}, []),
        (11, {}, ["11 of 12 episodes are listed"]),
        (0, {"episode_count": None}, ["it is finished, but no episode is listed"]),
        (0, {"episode_count": 1, "type": AnimeType.MOVIE}, []),
        (1, {"episode_count": 2, "type": AnimeType.OVA}, ["1 of 2 episodes are listed"]),
        (0, {"episode_count": None, "type": AnimeType.MUSIC}, []),
    ],
)
def test_a_finished_anime_lists_all_its_episodes(listed: int, entry: dict[str, Any], said: list[str]) -> None:
    assert messages(listed, **entry) == said


def test_specials_do_not_make_up_for_missing_episodes() -> None:
    specials = [an_episode(n, kind="Special") for n in range(1, 13)]
    record = a_record(entry=an_entry(images=[STORED]), episodes=specials)
    assert [one.message for one in completeness_findings(record, TODAY)] == ["0 of 12 episodes are listed"]


@pytest.mark.parametrize(
    ("weeks", "listed", "count", "complete"),
    [
        (0, 0, None, True),  # the first runs today; providers list it tomorrow
        (1, 0, None, True),
        (9, 9, None, True),
        (9, 6, None, True),  # two weeks skipped, one late
        (9, 5, None, False),
        (9, 0, None, False),
        (60, 11, 12, True),  # it has had its twelve, whatever the status says
        (60, 7, 12, False),
        (500, 400, None, True),  # a long-runner
        (500, 123, None, False),
    ],
)
def test_an_ongoing_series_lists_as_many_episodes_as_weeks_went_by(
    weeks: int, listed: int, count: int | None, complete: bool
) -> None:
    begun = TODAY - timedelta(weeks=weeks)
    found = messages(listed, status=AnimeStatus.ONGOING, aired_from=begun, episode_count=count)
    assert (found == []) is complete


@pytest.mark.parametrize("type_", [AnimeType.ONA, AnimeType.OVA, AnimeType.MOVIE])
def test_what_has_no_weekly_slot_owes_none_by_the_week(type_: AnimeType) -> None:
    begun = TODAY - timedelta(weeks=30)
    assert messages(0, status=AnimeStatus.ONGOING, type=type_, aired_from=begun, episode_count=None) == []


def bare(status: AnimeStatus, **entry: Any) -> GoldenRecord:
    fields = {"status": status, "synopsis": None, "episode_count": 1} | entry
    return a_record(entry=an_entry(**fields), episodes=[], characters=[])


@pytest.mark.parametrize("status", [AnimeStatus.FINISHED, AnimeStatus.ONGOING, AnimeStatus.HIATUS])
def test_what_has_begun_has_characters_a_poster_and_a_synopsis(status: AnimeStatus) -> None:
    assert [one.message for one in completeness_findings(bare(status), TODAY)] == [
        "no provider lists characters",
        "no poster could be mirrored",
        "no provider has a synopsis",
    ]


@pytest.mark.parametrize("status", [AnimeStatus.UPCOMING, AnimeStatus.CANCELLED])
def test_what_has_not_begun_may_lack_them(status: AnimeStatus) -> None:
    assert completeness_findings(bare(status), TODAY) == []


def test_a_poster_that_is_there_but_could_not_be_mirrored_is_missing_at_any_time() -> None:
    (found,) = completeness_findings(bare(AnimeStatus.UPCOMING, images=[POSTER]), TODAY)
    assert found.message == "no poster could be mirrored"


def test_a_music_video_needs_no_characters() -> None:
    record = bare(AnimeStatus.FINISHED, type=AnimeType.MUSIC, synopsis="A song.", images=[STORED])
    assert completeness_findings(record, TODAY) == []
