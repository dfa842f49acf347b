# SPDX-License-Identifier: Apache-2.0
"""Enrich anime on this machine, without a cluster: one process, stores in a folder."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from otakube.commands.output import Output, OutputFormat
from otakube.interrupts import INTERRUPTED
from otakube_cli.command import application
from otakube_cli.errors import ConsoleError
from otakube_cli.run.options import PORT, RunOptions

app = application()

EXAMPLES = """
Examples:

\b
  # What `kubectl apply -f` takes, a file or a folder; the samples hold invented anime
  otakube run crds/samples/by-title.yaml --stand-in

\b
  # A title; the providers on the internet are asked
  otakube run "Cowboy Bebop" --stores ~/anime

\b
  # Invented anime of the stand-in upstream, nobody is asked about a review
  otakube run cli/otakube_cli/demo/manifests --stand-in --yes

\b
  # Enrich nothing, search what is there
  otakube run --search "a courier who crosses a desert of glass"
"""


def default_stores() -> Path:
    """Below the user's data folder."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"
    return Path(data) / "otakube/stores"


def named_folder(text: str | Path) -> Path:
    """The folder of that name; none is not the folder that one happens to stand in."""
    if not str(text).strip():
        raise typer.BadParameter("it is empty: name a folder, or leave the option out")
    return Path(text)


@app.command(epilog=EXAMPLES)
def run(  # noqa: PLR0913 - a command's options are its parameters
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE|TITLE",
            help="Manifests, - for standard input, titles, pages, or ids.",
            show_default=False,
        ),
    ] = None,
    stores: Annotated[
        Path,
        typer.Option(
            help="Folder of everything that is kept.",
            metavar="DIRECTORY",
            parser=named_folder,
            default_factory=default_stores,
        ),
    ] = ...,  # type: ignore[assignment]  # typer reads the factory
    yes: Annotated[bool, typer.Option("--yes", help="Approve every review without asking.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Enrich anew what has ended well.")] = False,
    search: Annotated[str, typer.Option(help="Then look for this by meaning.", show_default=False)] = "",
    stand_in: Annotated[
        bool, typer.Option("--stand-in", help="Ask the stand-in upstream, started beside this process.")
    ] = False,
    stand_in_port: Annotated[int, typer.Option(min=1, max=65535, help="Its port on loopback.")] = PORT,
    stand_in_days: Annotated[
        int, typer.Option(min=-366, max=366, help="Days by which its clock is ahead: what has aired follows.")
    ] = 0,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Enrich anime on this machine, without a cluster: one process, stores in a folder.

    Interrupted by ^C or by a kill, the same command goes on behind the last step that ended well. The steps'
    log is `run.log` in the folder of stores.

    Exit status: 0 all are live or rejected, 65 an input is bad (the same call would fail again), 75 try again
    later, answer a review or end spec.suspend, 130 interrupted.
    """
    options = RunOptions(stores=stores.expanduser(), yes=yes, again=again, search=search, output=output)
    try:
        from otakube_cli.run.session import play
        from otakube_cli.run.upstream import StandIn

        code = play(what or [], options, stand_in=StandIn(stand_in_port, stand_in_days) if stand_in else None)
    except ConsoleError as error:
        print(f"otakube: {error}", file=sys.stderr)
        raise typer.Exit(error.code) from None
    except KeyboardInterrupt:
        print("otakube: interrupted; the same command goes on from here", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    raise typer.Exit(code)
