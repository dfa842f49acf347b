# SPDX-License-Identifier: Apache-2.0
"""Take the weekly dataset into the catalogue, and show what a new week of it changes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from otakube.commands.output import TABLE, NoHeaders, Output, OutputFormat, Printer
from otakube.interrupts import INTERRUPTED
from otakube_api import labels
from otakube_cli.cluster import SYNCS, Cluster
from otakube_cli.command import (
    AllNamespaces,
    Context,
    Kubeconfig,
    Namespace,
    application,
    cluster_command,
    run,
    to_stderr,
)
from otakube_cli.completion import complete_syncs
from otakube_cli.errors import ConsoleError
from otakube_cli.kube.answers import as_shown
from otakube_cli.listing import show_objects
from otakube_cli.options import DryRun
from otakube_cli.run import default_stores, named_folder
from otakube_cli.run.options import PORT

if TYPE_CHECKING:
    from otakube.domain.dataset.limits import Breached, WeekLimits
    from otakube.ports.listings import SyncRecord
    from otakube_cli.dataset_plan import Plan

app = application(no_args_is_help=True)

STOPS = 3
"""Exit status: the week breaks a limit, and would not be taken."""


class ChangeKind(StrEnum):
    """Fates of a row."""

    NEW = "new"
    CHANGED = "changed"
    MERGED = "merged"
    SPLIT = "split"
    REMOVED = "removed"
    UNREADABLE = "unreadable"


SyncName = Annotated[
    str,
    typer.Argument(
        metavar="[NAME]",
        help="Name of a DatasetSync of the cluster; default: the stores of a folder.",
        show_default=False,
        autocompletion=complete_syncs,
    ),
]
DatasetOrName = Annotated[
    str,
    typer.Argument(
        metavar="DATASET|NAME",
        help="A week as for `sync plan`, or the name of a DatasetSync of the cluster.",
        show_default=False,
        autocompletion=complete_syncs,
    ),
]
Dataset = Annotated[
    Path,
    typer.Argument(
        metavar="DATASET",
        help="A week of anime-offline-database or a fork: JSON or JSON Lines, compressed (.zst) or not; "
        "- is standard input.",
        show_default=False,
    ),
]
Since = Annotated[
    Path | None,
    typer.Option(metavar="DATASET", help="The week before; none: a first week.", show_default=False),
]
Show = Annotated[
    ChangeKind | None, typer.Option(help="List these rows instead of counting them.", show_default=False)
]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        metavar="LIMIT=VALUE",
        help="Allow more than usual: shrink, growth, changed, unreadable or site as a share such as 0.4, "
        "age in days.",
        show_default=False,
    ),
]

StoresFolder = Annotated[
    Path,
    typer.Option(
        "--stores",
        help="Folder of everything that is kept, that of `otakube run`.",
        metavar="DIRECTORY",
        parser=named_folder,
        default_factory=default_stores,
    ),
]


@app.callback()
def sync() -> None:
    """Take the weekly dataset into the catalogue, and show what a new week of it changes."""


@app.command()
def plan(
    dataset: Dataset,
    *,
    since: Since = None,
    show: Show = None,
    allow: Allow = None,
    output: Output = OutputFormat.TABLE,
    no_headers: NoHeaders = False,
) -> None:
    """Show what a week changes, and whether it breaks a limit (exit status 3); nothing is written.

    Examples:

    \b
      otakube sync plan anime-offline-database.jsonl.zst
      otakube sync plan 2026-48.jsonl.zst --since 2026-47.jsonl.zst
      curl -sSL https://example.org/anime.jsonl.zst | otakube sync plan -
      otakube sync plan 2026-48.jsonl.zst --since 2026-47.jsonl.zst --show merged -o json
    """
    out = Printer(output, headers=not no_headers)
    try:
        limits_of, plan_week = _reader()
        planned = plan_week(dataset, since, today=datetime.now(UTC).date(), limits=limits_of(allow or ()))
    except ConsoleError as error:
        to_stderr(f"otakube: {error}")
        raise typer.Exit(error.code) from None
    if show is None:
        out.show(planned.body(), table=planned.print_facts)
    else:
        columns, rows = planned.rows(show)
        bodies = planned.bodies(show)
        out.show(bodies, table=lambda: out.table(columns, rows))
    for one in planned.comparison.breached:
        to_stderr(f"otakube: {describe_breach(one)}")
    if planned.comparison.breached:
        raise typer.Exit(STOPS)


@cluster_command(app, "list")
async def list_syncs(
    cluster: Cluster, *, all_namespaces: AllNamespaces = False, out: Printer = TABLE
) -> None:
    """Show the DatasetSyncs of the cluster: phase, progress, counts, and when the next run is due.

    Example: otakube sync list -A
    """
    from otakube_cli.sync_state import COLUMNS, row

    await show_objects(cluster, SYNCS, COLUMNS, row, all_namespaces=all_namespaces, out=out)


class Order(StrEnum):
    """Entries that come first."""

    POPULARITY = "popularity"
    SEASON = "season"


class Enrich(StrEnum):
    """Listed entries that `sync run` enriches."""

    OFF = "off"
    NEW = "new"
    ALL = "all"


@app.command("run")
def run_week(  # noqa: PLR0913 - the options of a command
    dataset: DatasetOrName,
    *,
    stores: StoresFolder = ...,  # type: ignore[assignment]  # typer reads the factory
    allow: Allow = None,
    dry_run: DryRun = False,
    enrich: Annotated[
        Enrich, typer.Option(help="Then enrich entries that are listed: new ones of this week, or all.")
    ] = Enrich.OFF,
    most: Annotated[int, typer.Option("--max", min=1, help="Entries to enrich at most.")] = 100,
    order: Annotated[
        Order, typer.Option(help="Those at most sites first, or the newest season.")
    ] = Order.POPULARITY,
    stand_in: Annotated[
        bool, typer.Option("--stand-in", help="Ask the stand-in upstream, started beside this process.")
    ] = False,
    stand_in_port: Annotated[int, typer.Option(min=1, max=65535, help="Its port on loopback.")] = PORT,
    output: Output = OutputFormat.TABLE,
    kubeconfig: Kubeconfig = "",
    context: Context = "",
    namespace: Namespace = "",
) -> None:
    """Take a week into the stores of `otakube run`: new anime are listed, those that went are orphaned.

    The name of a DatasetSync has that run now in its cluster, by the annotation otakube.dev/requested-at.
    A file is told from a name by its ending, a slash, or that it is there.

    Interrupted by ^C or a kill, the same command goes on; a week that is in already writes nothing.

    --enrich has listed entries enriched then, at the pace of the providers' rate limits. One that a person
    would have to review stays listed: `otakube flags list` names it.

    Exit status: 0 it is in, 2 the file is no dataset, 3 it breaks a limit and nothing was written, 65 the
    stores or settings are bad, 75 try again later, 130 interrupted.

    Examples:

    \b
      otakube sync run anime-offline-database.jsonl.zst
      otakube sync run 2026-48.jsonl.zst --stores ~/anime --dry-run
      otakube sync run 2026-48.jsonl.zst --allow shrink=0.4 -o json
      otakube sync run 2026-48.jsonl.zst --enrich new --max 20
      otakube sync run weekly
    """
    if not is_file(dataset):
        login = {"kubeconfig": kubeconfig, "context": context, "namespace": namespace}
        if enrich is not Enrich.OFF:
            raise typer.BadParameter(
                f"--enrich is of files: set spec.enrichment of DatasetSync {dataset} instead"
            )
        _request_run(dataset, allow, login, dry_run=dry_run)
        return
    out, week = Printer(output), Path(dataset)
    with _sentences():
        limits_of, _ = _reader()
        from otakube_cli.run.upstream import StandIn
        from otakube_cli.sync_run import enrichment_of, print_report, report_body, run_sync

        report, enriched = run_sync(
            week,
            stores.expanduser(),
            limits_of(allow or ()),
            dry_run=dry_run,
            enrichment=enrichment_of(enrich, order, most),
            stand_in=StandIn(stand_in_port) if stand_in else None,
        )
    body = report_body(week.name, report, enriched, dry_run=dry_run)
    out.show(body, table=lambda: print_report(body))
    for one in report.breached:
        to_stderr(f"otakube: {describe_breach(one)}")
    if report.breached:
        raise typer.Exit(STOPS)


def is_file(dataset: str) -> bool:
    """True of what names a file, or standard input; else it is the name of an object."""
    path = Path(dataset)
    return dataset == "-" or "/" in dataset or path.suffix in {".json", ".jsonl", ".zst"} or path.exists()


def _request_run(name: str, allow: list[str] | None, login: dict[str, str], *, dry_run: bool) -> None:
    if allow:
        raise typer.BadParameter(f"--allow is of files: set spec.limits of DatasetSync {name} instead")

    async def ask(cluster: Cluster) -> None:
        await cluster.get(SYNCS, name)
        request = datetime.now(UTC).isoformat(timespec="milliseconds")
        change = {"metadata": {"annotations": {labels.REQUESTED_AT: request}}}
        await cluster.merge(SYNCS, name, change, dry_run=dry_run)
        print(f"{SYNCS.named(name)} asked for a sync{' (dry run)' if dry_run else ''}")

    run(ask, **login)


@app.command()
def status(
    name: SyncName = "",
    *,
    stores: StoresFolder = ...,  # type: ignore[assignment]  # typer reads the factory
    output: Output = OutputFormat.TABLE,
    kubeconfig: Kubeconfig = "",
    context: Context = "",
    namespace: Namespace = "",
) -> None:
    """Show the week that was taken in last, or that is on its way: of a folder, or of a DatasetSync.

    Examples:

    \b
      otakube sync status -o json
      otakube sync status weekly
    """
    if name:
        from otakube_cli.sync_state import print_sync

        async def show(cluster: Cluster) -> None:
            found = await cluster.get(SYNCS, name)
            Printer(output).show(
                as_shown(found), table=lambda: print_sync(name, found), names=lambda: [SYNCS.named(name)]
            )

        run(show, kubeconfig=kubeconfig, context=context, namespace=namespace)
        return
    found = _history(stores, 1)
    from otakube_cli.sync_run import history_body, print_status

    body = history_body(found[0])
    Printer(output).show(body, table=lambda: print_status(body))


@app.command()
def history(  # noqa: PLR0913 - the options of a command
    name: SyncName = "",
    *,
    stores: StoresFolder = ...,  # type: ignore[assignment]  # typer reads the factory
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Weeks at most, the newest first.")] = 20,
    output: Output = OutputFormat.TABLE,
    no_headers: NoHeaders = False,
    kubeconfig: Kubeconfig = "",
    context: Context = "",
    namespace: Namespace = "",
) -> None:
    """List the weeks that were taken in, the newest first: of a folder, or the last runs of a DatasetSync.

    Examples:

    \b
      otakube sync history --limit 5
      otakube sync history weekly
    """
    if name:
        from otakube_cli.sync_state import print_runs, runs

        async def show(cluster: Cluster) -> None:
            found = await cluster.get(SYNCS, name)
            printer = Printer(output, headers=not no_headers)
            printer.show(runs(found, limit), table=lambda: print_runs(found, limit, printer))

        run(show, kubeconfig=kubeconfig, context=context, namespace=namespace)
        return
    found = _history(stores, limit)
    from otakube_cli.sync_run import history_body

    bodies = [history_body(one) for one in found]
    columns = ("startedAt", "phase", "dataset", "revision", "rows", *_COUNTED)
    rows = [[one.get(column, one["counts"].get(column, 0)) for column in columns] for one in bodies]
    out = Printer(output, headers=not no_headers)
    out.show(bodies, table=lambda: out.table(("started", *columns[1:]), rows))


_COUNTED = ("new", "resurrected", "changed", "merged", "split", "removed")


def _history(stores: Path, limit: int) -> "list[SyncRecord]":
    """The latest syncs; ends the command where there is none."""
    from otakube_cli.sync_run import read_history

    with _sentences():
        if not stores.expanduser().is_dir() or not (found := read_history(stores.expanduser(), limit)):
            cure = "name other --stores, or `otakube sync run FILE`"
            raise ConsoleError(f"{stores} has taken no week of the dataset in; {cure}")
    return found


@contextmanager
def _sentences() -> Iterator[None]:
    """Whatever goes wrong ends in a sentence and an exit status."""
    try:
        yield
    except ConsoleError as error:
        to_stderr(f"otakube: {error}")
        raise typer.Exit(error.code) from None
    except KeyboardInterrupt:
        to_stderr("otakube: interrupted; the same command goes on from here")
        raise typer.Exit(INTERRUPTED) from None


def describe_breach(one: "Breached") -> str:
    """One line: the limit, both figures, and the option that raises it."""
    value = "DAYS" if one.limit == "age" else "SHARE"
    return f"{one.breach}: {one.message}" + (f" (--allow {one.limit}={value})" if one.limit else "")


def _reader() -> "tuple[Callable[..., WeekLimits], Callable[..., Plan]]":
    """Functions of what reads datasets: its libraries are in an extra, as few pods need them."""
    try:
        from otakube_cli.dataset_plan import limits_of, plan_week
    except ImportError as error:
        raise ConsoleError("datasets need msgspec and zstandard: install otakube[dataset]") from error
    return limits_of, plan_week
