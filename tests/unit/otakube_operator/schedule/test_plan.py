# SPDX-License-Identifier: Apache-2.0
"""Single decisions of a schedule, and what the status then tells."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otakube_api import labels
from otakube_api.reasons import CommonCondition
from otakube_api.timing.timetable import Tick
from otakube_api.v1alpha1.episode_schedule import ScheduleCondition, ScheduleReason
from otakube_operator.runtime.conditions import find
from otakube_operator.runtime.controller import CreateFailure, Observed
from otakube_operator.schedule.enrichments import NewEnrichment, manifest
from otakube_operator.schedule.observed import EnrichmentProgress, read_enrichment
from otakube_operator.schedule.plan import plan
from otakube_operator.schedule.status import describe
from schedule_world import ScheduleWorld, a_schedule, entry, outcomes

START = datetime(2027, 1, 1, tzinfo=UTC)  # a Friday
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
SLOT = {"weekday": "Friday", "time": "25:30"}  # 16:30 UTC, due at 17:30


def a_world(**spec: Any) -> ScheduleWorld:
    return ScheduleWorld(a_schedule(START, **spec), START)


def airing(episode: int, day: str) -> dict[str, object]:
    return {"episode": episode, "airTime": f"2027-{day}T16:30:00Z"}


def test_a_tick_is_created_at_its_second_and_its_end_is_told() -> None:
    world = a_world(broadcast=SLOT)
    world.advance(START + 17.5 * HOUR - timedelta(seconds=1))
    assert outcomes(world.status) == []
    world.advance(START + 17.5 * HOUR)
    assert outcomes(world.status) == [("Created", "EnrichmentCreated")]
    [name] = world.enrichments
    assert name.startswith("show-202701011630-")
    assert world.status.next_schedule_time == START + 17.5 * HOUR + WEEK
    world.advance(START + 19 * HOUR)
    assert outcomes(world.status) == [("Succeeded", "EnrichmentCreated")]
    assert world.status.last_successful_time == START + 18 * HOUR


def test_a_changed_slot_counts_from_the_change_on_and_what_it_cut_off_is_told() -> None:
    world = a_world(broadcast=SLOT)
    world.advance(START + HOUR)
    world.up = False
    world.edit(broadcast={"weekday": "Thursday", "time": "12:00"})
    world.advance(START + DAY)
    world.up = True
    world.advance(START + DAY)
    assert outcomes(world.status) == [("Skipped", "ScheduleChanged")]
    assert world.status.next_schedule_time == datetime(2027, 1, 7, 4, tzinfo=UTC)


def test_an_edit_of_the_delay_repeats_nothing() -> None:
    world = a_world(broadcast=SLOT)
    world.advance(START + 18 * HOUR)
    world.edit(delay="5h")
    world.advance(START + 3 * DAY)
    assert len(world.created) == 1


def test_numbers_that_come_to_be_known_repeat_nothing() -> None:
    world = a_world(broadcast=SLOT)
    world.advance(START + DAY)
    world.edit(airings=[airing(4, "01-01"), airing(5, "01-08")])
    world.advance(START + 5 * DAY)
    assert len(world.created) == 1
    world.advance(START + 16 * DAY)
    assert [each.episode for each in world.status.recent_ticks] == [None, 5, 6]


def test_an_episode_that_moves_after_it_was_due_is_due_once_more_from_half_a_week_on() -> None:
    world = a_world(airings=[airing(4, "01-01")])
    world.advance(START + DAY)
    world.edit(airings=[airing(4, "01-03")])
    world.advance(START + 4 * DAY)
    assert len(world.created) == 1
    world.edit(airings=[airing(4, "01-08")])
    world.advance(START + 9 * DAY)
    assert [(each.episode, str(each.outcome)) for each in world.status.recent_ticks] == [
        (4, "Succeeded"),
        (4, "Succeeded"),
    ]


def test_an_episode_that_moves_to_before_the_last_one_is_still_due() -> None:
    world = a_world(airings=[airing(1, "01-02"), airing(2, "01-09")])
    world.advance(START + 3 * DAY)
    world.edit(airings=[airing(1, "01-02"), airing(2, "01-01")])
    world.advance(START + 4 * DAY)
    assert {episode for _, episode in world.created} | {episode for _, episode in world.skipped} == {1, 2}


def test_a_move_of_the_next_episode_is_told_with_its_weeks_once() -> None:
    world = a_world(airings=[airing(4, "01-08")])
    world.advance(START + HOUR)
    world.edit(airings=[airing(4, "01-22")])
    world.visit()
    [told] = [each for each in world.occurrences if each.reason == ScheduleReason.AIRING_SHIFTED]
    assert told.message == (
        "Episode 4 was moved by +2 weeks, from 2027-01-08 16:30:00 UTC to 2027-01-22 16:30:00 UTC."
    )


def test_times_skipped_in_a_row_share_an_entry_and_a_clock_years_ahead_ends() -> None:
    world = a_world(schedule="*/10 * * * *", startingDeadlineSeconds=60)
    world.up = False
    world.advance(START + 30 * DAY + timedelta(minutes=5))
    world.up = True
    world.visit()
    [told] = world.status.recent_ticks
    assert (told.count, told.reason) == (30 * 24 * 6, "DeadlineMissed")
    assert told.last_due_time == START + 30 * DAY


def test_of_several_unnumbered_times_the_latest_is_made_up_for() -> None:
    world = a_world(schedule="0 */6 * * *")
    world.up = False
    world.advance(START + 19 * HOUR)
    world.up = True
    world.visit()
    assert outcomes(world.status) == [("Skipped", "Overtaken"), ("Created", "EnrichmentCreated")]
    assert (entry(world.status, 0).count, world.status.last_schedule_time) == (2, START + 18 * HOUR)


def test_each_numbered_episode_is_made_up_for_one_after_the_other() -> None:
    world = a_world(airings=[airing(1, "01-01"), airing(2, "01-01")])
    world.up = False
    world.advance(START + 20 * HOUR)
    world.up = True
    world.visit()
    assert [each.episode for each in world.status.recent_ticks] == [1]
    world.advance(START + 21 * HOUR)
    assert [each.episode for each in world.status.recent_ticks] == [1, 2]


def test_requests_push_no_due_time_out_of_memory() -> None:
    world = a_world(broadcast=SLOT)
    world.advance(START + 20 * HOUR)
    for number in range(30):
        world.request(str(number))
        world.advance(world.time + HOUR / 3)
    assert sum(world.created.values()) == 1
    assert len(world.status.recent_ticks) == 4


def test_a_request_that_comes_before_the_status_of_the_one_before_hides_it_not() -> None:
    world = a_world(broadcast=SLOT, concurrencyPolicy="Replace")
    before = world.schedule
    world.request("once")
    world.schedule = replace(before, requested_at="again")  # the write met a newer object
    world.visit()
    assert outcomes(world.status) == [("Replaced", "Requested"), ("Created", "Requested")]


@pytest.mark.parametrize("uid", [f"uid-{number}" for number in range(8)])  # names follow from it
def test_requests_of_one_second_stand_in_the_order_in_which_they_came(uid: str) -> None:
    world = a_world(broadcast=SLOT, concurrencyPolicy="Replace")
    world.schedule = replace(world.schedule, uid=uid)
    for token in ("once", "again"):
        world.request(token)
    world.visit()
    assert outcomes(world.status) == [("Replaced", "Requested"), ("Created", "Requested")]


def test_many_requests_of_one_second_leave_the_status_at_rest() -> None:
    world = a_world(broadcast=SLOT, concurrencyPolicy="Allow")
    for number in range(9):
        world.request(str(number))
    writes = world.writes
    world.visit()
    assert (len(world.enrichments), len(world.status.recent_ticks), world.writes) == (9, 3, writes)


def test_what_the_api_server_refuses_stalls_and_is_recorded_as_missed_in_the_end() -> None:
    world = a_world(broadcast=SLOT)
    world.advance(START + 17 * HOUR)
    due, observed = START + 17.5 * HOUR, Observed(world.schedule)
    failure = CreateFailure(ScheduleReason.ENRICHMENT_REFUSED, "no quota")
    made = plan(observed, due, failure)
    status = describe(observed, made, due)
    stalled = find(status.conditions, CommonCondition.STALLED)
    assert (made.create, status.recent_ticks) == ((), [])
    assert stalled is not None
    assert (stalled.reason, stalled.message) == ("EnrichmentRefused", "no quota")
    late = plan(observed, due + 25 * HOUR)
    assert [each.reason for each in late.ticks] == ["DeadlineMissed"]


def test_an_end_leaves_the_schedule_ready_and_says_so() -> None:
    world = a_world(broadcast=SLOT, until="2027-01-02T00:00:00Z")
    world.advance(START + 30 * DAY)
    ready = find(world.status.conditions, CommonCondition.READY)
    assert ready is not None
    assert (ready.status, ready.reason) == ("True", "Ended")
    assert (len(world.created), world.status.next_schedule_time) == (1, None)


def test_fields_that_the_planner_left_to_others_are_a_condition_while_it_notes_them() -> None:
    world = a_world(broadcast=SLOT)
    for left in (".spec.delay", " ".join(f".spec.airings[episode={number}].airTime" for number in range(10))):
        world.schedule = replace(world.schedule, annotations={labels.LEFT_TO_OTHERS: left})
        world.visit()
        told = find(world.status.conditions, ScheduleCondition.PLANNER_CONFLICT)
        assert told is not None
        assert (told.status, told.reason) == ("True", "FieldsSetByOthers")
        assert left.split()[0] in told.message
    assert told.message.endswith("[episode=7].airTime and 2 more: others set them.")
    ready = find(world.status.conditions, CommonCondition.READY)
    assert ready is not None
    assert ready.status == "True"
    world.schedule = replace(world.schedule, annotations={})
    world.visit()
    assert find(world.status.conditions, ScheduleCondition.PLANNER_CONFLICT) is None


def test_an_enrichment_of_a_numbered_episode_awaits_it() -> None:
    schedule = a_schedule(START, broadcast=SLOT)
    assert manifest(NewEnrichment(schedule, Tick(START, START, 8)))["spec"]["episode"] == 8
    assert "episode" not in manifest(NewEnrichment(schedule, Tick(START, START)))["spec"]
    assert "episode" not in manifest(NewEnrichment(schedule, request="now"))["spec"]


def test_an_episode_that_was_not_out_at_the_last_look_is_skipped_and_told_once() -> None:
    world = a_world(airings=[airing(4, "01-01"), airing(5, "01-08")])
    world.runs_for = None
    world.advance(START + 2 * DAY)
    [name] = world.enrichments
    world.enrichments[name] = replace(world.enrichments[name], state=EnrichmentProgress.NOT_OUT)
    world.advance(START + 3 * DAY)
    assert outcomes(world.status) == [("Skipped", "EpisodeNotOut")]
    assert world.status.active == []
    world.advance(START + 9 * DAY)
    assert outcomes(world.status)[1] == ("Created", "EnrichmentCreated")
    told = [each.message for each in world.occurrences if each.reason == ScheduleReason.EPISODE_NOT_OUT]
    assert told == [
        "Skipped episode 4, due at 2027-01-01 17:30:00 UTC: most providers did not list it within a day."
    ]


def test_an_episode_that_came_after_all_counts_as_brought() -> None:
    world = a_world(airings=[airing(4, "01-01")])
    world.runs_for = None
    world.advance(START + 2 * DAY)
    [name] = world.enrichments
    for state in (EnrichmentProgress.NOT_OUT, EnrichmentProgress.READY):
        world.enrichments[name] = replace(world.enrichments[name], state=state)
        world.visit()
    assert outcomes(world.status) == [("Succeeded", "EnrichmentCreated")]


@pytest.mark.parametrize(
    ("stalled", "expected"),
    [
        (("True", "EpisodeNotOut"), EnrichmentProgress.NOT_OUT),
        (("True", "RecordInvalid"), EnrichmentProgress.FAILED),
        (("False", "EpisodeNotOut"), EnrichmentProgress.ACTIVE),
    ],
)
def test_an_enrichment_that_stalled_for_its_episode_is_told_apart(
    stalled: tuple[str, str], expected: EnrichmentProgress
) -> None:
    status, reason = stalled
    condition = {"type": "Stalled", "status": status, "reason": reason, "observedGeneration": 1}
    meta = {"namespace": "a", "name": "b", "uid": "c", "resourceVersion": "1", "generation": 1}
    owner = {"kind": "EpisodeSchedule", "uid": "d", "controller": True}
    body = {"metadata": {**meta, "ownerReferences": [owner]}, "status": {"conditions": [condition]}}
    found = read_enrichment(body, None)
    assert found is not None
    assert found.state is expected
