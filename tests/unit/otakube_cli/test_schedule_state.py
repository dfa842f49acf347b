# SPDX-License-Identifier: Apache-2.0
"""An EpisodeSchedule as lists and pages show it, read from the object alone."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from otakube_cli.schedule_state import COLUMNS, TICK_COLUMNS, facts, row, tick_rows


@pytest.fixture(autouse=True)
def japan() -> Iterator[None]:
    """Local time is Japan's, on every machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


def a_schedule(**status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "tide"}, "spec": {"anime": {"id": "ani_1"}}, "status": status}


READY = {"type": "Ready", "status": "True", "reason": "Scheduled", "message": "The next is due soon."}
FULL = a_schedule(
    times="Friday 25:30 Asia/Tokyo",
    nextEpisode={"number": 8, "airTime": "2026-11-27T16:30:00Z"},
    nextScheduleTime="2026-11-27T17:30:00Z",
    agreement={"score": "0.90", "reason": "SameTime", "episodes": 10},
    conditions=[READY],
    recentTicks=[
        {
            "dueTime": "2026-11-13T17:30:00Z",
            "episode": 6,
            "outcome": "Skipped",
            "reason": "EpisodeNotOut",
            "enrichment": "tide-ep6",
        },
        {"dueTime": "2026-11-20T17:30:00Z", "outcome": "Skipped", "reason": "Suspended", "count": 3},
    ],
)


def test_a_list_shows_what_is_next_in_local_time_and_how_the_last_ended() -> None:
    assert dict(zip(COLUMNS, row(FULL), strict=True)) == {
        "name": "tide",
        "times": "Friday 25:30 Asia/Tokyo",
        "episode": "8",
        "due": "2026-11-28 02:30 JST",
        "last": "Skipped",
        "agreement": "0.90",
        "reason": "Scheduled",
    }


def test_a_schedule_that_nobody_has_looked_at_yet_is_shown_empty() -> None:
    assert row({"metadata": {"name": "tide"}, "spec": {}}) == ["tide", "", "", "", "", "", ""]
    assert tick_rows(a_schedule()) == []


def test_a_page_tells_of_the_end_and_of_a_pause() -> None:
    schedule = FULL | {"spec": {"suspend": True, "until": "2026-12-25T16:30:00Z"}}
    told = dict(facts(schedule))
    assert (told["suspended"], told["until"]) == ("yes", "2026-12-26 01:30 JST")
    assert (told["airs"], told["agreement"]) == ("2026-11-28 01:30 JST", "0.90 (SameTime)")
    assert (told["reason"], told["message"]) == ("Scheduled", "The next is due soon.")


def test_due_times_are_listed_the_latest_first_with_what_became_of_each() -> None:
    assert [dict(zip(TICK_COLUMNS, cells, strict=True)) for cells in tick_rows(FULL)] == [
        {
            "due": "2026-11-21 02:30 JST",
            "episode": "",
            "outcome": "Skipped",
            "reason": "Suspended",
            "count": "3",
            "enrichment": "",
        },
        {
            "due": "2026-11-14 02:30 JST",
            "episode": "6",
            "outcome": "Skipped",
            "reason": "EpisodeNotOut",
            "count": "1",
            "enrichment": "tide-ep6",
        },
    ]
