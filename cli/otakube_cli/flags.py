# SPDX-License-Identifier: Apache-2.0
"""Read and resolve the flags: enriched entries that differ from the weekly dataset."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from pydantic import TypeAdapter

from otakube.bootstrap.dataset_sync import now
from otakube.bootstrap.stores.choice import EMBEDDED
from otakube.bootstrap.wiring import Wiring
from otakube.commands.output import NoHeaders, Output, OutputFormat, Printer, print_facts
from otakube_cli.command import application, to_stderr
from otakube_cli.errors import ConsoleError
from otakube_cli.sync import StoresFolder

if TYPE_CHECKING:
    from otakube.ports.flags import Flag, Flags

app = application()
Answer = TypeVar("Answer")


class Shown(StrEnum):
    """Flags to list, by state."""

    OPEN = "open"
    RESOLVED = "resolved"
    ALL = "all"


FlagId = Annotated[
    str, typer.Argument(metavar="FLAG", help="Its id, such as ani_.../title.", show_default=False)
]


@app.callback()
def flags() -> None:
    """Read and resolve the flags: enriched entries that differ from the weekly dataset."""


@app.command("list")
def list_flags(
    *,
    stores: StoresFolder = ...,  # type: ignore[assignment]  # typer reads the factory
    state: Annotated[Shown, typer.Option(help="Those in this state.")] = Shown.OPEN,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Flags at most, the newest first.")] = 100,
    output: Output = OutputFormat.TABLE,
    no_headers: NoHeaders = False,
) -> None:
    """List the flags with both values.

    Example: otakube flags list --state all -o json
    """
    from otakube.ports.flags import FlagState

    wanted = None if state is Shown.ALL else FlagState(state.value.capitalize())
    found = _ask(stores, lambda port: port.newest(wanted, limit))
    out = Printer(output, headers=not no_headers)
    rows = [(one.id, one.title, one.ours, one.theirs, one.state) for one in found]
    columns = ("flag", "anime", "ours", "dataset", "state")
    out.show(
        [_body(one) for one in found], table=lambda: out.table(columns, rows), names=lambda: map(_id, found)
    )


@app.command("show")
def show_flag(
    flag: FlagId,
    *,
    stores: StoresFolder = ...,  # type: ignore[assignment]  # typer reads the factory
    output: Output = OutputFormat.TABLE,
) -> None:
    """Show one flag, and how it was resolved.

    Example: otakube flags show ani_01JD3Z5K8Q0000000000000001/episodes
    """
    found = _ask(stores, lambda port: _one(port, flag))
    Printer(output).show(_body(found), table=lambda: _print(found))


@app.command()
def resolve(
    flag: FlagId,
    *,
    by: Annotated[str, typer.Option(help="Who decides.", show_default=False)],
    note: Annotated[str, typer.Option(help="Why, or what was done.", show_default=False)] = "",
    stores: StoresFolder = ...,  # type: ignore[assignment]  # typer reads the factory
    output: Output = OutputFormat.TABLE,
) -> None:
    """Take a flag out of the queue; it stays so until one of its two values changes.

    To take the dataset's value, lock it first: `otakube locks set field` outranks all providers.

    Example: otakube flags resolve ani_01JD3Z5K8Q0000000000000001/title --by ilse --note "both are in use"
    """

    async def decide(port: "Flags") -> "Flag":
        from otakube.ports.flags import FlagState

        found = await _one(port, flag)
        done = replace(found, state=FlagState.RESOLVED, resolved_by=by, resolved_at=now(), note=note)
        await port.put([done])
        return done

    found = _ask(stores, decide)
    Printer(output).show(_body(found), table=lambda: _print(found))


async def _one(port: "Flags", flag: str) -> "Flag":
    found = (await port.get([flag])).get(flag)
    if found is None:
        raise ConsoleError(f"there is no flag {flag!r}: `otakube flags list --state all` shows their ids")
    return found


def _ask(stores: Path, question: "Callable[[Flags], Awaitable[Answer]]") -> Answer:
    """The answer of a folder's flags; what goes wrong ends in a sentence."""
    from otakube_cli.sync_run import opened

    folder = stores.expanduser()

    async def ask() -> Answer:
        async with Wiring(f"{EMBEDDED}{folder}") as wiring:
            return await question(await wiring.stores.flags())

    try:
        if not folder.is_dir():
            raise ConsoleError(f"{stores} has no stores: name those of `otakube sync run` by --stores")
        with opened(folder):
            return asyncio.run(ask())
    except ConsoleError as error:
        to_stderr(f"otakube: {error}")
        raise typer.Exit(error.code) from None


def _body(flag: "Flag") -> object:
    return TypeAdapter(type(flag)).dump_python(flag, mode="json")


def _id(flag: "Flag") -> str:
    return flag.id


def _print(flag: "Flag") -> None:
    print_facts(
        f"{flag.title} ({flag.id})",
        [
            ("field", flag.field),
            ("ours", flag.ours),
            ("dataset", flag.theirs),
            ("state", flag.state),
            ("flagged", flag.flagged_at.isoformat(timespec="seconds")),
            ("resolved by", flag.resolved_by),
            ("resolved", flag.resolved_at and flag.resolved_at.isoformat(timespec="seconds")),
            ("note", flag.note),
        ],
    )
