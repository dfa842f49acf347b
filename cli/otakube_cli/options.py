# SPDX-License-Identifier: Apache-2.0
"""Arguments and options that several commands have, each under one name."""

import re
from typing import Annotated

import typer

from otakube_api.durations import parse_duration
from otakube_cli.completion import complete_enrichments


def seconds(text: str | int) -> int:
    """A duration such as 90s or 5m, or a number of seconds."""
    if isinstance(text, int):  # a default
        return text
    if re.fullmatch("[0-9]{1,7}", text):
        return max(int(text), 1)
    try:
        return max(int(parse_duration(text).total_seconds()), 1)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


Name = Annotated[
    str,
    typer.Argument(
        help="Name of an AnimeEnrichment.", show_default=False, autocompletion=complete_enrichments
    ),
]
Names = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME...",
        help="Names of AnimeEnrichments.",
        show_default=False,
        autocompletion=complete_enrichments,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, change nothing.")]
Orphaned = Annotated[
    bool,
    typer.Option("--include-orphaned", help="Also entries that the dataset removed, or merged into others."),
]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until it is Ready, or cannot become so.")]
Timeout = Annotated[
    int,
    typer.Option(
        "--timeout",
        parser=seconds,
        metavar="DURATION",
        help="How long to wait, such as 90s or 5m; what was begun goes on.",
    ),
]
