# SPDX-License-Identifier: Apache-2.0
"""The command `otakube snapshot restore`."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from otakube import logs
from otakube.bootstrap.restore import RestoreChoice, restorable, restore_of
from otakube.bootstrap.wiring import Wiring
from otakube.commands.output import Output, OutputFormat, Printer, print_facts, print_table
from otakube.commands.snapshot_stores import LEFT, At, Objects, place_of, run_over
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

    choice = RestoreChoice(
        chosen=chosen,
        replace=replace,
        locks_too=locks,
        dry_run=dry_run,
        concurrency=concurrency,
    )

    async def body(wiring: Wiring, source: "AgedObjects") -> tuple[str, "RestoreReport"]:
        manifest = await restorable(source, name)
        images_too = bool(place_of(wiring, at))
        work = await restore_of(wiring, source, manifest, choice, images_too=images_too)
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
