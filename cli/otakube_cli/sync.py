# SPDX-License-Identifier: Apache-2.0
"""Take the weekly dataset into the catalogue, and show what a new week of it changes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from otakube.commands.output import NoHeaders, Output, OutputFormat, Printer
from otakube.interrupts import INTERRUPTED
from otakube_cli.command import application, to_stderr
from otakube_cli.errors import ConsoleError
from otakube_cli.options import DryRun
from otakube_cli.run import default_stores, named_folder

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


@app.command("run")
def run_week(
    dataset: Dataset,
    *,
    stores: StoresFolder = ...,  # type: ignore[assignment]  # typer reads the factory
    allow: Allow = None,
    dry_run: DryRun = False,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Take a week into the stores of `otakube run`: new anime are listed, those that went are orphaned.

    Interrupted by ^C or a kill, the same command goes on; a week that is in already writes nothing.

    Exit status: 0 it is in, 2 the file is no dataset, 3 it breaks a limit and nothing was written, 65 the
    stores or settings are bad, 75 try again later, 130 interrupted.

    Examples:

    \b
      otakube sync run anime-offline-database.jsonl.zst
      otakube sync run 2026-48.jsonl.zst --stores ~/anime --dry-run
      otakube sync run 2026-48.jsonl.zst --allow shrink=0.4 -o json
    """
    out = Printer(output)
    with _sentences():
        limits_of, _ = _reader()
        from otakube_cli.sync_run import print_report, report_body, run_sync

        report = run_sync(dataset, stores.expanduser(), limits_of(allow or ()), dry_run=dry_run)
    body = report_body(dataset.name, report, dry_run=dry_run)
    out.show(body, table=lambda: print_report(body))
    for one in report.breached:
        to_stderr(f"otakube: {describe_breach(one)}")
    if report.breached:
        raise typer.Exit(STOPS)


@app.command()
def status(
    *,
    stores: StoresFolder = ...,  # type: ignore[assignment]  # typer reads the factory
    output: Output = OutputFormat.TABLE,
) -> None:
    """Show the week that was taken in last, or that is on its way.

    Example: otakube sync status -o json
    """
    found = _history(stores, 1)
    from otakube_cli.sync_run import history_body, print_status

    body = history_body(found[0])
    Printer(output).show(body, table=lambda: print_status(body))


@app.command()
def history(
    *,
    stores: StoresFolder = ...,  # type: ignore[assignment]  # typer reads the factory
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Weeks at most, the newest first.")] = 20,
    output: Output = OutputFormat.TABLE,
    no_headers: NoHeaders = False,
) -> None:
    """List the weeks that were taken in, the newest first.

    Example: otakube sync history --limit 5
    """
    found = _history(stores, limit)
    from otakube_cli.sync_run import history_body

    bodies = [history_body(one) for one in found]
    columns = ("startedAt", "phase", "dataset", "revision", "rows", *_COUNTED)
    rows = [[one.get(column, one["counts"].get(column, 0)) for column in columns] for one in bodies]
    out = Printer(output, headers=not no_headers)
    out.show(bodies, table=lambda: out.table(("started", *columns[1:]), rows))


_COUNTED = ("new", "changed", "merged", "split", "removed")


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
