# SPDX-License-Identifier: Apache-2.0
"""The broadcaster's clock."""

from datetime import UTC, date, datetime

import pytest

from otakube.domain.merge.broadcast import airing_time, broadcast_slot


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


def test_a_day_that_the_broadcaster_names_means_the_night_after_it() -> None:
    friday_night = broadcast_slot(5, "25:30")
    assert airing_time(date(2026, 11, 20), friday_night) == datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    assert airing_time(date(2026, 11, 21), friday_night) == datetime(2026, 11, 20, 16, 30, tzinfo=UTC)


def test_a_day_outside_the_slot_stays_a_bare_day() -> None:
    assert airing_time(date(2026, 11, 17), broadcast_slot(5, "25:30")) == date(2026, 11, 17)
    assert airing_time(date(2026, 11, 19), broadcast_slot(5, "18:00")) == date(2026, 11, 19)


def test_a_slot_in_another_zone_says_no_time() -> None:
    assert airing_time(date(2026, 11, 20), broadcast_slot(5, "18:00", "Asia/Seoul")) == date(2026, 11, 20)
