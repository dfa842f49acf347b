# SPDX-License-Identifier: Apache-2.0
"""Search the catalogue by title and by meaning."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from otakube.commands.output import TABLE, Printer
from otakube_cli.cluster import Cluster
from otakube_cli.command import application, cluster_command, to_stderr
from otakube_cli.options import Orphaned
from otakube_cli.record import short

app = application()


class PassageKind(StrEnum):
    """Passages of an entry."""

    TITLE = "title"
    SYNOPSIS = "synopsis"
    CHARACTER = "character"
    EPISODE = "episode"


Text = Annotated[str, typer.Argument(help="What to look for, in plain words.", show_default=False)]
Limit = Annotated[int, typer.Option(min=1, max=50, help="Entries at most.")]
OnlyKind = Annotated[PassageKind | None, typer.Option(help="Only these passages.", show_default=False)]


@cluster_command(app)
async def search(
    cluster: Cluster,
    *,
    text: Text,
    limit: Limit = 5,
    kind: OnlyKind = None,
    include_orphaned: Orphaned = False,
    out: Printer = TABLE,
) -> None:
    """Search the catalogue: titles near the words come first, then what means the same in other words.

    Examples:

    \b
      otakube search "a courier who crosses a desert of glass"
      otakube search "hoshi no todaimori"
    """
    answer = await find(cluster, text, limit=limit, kind=kind, include_orphaned=include_orphaned)
    out.show(answer, table=lambda: print_results(answer, out))


async def find(
    cluster: Cluster,
    text: str,
    *,
    limit: int,
    kind: PassageKind | None = None,
    include_orphaned: bool = False,
) -> dict[str, Any]:
    """Ask the read API."""
    chosen = {"kind": kind.value} if kind else {}
    chosen |= {"include_orphaned": "true"} if include_orphaned else {}
    return await cluster.catalogue("search", q=text, limit=limit, **chosen)


def print_results(answer: dict[str, Any], out: Printer = TABLE) -> None:
    """One line an entry, best first, with the title or the passage that is nearest."""
    rows = [
        (
            f"{result['score']:.2f}",
            result["title"],
            result["type"],
            result["year"] or "",
            result["level"],
            result["id"],
            result["match"] if result["match"] == "title" else result["kind"],
            short(result["text"]),
        )
        for result in answer["results"]
    ]
    if rows:
        out.table(("score", "anime", "type", "year", "level", "entry", "matched", "passage"), rows)
    else:
        to_stderr("Nothing in the catalogue is near that: try other words, or enrich the anime first.")
    if answer.get("missing"):
        to_stderr(f"Incomplete: {answer['missing']}")
