# SPDX-License-Identifier: Apache-2.0
"""Trouble of schedules and of the planner, by their objects."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otakube_cli.schedule_health import planner_trouble, schedule_trouble, suspended

NOW = datetime(2027, 1, 8, 12, tzinfo=UTC)
PAST, SOON = "2027-01-08T11:00:00Z", "2027-01-08T13:00:00Z"


def a_schedule(name: str = "tide", *, suspend: bool = False, **status: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"suspend": suspend}, "status": status}


def a_tick(outcome: str, reason: str) -> dict[str, Any]:
    return {"recentTicks": [{"outcome": outcome, "reason": reason}]}


@pytest.mark.parametrize(
    ("status", "kinds"),
    [
        ({}, []),
        ({"conditions": [{"type": "Stalled", "status": "True"}]}, ["stalled"]),
        (a_tick("Skipped", "DeadlineMissed"), ["missed their last due time"]),
        (a_tick("Skipped", "EpisodeNotOut"), ["missed their last due time"]),
        (a_tick("Skipped", "Overtaken"), []),
        (a_tick("Skipped", "Suspended"), []),
        (a_tick("Succeeded", "EnrichmentCreated"), []),
        ({"nextScheduleTime": PAST}, ["overdue"]),
        ({"nextScheduleTime": PAST, "active": [{"name": "tide-ep7"}]}, []),
        ({"nextScheduleTime": SOON}, []),
    ],
)
def test_a_schedule_has_the_trouble_that_its_status_tells(status: dict[str, Any], kinds: list[str]) -> None:
    assert [each.kind for each in schedule_trouble([a_schedule(**status)], NOW)] == kinds


def test_names_are_cut_and_counted() -> None:
    many = [a_schedule(f"show-{number}", nextScheduleTime=PAST) for number in range(5)]
    [found] = schedule_trouble(many, NOW)
    assert str(found) == "5 overdue: show-0, show-1, show-2 and 2 more"


def test_a_suspended_schedule_is_named_and_is_no_trouble() -> None:
    paused = [a_schedule("one"), a_schedule("two", suspend=True)]
    assert (suspended(paused), schedule_trouble(paused, NOW)) == (["two"], [])


def a_run(name: str, hours_ago: int, phase: str, **status: Any) -> dict[str, Any]:
    begun = NOW - timedelta(hours=hours_ago)
    meta = {"name": name, "creationTimestamp": f"{begun:%Y-%m-%dT%H:%M:%SZ}"}
    return {"metadata": meta, "status": {"phase": phase, **status}}


def a_node(report: dict[str, Any] | str) -> dict[str, Any]:
    text = report if isinstance(report, str) else json.dumps(report)
    outputs = {"parameters": [{"name": "report", "value": text}]}
    return {"n": {"phase": "Failed", "message": "Error (exit code 1)", "outputs": outputs}}


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        ([], ""),
        ([a_run("old", 36, "Failed"), a_run("new", 12, "Succeeded")], ""),
        ([a_run("new", 1, "Running"), a_run("old", 25, "Succeeded")], ""),
        ([a_run("old", 36, "Succeeded")], "its last run old began at 2027-01-07 00:00 UTC"),
        (
            [a_run("new", 12, "Failed", nodes=a_node({"failed": {"ani_1": "422: no zone", "ani_2": "x"}}))],
            "its last run new failed: 2 entries: ani_1 (422: no zone), ani_2 (x)",
        ),
        ([a_run("new", 12, "Failed", nodes=a_node("{"))], "its last run new failed: Error (exit code 1)"),
        ([a_run("new", 12, "Error", message="no such template")], "its last run new error: no such template"),
        ([a_run("new", 12, "Failed")], "its last run new failed: Argo gives no reason"),
    ],
)
def test_the_last_run_of_the_planner_tells_whether_it_went_well(
    runs: list[dict[str, Any]], words: str
) -> None:
    found = planner_trouble(runs, NOW)
    assert found.startswith(words)
    assert bool(found) == bool(words)
