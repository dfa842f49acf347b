# SPDX-License-Identifier: Apache-2.0
"""An EpisodeSchedule as people read it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from otakube.commands.output import TABLE, Printer, print_facts

Body = Mapping[str, Any]

COLUMNS = ["name", "times", "episode", "due", "last", "agreement", "reason"]
TICK_COLUMNS = ["due", "episode", "outcome", "reason", "count", "enrichment"]


def row(schedule: Body) -> list[str]:
    """The cells of a list."""
    status = _status(schedule)
    ticks = status.get("recentTicks") or [{}]
    following = status.get("nextEpisode") or {}
    agreement = status.get("agreement") or {}
    return [
        schedule["metadata"]["name"],
        status.get("times", ""),
        str(following.get("number", "")),
        local(status.get("nextScheduleTime")),
        ticks[-1].get("outcome", ""),
        agreement.get("score", ""),
        _ready(schedule).get("reason", ""),
    ]


def facts(schedule: Body) -> Iterator[tuple[str, object]]:
    """All that a person wants to know of one."""
    status, spec = _status(schedule), schedule["spec"]
    following = status.get("nextEpisode") or {}
    agreement = status.get("agreement") or {}
    yield "times", status.get("times")
    yield "next episode", following.get("number")
    yield "airs", local(following.get("airTime"))
    yield "due", local(status.get("nextScheduleTime"))
    yield "until", local(spec.get("until"))
    yield "suspended", "yes" if spec.get("suspend") else None
    yield "agreement", f"{agreement['score']} ({agreement['reason']})" if agreement else None
    yield "conflict", _condition(schedule, "PlannerConflict").get("message")
    yield "reason", _ready(schedule).get("reason")
    yield "message", _ready(schedule).get("message")


def print_schedule(name: str, schedule: Body, out: Printer = TABLE) -> None:
    """Print the next due time, and what became of the last ones."""
    print_facts(name, facts(schedule))
    print()
    out.table(TICK_COLUMNS, tick_rows(schedule))


def tick_rows(schedule: Body) -> list[list[str]]:
    """The last due times, the latest first."""
    return [
        [
            local(tick["dueTime"]),
            str(tick.get("episode", "")),
            tick["outcome"],
            tick["reason"],
            str(tick.get("count", 1)),
            tick.get("enrichment", ""),
        ]
        for tick in reversed(_status(schedule).get("recentTicks") or [])
    ]


def local(moment: str | None) -> str:
    """A moment in local time, with its zone."""
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M %Z}" if moment else ""


def _status(schedule: Body) -> Body:
    status: Body = schedule.get("status") or {}
    return status


def _ready(schedule: Body) -> Body:
    return _condition(schedule, "Ready")


def _condition(schedule: Body, kind: str) -> Body:
    conditions = _status(schedule).get("conditions") or []
    return next((each for each in conditions if each["type"] == kind), {})
