# SPDX-License-Identifier: Apache-2.0
"""Faults of schedules and of the planner, read from their objects. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

Body = Mapping[str, Any]

PLANNER = "otakube-plan-schedules"
PLANNER_RUNS = f"workflows.argoproj.io/cron-workflow={PLANNER}"
MISSED = ("DeadlineMissed", "EnrichmentRunning", "EpisodeNotOut")
OVERDUE = timedelta(minutes=10)
"""Time after a due moment within which a running operator has acted on it."""
PLANNER_LATE = timedelta(hours=26)
FAILED = ("Failed", "Error")
SHOWN = 3


class ScheduleFault(NamedTuple):
    """One kind of fault, the names of the schedules that have it, and its cure."""

    kind: str
    names: Sequence[str]
    cure: str

    def __str__(self) -> str:
        """The fault in words: its kind, how many have it, and the first names."""
        more = f" and {len(self.names) - SHOWN} more" if len(self.names) > SHOWN else ""
        return f"{len(self.names)} {self.kind}: {', '.join(self.names[:SHOWN])}{more}"


def schedule_trouble(schedules: Sequence[Body], now: datetime) -> list[ScheduleFault]:
    """The schedules that a person should look at, by kind of trouble."""
    show = "`otakube schedule show NAME` names reason and message"
    kinds = (
        ("stalled", _is_stalled, f"{show}; docs/troubleshooting.md#schedules has the cure of each reason"),
        (
            "missed their last due time",
            _has_missed,
            f"{show}; `otakube schedule run-now NAME` catches up",
        ),
        (
            "overdue",
            lambda each: _is_overdue(each, now),
            "does the operator run? See the Deployment otakube-operator",
        ),
    )
    found = [
        ScheduleFault(kind, [_name(each) for each in schedules if is_it(each)], cure)
        for kind, is_it, cure in kinds
    ]
    return [each for each in found if each.names]


def suspended(schedules: Sequence[Body]) -> list[str]:
    """The names of those whose due times pass on purpose."""
    return [_name(each) for each in schedules if each["spec"].get("suspend")]


def planner_trouble(runs: Sequence[Body], now: datetime) -> str:
    """The trouble of the planner's last run; "" if it went well, runs, or there was none."""
    if not runs:
        return ""
    if failed := last_run_failed(runs):
        return failed
    last = _last(runs)["metadata"]
    begun = datetime.fromisoformat(last["creationTimestamp"])
    if now - begun > PLANNER_LATE:
        return f"its last run {last['name']} began at {begun:%Y-%m-%d %H:%M} UTC: it should begin every day"
    return ""


def last_run_failed(runs: Sequence[Body]) -> str:
    """The failure of the last run; "" if it went well, runs, or there was none."""
    if not runs:
        return ""
    last = _last(runs)
    status = last.get("status") or {}
    if status.get("phase") not in FAILED:
        return ""
    return f"its last run {last['metadata']['name']} {status['phase'].lower()}: {_failures(status)}"


def _last(runs: Sequence[Body]) -> Body:
    return max(runs, key=lambda run: str(run["metadata"]["creationTimestamp"]))


def _failures(status: Body) -> str:
    """The entries that the report of a run names, else the messages of Argo."""
    for report in _reports(status):
        failed = report.get("failed") or {}
        if failed:
            first = ", ".join(f"{entry} ({message})" for entry, message in list(failed.items())[:SHOWN])
            return f"{len(failed)} entries: {first}"
    nodes = (status.get("nodes") or {}).values()
    told = [each["message"] for each in nodes if each.get("phase") in FAILED and each.get("message")]
    return str((told or [status.get("message") or "Argo gives no reason"])[-1])


def _reports(status: Body) -> Iterator[Body]:
    for node in (status.get("nodes") or {}).values():
        for each in (node.get("outputs") or {}).get("parameters") or []:
            if each.get("name") == "report" and (found := _parsed(each.get("value", ""))):
                yield found


def _parsed(text: str) -> Body:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_stalled(schedule: Body) -> bool:
    told = _status(schedule).get("conditions") or []
    return any(each["type"] == "Stalled" and each["status"] == "True" for each in told)


def _has_missed(schedule: Body) -> bool:
    ticks = _status(schedule).get("recentTicks") or []
    return bool(ticks) and ticks[-1]["outcome"] == "Skipped" and ticks[-1]["reason"] in MISSED


def _is_overdue(schedule: Body, now: datetime) -> bool:
    """True if it is due, nothing is under way that it could wait for, and nobody has acted."""
    status = _status(schedule)
    due = status.get("nextScheduleTime")
    if due is None or status.get("active"):
        return False
    return now - datetime.fromisoformat(due) > OVERDUE


def _status(schedule: Body) -> Body:
    found: Body = schedule.get("status") or {}
    return found


def _name(schedule: Body) -> str:
    return str(schedule["metadata"]["name"])
