# SPDX-License-Identifier: Apache-2.0
"""Finish cut-off commits, and compare the stores with each other.

Exit status: 0 nothing is wrong any more, 1 something is left, 65 bad settings, 75 a store is away.
"""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from otakube import logs
from otakube.bootstrap.wiring import Wiring
from otakube.commands.exits import failure_exits
from otakube.commands.output import Output, OutputFormat, print_table, show
from otakube.errors import Fatal, Retriable
from otakube_api.contract import FailureReason
from otakube_api.durations import parse_duration

if TYPE_CHECKING:
    from otakube.settings import Settings
    from otakube_api.contract import Provider

LEFT = 1
SERVERS = "s3:"
"""The value of --objects that means the stores of the settings."""
CURE = (
    ". Set them to where the stores are; on a cluster let a pod do it: argo -n otakube submit --from "
    "workflowtemplate/otakube-scrub --wait; for the folder of `otakube run --stores` give --objects file:DIR"
)

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
    ] = SERVERS,
) -> None:
    """Finish cut-off commits; with --full, compare the stores with each other and repair what can be.

    Exit status: 0 nothing is wrong any more, 1 something is left, 65 bad settings, 75 a store is away.
    """
    ages = {"older_than": duration(older_than), "blobs_older_than": duration(blobs_older_than)}
    logs.start(command="scrub")
    with failure_exits(), naming_stores(objects):
        findings, entries, clean = asyncio.run(_scrub(objects=objects, full=full, dry_run=dry_run, **ages))
    report = {"entries": entries, "clean": clean, "findings": findings}
    show(report, output, table=lambda: _print_report(findings, entries=entries, clean=clean))
    raise typer.Exit(0 if clean else LEFT)


async def _scrub(
    *, objects: str, full: bool, dry_run: bool, older_than: timedelta, blobs_older_than: timedelta
) -> tuple[list[dict[str, str]], int, bool]:
    from otakube.maintenance.audit import audit
    from otakube.maintenance.expire import Expiry
    from otakube.maintenance.scrub import Scrub, finish

    require_embedded(objects)
    async with Wiring(objects) as wiring:
        stores = await wiring.stores.scrub_stores()
        run = Scrub(
            stores=stores,
            clock=lambda: datetime.now(UTC),
            older_than=older_than,
            dry_run=dry_run,
            embedder=cache(wiring.text_embedder),
        )
        await finish(run)
        if full:
            expiry = Expiry(
                scrub=run,
                unstorable=unstorable(wiring.settings),
                collection=wiring.settings.qdrant_collection,
                lease_seconds=wiring.settings.lease_seconds,
            )
            await audit(run, blobs_older_than=blobs_older_than, expiry=expiry)
    return [asdict(found) for found in run.report.findings], run.report.entries, run.report.clean


@contextlib.contextmanager
def naming_stores(objects: str) -> Iterator[None]:
    """Say where the stores were looked for if one is away, and what helps a person at a terminal."""
    try:
        yield
    except Retriable as error:
        if objects != SERVERS or error.reason is not FailureReason.STORE_UNAVAILABLE:
            raise
        cure = "" if os.environ.get("KUBERNETES_SERVICE_HOST") else CURE
        raise Retriable(error.reason, f"{error}; {addresses()}{cure}") from error


def addresses() -> str:
    """The addresses of the stores, each with the variable that sets it."""
    from otakube.server_url import format_hosts
    from otakube.settings import load

    settings = load()
    return (
        f"asked were MongoDB at {format_hosts(settings.mongodb_uri)} (OTAKUBE_MONGODB_URI), Qdrant at "
        f"{settings.qdrant_url} (OTAKUBE_QDRANT_URL) and the bucket {settings.s3_bucket} at "
        f"{settings.s3_endpoint or 'AWS'} (OTAKUBE_S3_ENDPOINT)"
    )


def require_embedded(objects: str) -> None:
    """Fatal where a folder has no stores: opening it would make empty ones, and find nothing wrong."""
    from otakube.adapters.stores.sqlite.connection import FILE
    from otakube.bootstrap.stores.choice import EMBEDDED

    folder = objects.removeprefix(EMBEDDED)
    if folder in ("", objects) or (Path(folder) / FILE).is_file():
        return
    raise Fatal(
        FailureReason.SETTINGS_INVALID,
        f"--objects is {objects!r}, but no embedded stores lie there: give the folder that "
        "`otakube run --stores` was given",
    )


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
