# SPDX-License-Identifier: Apache-2.0
"""The time that the planner goes by."""

from datetime import UTC, datetime, timedelta

import pytest

from otakube.commands.plan_schedules import read_time
from otakube.errors import Fatal


def test_a_run_goes_by_the_time_that_it_was_scheduled_for() -> None:
    assert read_time("2027-01-01T09:05:00+09:00") == datetime(2027, 1, 1, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "now"])
def test_a_run_that_a_person_starts_goes_by_the_clock(text: str) -> None:
    assert abs(read_time(text) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_time_that_is_none_is_named() -> None:
    with pytest.raises(Fatal, match="--scheduled-time"):
        read_time("{{=unresolved}}")
