# SPDX-License-Identifier: Apache-2.0
"""Trouble of the snapshots and scrubs that a cluster does by itself, by their CronWorkflows and runs."""

from datetime import UTC, datetime
from typing import Any

import pytest

from otakube_cli.upkeep_health import UPKEEP, Upkeep, last_begun, upkeep_trouble

SNAPSHOTS, SCRUB, FULL_SCRUB = UPKEEP
NOW = datetime(2027, 1, 8, 12, tzinfo=UTC)  # a Friday
SUNDAY, SUNDAY_BEFORE = "2027-01-03T10:00:00Z", "2026-12-27T10:00:00Z"
ERROR = {"type": "SpecError", "status": "True", "message": "cron schedule 8 is malformed"}


def a_schedule(
    *,
    schedules: tuple[str, ...] = ("0 10 * * 0",),
    suspend: bool = False,
    made: str = "2026-01-01T00:00:00Z",
    zone: str = "UTC",
    **status: Any,
) -> dict[str, Any]:
    spec = {"schedules": list(schedules), "timezone": zone, "suspend": suspend}
    return {"metadata": {"creationTimestamp": made}, "spec": spec, "status": status}


def a_run(begun: str, phase: str = "Succeeded") -> dict[str, Any]:
    return {"metadata": {"name": "run", "creationTimestamp": begun}, "status": {"phase": phase}}


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (a_schedule(lastScheduledTime=SUNDAY), ""),
        (a_schedule(lastScheduledTime=SUNDAY, suspend=True), ""),
        (a_schedule(lastScheduledTime=SUNDAY_BEFORE), "the last one began at 2026-12-27 10:00 UTC"),
        (
            a_schedule(lastScheduledTime=SUNDAY_BEFORE, suspend=True),
            "it is suspended, and the last one began at 2026-12-27 10:00 UTC",
        ),
        (a_schedule(), "none has begun since it was installed at 2026-01-01 00:00 UTC"),
        (a_schedule(made=SUNDAY), ""),
        (a_schedule(lastScheduledTime=SUNDAY, schedules=("0 10 1 * *",)), ""),
        (
            a_schedule(lastScheduledTime=SUNDAY, schedules=("0 10 1 * *", "0 10 * * 3")),
            "the last one began at 2027-01-03 10:00 UTC",
        ),
        (a_schedule(lastScheduledTime=SUNDAY, schedules=("@weekly",)), ""),
        (a_schedule(lastScheduledTime=SUNDAY_BEFORE, schedules=("@weekly",)), "the last one began"),
        (a_schedule(lastScheduledTime=SUNDAY_BEFORE, zone="Mars/Olympus"), "the last one began"),
        (
            a_schedule(lastScheduledTime=SUNDAY, conditions=[ERROR]),
            "Argo says SpecError: cron schedule 8 is malformed",
        ),
        (a_schedule(lastScheduledTime=SUNDAY, conditions=[ERROR | {"status": "False"}]), ""),
    ],
)
def test_snapshots_that_do_not_come_are_told_of(schedule: dict[str, Any], words: str) -> None:
    found = upkeep_trouble(SNAPSHOTS, schedule, [], NOW)
    assert found.startswith(words)
    assert bool(found) == bool(words)


def test_snapshots_of_each_week_are_awaited_for_eight_days() -> None:
    schedule = a_schedule(lastScheduledTime=SUNDAY)
    assert upkeep_trouble(SNAPSHOTS, schedule, [], datetime(2027, 1, 11, 10, tzinfo=UTC)) == ""
    assert upkeep_trouble(SNAPSHOTS, schedule, [], datetime(2027, 1, 11, 10, 1, tzinfo=UTC))


def test_a_snapshot_that_failed_is_told_of_until_a_later_one_went_well() -> None:
    schedule, failed = a_schedule(lastScheduledTime=SUNDAY), a_run(SUNDAY, "Failed")
    assert (
        upkeep_trouble(SNAPSHOTS, schedule, [failed], NOW) == "its last run run failed: Argo gives no reason"
    )
    assert upkeep_trouble(SNAPSHOTS, schedule, [failed, a_run("2027-01-04T09:00:00Z")], NOW) == ""


def test_a_snapshot_that_a_person_began_counts_as_one() -> None:
    schedule = a_schedule(lastScheduledTime=SUNDAY_BEFORE)
    assert upkeep_trouble(SNAPSHOTS, schedule, [a_run("2027-01-07T09:00:00Z")], NOW) == ""
    assert last_begun(schedule, []) == datetime(2026, 12, 27, 10, tzinfo=UTC)
    assert last_begun(a_schedule(), []) is None


def test_all_troubles_are_named_at_once() -> None:
    schedule = a_schedule(lastScheduledTime=SUNDAY_BEFORE, conditions=[ERROR])
    told = upkeep_trouble(SNAPSHOTS, schedule, [a_run(SUNDAY_BEFORE, "Error")], NOW).split("; ")
    assert [each.split()[0] for each in told] == ["Argo", "the", "its"]


@pytest.mark.parametrize(
    ("upkeep", "schedule", "words"),
    [
        (SCRUB, a_schedule(schedules=("*/10 * * * *",), lastScheduledTime="2027-01-08T11:00:00Z"), ""),
        (
            SCRUB,
            a_schedule(schedules=("*/10 * * * *",), lastScheduledTime="2027-01-08T10:40:00Z"),
            "the last one began at 2027-01-08 10:40 UTC",
        ),
        (
            SCRUB,
            a_schedule(schedules=("*/10 * * * *",), lastScheduledTime="2027-01-08T10:40:00Z", suspend=True),
            "it is suspended, and the last one began at 2027-01-08 10:40 UTC",
        ),
        (FULL_SCRUB, a_schedule(schedules=("30 3 * * 0",), lastScheduledTime=SUNDAY), ""),
        (
            FULL_SCRUB,
            a_schedule(schedules=("30 3 * * 0",), lastScheduledTime=SUNDAY_BEFORE),
            "the last one began at 2026-12-27 10:00 UTC",
        ),
    ],
)
def test_scrubs_are_late_by_their_own_schedule(upkeep: Upkeep, schedule: dict[str, Any], words: str) -> None:
    assert upkeep_trouble(upkeep, schedule, [], NOW) == words


def test_a_scrub_that_left_something_is_told_of() -> None:
    schedule = a_schedule(schedules=("*/10 * * * *",), lastScheduledTime="2027-01-08T11:55:00Z")
    runs = [a_run("2027-01-08T11:55:00Z", "Failed")]
    assert upkeep_trouble(SCRUB, schedule, runs, NOW).startswith("its last run run failed")
