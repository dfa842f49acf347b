# SPDX-License-Identifier: Apache-2.0
"""Check the providers from here, with this environment's settings.

In the cluster `otakube providers check` runs it in a pod, which leaves by the same address as the steps.
"""

import asyncio
import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import stamina
import typer

from otakube import logs
from otakube.bootstrap.wiring import Wiring
from otakube.commands.exits import failure_exits
from otakube.commands.output import Output, OutputFormat, print_table, show
from otakube.errors import Fatal
from otakube_api import contract
from otakube_api.contract import FailureReason

if TYPE_CHECKING:
    from otakube.maintenance.check_providers import ProviderCheck

TROUBLE = 1
app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def check() -> None:
    """Check what Otakube depends on, from here."""


@app.command()
def providers(
    provider: Annotated[
        list[str] | None, typer.Option(help="Only this provider; may be repeated. Default: all.")
    ] = None,
    title: Annotated[str, typer.Option(help="A title that they all know; default: check_title.")] = "",
    output: Output = OutputFormat.TABLE,
    strict: Annotated[
        bool, typer.Option(help="Exit with 1 if a provider that is switched on is not Ok.")
    ] = True,
    objects: Annotated[
        str, typer.Option(help="s3: the stores of the settings; file:DIR: embedded ones.")
    ] = "s3:",
    outputs: Annotated[Path | None, typer.Option(help="Folder that gets the report as a file.")] = None,
) -> None:
    """Ask each provider for one known title: reachability, remaining budget, schema drift.

    Exit status: 0 all are Ok, 1 one is not, 2 wrong usage, 65 bad settings, 75 a store is away.

    Example: otakube check providers --provider Jikan --title "Cowboy Bebop" --objects file:/tmp/checks
    """
    logs.start(command="check")
    with failure_exits():
        rows = asyncio.run(_check(wanted(provider or []), title, objects))
    report = [asdict(row) for row in rows]
    if outputs is not None:
        outputs.mkdir(parents=True, exist_ok=True)
        (outputs / contract.Output.REPORT).write_text(json.dumps(report, ensure_ascii=False))
    show(report, output, table=lambda: print_checks(rows))
    trouble = any(row.state not in ("Ok", "SwitchedOff") for row in rows)
    raise typer.Exit(TROUBLE if trouble and strict else 0)


def wanted(names: list[str]) -> tuple[str, ...]:
    """Provider names, none twice; an unknown one is wrong usage."""
    from otakube_api.contract import Provider

    known = {one.value for one in Provider}
    if strange := [name for name in names if name not in known]:
        raise typer.BadParameter(f"{strange[0]!r} is no provider; there are {', '.join(Provider)}")
    return tuple(dict.fromkeys(names))


async def _check(names: tuple[str, ...], title: str, objects: str) -> "list[ProviderCheck]":
    from otakube.bootstrap.providers import switched_off
    from otakube.maintenance.check_providers import Checker
    from otakube_api.contract import Provider

    stamina.instrumentation.set_on_retry_hooks(())  # the table tells what came of the retries
    async with Wiring(objects) as wiring:
        settings = wiring.settings
        asked = title or settings.check_title
        if not asked.strip():
            raise Fatal(FailureReason.SETTINGS_INVALID, "check_title is empty: name a title that all know")
        checker = Checker(
            adapters=await wiring.providers(live=True),
            switched_off=lambda one: switched_off(one, settings),
            rate_limit_status=wiring.rate_limit_status,
            history=await wiring.stores.check_history(),
            health=(await wiring.stores.history()).health,
            clock=time.monotonic,
            now=datetime.now(UTC),
        )
        return await checker.check_all(asked, tuple(map(Provider, names)))


def print_checks(rows: "list[ProviderCheck]") -> None:
    """Print one line a provider."""
    columns = ("provider", "state", "time", "breaker", "budget", "today", "message")
    print_table(columns, [_cells(row) for row in rows])


def _cells(row: "ProviderCheck") -> list[object]:
    """A check as it is printed; - where nothing is known."""
    seconds = "-" if row.seconds is None else f"{row.seconds:.2f} s"
    budget = "-" if row.remaining is None else f"{row.remaining}/{row.limit}"
    today = "-" if row.remaining_today is None else row.remaining_today
    return [row.provider, row.state, seconds, row.breaker or "-", budget, today, row.message]
