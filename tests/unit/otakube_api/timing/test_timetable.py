# SPDX-License-Identifier: Apache-2.0
"""Which times a spec names: airings first, then the slot, up to the end."""

from datetime import UTC, datetime, timedelta
from itertools import islice

from otakube_api.timing.shift import TimeDifference
from otakube_api.timing.timetable import Tick, timetable_of
from schedule_world import a_spec

SLOT = {"weekday": "Friday", "time": "25:30"}  # 16:30 UTC
START = datetime(2027, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def airings(*times: str) -> list[dict[str, object]]:
    return [{"episode": number, "airTime": f"2027-{each}:00Z"} for number, each in enumerate(times, 1)]


def ticks(count: int, **fields: object) -> list[Tick]:
    return list(islice(timetable_of(a_spec(**fields)).ticks(START, START), count))


def told(found: list[Tick]) -> list[tuple[int | None, str]]:
    return [(tick.episode, f"{tick.at:%m-%dT%H:%M}") for tick in found]


def test_a_slot_is_due_after_its_delay() -> None:
    [first, second] = ticks(2, broadcast=SLOT)
    assert told([first, second]) == [(None, "01-01T16:30"), (None, "01-08T16:30")]
    assert first.due - first.at == HOUR
    assert ticks(1, broadcast=SLOT, delay="90m")[0].due - first.at == 1.5 * HOUR


def test_a_cron_time_has_no_delay() -> None:
    [tick] = ticks(1, schedule="30 15 * * SAT", timeZone="Asia/Tokyo")
    assert (tick.at, tick.due) == (datetime(2027, 1, 2, 6, 30, tzinfo=UTC),) * 2


def test_airings_know_a_break_and_the_slot_goes_on_after_the_last_of_them() -> None:
    found = ticks(5, broadcast=SLOT, airings=airings("01-01T16:30", "01-15T16:30", "01-22T18:00"))
    assert told(found) == [
        (1, "01-01T16:30"),
        (2, "01-15T16:30"),
        (3, "01-22T18:00"),
        (4, "01-29T16:30"),
        (5, "02-05T16:30"),
    ]


def test_two_episodes_of_one_night_and_an_early_premiere_are_times_of_their_own() -> None:
    found = ticks(9, airings=airings("01-03T09:00", "01-08T16:30", "01-08T16:30"))
    assert told(found) == [(1, "01-03T09:00"), (2, "01-08T16:30"), (3, "01-08T16:30")]


def test_a_second_cour_needs_no_slot_between() -> None:
    found = ticks(9, airings=airings("03-26T16:30", "10-01T16:30"))
    assert told(found) == [(1, "03-26T16:30"), (2, "10-01T16:30")]


def test_no_broadcast_after_the_end_counts_though_one_before_may_be_due_later() -> None:
    found = ticks(9, broadcast=SLOT, until="2027-01-08T16:45:00Z")
    assert told(found) == [(None, "01-01T16:30"), (None, "01-08T16:30")]


def test_airings_of_the_slot_agree_with_it_and_others_say_how_they_differ() -> None:
    def agreement(*times: str) -> tuple[float, str, int]:
        found = timetable_of(a_spec(broadcast=SLOT, airings=airings(*times))).agreement()
        assert found is not None
        return round(found.score, 2), found.reason, found.episodes

    assert agreement("01-01T16:30", "01-15T16:35") == (1.0, TimeDifference.NONE, 2)
    assert agreement("01-01T16:30", "01-08T17:30", "01-15T17:30") == (0.33, TimeDifference.CLOCK, 3)
    assert agreement("01-03T09:00", "01-08T16:30") == (0.5, TimeDifference.DAY, 2)
    assert timetable_of(a_spec(broadcast=SLOT)).agreement() is None
