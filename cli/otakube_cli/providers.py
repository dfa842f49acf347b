# SPDX-License-Identifier: Apache-2.0
"""Look after the providers: do they answer, what is left of their budgets, what has changed in their form."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from otakube.commands.output import TABLE, Printer
from otakube_api.contract import CHECK_TEMPLATE
from otakube_cli.cluster import Cluster
from otakube_cli.command import application, cluster_command
from otakube_cli.errors import ConsoleError
from otakube_cli.options import Timeout
from otakube_cli.workflow import submit_and_wait

TROUBLE = 1
WELL = ("Ok", "SwitchedOff")

app = application()


@app.callback()
def providers() -> None:
    """Look after the providers: reach, budgets, drift of their answers."""


@cluster_command(app)
async def check(
    cluster: Cluster,
    *,
    title: Annotated[str, typer.Option(help="A title that they all know; default: the chart's.")] = "",
    within: Timeout = 600,
    out: Printer = TABLE,
) -> None:
    """Ask every provider, from where the steps run, for one known title.

    Shows whether it answers, what is left of its budget, and how the form of its answers has changed since
    the last check. Exit status: 0 all are Ok or switched off, 1 one is not.

    Example: otakube providers check -o json
    """
    rows = await submit_and_wait(cluster, CHECK_TEMPLATE, {"title": title}, read=read_rows, within=within)
    out.show(rows, table=lambda: print_rows(rows, out))
    if unwell := [str(row["provider"]) for row in rows if row["state"] not in WELL]:
        raise ConsoleError(f"not well: {', '.join(unwell)}; the table says why", code=TROUBLE)


def read_rows(report: Any) -> Sequence[Mapping[str, Any]]:
    """The rows of a check's report; each has what is printed of it."""
    rows: Sequence[Mapping[str, Any]] = list(report)
    for row in rows:
        cells(row)
    return rows


def print_rows(rows: Sequence[Mapping[str, Any]], out: Printer = TABLE) -> None:
    """One line a provider."""
    columns = ["provider", "state", "seconds", "breaker", "budget", "today", "message"]
    out.table(columns, [cells(row) for row in rows])


def cells(row: Mapping[str, Any]) -> list[object]:
    """A row as it is printed; - where nothing is known."""
    budget = "-" if row["remaining"] is None else f"{row['remaining']}/{row['limit']}"
    figures = ["-" if row[name] is None else row[name] for name in ("seconds", "breaker")]
    today = "-" if row["remaining_today"] is None else row["remaining_today"]
    return [row["provider"], row["state"], *figures, budget, today, row["message"]]
