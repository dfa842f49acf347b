# SPDX-License-Identifier: Apache-2.0
"""Moves by whole weeks, and the agreement of two sources."""

from datetime import UTC, datetime, timedelta

import pytest

from otakube_api.timing.shift import TimeDifference, agreement, difference, weeks_between

AT = datetime(2027, 3, 5, 16, 30, tzinfo=UTC)
WEEK, HOUR, MINUTE = timedelta(weeks=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("apart", "weeks", "kind"),
    [
        (timedelta(), 0, TimeDifference.NONE),
        (10 * MINUTE, 0, TimeDifference.NONE),
        (-11 * MINUTE, 0, TimeDifference.CLOCK),
        (2 * HOUR, 0, TimeDifference.CLOCK),
        (3 * HOUR, 0, TimeDifference.DAY),
        (WEEK, 1, TimeDifference.WEEKS),
        (-WEEK, -1, TimeDifference.WEEKS),
        (3 * WEEK - HOUR, 3, TimeDifference.WEEKS),
        (WEEK + 3 * HOUR, 0, TimeDifference.DAY),
        (WEEK / 2, 0, TimeDifference.DAY),
    ],
)
def test_two_times_of_an_episode_differ_by(apart: timedelta, weeks: int, kind: TimeDifference) -> None:
    assert weeks_between(AT, AT + apart) == weeks
    assert difference(AT, AT + apart) is kind


def test_the_score_is_the_share_of_common_episodes_and_the_reason_the_commonest_difference() -> None:
    one = {number: AT + number * WEEK for number in range(1, 13)}
    moved = {number: at + (WEEK if number > 4 else timedelta()) for number, at in one.items()}

    found = agreement(one, moved | {99: AT})

    assert found is not None
    assert (found.score, found.reason, found.weeks, found.episodes) == (4 / 12, TimeDifference.WEEKS, 1, 12)


def test_sources_without_a_common_episode_neither_agree_nor_disagree() -> None:
    assert agreement({1: AT}, {2: AT}) is None
