# SPDX-License-Identifier: Apache-2.0
"""`otakube sync run`: takes a week of the dataset into the stores of a folder, and tells how far it is."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from otakube import logs
from otakube.bootstrap.dataset_sync import now, sync_stores
from otakube.bootstrap.stores.choice import EMBEDDED
from otakube.bootstrap.wiring import Wiring
from otakube.commands.output import print_facts
from otakube.errors import Fatal, StepError
from otakube_api.contract import EXIT, Failure, format_failure
from otakube_cli.errors import ConsoleError
from otakube_cli.run.session import taken

if TYPE_CHECKING:
    from otakube.domain.dataset.limits import WeekLimits
    from otakube.maintenance.dataset_sync.stores import SyncProgress
    from otakube.maintenance.dataset_sync.sync import SyncReport
    from otakube.ports.listings import SyncRecord

INTERVAL = 2.0
"""Seconds between two lines of progress."""


class SyncProgressLines:
    """Lines on standard error: entries written, how fast, and the time left."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun: float | None = None
        self._latest = clock()

    def __call__(self, progress: "SyncProgress") -> None:
        """Print a line, unless the last one is young."""
        moment = self._clock()
        if self._begun is None:
            self._begun = self._latest = moment
        if not progress.done or (moment - self._latest < INTERVAL and progress.done < progress.total):
            return
        self._latest = moment
        print(describe_progress(progress, moment - self._begun), file=sys.stderr)


def describe_progress(progress: "SyncProgress", seconds: float) -> str:
    """One line; the rate is that of the whole way."""
    rate = progress.done / seconds if seconds > 0 else 0.0
    share = progress.done / progress.total if progress.total else 1.0
    begun = f"{progress.done:,} of {progress.total:,} entries ({share:.0%})"
    if not rate or progress.done >= progress.total:
        return begun
    left = round((progress.total - progress.done) / rate)
    return f"{begun}, {rate:,.0f} a second, {left // 60}m{left % 60:02}s left"


def run_sync(dataset: Path, stores: Path, limits: "WeekLimits", *, dry_run: bool) -> "SyncReport":
    """Take the week in, or say what it would change; ConsoleError is what stops it."""
    from otakube.maintenance.dataset_sync.sync import SyncRequest, sync
    from otakube_cli.dataset_plan import read

    request = SyncRequest(
        name=dataset.name, file=read(dataset), limits=limits, today=now().date(), dry_run=dry_run
    )

    async def carry_out() -> "SyncReport":
        async with Wiring(f"{EMBEDDED}{stores}") as wiring:
            return await sync(await sync_stores(wiring), request, clock=now, report=SyncProgressLines())

    with opened(stores):
        return asyncio.run(carry_out())


def read_history(stores: Path, limit: int) -> list["SyncRecord"]:
    """The latest syncs of a folder, the newest first."""

    async def read_all() -> "list[SyncRecord]":
        async with Wiring(f"{EMBEDDED}{stores}") as wiring:
            return await (await wiring.stores.sync_history()).newest(limit)

    with opened(stores):
        return asyncio.run(read_all())


@contextmanager
def opened(stores: Path) -> Iterator[None]:
    """Hold the folder; failures of its stores become sentences."""
    with taken(stores), (stores / "run.log").open("a") as log:
        logs.start(to=log, command="sync")
        try:
            yield
        except StepError as error:
            code = EXIT.fatal if isinstance(error, Fatal) else EXIT.retriable
            raise ConsoleError(format_failure(Failure(error.reason, str(error))), code=code) from error


def report_body(name: str, report: "SyncReport", *, dry_run: bool) -> dict[str, Any]:
    """For programs."""
    return {
        "dataset": name,
        "revision": report.revision,
        "lastUpdate": report.last_update and report.last_update.isoformat(),
        "rows": report.rows,
        "dryRun": dry_run,
        "resumed": report.resumed,
        "counts": dict(report.counts),
        "written": report.written,
        "digest": report.digest or None,
        "breached": [{"limit": one.breach, "message": one.message} for one in report.breached],
    }


def print_report(body: dict[str, Any]) -> None:
    """For people."""
    state = "would be taken in; nothing is written" if body["dryRun"] else "taken in"
    if body["breached"]:
        state = "not taken in: see below"
    updated = body["lastUpdate"] or "at a time that it does not say"
    counts = [(_words(name), f"{count:,}") for name, count in body["counts"].items() if count]
    print_facts(
        f"{body['dataset']}: {body['rows']:,} rows, last updated {updated}",
        [
            ("week", f"{body['revision']}, {state}"),
            *counts,
            ("entries written", f"{body['written']:,}"),
            ("digest", body["digest"]),
        ],
    )


def history_body(one: "SyncRecord") -> dict[str, Any]:
    """For programs."""
    return {
        "revision": one.revision,
        "dataset": one.dataset,
        "lastUpdate": one.last_update and one.last_update.isoformat(),
        "phase": "Succeeded" if one.finished_at else "Running",
        "startedAt": one.started_at.isoformat(timespec="seconds"),
        "finishedAt": one.finished_at and one.finished_at.isoformat(timespec="seconds"),
        "rows": one.rows,
        "counts": dict(one.counts),
        "digest": one.digest or None,
    }


def print_status(body: dict[str, Any]) -> None:
    """The latest sync."""
    unfinished = "cut off, or still at work: the same `otakube sync run` goes on"
    state = "taken in" if body["finishedAt"] else unfinished
    counts = [(_words(name), f"{count:,}") for name, count in body["counts"].items() if count]
    facts = [
        ("week", f"{body['revision']}, {state}"),
        ("last updated", body["lastUpdate"]),
        ("started", body["startedAt"]),
        ("finished", body["finishedAt"]),
        *counts,
        ("digest", body["digest"]),
    ]
    print_facts(f"{body['dataset']}: {body['rows']:,} rows", facts)


def _words(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
