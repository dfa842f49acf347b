# SPDX-License-Identifier: Apache-2.0
"""Fields of one record that cannot all be true, and those that merely look so."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from golden import a_record, an_entry, an_episode
from otakube.domain.checks.consistency import consistency_findings
from otakube.domain.record.golden import AnimeStatus, Broadcast, EpisodeDetailEntry, Quarter, Season
from otakube_api.contract import AnimeType

TODAY = date(2026, 4, 1)
START = date(2024, 1, 5)  # a Friday
FRIDAY = Broadcast(weekday=5, time="23:30", timezone="Asia/Tokyo")


def messages(episodes: Sequence[EpisodeDetailEntry] = (), **entry: Any) -> list[str]:
    fields = {"aired_from": START, "aired_to": date(2024, 3, 22), "broadcast": FRIDAY} | entry
    record = a_record(entry=an_entry(**fields), episodes=list(episodes))
    return [one.message for one in consistency_findings(record, TODAY)]


def weekly(count: int, start: date = START) -> list[EpisodeDetailEntry]:
    return [an_episode(n + 1, aired=start + timedelta(weeks=n)) for n in range(count)]


def test_a_usual_season_is_consistent() -> None:
    assert messages(weekly(12), duration_seconds=24 * 60, score=8.1) == []


def moved(number: int, to: date) -> list[EpisodeDetailEntry]:
    episodes = weekly(12)
    episodes[number - 1] = an_episode(number, aired=to)
    return episodes


@pytest.mark.parametrize(
    ("episodes", "entry", "said"),
    [
        ([], {"aired_to": date(2023, 1, 1)}, "it ends on 2023-01-01, before it begins on 2024-01-05"),
        (weekly(12), {"episode_count": 11}, "episode 12 is listed, but the anime has 11"),
        (
            moved(5, date(2024, 1, 20)),
            {},
            "episode 5 airs on 2024-01-20, before episode 4 on 2024-01-26",
        ),
        (moved(1, date(2023, 12, 20)), {}, "episode 1 airs on 2023-12-20, before the anime begins"),
        (moved(12, date(2024, 5, 1)), {}, "episode 12 airs on 2024-05-01, after the anime ends"),
        ([], {"season": Season(year=2024, quarter=Quarter.SUMMER)}, "the season is Summer 2024, but"),
        ([], {"season": Season(year=2023, quarter=Quarter.WINTER)}, "the season is Winter 2023, but"),
        ([], {"type": AnimeType.MOVIE, "season": None}, "it is a movie, but has a weekly slot"),
        (
            weekly(12, TODAY),
            {"aired_from": None, "aired_to": None, "broadcast": None},
            "it is finished, but episode 12 airs on 2026-06-17",
        ),
        (
            [],
            {"status": AnimeStatus.UPCOMING, "score": 7.5, "aired_from": None, "aired_to": None},
            "it is upcoming, but has the score 7.5",
        ),
        ([], {"status": AnimeStatus.UPCOMING}, "it is upcoming, but began on 2024-01-05"),
        ([], {"duration_seconds": 24 * 3600}, "one part of this TV has 86400 seconds; 30 to 7200 are usual"),
        (
            [an_episode(1, absolute_number=13), an_episode(2, absolute_number=13)],
            {},
            "absolute numbers are given twice: 13",
        ),
        (
            weekly(12, date(2024, 1, 8)),
            {"aired_to": None},
            "its slot is on Friday, but it begins on Monday, 2024-01-08",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_true_together_is_named(
    episodes: list[EpisodeDetailEntry], entry: dict[str, Any], said: str
) -> None:
    (found,) = messages(episodes, **entry)
    assert found.startswith(said)


@pytest.mark.parametrize(
    ("episodes", "entry"),
    [
        (moved(1, START - timedelta(days=6)), {}),  # a preview
        (moved(5, date(2024, 1, 25)), {}),  # two clocks
        (moved(1, date(2024, 1, 3)), {}),  # a premiere on its own day; the others keep the slot
        (weekly(12), {"broadcast": Broadcast(weekday=6, time="00:30", timezone="Asia/Tokyo")}),  # 24:30
        (
            [an_episode(1, aired=date(2023, 12, 1))],  # at a festival
            {"type": AnimeType.MOVIE, "broadcast": None, "season": None, "aired_to": START},
        ),
        ([an_episode(13, kind="Special")], {}),
        ([an_episode(1, absolute_number=13), an_episode(1, kind="Special", absolute_number=13)], {}),
        ([], {"aired_from": date(2023, 12, 30), "aired_to": None}),  # winter begins in the old year
        ([], {"status": AnimeStatus.UPCOMING, "aired_from": TODAY, "aired_to": None, "season": None}),
        ([], {"type": AnimeType.UNKNOWN, "duration_seconds": 9_000}),
    ],
)
def test_what_only_looks_wrong_passes(episodes: list[EpisodeDetailEntry], entry: dict[str, Any]) -> None:
    assert messages(episodes, **entry) == []


def test_a_late_slot_counts_by_japans_day() -> None:
    late = Broadcast(weekday=6, time="01:30", timezone="Asia/Tokyo")  # Friday 25:30
    first = an_episode(1, aired=datetime(2024, 1, 5, 16, 30, tzinfo=UTC))
    assert messages([first], broadcast=late) == []


def test_several_slips_in_the_order_are_one_finding() -> None:
    episodes = [an_episode(n + 1, aired=START + timedelta(weeks=(n * 5) % 12)) for n in range(12)]
    (found,) = messages(episodes, aired_to=None)
    assert found.endswith("more such")
