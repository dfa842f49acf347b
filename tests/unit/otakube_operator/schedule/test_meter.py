# SPDX-License-Identifier: Apache-2.0
"""The metric of due times."""

from datetime import UTC, datetime, timedelta

from otakube_operator.runtime.tick_meter import TickMeter
from otakube_operator.schedule.meter import REASONS, schedule_meter
from otakube_operator.schedule.occurrences import WHY
from schedule_world import ScheduleWorld, a_schedule

START = datetime(2027, 1, 1, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def counts(meter: TickMeter) -> dict[str, float]:
    """What is counted, by reason."""
    [family] = meter.ticks.collect()
    samples = [each for each in family.samples if each.name.endswith("_total")]
    return {each.labels["reason"]: each.value for each in samples if each.value}


def test_each_due_time_counts_by_its_reason_and_a_moved_airing_does_not() -> None:
    world = ScheduleWorld(a_schedule(START, broadcast={"weekday": "Friday", "time": "25:30"}), START)
    world.advance(START + WEEK)
    world.edit(suspend=True)
    world.advance(START + 2 * WEEK)
    world.request("now")
    world.edit(airings=[{"episode": 9, "airTime": "2027-02-01T00:00:00Z"}])
    world.edit(airings=[{"episode": 9, "airTime": "2027-02-08T00:00:00Z"}])
    meter = schedule_meter()
    meter.note(world.occurrences)
    assert "AiringShifted" in {each.reason for each in world.occurrences}
    assert counts(meter) == {"EnrichmentCreated": 1, "Suspended": 1, "Requested": 1}


def test_a_reason_of_a_skip_has_its_series_from_the_start() -> None:
    assert set(WHY) <= set(REASONS)
    [family] = schedule_meter().ticks.collect()
    assert {each.labels["reason"] for each in family.samples} == {str(reason) for reason in REASONS}
