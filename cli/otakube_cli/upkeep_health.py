# SPDX-License-Identifier: Apache-2.0
"""Faults of the snapshots and scrubs that a cluster does by itself, by CronWorkflow and runs. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from otakube_api.timing.recurrence import WEEK, check_cron, cron
from otakube_api.timing.zones import InvalidTime, read_zone
from otakube_cli.schedule_health import Body, last_run_failed


class Upkeep(NamedTuple):
    """A CronWorkflow of the chart; within `late` after a due moment Argo has begun a run."""

    check: str
    name: str
    late: timedelta
    absent: str  # why it may not be there

    @property
    def runs(self) -> str:
        """Selector of its Workflows."""
        return f"workflows.argoproj.io/cron-workflow={self.name}"


UPKEEP = (
    Upkeep("snapshots", "otakube-snapshot", timedelta(days=1), "snapshots.enabled is false"),
    Upkeep("scrub", "otakube-scrub", timedelta(hours=1), "helm upgrade --install otakube brings it"),
    Upkeep("full scrub", "otakube-scrub-full", timedelta(days=1), "helm upgrade --install otakube brings it"),
)


def upkeep_trouble(upkeep: Upkeep, schedule: Body, runs: Sequence[Body], now: datetime) -> str:
    """The troubles of a CronWorkflow; "" if its runs come and go as they should."""
    return "; ".join(_troubles(upkeep, schedule, runs, now))


def _troubles(upkeep: Upkeep, schedule: Body, runs: Sequence[Body], now: datetime) -> Iterator[str]:
    status = schedule.get("status") or {}
    for each in status.get("conditions") or []:
        if each.get("status") == "True" and each["type"].endswith("Error"):
            yield f"Argo says {each['type']}: {each.get('message', '')}"
    begun = last_begun(schedule, runs)
    since = begun or _moment(schedule["metadata"]["creationTimestamp"])
    if now - _due(schedule["spec"], since) > upkeep.late:
        paused = "it is suspended, and " if schedule["spec"].get("suspend") else ""
        what = "the last one began" if begun else "none has begun since it was installed"
        yield f"{paused}{what} at {since:%Y-%m-%d %H:%M} UTC"
    if failed := last_run_failed(runs):
        yield failed


def last_begun(schedule: Body, runs: Sequence[Body]) -> datetime | None:
    """The moment at which the last one began. Runs are kept for days, the moment in the status for good."""
    told = [(schedule.get("status") or {}).get("lastScheduledTime")]
    told += [run["metadata"]["creationTimestamp"] for run in runs]
    return max((_moment(each) for each in told if each), default=None)


def _due(spec: Body, after: datetime) -> datetime:
    """The first due moment after `after`; a week later where the expression is Argo's alone, or wrong."""
    expressions, later = spec.get("schedules") or [], after + WEEK
    try:
        zone = read_zone(spec.get("timezone") or "UTC", "spec.timezone")
        for expression in expressions:
            check_cron(expression)
    except InvalidTime:
        return later
    return min((next(cron(each, zone, after), later) for each in expressions), default=later)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
