# SPDX-License-Identifier: Apache-2.0
"""Carry out what a curator asked for, in a pod of the cluster.

Exit status: 0 done, 65 the input is bad (the same call would fail again), 75 try again later.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from otakube import logs
from otakube.bootstrap.wiring import Wiring
from otakube.commands.exits import pod_exits, write_outputs
from otakube.commands.step import Objects, OutputsFolder, TerminationLog
from otakube_api import contract
from otakube_api.contract import Output

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def curate_group() -> None:
    """Carry out what a curator asked for, in a pod of the cluster.

    Exit status: 0 done, 65 the input is bad (the same call would fail again), 75 try again later.
    """


@app.command()
def locks(
    payload: Annotated[str, typer.Option(help="The change, as `otakube locks` packs it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check it, change nothing.")] = False,
    outputs: OutputsFolder = Path(contract.OUTPUTS_FOLDER),
    objects: Objects = "s3:",
    termination_log: TerminationLog = Path(contract.TERMINATION_LOG),
) -> None:
    """Set and remove merge locks: the whole payload, or nothing of it.

    Example: otakube curate locks --payload H4sI... --objects file:/tmp/bucket --outputs /tmp/outputs
    """

    async def body(wiring: Wiring) -> str:
        from otakube.maintenance.merge_locks import curate, read_payload

        done = await curate(await wiring.stores.locks(), read_payload(payload), dry_run=dry_run)
        return done.model_dump_json()

    execute("locks", body, outputs=outputs, objects=objects, termination_log=termination_log)


def execute(
    name: str,
    body: Callable[[Wiring], Awaitable[str]],
    *,
    outputs: Path,
    objects: str,
    termination_log: Path,
) -> None:
    """Run to an exit status; the report, one JSON document, is what the console reads."""
    logs.start(command=f"curate {name}")
    with pod_exits(termination_log):
        write_outputs(outputs, {Output.REPORT: asyncio.run(_run(body, objects))})


async def _run(body: Callable[[Wiring], Awaitable[str]], objects: str) -> str:
    async with Wiring(objects) as wiring:
        return await body(wiring)
