# SPDX-License-Identifier: Apache-2.0
"""The schedule that follows from a record, and why there is none."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from golden import a_record, an_entry, an_episode
from otakube.domain.merge.broadcast import broadcast_slot
from otakube.domain.record.golden import AnimeStatus, GoldenRecord
from otakube.maintenance.planned_schedule import (
    NoSchedule,
    PlannerTerms,
    closed_schedule,
    end_of,
    planned_schedule,
)
from otakube_api.contract import Provider
from otakube_api.timing.timetable import timetable_of
from otakube_api.v1alpha1.episode_schedule import EpisodeScheduleSpec

START = datetime(2026, 10, 9, 16, 30, tzinfo=UTC)  # Friday 25:30 in Japan
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
NOW = START + 6 * WEEK + DAY  # seven have aired
SLOT = broadcast_slot(5, "25:30")
TERMS = PlannerTerms(now=NOW, delay="90m", horizon=14 * DAY)


def a_series(*numbers: int, first: datetime = START, **fields: Any) -> GoldenRecord:
    entry = an_entry(**({"status": AnimeStatus.ONGOING, "episode_count": 13, "broadcast": SLOT} | fields))
    episodes = [
        an_episode(number, aired=first + (number - 1) * WEEK, providers=[Provider.KITSU])
        for number in numbers
    ]
    return a_record(entry=entry, episodes=episodes)


def spec(record: GoldenRecord) -> dict[str, Any]:
    made = planned_schedule(record, TERMS)
    assert not isinstance(made, NoSchedule), made.reason
    found: dict[str, Any] = made["spec"]
    return found


def reason(record: GoldenRecord) -> str:
    made = planned_schedule(record, TERMS)
    assert isinstance(made, NoSchedule)
    return made.reason


def next_ticks(body: dict[str, Any], count: int = 3) -> list[tuple[int | None, datetime]]:
    """Episodes and times of the broadcasts that the operator would act on."""
    ticks = timetable_of(EpisodeScheduleSpec.model_validate(body)).ticks(NOW, NOW)
    return [(tick.episode, tick.at) for tick, _ in zip(ticks, range(count), strict=False)]


def test_the_slot_goes_on_from_the_last_aired_episode() -> None:
    body = spec(a_series(*range(1, 8)))
    assert body["anime"] == {"id": an_entry().id}
    assert body["broadcast"] == {"weekday": "Saturday", "time": "01:30", "timeZone": "Asia/Tokyo"}
    assert body["airings"] == [{"episode": 7, "airTime": "2026-11-20T16:30:00Z"}]
    assert next_ticks(body, 2) == [(8, START + 7 * WEEK), (9, START + 8 * WEEK)]


def test_known_times_are_taken_as_they_are_breaks_included() -> None:
    record = a_series(*range(1, 8))
    late = [an_episode(8, aired=START + 8 * WEEK), an_episode(9, aired=START + 8 * WEEK)]
    record = record.model_copy(update={"episodes": [*record.episodes, *late]})
    assert [number for number, _ in next_ticks(spec(record))] == [8, 9, 10]
    assert next_ticks(spec(record))[0][1] == START + 8 * WEEK


def test_nothing_is_due_after_the_last_episode() -> None:
    body = spec(a_series(*range(1, 14)))
    assert "broadcast" not in body
    assert [number for number, _ in next_ticks(body, 99)] == [8, 9, 10, 11, 12, 13]


def test_only_what_the_planner_means_is_set_so_that_all_else_is_a_persons() -> None:
    assert set(spec(a_series(1))) == {"anime", "airings", "broadcast", "delay"}


def test_no_more_airings_than_a_schedule_takes() -> None:
    body = spec(a_series(*range(1, 120), episode_count=None))
    assert len(body["airings"]) == 64
    assert body["airings"][0]["episode"] == 7


@pytest.mark.parametrize(
    ("premiere", "fields", "expected"),
    [
        (date(2026, 11, 28), {}, [(1, datetime(2026, 11, 27, 16, 30, tzinfo=UTC))]),
        (date(2027, 1, 9), {}, "it premieres at 2027-01-08 16:30 UTC, beyond the horizon"),
        (date(2026, 11, 28), {"broadcast": None}, "the time of its premiere is not known"),
        (date(2026, 11, 1), {"aired_from_precision": "Month"}, "the time of its premiere is not known"),
        (None, {}, "the time of its premiere is not known"),
    ],
)
def test_an_anime_gets_one_once_its_premiere_is_near(
    premiere: date | None, fields: dict[str, Any], expected: object
) -> None:
    record = a_series(status=AnimeStatus.UPCOMING, aired_from=premiere, **fields)
    if isinstance(expected, str):
        assert reason(record) == expected
    else:
        assert next_ticks(spec(record), 1) == expected


def test_an_anime_without_any_known_time_gets_none() -> None:
    assert reason(a_series(broadcast=None)) == "no time of a coming episode is known"
    assert reason(a_series(1, 2, broadcast=None)) == "no time of a coming episode is known"


def test_the_same_record_gives_the_same_manifest_and_another_time_another_hash() -> None:
    assert planned_schedule(a_series(1, 2), TERMS) == planned_schedule(a_series(1, 2), TERMS)
    one, other = (planned_schedule(a_series(1, 2, first=at), TERMS) for at in (START, START + DAY))
    assert isinstance(one, dict)
    assert isinstance(other, dict)
    assert one["metadata"]["annotations"] != other["metadata"]["annotations"]


@pytest.mark.parametrize("slot", [SLOT, None])
@pytest.mark.parametrize("numbers", [range(1, 14), range(0)])
def test_nothing_is_due_of_an_anime_that_has_ended(numbers: range, slot: object) -> None:
    record = a_series(*numbers, status=AnimeStatus.FINISHED, broadcast=slot)
    body = closed_schedule(record, TERMS)["spec"]
    EpisodeScheduleSpec.model_validate(body)
    ended = EpisodeScheduleSpec.model_validate(body | {"delay": "0s"})
    assert list(timetable_of(ended).ticks(end_of(record), end_of(record))) == []
