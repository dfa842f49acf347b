# SPDX-License-Identifier: Apache-2.0
"""Write, list, verify and restore snapshots of the catalogue.

Exit status: 0 done, 1 a person must look, 2 wrong usage, 65 bad settings or input, 75 a store is away: again.
"""

import importlib.metadata
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from otakube import logs
from otakube.bootstrap.wiring import Wiring
from otakube.commands.output import NoHeaders, Output, OutputFormat, Printer, print_facts
from otakube.commands.snapshot_restore import restore
from otakube.commands.snapshot_stores import LEFT, At, Name, Objects, now, place_of, read_snapshots, run_over

if TYPE_CHECKING:
    from otakube.maintenance.snapshots.manifest import SnapshotManifest
    from otakube.ports.objects import AgedObjects

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def snapshot() -> None:
    """Write, list, verify and restore snapshots of the catalogue.

    Exit status: 0 done, 1 a person must look, 2 wrong usage, 65 bad settings or input, 75 a store is away.
    """


@app.command()
def create(
    at: At = None,
    keep: Annotated[
        int | None, typer.Option(min=1, help="Newest snapshots to keep; default OTAKUBE_SNAPSHOT_KEEP.")
    ] = None,
    max_age_days: Annotated[
        int | None,
        typer.Option(min=1, help="Remove older ones; default OTAKUBE_SNAPSHOT_MAX_AGE_DAYS."),
    ] = None,
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="Take it as the latest though many entries are gone.")
    ] = False,
    objects: Objects = "s3:",
    output: Output = OutputFormat.TABLE,
) -> None:
    """Write a snapshot, or go on with one that was cut off; then remove those that are superseded.

    Exit status 1: entries or rows were left out because they are damaged, or more than a tenth of the
    entries is gone since the snapshot before; then nothing is removed, and `latest` stays what it was.

    Examples:

    \b
      otakube snapshot create
      otakube snapshot create --objects file:build/try
      otakube snapshot create --at file:/backup --keep 8
    """
    logs.start(command="snapshot create")

    async def body(wiring: Wiring, target: "AgedObjects") -> tuple["SnapshotManifest", bool, list[str]]:
        from otakube.ingest.orders import copy_orders
        from otakube.maintenance.snapshots.blobs import Blobs
        from otakube.maintenance.snapshots.shelf import prune
        from otakube.maintenance.snapshots.write import RESUMED_FOR, SnapshotWriter, Source

        own = await wiring.stores.objects()
        writer = SnapshotWriter(
            source=Source(rows=await wiring.stores.rows(), locks=await wiring.stores.locks()),
            target=target,
            release=importlib.metadata.version("otakube"),
            clock=now,
            monotonic=time.monotonic,
            blobs=Blobs(own, target) if place_of(wiring, at) else None,
            allow_shrink=allow_shrink,
        )
        manifest, shrunk = await writer.run()
        await copy_orders(await wiring.stores.take_downs(), target)
        settings = wiring.settings
        days = max_age_days or settings.snapshot_max_age_days
        removed = [] if shrunk else await prune(
            target, keep=keep or settings.snapshot_keep, older_than=timedelta(days=days), now=now(),
            unfinished_for=RESUMED_FOR,
        )  # fmt: skip
        return manifest, shrunk, removed

    manifest, shrunk, removed = run_over(body, objects, at)
    answer = manifest.model_dump(mode="json") | {"shrunk": shrunk, "removed": removed}
    facts = [*_facts(manifest), ("Removed", ", ".join(removed)), ("Shrunk", _SHRUNK if shrunk else "")]
    Printer(output).show(answer, table=lambda: print_facts(f"Snapshot {manifest.name}", facts))
    raise typer.Exit(LEFT if shrunk or not manifest.whole else 0)


_SHRUNK = (
    "more than a tenth of the entries is gone since the snapshot before: look why; if that is right, "
    "`otakube snapshot create --allow-shrink`"
)


@app.command(name="list")
def list_(
    at: At = None,
    objects: Objects = "s3:",
    output: Output = OutputFormat.TABLE,
    no_headers: NoHeaders = False,
) -> None:
    """List the snapshots, the newest first.

    Examples:

    \b
      otakube snapshot list
      otakube snapshot list --objects file:build/try -o name
    """

    async def body(target: "AgedObjects") -> list["SnapshotManifest"]:
        from otakube.maintenance.snapshots.shelf import manifests

        return list(reversed(await manifests(target)))

    found = read_snapshots(body, objects, at)
    out = Printer(output, headers=not no_headers)
    columns = ("name", "entries", "left out", "size", "images", "release", "took")
    out.show(
        [one.model_dump(mode="json", exclude={"collections"}) for one in found],
        table=lambda: out.table(columns, map(_row, found)),
        names=lambda: [one.name for one in found],
    )


@app.command()
def show(
    name: Name = "latest", at: At = None, objects: Objects = "s3:", output: Output = OutputFormat.TABLE
) -> None:
    """Show what a snapshot holds: rows by collection, text models, licences, and what it lacks.

    Examples:

    \b
      otakube snapshot show
      otakube snapshot show 20261129T100000Z -o json
    """

    async def body(target: "AgedObjects") -> "SnapshotManifest":
        from otakube.maintenance.snapshots.shelf import named

        return await named(target, name)

    found = read_snapshots(body, objects, at)
    facts = [*_facts(found), *((f"{held} rows", held_.rows) for held, held_ in found.collections.items())]
    facts += [(f"Licence of {one.provider}", _licence(one)) for one in found.licences]
    facts += [(f"Lacks {one.entry_id}", one.reason) for one in found.left_out]
    Printer(output).show(
        found.model_dump(mode="json"), table=lambda: print_facts(f"Snapshot {found.name}", facts)
    )


@app.command()
def verify(
    name: Name = "latest", at: At = None, objects: Objects = "s3:", output: Output = OutputFormat.TABLE
) -> None:
    """Read a whole snapshot, and compare every file and record with its digest. Exit status 1: one differs.

    Examples:

    \b
      otakube snapshot verify
      otakube snapshot verify 20261129T100000Z --at file:/backup
    """
    logs.start(command="snapshot verify")

    async def body(target: "AgedObjects") -> dict[str, Any]:
        from otakube.maintenance.snapshots import verify as verification
        from otakube.maintenance.snapshots.progress import Progress
        from otakube.maintenance.snapshots.shelf import named

        manifest = await named(target, name)
        progress = Progress("verifying files", len(manifest.parts), time.monotonic)
        found = await verification.verify(target, manifest, progress=progress)
        return {"name": manifest.name, "rows": found.rows, "faults": found.faults}

    found = read_snapshots(body, objects, at)
    state = "as it was written" if not found["faults"] else f"{len(found['faults'])} faults"
    facts = [*((f"{held} rows", rows) for held, rows in found["rows"].items())]
    facts += [(f"Fault {number}", fault) for number, fault in enumerate(found["faults"], 1)]
    Printer(output).show(found, table=lambda: print_facts(f"Snapshot {found['name']} is {state}", facts))
    raise typer.Exit(LEFT if found["faults"] else 0)


app.command()(restore)


def _facts(manifest: "SnapshotManifest") -> list[tuple[str, object]]:
    return [
        ("Entries", f"{manifest.entries:,}"),
        ("Left out", manifest.left_out_number or ""),
        ("Rows left out", manifest.left_out_rows or ""),
        ("Files", f"{len(manifest.parts)}, {_size(manifest.size)}"),
        ("Images", "in the copy" if manifest.blobs else "where the catalogue has them"),
        ("Text models", ", ".join(manifest.models)),
        ("Written", f"{manifest.begun_at:%Y-%m-%d %H:%M:%S} to {manifest.ended_at:%H:%M:%S} UTC"),
        ("Release", f"{manifest.release}, records of schema {manifest.record_schema}"),
    ]


def _row(manifest: "SnapshotManifest") -> list[object]:
    from otakube.maintenance.snapshots.progress import format_seconds

    took = format_seconds((manifest.ended_at - manifest.begun_at).total_seconds())
    images = "copied" if manifest.blobs else "beside"
    return [
        manifest.name, manifest.entries, manifest.left_out_number, _size(manifest.size), images,
        manifest.release, took,
    ]  # fmt: skip


def _licence(one: Any) -> str:
    parts = [f"{one.licence}, {one.entries} entries", "" if one.publishable else "not to be published"]
    parts.append(f"some values to be gone from {one.expires_from:%Y-%m-%d}" if one.expires_from else "")
    return "; ".join(part for part in parts if part)


def _size(number: int) -> str:
    return f"{number / 2**20:,.1f} MiB" if number >= 2**20 else f"{number / 2**10:,.0f} KiB"
