# SPDX-License-Identifier: Apache-2.0
"""Steps of a CatalogRestore, in its pods: plan a restore from a snapshot, carry it out, and verify it.

Exit status: 0 done, 65 there is nothing to restore from, 75 a store is away or an entry is held: again.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from otakube import logs
from otakube.bootstrap.places import place
from otakube.bootstrap.restore import RestoreChoice, restorable, restore_of
from otakube.bootstrap.wiring import Wiring
from otakube.commands.argo_progress import write_progress
from otakube.commands.exits import Outputs, pod_exits, write_outputs
from otakube.commands.step import Objects, OutputsFolder, TerminationLog
from otakube.errors import Fatal, Retriable
from otakube_api import contract
from otakube_api.contract import (
    LATEST_SNAPSHOT,
    FailureReason,
    NewerContent,
    Output,
    RestoredLocks,
    SnapshotReason,
)

if TYPE_CHECKING:
    from otakube.maintenance.snapshots.manifest import SnapshotManifest
    from otakube.maintenance.snapshots.restore_plan import RestoreReport
    from otakube.ports.objects import AgedObjects

Body = Callable[[Wiring, "AgedObjects", "SnapshotManifest"], Awaitable[Outputs]]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)

RestoreName = Annotated[
    str, typer.Option("--restore", help="namespace/name of the CatalogRestore, for logs.")
]
Snapshot = Annotated[str, typer.Option(help="Name of the snapshot; latest is the newest.")]
Entries = Annotated[str, typer.Option(help="Ids of entries and pages of theirs, as a JSON list; empty: all.")]
Newer = Annotated[
    NewerContent, typer.Option("--newer-content", help="Fate of content that is newer than the snapshot's.")
]
Locks = Annotated[
    RestoredLocks, typer.Option("--merge-locks", help="Set all where none was ever set, or all that lack.")
]

NAMED = 20
"""Entries that a report names: those that a person may want to know of."""


@app.callback()
def catalog_restore() -> None:
    """Run one step of a CatalogRestore by hand or in its pod.

    Exit status: 0 done, 65 there is nothing to restore from, 75 try again later.
    """


@app.command()
def plan(
    *,
    restore: RestoreName = "default/by-hand",
    snapshot: Snapshot = LATEST_SNAPSHOT,
    entries: Entries = "[]",
    newer_content: Newer = NewerContent.KEEP,
    merge_locks: Locks = RestoredLocks.IF_NONE,
    outputs: OutputsFolder = Path(contract.OUTPUTS_FOLDER),
    objects: Objects = "s3:",
    termination_log: TerminationLog = Path(contract.TERMINATION_LOG),
) -> None:
    """Read the whole snapshot, and say what a restore would do; nothing is written.

    Example: otakube catalog-restore plan --objects file:build/catalogue --outputs build/outputs
    """
    logs.start(command="catalog-restore plan", restore=restore)

    async def body(wiring: Wiring, source: "AgedObjects", manifest: "SnapshotManifest") -> Outputs:
        chosen = await _chosen(source, manifest, entries)
        choice = _choice(chosen, newer_content, merge_locks, dry_run=True)
        report = await _run(wiring, source, manifest, choice)
        if report.absent:
            raise Fatal(SnapshotReason.ENTRY_UNKNOWN, _absent(manifest, report.absent))
        text = report_text(report, about=manifest, total=len(chosen) or manifest.entries)
        return {Output.REPORT: text, Output.SNAPSHOT: manifest.name, Output.ENTRIES: json.dumps(chosen)}

    with pod_exits(termination_log):
        write_outputs(outputs, _over(objects, snapshot, body))


@app.command()
def apply(
    *,
    restore: RestoreName = "default/by-hand",
    snapshot: Snapshot = LATEST_SNAPSHOT,
    entries: Entries = "[]",
    newer_content: Newer = NewerContent.KEEP,
    merge_locks: Locks = RestoredLocks.IF_NONE,
    outputs: OutputsFolder = Path(contract.OUTPUTS_FOLDER),
    objects: Objects = "s3:",
    termination_log: TerminationLog = Path(contract.TERMINATION_LOG),
) -> None:
    """Bring back what `plan` named; cut off, the same call goes on.

    Example: otakube catalog-restore apply --objects file:build/catalogue --outputs build/outputs
    """
    logs.start(command="catalog-restore apply", restore=restore)

    async def body(wiring: Wiring, source: "AgedObjects", manifest: "SnapshotManifest") -> Outputs:
        choice = _choice(await _chosen(source, manifest, entries), newer_content, merge_locks)
        async with wiring.stores.bulk():
            report = await _run(wiring, source, manifest, choice)
        if report.again:
            raise Retriable(SnapshotReason.ENTRIES_HELD, _describe_held(report))
        return {Output.REPORT: report_text(report)}

    with pod_exits(termination_log):
        write_outputs(outputs, _over(objects, snapshot, body))


@app.command()
def verify(
    *,
    restore: RestoreName = "default/by-hand",
    snapshot: Snapshot = LATEST_SNAPSHOT,
    entries: Entries = "[]",
    outputs: OutputsFolder = Path(contract.OUTPUTS_FOLDER),
    objects: Objects = "s3:",
    termination_log: TerminationLog = Path(contract.TERMINATION_LOG),
) -> None:
    """Compare each entry with the snapshot by digests, and look for its points, rows and images.

    Example: otakube catalog-restore verify --objects file:build/catalogue --outputs build/outputs
    """
    logs.start(command="catalog-restore verify", restore=restore)

    async def body(wiring: Wiring, source: "AgedObjects", manifest: "SnapshotManifest") -> Outputs:
        chosen = await _chosen(source, manifest, entries)
        choice = _choice(chosen, NewerContent.KEEP, RestoredLocks.IF_NONE, dry_run=True)
        return {Output.REPORT: verified_text(await _run(wiring, source, manifest, choice))}

    with pod_exits(termination_log):
        write_outputs(outputs, _over(objects, snapshot, body))


async def _run(
    wiring: Wiring, source: "AgedObjects", manifest: "SnapshotManifest", choice: RestoreChoice
) -> "RestoreReport":
    images_too = bool(wiring.settings.snapshot_place)
    work = await restore_of(wiring, source, manifest, choice, images_too=images_too, told=write_progress)
    return await work.run()


def _choice(
    chosen: list[str], newer_content: NewerContent, locks: RestoredLocks, *, dry_run: bool = False
) -> RestoreChoice:
    return RestoreChoice(
        chosen=frozenset(chosen),
        replace=newer_content is NewerContent.REPLACE,
        locks_too=locks is RestoredLocks.ADD_MISSING,
        dry_run=dry_run,
    )


async def _chosen(source: "AgedObjects", manifest: "SnapshotManifest", text: str) -> list[str]:
    """Ids of the entries that were named by id or by page; Fatal for a page that the snapshot lacks."""
    from otakube.maintenance.snapshots.chosen import entries_of

    try:
        named = json.loads(text)
    except ValueError:  # told below, with what is no list of texts
        named = None
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        message = f"--entries must be a JSON list of texts, not {text!r:.200}"
        raise Fatal(FailureReason.SETTINGS_INVALID, message)
    return await entries_of(source, manifest, named)


def _absent(manifest: "SnapshotManifest", absent: list[str]) -> str:
    named = ", ".join(absent[:NAMED])
    return f"snapshot {manifest.name} has no entry {named}: `otakube snapshot list` names others"


def _describe_held(report: "RestoreReport") -> str:
    from otakube.maintenance.snapshots.restore_plan import RestoreOutcome

    held = [one for one in report.entries if one.outcome is RestoreOutcome.HELD]
    told = "; ".join(f"{one.entry_id}: {one.detail}" for one in held[:3])
    return f"commits hold {report.outcomes[RestoreOutcome.HELD]} entries, the rest is there: {told}"


def report_text(report: "RestoreReport", *, about: "SnapshotManifest | None" = None, total: int = 0) -> str:
    """The output that the operator reads, as JSON; that of a plan says which snapshot it is."""
    from otakube.maintenance.snapshots.manifest import content_digest

    body: dict[str, object] = {
        "outcomes": {outcome.value: number for outcome, number in report.outcomes.items()},
        "withoutImages": report.without_images,
        "rows": sum(report.rows.values()),
        "notes": report.notes[:NAMED],
        "entries": [
            {"entry": one.entry_id, "outcome": one.outcome.value, "detail": one.detail[:300]}
            for one in report.entries[:NAMED]
        ],
    }
    if about is not None:
        body["total"] = total
        body["snapshot"] = {
            "name": about.name,
            "digest": content_digest(about),
            "entries": about.entries,
            "leftOut": about.left_out_number,
            "release": about.release,
            "schema": about.record_schema,
            "writtenTime": about.ended_at.isoformat(),
        }
    return json.dumps(body)


def verified_text(report: "RestoreReport") -> str:
    """The same of a verification: entries that are as the snapshot has them, newer ones, and others."""
    from otakube.maintenance.snapshots.restore_plan import RestoreOutcome

    matching, newer = (report.outcomes[one] for one in (RestoreOutcome.SAME, RestoreOutcome.NEWER))
    differing = report.outcomes.total() - matching - newer
    return json.dumps({"matching": matching, "newer": newer, "differing": differing})


def _over(objects: str, snapshot: str, body: Body) -> Outputs:
    """Run over the stores and a snapshot at the place of the settings."""

    async def run() -> Outputs:
        async with Wiring(objects) as wiring:
            source = await place(wiring.stores, wiring.settings.snapshot_place)
            return await body(wiring, source, await restorable(source, snapshot))

    return asyncio.run(run())
