# SPDX-License-Identifier: Apache-2.0
"""Faults of the snapshots that a cluster writes by itself, by their CronWorkflow and its runs. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from otakube_api.timing.recurrence import WEEK, check_cron, cron
from otakube_api.timing.zones import InvalidTime, read_zone
from otakube_cli.schedule_health import Body, last_run_failed

SNAPSHOTS = "otakube-snapshot"
SNAPSHOT_RUNS = f"workflows.argoproj.io/cron-workflow={SNAPSHOTS}"
LATE = timedelta(days=1)
"""Time after a due moment within which Argo has begun a run: eight days in all where one is due each week."""


def snapshot_trouble(schedule: Body, runs: Sequence[Body], now: datetime) -> str:
    """The troubles of the CronWorkflow of snapshots; "" if they come as they should."""
    return "; ".join(_troubles(schedule, runs, now))


def _troubles(schedule: Body, runs: Sequence[Body], now: datetime) -> Iterator[str]:
    status = schedule.get("status") or {}
    for each in status.get("conditions") or []:
        if each.get("status") == "True" and each["type"].endswith("Error"):
            yield f"Argo says {each['type']}: {each.get('message', '')}"
    begun = last_begun(schedule, runs)
    since = begun or _moment(schedule["metadata"]["creationTimestamp"])
    if now - _due(schedule["spec"], since) > LATE:
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
