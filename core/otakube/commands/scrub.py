# SPDX-License-Identifier: Apache-2.0
"""Finish cut-off commits, and compare the stores with each other.

Exit status: 0 nothing is wrong any more, 1 something is left, 65 bad settings, 75 a store is away.
"""

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from otakube import logs
from otakube.bootstrap.wiring import Wiring
from otakube.commands.exits import failure_exits
from otakube.commands.output import Output, OutputFormat, print_table, show
from otakube_api.durations import parse_duration

if TYPE_CHECKING:
    from otakube.settings import Settings
    from otakube_api.contract import Provider

LEFT = 1

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


def duration(text: str) -> timedelta:
    """The value of an option."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@app.command()
def scrub(
    full: Annotated[
        bool, typer.Option("--full", help="Compare all stores in both directions; remove what licences end.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is wrong, change nothing.")] = False,
    output: Output = OutputFormat.TABLE,
    older_than: Annotated[
        str, typer.Option(help="Leave commits whose lease ended less than this ago, such as 10m.")
    ] = "0s",
    blobs_older_than: Annotated[
        str, typer.Option(help="Leave blobs younger than this, such as 1h30m.")
    ] = "24h",
    objects: Annotated[
        str, typer.Option(help="s3: the stores of the settings; file:DIR: embedded ones.")
    ] = "s3:",
) -> None:
    """Finish cut-off commits; with --full, compare the stores with each other and repair what can be.

    Exit status: 0 nothing is wrong any more, 1 something is left, 65 bad settings, 75 a store is away.
    """
    ages = {"older_than": duration(older_than), "blobs_older_than": duration(blobs_older_than)}
    logs.start(command="scrub")
    with failure_exits():
        findings, entries, clean = asyncio.run(_scrub(objects=objects, full=full, dry_run=dry_run, **ages))
    report = {"entries": entries, "clean": clean, "findings": findings}
    show(report, output, table=lambda: _print_report(findings, entries=entries, clean=clean))
    raise typer.Exit(0 if clean else LEFT)


async def _scrub(
    *, objects: str, full: bool, dry_run: bool, older_than: timedelta, blobs_older_than: timedelta
) -> tuple[list[dict[str, str]], int, bool]:
    from otakube.maintenance.audit import audit
    from otakube.maintenance.expire import Expiry, expire
    from otakube.maintenance.scrub import Scrub, finish

    async with Wiring(objects) as wiring:
        stores = await wiring.stores.commit_stores()
        run = Scrub(
            stores=stores,
            clock=lambda: datetime.now(UTC),
            older_than=older_than,
            dry_run=dry_run,
            embedder=wiring.text_embedder,
        )
        await finish(run)
        if full:
            await expire(
                Expiry(
                    scrub=run,
                    unstorable=unstorable(wiring.settings),
                    collection=wiring.settings.qdrant_collection,
                    lease_seconds=wiring.settings.lease_seconds,
                )
            )
            await audit(run, blobs_older_than=blobs_older_than)
    return [asdict(found) for found in run.report.findings], run.report.entries, run.report.clean


def unstorable(settings: "Settings") -> list["Provider"]:
    """Providers whose licence lets nothing be stored."""
    from otakube.domain.licences.terms import agreed

    licences = agreed(settings.agreements)
    return [provider for provider, licence in licences.items() if not licence.storable]


def _print_report(findings: list[dict[str, str]], *, entries: int, clean: bool) -> None:
    if findings:
        columns = ("outcome", "damage", "subject", "detail")
        print_table(columns, [[finding[column] for column in columns] for finding in findings])
    state = "nothing is left" if clean else "something is left"
    print(f"{entries} entries, {len(findings)} findings: {state}")
