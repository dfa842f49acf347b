# SPDX-License-Identifier: Apache-2.0
"""Restore the catalogue of a cluster from a snapshot: plan it, start it, and see how far it is."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from otakube.commands.output import TABLE, Printer
from otakube_api import labels
from otakube_cli.cluster import RESTORES, Cluster
from otakube_cli.command import AllNamespaces, application, cluster_command
from otakube_cli.completion import complete_restores
from otakube_cli.errors import ConsoleError
from otakube_cli.kube.answers import as_shown
from otakube_cli.listing import show_objects
from otakube_cli.options import DryRun
from otakube_cli.restore_state import COLUMNS, is_going, print_restore, row

app = application()

RestoreName = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="Name of a CatalogRestore.",
        show_default=False,
        autocompletion=complete_restores,
    ),
]
NewName = Annotated[
    str, typer.Argument(metavar="NAME", help="Name of the new CatalogRestore.", show_default=False)
]
Snapshot = Annotated[str, typer.Option(help="Name of the snapshot; latest is the newest.")]
Entries = Annotated[
    list[str] | None,
    typer.Option(
        "--entry",
        help="Bring back this entry alone, by its id or a page of its; several by several options.",
        show_default=False,
    ),
]
Replace = Annotated[
    bool, typer.Option("--replace", help="Put the snapshot's content in place of newer, as a new version.")
]
Locks = Annotated[
    bool, typer.Option("--locks", help="Set missing merge locks even where locks were changed since.")
]


@app.callback()
def restore() -> None:
    """Restore the catalogue of a cluster from a snapshot: plan it, start it, and see how far it is."""


@cluster_command(app)
async def plan(  # noqa: PLR0913 - the options of a command
    cluster: Cluster,
    *,
    name: NewName,
    snapshot: Snapshot = "latest",
    entries: Entries = None,
    replace: Replace = False,
    locks: Locks = False,
    dry_run: DryRun = False,
) -> None:
    """Create a CatalogRestore that says what a restore would do; nothing is written before `start`.

    Examples:

    \b
      otakube restore plan back
      otakube restore plan one --snapshot 20261129T100000Z --entry ani_01J9Z3KQ4W5X6Y7Z8A9B0C1D2E --replace
    """
    body: dict[str, Any] = {
        "apiVersion": RESTORES.version,
        "kind": "CatalogRestore",
        "metadata": {"name": name},
        "spec": {
            "snapshot": snapshot,
            "entries": entries or [],
            "newerContent": "Replace" if replace else "Keep",
            "mergeLocks": "AddMissing" if locks else "IfNone",
            "dryRun": True,
        },
    }
    made = await cluster.create(RESTORES, body, dry_run=dry_run)
    print(f"{RESTORES.named(made['metadata']['name'])} created{' (dry run)' if dry_run else ''}")


@cluster_command(app)
async def start(cluster: Cluster, *, name: RestoreName, dry_run: DryRun = False) -> None:
    """Carry out what was planned; what failed or is incomplete is tried again, and goes on from there.

    Example: otakube restore start back
    """
    found = await cluster.get(RESTORES, name)
    planned = bool(found["spec"].get("dryRun", True))
    if not planned and is_going(found):
        raise ConsoleError(f"{RESTORES.named(name)} is under way: see `otakube restore status {name}`")
    request = datetime.now(UTC).isoformat(timespec="milliseconds")
    again: dict[str, Any] = {"metadata": {"annotations": {labels.REQUESTED_AT: request}}}
    change: dict[str, Any] = {"spec": {"dryRun": False}} if planned else again
    await cluster.merge(RESTORES, name, change, dry_run=dry_run)
    print(f"{RESTORES.named(name)} started{' again' if not planned else ''}{' (dry run)' if dry_run else ''}")


@cluster_command(app)
async def status(cluster: Cluster, *, name: RestoreName, out: Printer = TABLE) -> None:
    """Show how far a restore is, how long the rest takes, what it found, and what it left to you.

    Examples:

    \b
      otakube restore status back
      otakube restore status back -o json
    """
    found = await cluster.get(RESTORES, name)
    out.show(as_shown(found), table=lambda: print_restore(name, found), names=lambda: [RESTORES.named(name)])


@cluster_command(app, "list")
async def list_restores(
    cluster: Cluster, *, all_namespaces: AllNamespaces = False, out: Printer = TABLE
) -> None:
    """Show the CatalogRestores of the cluster: snapshot, phase, progress, and what became of the entries.

    Example: otakube restore list -A
    """
    await show_objects(cluster, RESTORES, COLUMNS, row, all_namespaces=all_namespaces, out=out)
