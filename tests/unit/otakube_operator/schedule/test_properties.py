# SPDX-License-Identifier: Apache-2.0
"""Random histories: no due time is acted on twice, and none passes without a word."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from schedule_world import ScheduleWorld, a_schedule

HOUR = timedelta(hours=1)
START = datetime(2027, 3, 1, 12, tzinfo=UTC)

ZONES = st.sampled_from(["Asia/Tokyo", "America/New_York", "Europe/Berlin", "Australia/Sydney", "UTC"])
LENGTHS = st.sampled_from([HOUR / 60, HOUR, 3 * HOUR, 25 * HOUR, 8 * 24 * HOUR, 30 * 24 * HOUR])
POLICIES = st.sampled_from(["Allow", "Forbid", "Replace"])


def _airings(gaps: list[int]) -> list[Mapping[str, object]]:
    at, found = START, []
    for number, gap in enumerate(gaps, 1):
        at += gap * 24 * HOUR
        found.append({"episode": number, "airTime": at.isoformat()})
    return found


TIMES = st.one_of(
    st.builds(
        lambda day, hour, zone: {"broadcast": {"weekday": day, "time": f"{hour:02}:30", "timeZone": zone}},
        st.sampled_from(["Monday", "Saturday", "Sunday"]), st.integers(0, 29), ZONES,
    ),
    st.builds(
        lambda expression, zone: {"schedule": expression, "timeZone": zone},
        st.sampled_from(["30 2 * * *", "0 */6 * * *", "15 1 * * SUN"]), ZONES,
    ),
    st.builds(
        lambda gaps: {"airings": _airings(gaps)},
        st.lists(st.sampled_from([0, 1, 7, 7, 7, 14]), min_size=1, max_size=12),
    ),
)  # fmt: skip
ACTIONS = st.one_of(
    st.tuples(st.just("pass"), LENGTHS),
    st.tuples(st.just("down"), LENGTHS),
    st.tuples(st.just("clock"), st.sampled_from([2 * HOUR, -2 * HOUR, timedelta()])),
    st.tuples(st.just("suspend"), st.booleans()),
    st.tuples(st.just("runs for"), st.sampled_from([HOUR / 2, 50 * HOUR, None])),
    st.tuples(st.just("dies after"), st.sampled_from(["create", "status"])),
    st.tuples(st.just("policy"), POLICIES),
    st.tuples(st.just("request"), st.integers(0, 5).map(str)),
)


def _act(world: ScheduleWorld, action: str, value: Any) -> None:
    if action in {"pass", "down"}:
        world.up = action == "pass"
        world.advance(world.time + value)
        world.up = True
        world.visit()
    elif action == "clock":
        world.set_clock(value)
    elif action == "suspend":
        world.edit(suspend=value)
    elif action == "policy":
        world.edit(concurrencyPolicy=value)
    elif action == "request":
        world.request(value)
    elif action == "runs for":
        world.runs_for = value
    else:
        world.dies_after = value


SUNDAY = {"broadcast": {"weekday": "Sunday", "time": "09:30", "timeZone": "UTC"}}
CUT_OFF = [
    ("pass", 60 * 24 * HOUR),
    ("clock", -2 * HOUR),
    ("pass", 30 * 24 * HOUR),
    ("dies after", "create"),
    ("down", HOUR),
    ("down", 25 * HOUR),
]
"""Its enrichment is made and not recorded, and its deadline passes."""


@example(times=SUNDAY, policy="Forbid", history=CUT_OFF)
@settings(max_examples=300, deadline=None)
@given(times=TIMES, policy=POLICIES, history=st.lists(ACTIONS, min_size=1, max_size=12))
def test_each_due_time_is_acted_on_once_or_skipped_in_any_history(
    times: Mapping[str, Any], policy: str, history: list[tuple[str, Any]]
) -> None:
    world = ScheduleWorld(a_schedule(START, **times, concurrencyPolicy=policy), START)
    for action, value in history:
        _act(world, action, value)
        assert world.told_twice() == []
        assert world.unaccounted(START) == []
    _act(world, "pass", 3 * HOUR)  # beyond each time that a clock showed before it was set back
    assert world.told_twice() == []
    assert world.unaccounted(START) == []


@settings(max_examples=50, deadline=None)
@given(times=TIMES, history=st.lists(ACTIONS, max_size=6))
def test_nothing_is_written_while_nothing_is_due(
    times: Mapping[str, Any], history: list[tuple[str, Any]]
) -> None:
    world = ScheduleWorld(a_schedule(START, **times), START)
    for action, value in history:
        _act(world, action, value)
    world.visit()
    before = world.writes
    for _ in range(3):
        world.visit()
    assert world.writes == before
