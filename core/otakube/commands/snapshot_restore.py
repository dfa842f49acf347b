# SPDX-License-Identifier: Apache-2.0
"""The command `otakube snapshot restore`."""

import time
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated

import typer

from otakube import logs
from otakube.bootstrap.wiring import Wiring
from otakube.commands.output import Output, OutputFormat, Printer, print_facts, print_table
from otakube.commands.snapshot_stores import LEFT, At, Objects, now, place_of, run_over
from otakube_api.contract import EXIT

if TYPE_CHECKING:
    from otakube.maintenance.snapshots.restore_plan import RestoreReport
    from otakube.ports.objects import AgedObjects

Entries = Annotated[
    list[str] | None,
    typer.Option(
        "--entry",
        help="Restore this entry alone; several by commas or by several options.",
        show_default=False,
    ),
]


def restore(
    name: Annotated[str, typer.Option(help="The snapshot; latest is the newest.")] = "latest",
    at: At = None,
    entries: Entries = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Put the snapshot's content in place of newer, as a new version."),
    ] = False,
    locks: Annotated[
        bool, typer.Option("--locks", help="Set missing merge locks even where locks were changed since.")
    ] = False,
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=64, help="Entries at work at a time.", show_default="16")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, change nothing.")
    ] = False,
    objects: Objects = "s3:",
    output: Output = OutputFormat.TABLE,
) -> None:
    """Bring the catalogue back from a snapshot: all of it, or chosen entries.

    What is there and whole stays; what is missing, damaged or older is brought back, verified by its digest.
    Cut off, the same call goes on. docs/operations.md has the procedure.

    Exit status 1: an entry could not be brought back, or its images are gone. 75: a commit holds an entry.

    Examples:

    \b
      otakube snapshot restore --dry-run
      otakube snapshot restore --name 20261129T100000Z --at file:/backup
      otakube snapshot restore --entry ani_01J9Z3KQ4W5X6Y7Z8A9B0C1D2E --replace
    """
    logs.start(command="snapshot restore")
    chosen = frozenset(one for each in entries or () for one in each.split(",") if one)

    async def body(wiring: Wiring, source: "AgedObjects") -> tuple[str, "RestoreReport"]:
        from otakube.maintenance.snapshots.blobs import Blobs
        from otakube.maintenance.snapshots.progress import Progress
        from otakube.maintenance.snapshots.restore import CONCURRENCY, Restore, check_restorable
        from otakube.maintenance.snapshots.restore_entry import EntryRestorer
        from otakube.maintenance.snapshots.shelf import named

        manifest = await named(source, name)
        check_restorable(manifest)
        restorer = EntryRestorer(
            stores=await wiring.stores.commit_stores(),
            rows=await wiring.stores.rows(),
            clock=lambda: datetime.now(UTC),
            lease_seconds=wiring.settings.lease_seconds,
            collection=wiring.settings.qdrant_collection,
            run=f"restore/{manifest.name}/{now():%Y%m%dT%H%M%SZ}",
            embedder=cache(wiring.text_embedder),
            images=Blobs(source, await wiring.stores.objects()) if place_of(wiring, at) else None,
            replace=replace,
            dry_run=dry_run,
        )
        work = Restore(
            snapshot=source,
            manifest=manifest,
            entries=restorer,
            progress=Progress("restore", len(chosen) or manifest.entries, time.monotonic),
            chosen=chosen,
            locks_too=locks,
            concurrency=concurrency or CONCURRENCY,
        )
        async with wiring.stores.bulk():
            return manifest.name, await work.run()

    used, report = run_over(body, objects, at, empty=True)
    Printer(output).show(
        _answer(used, report, dry_run=dry_run), table=lambda: _print_report(used, report, dry_run=dry_run)
    )
    if not report.done:
        raise typer.Exit(LEFT)
    raise typer.Exit(EXIT.retriable if report.again else 0)


def _answer(name: str, report: "RestoreReport", *, dry_run: bool) -> dict[str, object]:
    return {
        "snapshot": name,
        "dry_run": dry_run,
        "outcomes": {outcome.value: number for outcome, number in report.outcomes.items()},
        "rows": report.rows,
        "notes": report.notes,
        "entries": [asdict(one) for one in report.entries],
    }


def _print_report(name: str, report: "RestoreReport", *, dry_run: bool) -> None:
    if report.entries:
        columns = ("outcome", "entry", "detail")
        print_table(columns, [[one.outcome, one.entry_id, one.detail] for one in report.entries])
    facts: list[tuple[str, object]] = [(one.value, number) for one, number in report.outcomes.items()]
    facts += [(f"{collection} added", number) for collection, number in report.rows.items()]
    facts += [("Note", note) for note in report.notes]
    print_facts(f"{'Dry run of a restore' if dry_run else 'Restore'} from snapshot {name}", facts)
