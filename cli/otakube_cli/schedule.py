# SPDX-License-Identifier: Apache-2.0
"""Show schedules and their next due times, write them as a calendar, and ask for an enrichment now."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from otakube.commands.output import TABLE, NoHeaders, Output, OutputFormat, Printer, print_facts
from otakube_api import labels
from otakube_cli.cluster import SCHEDULES, Cluster
from otakube_cli.command import (
    AllNamespaces,
    Context,
    Kubeconfig,
    Namespace,
    application,
    cluster_command,
    each,
    run,
    to_stderr,
)
from otakube_cli.completion import complete_schedules
from otakube_cli.errors import ConsoleError
from otakube_cli.kube.answers import as_shown
from otakube_cli.listing import show_objects
from otakube_cli.options import DryRun
from otakube_cli.schedule_state import COLUMNS, print_schedule, row

if TYPE_CHECKING:
    from otakube_cli.planned import PlannedSchedule

app = application()

ScheduleName = Annotated[
    str,
    typer.Argument(help="Name of an EpisodeSchedule.", show_default=False, autocompletion=complete_schedules),
]
ScheduleNames = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME...",
        help="Names of EpisodeSchedules.",
        show_default=False,
        autocompletion=complete_schedules,
    ),
]
TitlesOrNames = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME|TITLE|ID...]",
        help="Names of EpisodeSchedules, titles, or ids of entries; default: all of the namespace.",
        show_default=False,
        autocompletion=complete_schedules,
    ),
]
SomeNames = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME...]",
        help="Names of EpisodeSchedules; default: all of the namespace.",
        show_default=False,
        autocompletion=complete_schedules,
    ),
]
File = Annotated[
    Path | None,
    typer.Option(
        "--filename",
        "-f",
        help="Manifests of EpisodeSchedules instead, - for standard input; no cluster is asked.",
        show_default=False,
    ),
]
Days = Annotated[int, typer.Option(min=1, max=3660, help="How many days ahead.")]


@app.callback()
def schedule() -> None:
    """Show schedules and their next due times, write them as a calendar, and ask for an enrichment now."""


@cluster_command(app, "list")
async def list_schedules(
    cluster: Cluster, *, all_namespaces: AllNamespaces = False, out: Printer = TABLE
) -> None:
    """Show when the next enrichments are due, in local time.

    Example: otakube schedule list -A
    """
    await show_objects(cluster, SCHEDULES, COLUMNS, row, all_namespaces=all_namespaces, out=out)


@cluster_command(app)
async def show(cluster: Cluster, *, name: ScheduleName, out: Printer = TABLE) -> None:
    """Show one schedule: what is next, and what became of its last ten due times.

    Example: otakube schedule show frozen-tide
    """
    found = await cluster.get(SCHEDULES, name)

    out.show(
        as_shown(found),
        table=lambda: print_schedule(name, found, out),
        names=lambda: [SCHEDULES.named(name)],
    )


@app.command()
def preview(  # noqa: PLR0913 - the options of a command
    *,
    names: TitlesOrNames = None,
    filename: File = None,
    days: Days = 28,
    output: Output = OutputFormat.TABLE,
    no_headers: NoHeaders = False,
    kubeconfig: Kubeconfig = "",
    context: Context = "",
    namespace: Namespace = "",
) -> None:
    """Show the next due times, in UTC, in local time and in Japan's: of objects, of an anime or of a file.

    A name that no schedule has is taken for a title, and ani_... for an entry of the catalogue. If that anime
    has no schedule, the one that the daily planner would make is shown, and why it looks so.

    Examples:

    \b
      otakube schedule preview frozen-tide
      otakube schedule preview "Frozen Tide" --days 90
      otakube schedule preview -f schedule.yaml --days 90 -o json
    """
    out = Printer(output, headers=not no_headers)

    def print_it(schedules: Sequence[dict[str, Any]], planned: "Sequence[PlannedSchedule]" = ()) -> None:
        from otakube_cli.upcoming import COLUMNS as UPCOMING  # it builds the models
        from otakube_cli.upcoming import upcoming

        found = [
            tick for each in schedules for tick in upcoming(each, datetime.now(UTC), timedelta(days=days))
        ]

        def table() -> None:
            for plan in planned:
                print_facts(plan.heading, plan.facts())
                print()
            if not found:
                to_stderr(f"Nothing is due within --days {days}: look further ahead with a greater number")
                return
            out.table(UPCOMING, [tick.row() for tick in found])

        out.show(
            [tick.body() for tick in found],
            table=table,
            names=lambda: [SCHEDULES.named(tick.schedule) for tick in found],
        )

    if not names or filename is not None:
        _with_schedules(
            names, filename, print_it, kubeconfig=kubeconfig, context=context, namespace=namespace
        )
        return

    async def ask(cluster: Cluster) -> None:
        from otakube_cli.schedule_lookup import find_schedules

        found = [await find_schedules(cluster, name) for name in names]
        planned = [each for each in found if not isinstance(each, list)]
        bodies = [body for each in found for body in (each if isinstance(each, list) else [each.manifest])]
        print_it(bodies, planned)

    run(ask, kubeconfig=kubeconfig, context=context, namespace=namespace)


@app.command()
def ics(  # noqa: PLR0913 - the options of a command
    *,
    names: SomeNames = None,
    filename: File = None,
    days: Days = 100,
    season: Annotated[
        str,
        typer.Option(help="One season instead, such as 2027-spring.", show_default=False),
    ] = "",
    kubeconfig: Kubeconfig = "",
    context: Context = "",
    namespace: Namespace = "",
) -> None:
    """Write the next broadcasts as a calendar file (RFC 5545) to standard output.

    Examples:

    \b
      otakube schedule ics > broadcasts.ics
      otakube schedule ics --season 2027-spring > spring.ics
    """
    now = datetime.now(UTC)
    start, length = season_span(season) if season else (now, timedelta(days=days))

    def print_it(schedules: Sequence[dict[str, Any]]) -> None:
        from otakube_cli.calendar_file import calendar_file  # it builds the models

        text = calendar_file(schedules, now, length, start=start)
        typer.echo(text, nl=False)

    _with_schedules(names, filename, print_it, kubeconfig=kubeconfig, context=context, namespace=namespace)


JAPAN = timezone(timedelta(hours=9))
SEASONS = {"winter": 1, "spring": 4, "summer": 7, "fall": 10}


def season_span(text: str) -> tuple[datetime, timedelta]:
    """Begin and length of a season in Japan, of three months."""
    found = re.fullmatch(r"(\d{4})-(winter|spring|summer|fall)", text.strip().lower())
    if found is None:
        raise typer.BadParameter(f"--season {text!r} is not YEAR-SEASON, such as 2027-spring")
    year, month = int(found[1]), SEASONS[found[2]]
    start = datetime(year, month, 1, tzinfo=JAPAN)
    end = datetime(year + 1, 1, 1, tzinfo=JAPAN) if month == 10 else start.replace(month=month + 3)
    return start, end - start


@cluster_command(app, "run-now")
async def run_now(cluster: Cluster, *, names: ScheduleNames, dry_run: DryRun = False) -> None:
    """Have schedules create an enrichment now: it sets the annotation otakube.dev/requested-at.

    Example: otakube schedule run-now frozen-tide
    """
    request = datetime.now(UTC).isoformat(timespec="milliseconds")
    change = {"metadata": {"annotations": {labels.REQUESTED_AT: request}}}

    async def ask(name: str) -> None:
        await cluster.get(SCHEDULES, name)
        await cluster.merge(SCHEDULES, name, change, dry_run=dry_run)
        print(f"{SCHEDULES.named(name)} asked for an enrichment{' (dry run)' if dry_run else ''}")

    await each(names, ask)


def _with_schedules(
    names: Sequence[str] | None,
    filename: Path | None,
    use: Callable[[Sequence[dict[str, Any]]], None],
    **login: str,
) -> None:
    """Hand on the schedules of a file, or those of the cluster."""
    if filename is not None:
        if names:
            raise typer.BadParameter("names and a file: choose one of them")
        from otakube_cli.upcoming import read_schedules  # it builds the models

        try:
            use(read_schedules(str(filename)))
        except ConsoleError as error:
            to_stderr(f"otakube: {error}")
            raise typer.Exit(error.code) from None
        return

    async def ask(cluster: Cluster) -> None:
        if names:
            use([await cluster.get(SCHEDULES, name) for name in names])
        else:
            use(await cluster.list_all(SCHEDULES))

    run(ask, **login)
