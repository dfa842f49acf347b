# SPDX-License-Identifier: Apache-2.0
"""The cure that docs/troubleshooting.md gives for each reason of a schedule works."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otakube_api import labels
from otakube_api.reasons import CommonCondition
from otakube_api.v1alpha1.episode_schedule import ScheduleCondition
from otakube_operator.runtime.conditions import find
from otakube_operator.schedule.observed import EnrichmentProgress
from schedule_world import ScheduleWorld, a_schedule

START = datetime(2027, 1, 1, tzinfo=UTC)  # a Friday
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
SLOT = {"weekday": "Friday", "time": "25:30"}  # 16:30 UTC, due at 17:30


def a_world(**spec: Any) -> ScheduleWorld:
    return ScheduleWorld(a_schedule(START, **spec), START)


def airing(episode: int, day: str) -> dict[str, object]:
    return {"episode": episode, "airTime": f"2027-{day}T16:30:00Z"}


def ready(world: ScheduleWorld) -> str:
    found = find(world.status.conditions, CommonCondition.READY)
    assert found is not None
    return found.reason


def last(world: ScheduleWorld) -> str:
    return world.status.recent_ticks[-1].reason


def away(world: ScheduleWorld, length: timedelta) -> None:
    world.up = False
    world.advance(world.time + length)
    world.up = True
    world.visit()


def exhausted(world: ScheduleWorld) -> None:
    world.advance(START + 3 * DAY)


@pytest.mark.parametrize(
    ("spec", "reason", "cure"),
    [
        ({"airings": [airing(1, "01-01")]}, "NoAiringKnown", {"airings": [airing(2, "01-08")]}),
        ({"airings": [airing(1, "01-01")]}, "NoAiringKnown", {"broadcast": SLOT}),
        ({"broadcast": SLOT, "until": "2027-01-02T00:00:00Z"}, "Ended", {"until": "2027-03-01T00:00:00Z"}),
        ({"broadcast": {**SLOT, "timeZone": "Mars/Base"}}, "ScheduleInvalid", {"broadcast": SLOT}),
        ({"schedule": "0 0 30 2 *"}, "ScheduleInvalid", {"schedule": "0 0 28 2 *"}),
        ({"broadcast": SLOT, "suspend": True}, "Suspended", {"suspend": False}),
    ],
)
def test_the_field_that_the_cure_names_makes_it_scheduled_again(
    spec: dict[str, Any], reason: str, cure: dict[str, Any]
) -> None:
    world = a_world(**spec)
    exhausted(world)
    assert ready(world) == reason
    world.edit(**cure)
    assert ready(world) == "Scheduled"
    assert world.status.next_schedule_time is not None
    assert find(world.status.conditions, CommonCondition.STALLED) is None


def test_a_longer_deadline_makes_up_for_what_was_missed_before() -> None:
    for deadline, expected in ((3600, "DeadlineMissed"), (604_800, "EnrichmentCreated")):
        world = a_world(broadcast=SLOT, startingDeadlineSeconds=deadline)
        away(world, 3 * DAY)
        assert last(world) == expected


@pytest.mark.parametrize("suspend", [False, True])
def test_a_request_catches_up_after_a_missed_time_suspended_or_not(suspend: bool) -> None:
    world = a_world(broadcast=SLOT, startingDeadlineSeconds=3600, suspend=suspend)
    away(world, 3 * DAY)
    assert last(world) == ("Suspended" if suspend else "DeadlineMissed")
    world.request("now")
    assert last(world) == "Requested"


@pytest.mark.parametrize("policy", ["Replace", "Allow"])
def test_another_policy_ends_the_wait_for_an_enrichment_that_does_not_end(policy: str) -> None:
    world = a_world(broadcast=SLOT)
    world.runs_for = None
    world.advance(START + 9 * DAY)
    assert last(world) == "EnrichmentRunning"
    world.edit(concurrencyPolicy=policy)
    world.advance(START + 15 * DAY)
    assert last(world) == "EnrichmentCreated"


def not_out(world: ScheduleWorld) -> None:
    world.runs_for = None
    world.advance(START + DAY)
    [name] = world.enrichments
    world.enrichments[name] = replace(world.enrichments[name], state=EnrichmentProgress.NOT_OUT)
    world.visit()


@pytest.mark.parametrize(
    ("cure", "reason"),
    [
        (lambda world: world.edit(airings=[airing(4, "01-08")]), "EnrichmentCreated"),
        (lambda world: world.request("now"), "Requested"),
    ],
)
def test_an_episode_that_was_not_out_comes_at_its_new_time_or_by_request(
    cure: Callable[[ScheduleWorld], None], reason: str
) -> None:
    world = a_world(airings=[airing(4, "01-01")])
    not_out(world)
    assert last(world) == "EpisodeNotOut"
    cure(world)
    world.advance(START + 9 * DAY)
    assert last(world) == reason


def test_the_corrected_slot_ends_the_disagreement() -> None:
    world = a_world(airings=[airing(4, "01-08")], broadcast={"weekday": "Monday", "time": "20:00"})
    world.visit()
    assert find(world.status.conditions, ScheduleCondition.SOURCES_DISAGREE) is not None
    world.edit(broadcast=SLOT)
    assert find(world.status.conditions, ScheduleCondition.SOURCES_DISAGREE) is None


def test_a_schedule_that_the_planner_makes_anew_is_in_no_conflict() -> None:
    world = a_world(broadcast=SLOT)
    world.schedule = replace(world.schedule, annotations={labels.LEFT_TO_OTHERS: ".spec.delay"})
    world.visit()
    assert find(world.status.conditions, ScheduleCondition.PLANNER_CONFLICT) is not None
    anew = a_world(broadcast=SLOT)
    anew.visit()
    assert find(anew.status.conditions, ScheduleCondition.PLANNER_CONFLICT) is None
