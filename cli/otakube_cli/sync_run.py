# SPDX-License-Identifier: Apache-2.0
"""`otakube sync run`: takes a week of the dataset into the stores of a folder, and tells how far it is."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from otakube import logs
from otakube.bootstrap.dataset_sync import now, sync_stores
from otakube.bootstrap.stores.choice import EMBEDDED
from otakube.bootstrap.wiring import Wiring
from otakube.commands.output import print_facts
from otakube.domain.dataset.enrichment import EnrichmentCounts, EnrichmentRequest
from otakube.errors import Fatal, StepError
from otakube_api.contract import EXIT, EnrichmentOrder, EnrichmentPolicy, Failure, format_failure
from otakube_cli.errors import ConsoleError
from otakube_cli.run.session import taken
from otakube_cli.run.upstream import StandIn, stand_in_upstream

if TYPE_CHECKING:
    from otakube.domain.dataset.limits import WeekLimits
    from otakube.maintenance.dataset_sync.stores import SyncProgress, SyncStores
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
    pace = f"{rate:,.0f} a second" if rate >= 1 else f"{60 * rate:,.1f} a minute"
    return f"{begun}, {pace}, {left // 60}m{left % 60:02}s left"


def enrichment_of(enrich: str, order: str, most: int) -> EnrichmentRequest:
    """The request by the command's options."""
    policies = {"new": EnrichmentPolicy.NEW_ONLY, "all": EnrichmentPolicy.ALL}
    orders = {"popularity": EnrichmentOrder.BY_POPULARITY, "season": EnrichmentOrder.BY_SEASON}
    return EnrichmentRequest(
        policy=policies.get(enrich, EnrichmentPolicy.OFF), order=orders[order], most=most
    )


def run_sync(
    dataset: Path,
    stores: Path,
    limits: "WeekLimits",
    *,
    dry_run: bool,
    enrichment: EnrichmentRequest,
    stand_in: StandIn | None,
) -> "tuple[SyncReport, EnrichmentCounts | None]":
    """Take the week in and enrich entries, or say what it would change; ConsoleError is what stops it."""
    from otakube.maintenance.dataset_sync.sync import SyncRequest, sync
    from otakube_cli.dataset_plan import read

    request = SyncRequest(
        name=dataset.name, file=read(dataset), limits=limits, today=now().date(), dry_run=dry_run
    )

    async def carry_out() -> "tuple[SyncReport, EnrichmentCounts | None]":
        async with Wiring(f"{EMBEDDED}{stores}") as wiring:
            ports = await sync_stores(wiring)
            report = await sync(ports, request, clock=now, report=SyncProgressLines())
            if report.breached or dry_run or enrichment.policy is EnrichmentPolicy.OFF:
                return report, None
            return report, await _enrich(wiring, ports, enrichment)

    with opened(stores), stand_in_upstream(stand_in) if stand_in else nullcontext():
        return asyncio.run(carry_out())


async def _enrich(wiring: Wiring, ports: "SyncStores", request: EnrichmentRequest) -> EnrichmentCounts:
    from otakube.commands.title_run import title_runs
    from otakube.maintenance.dataset_sync.enrich import enrich_listed

    async def keep(counts: EnrichmentCounts) -> None:
        """The next call counts anew: its --max is its own."""

    runs = await title_runs(wiring, keep)
    return await enrich_listed(ports, runs, request, clock=now, report=SyncProgressLines())


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


def report_body(
    name: str, report: "SyncReport", enriched: EnrichmentCounts | None, *, dry_run: bool
) -> dict[str, Any]:
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
        "enrichment": enriched and enriched.body(),
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
            *_enrichment_facts(body),
        ],
    )


def _enrichment_facts(body: dict[str, Any]) -> list[tuple[str, str]]:
    """Listed entries that were due, by their ends."""
    counts = body["enrichment"] or {}
    return [(f"to enrich: {_words(name)}", f"{count:,}") for name, count in counts.items()]


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
        "enrichment": dict(one.enrichment) or None,
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
        *_enrichment_facts(body),
    ]
    print_facts(f"{body['dataset']}: {body['rows']:,} rows", facts)


def _words(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
