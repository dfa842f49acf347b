# SPDX-License-Identifier: Apache-2.0
"""Options of the commands for snapshots, and the way to the stores that they name."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from otakube.bootstrap.wiring import Wiring
from otakube.commands.exits import failure_exits
from otakube.commands.scrub import require_embedded

if TYPE_CHECKING:
    from otakube.ports.objects import AgedObjects

LEFT = 1
"""Exit status: a person must look."""

Answer = TypeVar("Answer")

Objects = Annotated[str, typer.Option(help="s3: the stores of the settings; file:DIR: embedded ones.")]
At = Annotated[
    str | None,
    typer.Option(
        help="Where snapshots lie: s3:BUCKET or file:FOLDER; default OTAKUBE_SNAPSHOT_PLACE, else beside "
        "the catalogue's images.",
        show_default=False,
    ),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A snapshot, or latest.")]


def run_over(
    body: Callable[[Wiring, "AgedObjects"], Awaitable[Answer]],
    objects: str,
    at: str | None,
    *,
    empty: bool = False,
) -> Answer:
    """Run over the stores and the place of the snapshots, to an answer or to an exit status.

    `empty`: the stores of a folder may not be there yet.
    """

    async def run() -> Answer:
        from otakube.bootstrap.places import place

        if not empty:
            require_embedded(objects)
        async with Wiring(objects) as wiring:
            return await body(wiring, await place(wiring.stores, place_of(wiring, at)))

    with failure_exits():
        return asyncio.run(run())


def read_snapshots(
    body: Callable[["AgedObjects"], Awaitable[Answer]], objects: str, at: str | None
) -> Answer:
    """Run over the snapshots alone."""
    return run_over(lambda _, target: body(target), objects, at, empty=bool(at))


def place_of(wiring: Wiring, at: str | None) -> str:
    """The place of the snapshots; empty where they lie in the catalogue's own bucket."""
    return wiring.settings.snapshot_place if at is None else at


def now() -> datetime:
    """The time, to the second: names of snapshots have no more."""
    return datetime.now(UTC).replace(microsecond=0)
