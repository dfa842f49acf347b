# SPDX-License-Identifier: Apache-2.0
"""A CatalogRestore as people read it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from otakube.commands.output import print_facts, print_table
from otakube_cli.schedule_health import ScheduleFault
from otakube_cli.schedule_state import local

Body = Mapping[str, Any]

COLUMNS = ["name", "snapshot", "phase", "done", "rate", "left", "restored", "same", "failed", "reason"]
GOING = frozenset({"Starting", "Planning", "Restoring", "Verifying"})
"""Phases of a run that has not ended."""


def row(restore: Body) -> list[object]:
    """The cells of a list."""
    status = _status(restore)
    counts, progress = status.get("counts") or {}, status.get("progress") or {}
    return [
        restore["metadata"]["name"],
        _snapshot(restore),
        status.get("phase", ""),
        _done(progress),
        _rate(progress),
        progress.get("timeLeft", ""),
        *(counts.get(name, "") for name in ("restored", "same", "failed")),
        _condition(restore, "Ready").get("reason", ""),
    ]


def facts(restore: Body) -> Iterator[tuple[str, object]]:
    """All that a person wants to know of one."""
    status, spec = _status(restore), restore["spec"]
    progress, snapshot = status.get("progress") or {}, status.get("snapshot") or {}
    yield "phase", status.get("phase")
    yield "progress", _done(progress) or None
    yield "rate", _rate(progress) or None
    yield "time left", progress.get("timeLeft")
    yield "snapshot", _snapshot(restore)
    yield "written", local(snapshot.get("writtenTime"))
    yield "digest", snapshot.get("digest")
    yield "chosen", ", ".join(map(str, spec.get("entries") or [])) or "all entries"
    yield "dry run", "yes: nothing is written" if spec.get("dryRun", True) else None
    for name, count in (status.get("counts") or {}).items():
        yield _words(name), f"{count:,}" if count else None
    for name, count in (status.get("verification") or {}).items():
        yield f"{_words(name)} by digest", f"{count:,}"
    yield "rows added", status.get("addedRows")
    for note in status.get("notes") or []:
        yield "note", note
    yield "restored at", local(status.get("restoredTime"))
    yield "workflow", (status.get("workflow") or {}).get("name")
    yield "reason", _condition(restore, "Ready").get("reason")
    yield "message", _condition(restore, "Ready").get("message")


def print_restore(name: str, restore: Body) -> None:
    """All of one restore, and the entries that it names."""
    print_facts(f"CatalogRestore {name}", [(what, value) for what, value in facts(restore) if value])
    if found := _status(restore).get("entries"):
        columns = ("entry", "outcome", "detail")
        print_table(columns, [[str(one.get(column, "")) for column in columns] for one in found])


def is_going(restore: Body) -> bool:
    """True while a run has not ended."""
    return _status(restore).get("phase") in GOING


def restore_trouble(restores: Sequence[Body]) -> list[ScheduleFault]:
    """The restores that a person should look at."""
    cure = "`otakube restore status NAME` names reason and message; docs/troubleshooting.md#restores"
    names = [
        str(each["metadata"]["name"])
        for each in restores
        if _condition(each, "Stalled").get("status") == "True"
    ]
    return [ScheduleFault("stalled", names, cure)] if names else []


def _snapshot(restore: Body) -> str:
    """Name of the snapshot, once it is known which that is."""
    found = (_status(restore).get("snapshot") or {}).get("name")
    return str(found or restore["spec"].get("snapshot", ""))


def _done(progress: Body) -> str:
    return f"{progress['done']:,} of {progress['total']:,}" if progress else ""


def _rate(progress: Body) -> str:
    rate = progress.get("perSecond")
    return f"{rate:,}/s" if rate else ""


def _words(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)


def _status(restore: Body) -> Body:
    status: Body = restore.get("status") or {}
    return status


def _condition(restore: Body, kind: str) -> Body:
    conditions = _status(restore).get("conditions") or []
    return next((each for each in conditions if each["type"] == kind), {})
