# SPDX-License-Identifier: Apache-2.0
"""Due times of a DatasetSync: which starts a sync, which waits, and which goes by, with its reason."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from otakube_api.reasons import CommonReason
from otakube_api.timing.zones import InvalidTime
from otakube_api.v1alpha1.dataset_sync import DatasetSyncSpec
from otakube_api.v1alpha1.sync_reasons import SyncReason
from otakube_operator.dataset_sync.due import AT_ONCE, DueSync, due_sync, recurrence_of

SATURDAY = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)
NEXT = SATURDAY + WEEK


def spec(**fields: Any) -> DatasetSyncSpec:
    return DatasetSyncSpec.model_validate(fields)


def due(now: datetime, *, since: datetime = SATURDAY - WEEK, active: bool = False, **fields: Any) -> DueSync:
    wanted = spec(**fields)
    return due_sync(recurrence_of(wanted), wanted, since=since, active=active, now=now)


def test_without_a_word_it_is_saturdays_at_one_utc() -> None:
    assert due(SATURDAY - timedelta(seconds=1)) == DueSync(next=SATURDAY)
    assert due(SATURDAY) == DueSync(start=SATURDAY, next=NEXT)


def test_a_due_time_is_acted_on_once_whatever_the_clock_does() -> None:
    assert due(SATURDAY + timedelta(hours=1), since=SATURDAY) == DueSync(next=NEXT)
    assert due(SATURDAY - timedelta(hours=1), since=SATURDAY) == DueSync(next=NEXT)


def test_of_several_that_have_passed_the_last_starts_one_sync() -> None:
    now = SATURDAY + 3 * WEEK + timedelta(hours=2)
    assert due(now) == DueSync(start=SATURDAY + 3 * WEEK, next=SATURDAY + 4 * WEEK)


def test_one_that_is_too_late_is_missed_or_was_held_by_a_sync() -> None:
    late = SATURDAY + timedelta(days=2)
    assert due(late) == DueSync(passed=SATURDAY, reason=SyncReason.DEADLINE_MISSED, next=NEXT)
    held = due(late, active=True)
    assert held == DueSync(passed=SATURDAY, reason=SyncReason.SYNC_RUNNING, next=NEXT)
    assert due(late, startingDeadlineSeconds=604_800).start == SATURDAY


def test_a_sync_under_way_is_waited_for_or_replaced() -> None:
    assert due(SATURDAY, active=True) == DueSync(next=SATURDAY, waiting=True)
    assert due(SATURDAY, active=True, concurrencyPolicy="Replace") == DueSync(start=SATURDAY, next=NEXT)


def test_suspend_lets_it_pass_and_it_is_not_made_up_for() -> None:
    passed = due(SATURDAY, suspend=True)
    assert passed == DueSync(passed=SATURDAY, reason=CommonReason.SUSPENDED, next=NEXT)
    assert due(SATURDAY + timedelta(hours=1), since=SATURDAY) == DueSync(next=NEXT)


def test_the_zone_counts() -> None:
    assert due(SATURDAY, timeZone="Asia/Tokyo").start == SATURDAY - timedelta(hours=9)


def test_a_clock_set_years_ahead_is_gone_through_in_parts() -> None:
    def minutely(after: datetime) -> Iterator[datetime]:
        return (after + timedelta(minutes=number) for number in count(1))

    found = due_sync(minutely, spec(), since=SATURDAY, active=False, now=SATURDAY + 100 * WEEK)
    assert (found.more, found.start) == (True, None)
    assert found.passed == SATURDAY + timedelta(minutes=AT_ONCE)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"timeZone": "Mars/Base"}, "spec.timeZone 'Mars/Base'"),
        ({"schedule": "0 1 5-2 * *"}, "spec.schedule"),
    ],
)
def test_a_schedule_that_cannot_be_read_names_its_field(fields: dict[str, str], says: str) -> None:
    with pytest.raises(InvalidTime, match=says):
        recurrence_of(spec(**fields))
