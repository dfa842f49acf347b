# SPDX-License-Identifier: Apache-2.0
"""The command `otakube`: finds its sub-commands by entry point and imports only the one that was asked for.

An image without a command's libraries lists the command, and says which extra it needs when it is run.
"""

import importlib.metadata
import importlib.util
import os
import re
import sys
import traceback
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from otakube.interrupts import INTERRUPTED, heed_interrupt
from otakube.masking import masked
from otakube.near import with_near_choice

GROUP = "otakube.commands."
SECTIONS = {
    "enrichments": "Commands for enrichments",
    "catalogue": "Commands for the catalogue",
    "installation": "Commands for an installation",
    "local": "Commands for this machine",
    "pods": "Commands that pods run",
}
"""Groups of entry points, as `--help` shows them."""

# This distribution's own entry points: a scan of every installed one costs each pod tens of milliseconds.
DISTRIBUTION = "otakube"
FIRST_LINE = re.compile(r'^"""(.*?)(?:"""|$)', re.MULTILINE)


@cache
def entry_points() -> dict[str, importlib.metadata.EntryPoint]:
    """The sub-commands whose module is installed, by name."""
    found = importlib.metadata.distribution(DISTRIBUTION).entry_points
    ours = [entry for entry in found if entry.group.startswith(GROUP)]
    return {entry.name: entry for entry in sorted(ours, key=lambda entry: entry.name) if source(entry)}


def source(entry: importlib.metadata.EntryPoint) -> Path | None:
    """The file of an entry point's module, found without importing it; None if it is not there."""
    try:
        spec = importlib.util.find_spec(entry.module)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec and spec.origin else None


def summary(entry: importlib.metadata.EntryPoint) -> str:
    """First line of the module's docstring, read from its text: parsing it would take longer."""
    path = source(entry)
    found = FIRST_LINE.search(path.read_text()) if path else None
    return found[1] if found else ""


def load(entry: importlib.metadata.EntryPoint) -> Any:
    """Import one sub-command; a missing library is a sentence, not a traceback."""
    try:
        command = typer.main.get_command(entry.load())
    except ModuleNotFoundError as error:
        sys.exit(
            f"otakube {entry.name}: the library {error.name} is not installed here; "
            "install otakube with the extra of this command: steps, embed, bucket or cluster"
        )
    command.name = entry.name
    command.params = [p for p in command.params if p.name not in {"install_completion", "show_completion"}]
    return command


class LazyCommands(TyperGroup):
    """Sub-commands by entry point: listed by their docstring, imported when they run or complete."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        return list(entry_points())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - typer's signature
        entry = entry_points().get(cmd_name)
        return TyperGroup(name=cmd_name, short_help=summary(entry)) if entry else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Print the commands by what they are for."""
        for section, title in SECTIONS.items():
            names = [name for name, entry in entry_points().items() if entry.group == f"{GROUP}{section}"]
            limit = formatter.width - 6 - max(map(len, names), default=0)
            rows = [(name, self.get_command(ctx, name).get_short_help_str(limit)) for name in names]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        entry = entry_points().get(args[0])
        if entry is None:
            self.commands = {name: TyperGroup(name=name) for name in entry_points()}  # to find the near one
            return super().resolve_command(ctx, args)
        command = load(entry)
        heed_interrupt()
        return entry.name, command, args[1:]

    def invoke(self, ctx: Any) -> Any:
        """As every group, but typer would say nothing of a ^C that comes before a command can heed it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise interrupted() from None
        except typer.BadParameter as error:
            error.message = with_near_choice(error.message)
            raise


def interrupted() -> typer.Exit:
    """Say that ^C ended the command, and how to go on; the way out."""
    print("otakube: interrupted; give the same command again", file=sys.stderr)
    return typer.Exit(INTERRUPTED)


def print_version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        typer.echo(f"otakube {importlib.metadata.version(DISTRIBUTION)}")
        raise typer.Exit


# No markup, as in the sub-commands: with it, one that is called without a word would say nothing.
app = typer.Typer(
    cls=LazyCommands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def otakube(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=print_version, help="Print the version.")
    ] = False,
) -> None:
    """Keep an anime catalogue accurate and current."""


def main() -> None:
    """Run the command line."""
    try:
        app(prog_name="otakube")
    except SystemExit as leaving:
        # obstore's runtime has threads that may ask for the interpreter while it is taken down: the process
        # then aborts (SIGABRT) after its work, once in some hundred steps. Nothing is left to take down.
        if "obstore" in sys.modules:
            finish(leaving.code)
        raise
    except Exception:  # nobody expected it: its traceback, without the secrets of this process
        sys.stderr.write(masked(traceback.format_exc()))
        sys.exit(1)


def finish(code: str | int | None) -> None:
    """End the process at once, with everything written."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)
