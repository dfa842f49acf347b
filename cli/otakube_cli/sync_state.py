# SPDX-License-Identifier: Apache-2.0
"""A DatasetSync as people read it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from otakube.commands.output import TABLE, Printer, print_facts
from otakube_cli.schedule_health import ScheduleFault
from otakube_cli.schedule_state import local

Body = Mapping[str, Any]

COLUMNS = ["name", "phase", "done", "left", "week", "new", "changed", "removed", "flagged", "due", "reason"]
RUN_COLUMNS = ["started", "outcome", "reason", "week", "new", "changed", "removed", "revision", "workflow"]
OVERDUE = timedelta(minutes=10)
"""Time after a due moment within which a running operator has acted on it."""


def row(sync: Body) -> list[object]:
    """The cells of a list."""
    status = _status(sync)
    counts, dataset = status.get("counts") or {}, status.get("dataset") or {}
    return [
        sync["metadata"]["name"],
        status.get("phase", ""),
        _done(status),
        (status.get("progress") or {}).get("timeLeft", ""),
        dataset.get("lastUpdate", ""),
        *(counts.get(name, "") for name in ("new", "changed", "removed", "flagged")),
        local(status.get("nextScheduleTime")),
        _ready(sync).get("reason", ""),
    ]


def facts(sync: Body) -> Iterator[tuple[str, object]]:
    """All that a person wants to know of one."""
    status, spec = _status(sync), sync["spec"]
    progress, dataset = status.get("progress") or {}, status.get("dataset") or {}
    yield "phase", status.get("phase")
    yield "progress", _done(status) or None
    yield "entries a second", progress.get("perSecond")
    yield "time left", progress.get("timeLeft")
    for name, count in (status.get("counts") or {}).items():
        yield _words(name), f"{count:,}" if count else None
    for name, count in (status.get("enrichment") or {}).items():
        yield f"to enrich: {_words(name)}", f"{count:,}"
    yield "week", dataset.get("lastUpdate")
    yield "release", dataset.get("releaseTag")
    yield "revision", status.get("revision")
    yield "source", spec.get("source")
    yield "dry run", "yes: nothing is written" if spec.get("dryRun") else None
    yield "suspended", "yes" if spec.get("suspend") else None
    yield "last success", local(status.get("lastSuccessfulTime"))
    yield "due", local(status.get("nextScheduleTime"))
    yield "workflow", (status.get("workflow") or {}).get("name")
    yield "reason", _ready(sync).get("reason")
    yield "message", _ready(sync).get("message")


def print_sync(name: str, sync: Body) -> None:
    """Print where it stands."""
    print_facts(name, facts(sync))


def print_runs(sync: Body, limit: int, out: Printer = TABLE) -> None:
    """Print the last runs, the latest first."""
    out.table(RUN_COLUMNS, [run_row(each) for each in runs(sync, limit)])


def runs(sync: Body, limit: int) -> list[Body]:
    """The last runs, the latest first."""
    return list(reversed(_status(sync).get("recentRuns") or []))[:limit]


def run_row(run: Body) -> list[object]:
    """The cells of one run."""
    counts = run.get("counts") or {}
    return [
        local(run.get("startTime")),
        run["outcome"],
        run.get("reason", ""),
        run.get("lastUpdate", ""),
        *(counts.get(name, "") for name in ("new", "changed", "removed")),
        run.get("revision", ""),
        run["workflow"],
    ]


def sync_trouble(syncs: Sequence[Body], now: datetime) -> list[ScheduleFault]:
    """The syncs that a person should look at, by kind of trouble."""
    cure = "`otakube sync status NAME` names reason and message; docs/troubleshooting.md#syncs-of-the-dataset"
    kinds = (
        ("stalled", _is_stalled, cure),
        (
            "overdue",
            lambda each: _is_overdue(each, now),
            "does the operator run? See the Deployment otakube-operator",
        ),
    )
    found = [
        ScheduleFault(kind, [str(each["metadata"]["name"]) for each in syncs if is_it(each)], cure)
        for kind, is_it, cure in kinds
    ]
    return [each for each in found if each.names]


def _is_stalled(sync: Body) -> bool:
    return _condition(sync, "Stalled").get("status") == "True"


def _is_overdue(sync: Body, now: datetime) -> bool:
    """True if it is due, no run is under way that it could wait for, and nobody has acted."""
    status = _status(sync)
    due, last = status.get("nextScheduleTime"), (status.get("recentRuns") or [{}])[-1]
    if due is None or last.get("outcome") == "Running":
        return False
    return now - datetime.fromisoformat(due) > OVERDUE


def _done(status: Body) -> str:
    progress = status.get("progress") or {}
    return f"{progress['done']:,} of {progress['total']:,}" if progress else ""


def _words(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)


def _status(sync: Body) -> Body:
    status: Body = sync.get("status") or {}
    return status


def _ready(sync: Body) -> Body:
    return _condition(sync, "Ready")


def _condition(sync: Body, kind: str) -> Body:
    conditions = _status(sync).get("conditions") or []
    return next((each for each in conditions if each["type"] == kind), {})
