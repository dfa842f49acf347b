# SPDX-License-Identifier: Apache-2.0
"""Recurring local times as UTC instants, against a search of every minute."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest

from otakube_api.timing.recurrence import check_cron, cron, read_clock, weekly
from otakube_api.timing.zones import InvalidTime, read_zone

ZONES = ("America/New_York", "Europe/Berlin", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Tokyo", "UTC")
SUNDAY = 6


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def minutes(first: datetime, last: datetime) -> Iterator[datetime]:
    while first < last:
        yield first
        first += timedelta(minutes=1)


def shown(zone: ZoneInfo, first: datetime, last: datetime) -> dict[str, datetime]:
    """What the clocks show, and when first: `2027-03-14T02:30` -> instant."""
    found: dict[str, datetime] = {}
    for at in minutes(first, last):
        found.setdefault(f"{at.astimezone(zone):%Y-%m-%dT%H:%M}", at)
    return found


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "start", ["2027-03-08", "2027-03-22", "2027-04-01", "2027-09-27", "2027-10-25", "2028-02-21"]
)
@pytest.mark.parametrize("time", ["00:00", "01:45", "02:30", "23:59"])
def test_a_slot_is_when_the_clocks_first_show_it(zone: str, start: str, time: str) -> None:
    first, last = utc(start), utc(start) + timedelta(days=16)
    seen = shown(read_zone(zone, ""), first, last)
    expected = [
        at for text, at in seen.items()
        if text.endswith(f"T{time}") and datetime.fromisoformat(text).weekday() == SUNDAY and at > first
    ]  # fmt: skip

    found = list(
        takewhile(lambda at: at < last, weekly(SUNDAY, read_clock(time), read_zone(zone, ""), first))
    )

    assert [at for at in found if at in expected] == expected
    assert all(f"{at.astimezone(ZoneInfo(zone)):%H:%M}" != time for at in found if at not in expected)


@pytest.mark.parametrize(
    ("zone", "day", "time", "expected"),
    [
        ("America/New_York", "2027-03-14", "02:30", "2027-03-14T07:30"),  # skipped: 03:30 summer time
        ("America/New_York", "2027-11-07", "01:30", "2027-11-07T05:30"),  # shown twice: the first
        ("Europe/Berlin", "2027-03-28", "02:30", "2027-03-28T01:30"),
        ("Europe/Berlin", "2027-10-31", "02:30", "2027-10-31T00:30"),
        ("Australia/Sydney", "2027-10-03", "02:30", "2027-10-02T16:30"),
        ("Australia/Lord_Howe", "2027-10-03", "02:15", "2027-10-02T15:45"),  # skipped by half an hour: 02:45
    ],
)
def test_daylight_saving_time_has_a_rule(zone: str, day: str, time: str, expected: str) -> None:
    clock = read_clock(time)
    before = utc(day) - timedelta(days=2)

    found = next(weekly(datetime.fromisoformat(day).weekday(), clock, read_zone(zone, ""), before))

    assert found == utc(expected)


def test_hours_above_23_count_on_into_the_next_day_and_over_a_leap_day() -> None:
    friday, tokyo = 4, read_zone("Asia/Tokyo", "")
    late = weekly(friday, read_clock("25:30"), tokyo, utc("2027-01-01"))
    early = weekly(friday + 1, read_clock("01:30"), tokyo, utc("2027-01-01"))
    assert [next(late) for _ in range(200)] == [next(early) for _ in range(200)]
    monday = weekly(0, read_clock("25:00"), tokyo, utc("2028-02-27"))
    assert [next(monday), next(monday)] == [utc("2028-02-28T16:00"), utc("2028-03-06T16:00")]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "expression",
    ["30 2 * * *", "30 1 * * *", "0 */2 * * *", "*/20 * * * *", "15 0-5 * * SUN", "0 3 28-31 2 *"],
)
def test_cron_times_go_forward_from_wherever_they_are_asked(zone: str, expression: str) -> None:
    start, tz = utc("2027-03-01"), read_zone(zone, "")
    last = start + timedelta(days=260)
    every = list(takewhile(lambda at: at < last, cron(expression, tz, start)))
    assert every == sorted(set(every))
    for place in range(0, len(every), max(1, len(every) // 200)):
        assert next(cron(expression, tz, every[place])) == next(
            iter(every[place + 1 :]), None
        ) or place + 1 == len(every)


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("America/New_York", "2027-03-14", ["07:00"]),  # 02:30 is skipped: as clocks are put forward
        ("America/New_York", "2027-11-07", ["07:30"]),
        ("Europe/Berlin", "2027-10-31", ["00:30"]),  # shown twice: once
    ],
)
def test_a_fixed_cron_time_comes_once_on_the_night_of_the_change(
    zone: str, day: str, expected: list[str]
) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    found = takewhile(
        lambda at: at < start + timedelta(hours=20), cron("30 2 * * *", read_zone(zone, ""), start)
    )
    assert [f"{at:%H:%M}" for at in found] == expected


@pytest.mark.parametrize("expression", ["0 0 30 2 *", "0 0 * * FRI-MON", "5-3 * * * *"])
def test_an_expression_without_times_is_told_with_the_cure(expression: str) -> None:
    with pytest.raises(InvalidTime, match=r"spec\.schedule"):
        check_cron(expression)


@pytest.mark.parametrize("name", ["Asia/Atlantis", "America/Argentina", "Not/A/Zone"])
def test_an_unknown_zone_is_told_with_the_field(name: str) -> None:
    with pytest.raises(InvalidTime, match=rf"spec\.timeZone '{name}' is not in the IANA database"):
        read_zone(name, "spec.timeZone")
