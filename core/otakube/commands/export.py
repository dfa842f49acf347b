# SPDX-License-Identifier: Apache-2.0
"""Write the catalogue as files for other people, with the licences applied.

Exit status: 0 done, 1 damaged entries were left out, 2 wrong usage, 65 bad settings, 75 a store is away.
"""

import importlib.metadata
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from otakube import logs
from otakube.bootstrap.wiring import Wiring
from otakube.commands.output import Output, OutputFormat, Printer, print_facts
from otakube.commands.snapshot_stores import LEFT, Objects, now, run_over

if TYPE_CHECKING:
    from otakube.maintenance.snapshots.manifest import SnapshotManifest
    from otakube.ports.objects import AgedObjects

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def export(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A folder of its own.", show_default=False)
    ],
    objects: Objects = "s3:",
    output: Output = OutputFormat.TABLE,
) -> None:
    """Write animes, episodes and characters as JSON Lines (.zst), without what may not be published.

    What is left out is counted in manifest.json, beside the licences of the rest. The same call goes on
    where it was cut off.

    Exit status: 0 done, 1 damaged entries were left out, 65 bad settings, 75 a store is away.

    Examples:

    \b
      otakube export ~/anime
      otakube export build/export --objects file:build/try
    """
    logs.start(command="export")

    async def body(wiring: Wiring, target: "AgedObjects") -> "SnapshotManifest":
        from otakube.maintenance.snapshots.export import ExportWriter
        from otakube.maintenance.snapshots.write import Source

        return await ExportWriter(
            source=Source(rows=await wiring.stores.rows(), locks=await wiring.stores.locks()),
            target=target,
            release=importlib.metadata.version("otakube"),
            clock=now,
            monotonic=time.monotonic,
        ).export()

    made = run_over(body, objects, f"file:{folder.expanduser()}")
    facts: list[tuple[str, object]] = [
        ("Entries", made.entries),
        ("Damaged, left out", made.left_out_number or ""),
        ("Damaged rows, left out", made.left_out_rows or ""),
    ]
    facts += [(f"Licence of {one.provider}", one.licence) for one in made.licences]
    facts += [(f"Withheld: {what}", number) for what, number in made.withheld.items()]
    Printer(output).show(
        made.model_dump(mode="json"), table=lambda: print_facts(f"Export in {folder}", facts)
    )
    raise typer.Exit(0 if made.whole else LEFT)
