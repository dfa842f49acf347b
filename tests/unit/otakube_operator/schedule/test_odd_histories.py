# SPDX-License-Identifier: Apache-2.0
"""Histories that broadcasters and people make: two episodes a night, moves, leap days, limits, policies."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from otakube_api.timing.timetable import timetable_of
from otakube_api.timing.zones import InvalidTime
from otakube_operator.runtime.controller import Observed
from otakube_operator.schedule.observed import EnrichmentProgress
from otakube_operator.schedule.plan import plan
from schedule_world import ScheduleWorld, a_schedule, a_spec, outcomes

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
START = datetime(2027, 1, 1, tzinfo=UTC)
NIGHT = "2027-01-01T16:30:00Z"


def a_world(start: datetime = START, **spec: Any) -> ScheduleWorld:
    return ScheduleWorld(a_schedule(start, **spec), start)


def airing(episode: int, at: str = NIGHT) -> dict[str, object]:
    return {"episode": episode, "airTime": at}


def episodes(world: ScheduleWorld) -> Counter[int | None]:
    return Counter(number for _, number in world.created.elements())


@pytest.mark.parametrize("second", [NIGHT, "2027-01-01T17:00:00Z"])
def test_two_episodes_of_one_night_wait_for_each_other_and_both_come(second: str) -> None:
    world = a_world(airings=[airing(12), airing(13, second)])
    world.advance(START + 2 * DAY)
    assert episodes(world) == {12: 1, 13: 1}
    assert outcomes(world.status) == [("Succeeded", "EnrichmentCreated")] * 2


@pytest.mark.parametrize("policy", ["Allow", "Replace"])
def test_of_two_episodes_of_one_moment_replace_keeps_the_latest_and_allow_both(policy: str) -> None:
    world = a_world(airings=[airing(12), airing(13)], concurrencyPolicy=policy)
    world.advance(START + 2 * DAY)
    assert episodes(world)[13] == 1
    assert episodes(world)[12] == (1 if policy == "Allow" else 0)
    if policy == "Replace":
        assert ("Skipped", "Overtaken") in outcomes(world.status)


def test_with_forbid_an_awaited_episode_holds_the_next_until_it_is_given_up() -> None:
    world = a_world(airings=[airing(4), airing(5, "2027-01-02T10:00:00Z")])
    world.runs_for = None
    world.advance(START + 1.5 * DAY)
    assert episodes(world) == {4: 1}
    [name] = world.enrichments
    world.enrichments[name] = replace(world.enrichments[name], state=EnrichmentProgress.NOT_OUT)
    world.visit()
    assert episodes(world) == {4: 1, 5: 1}
    assert outcomes(world.status) == [("Skipped", "EpisodeNotOut"), ("Created", "EnrichmentCreated")]


def test_with_replace_an_awaited_episode_gives_way_to_the_next() -> None:
    world = a_world(airings=[airing(4), airing(5, "2027-01-02T10:00:00Z")], concurrencyPolicy="Replace")
    world.runs_for = None
    world.advance(START + 1.5 * DAY)
    assert outcomes(world.status) == [("Replaced", "EnrichmentCreated"), ("Created", "EnrichmentCreated")]


@pytest.mark.parametrize("weeks", [-1, 1, 2, 30])
def test_an_episode_moved_by_weeks_before_it_was_due_comes_once_at_its_new_time(weeks: int) -> None:
    at = START + 3 * WEEK
    world = a_world(airings=[airing(4, at.isoformat())])
    world.advance(START + DAY)
    world.edit(airings=[airing(4, (at + weeks * WEEK).isoformat())])
    world.advance(START + 60 * WEEK)
    assert world.created == {(at + weeks * WEEK, 4): 1}


def test_a_deleted_schedule_creates_and_replaces_nothing_while_an_enrichment_runs() -> None:
    world = a_world(airings=[airing(4), airing(5, "2027-01-02T10:00:00Z")], concurrencyPolicy="Replace")
    world.runs_for = None
    world.advance(START + DAY)
    gone = replace(world.schedule, deleting=True)
    made = plan(Observed(gone, tuple(world.enrichments.values())), START + 2 * DAY)
    assert (made.create, made.replace, made.prune, made.revisit_at) == ((), (), (), None)


def test_history_limits_of_none_keep_no_enrichment_and_forget_no_due_time() -> None:
    world = a_world(
        airings=[airing(number, (START + number * DAY).isoformat()) for number in range(1, 9)],
        successfulEnrichmentsHistoryLimit=0,
        failedEnrichmentsHistoryLimit=0,
    )
    world.advance(START + 10 * DAY)
    assert world.enrichments == {}
    assert set(episodes(world).values()) == {1}
    assert outcomes(world.status) == [("Succeeded", "EnrichmentCreated")] * 8


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"])
@pytest.mark.parametrize("clock", ["02:30", "26:30", "29:59", "00:00"])
def test_a_slot_comes_once_a_week_over_a_year_of_changes_of_clocks(zone: str, clock: str) -> None:
    start = datetime(2028, 1, 1, tzinfo=UTC)  # a leap year
    for weekday in ("Saturday", "Sunday"):
        slot = {"weekday": weekday, "time": clock, "timeZone": zone}
        ticks = timetable_of(a_spec(broadcast=slot)).ticks(start, start)
        times = [next(ticks).at for _ in range(52)]
        apart = {later - before for before, later in pairwise(times)}
        assert apart <= {WEEK + shift for shift in (-HOUR, -HOUR / 2, 0 * HOUR, HOUR / 2, HOUR)}
        assert abs(times[-1] - times[0] - 51 * WEEK) <= HOUR


def test_the_leap_day_is_a_day_of_cron_and_of_the_24_to_30_hour_clock() -> None:
    start = datetime(2027, 12, 31, tzinfo=UTC)
    [leap, *_] = _first(start, schedule="0 1 29 2 *")
    assert leap == datetime(2028, 2, 29, 1, tzinfo=UTC)
    slot = {"weekday": "Monday", "time": "25:30", "timeZone": "Etc/UTC"}
    assert datetime(2028, 2, 29, 1, 30, tzinfo=UTC) in _first(start, 12, broadcast=slot)


def _first(start: datetime, count: int = 1, **spec: Any) -> list[datetime]:
    ticks = timetable_of(a_spec(**spec)).ticks(start, start)
    return [next(ticks).at for _ in range(count)]


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"delay": "soon"}, "spec.delay 'soon' is no duration: write hours"),
        ({"delay": "-1h"}, "spec.delay '-1h' is no duration"),
        ({"broadcast": {"weekday": "Friday", "time": "noon"}}, "spec.broadcast.time 'noon' is no HH:MM"),
        ({"broadcast": {"weekday": "Friday", "time": "30:00"}}, "from 00:00 to 29:59"),
        ({"broadcast": {"weekday": "Friday", "time": "9:30"}}, "write such as 25:30"),
        ({"broadcast": {"weekday": "Friday", "time": "٢٣:٣٠"}}, "is no HH:MM"),
    ],
)
def test_times_that_no_rule_of_the_api_server_has_seen_are_named_with_field_value_and_cure(
    spec: dict[str, Any], says: str
) -> None:
    whole = {"broadcast": {"weekday": "Friday", "time": "23:30"}} | spec
    with pytest.raises(InvalidTime) as told:
        timetable_of(a_spec(**whole))
    assert says in str(told.value)
