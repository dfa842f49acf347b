# SPDX-License-Identifier: Apache-2.0
"""Time left is the rest at the pace so far."""

import pytest

from otakube.maintenance.snapshots.progress import Progress, format_seconds


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_time_left_follows_from_the_pace() -> None:
    clock = Clock()
    progress = Progress("restoring", 1000, clock)
    assert (progress.time_left(), progress.rate()) == ("", "")
    clock.now += 60
    progress.add(100)
    assert (progress.time_left(), progress.rate()) == ("9m", "1.67/s")
    progress.add(900)
    assert progress.time_left() == ""


def test_what_was_done_before_says_nothing_of_the_pace() -> None:
    clock = Clock()
    progress = Progress("restoring", 1000, clock, before=800)
    clock.now += 60
    progress.add(100)
    assert progress.time_left() == "1m"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0s"), (59.4, "59s"), (60, "1m"), (3599, "1h00m"), (4800, "1h20m")]
)
def test_a_duration_is_told_in_two_units(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text
