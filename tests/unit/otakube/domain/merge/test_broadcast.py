# SPDX-License-Identifier: Apache-2.0
"""The broadcaster's clock."""

from datetime import UTC, date, datetime

import pytest

from otakube.domain.merge.broadcast import airing_time, broadcast_slot, has_aired, next_slot


@pytest.mark.parametrize(
    ("weekday", "clock", "expected"),
    [
        (5, "25:30", (6, "01:30")),
        (7, "24:00", (1, "00:00")),
        (7, "29:59", (1, "05:59")),
        (3, "23:59", (3, "23:59")),
        (1, "9:05", (1, "09:05")),
    ],
)
def test_a_clock_beyond_midnight_is_the_next_day(weekday: int, clock: str, expected: tuple[int, str]) -> None:
    slot = broadcast_slot(weekday, clock)
    assert (slot.weekday, slot.time) == expected


@pytest.mark.parametrize("clock", ["30:00", "24:60", "", "noon", "-1:00", "１２:00:00"])
def test_a_clock_that_does_not_exist_is_named(clock: str) -> None:
    with pytest.raises(ValueError, match="is not HH:MM"):
        broadcast_slot(1, clock)


def test_a_day_in_japan_with_a_slot_is_a_time_in_utc() -> None:
    slot = broadcast_slot(7, "03:40")
    assert airing_time(date(2005, 10, 23), slot) == datetime(2005, 10, 22, 18, 40, tzinfo=UTC)


def test_a_date_is_the_calendars_and_is_never_moved_to_the_weekday_of_the_slot() -> None:
    friday_night = broadcast_slot(5, "25:30")
    assert airing_time(date(2026, 11, 21), friday_night) == datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    assert airing_time(date(2026, 11, 20), friday_night) == date(2026, 11, 20)


def test_a_day_outside_the_slot_stays_a_bare_day() -> None:
    assert airing_time(date(2026, 11, 17), broadcast_slot(5, "25:30")) == date(2026, 11, 17)
    assert airing_time(date(2026, 11, 19), broadcast_slot(5, "18:00")) == date(2026, 11, 19)


def test_a_slot_in_another_zone_says_no_time() -> None:
    assert airing_time(date(2026, 11, 20), broadcast_slot(5, "18:00", "Asia/Seoul")) == date(2026, 11, 20)


LATE_FRIDAY = broadcast_slot(5, "25:30")  # Friday 16:30 in UTC


@pytest.mark.parametrize(
    ("after", "expected"),
    [("2026-11-27T16:29", "2026-11-27T16:30"), ("2026-11-27T16:30", "2026-12-04T16:30")],
)
def test_the_next_slot_is_later_than_the_moment(after: str, expected: str) -> None:
    moment, start = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (after, expected))
    assert next_slot(LATE_FRIDAY, moment) == start


def test_a_slot_on_another_clock_has_no_known_next_time() -> None:
    slot = broadcast_slot(5, "20:00", "Europe/Berlin")
    assert next_slot(slot, datetime(2026, 11, 27, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("aired", "expected"),
    [
        (datetime(2026, 11, 27, 12, tzinfo=UTC), True),
        (datetime(2026, 11, 27, 16, tzinfo=UTC), False),
        (date(2026, 11, 28), True),  # in Japan it is that day already
        (date(2026, 11, 29), False),
        (None, True),
    ],
)
def test_a_day_has_come_once_it_has_begun_in_japan(aired: datetime | date | None, expected: bool) -> None:
    assert has_aired(aired, datetime(2026, 11, 27, 15, tzinfo=UTC)) is expected
