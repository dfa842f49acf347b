# SPDX-License-Identifier: Apache-2.0
"""Sweep the images, take one down for good, and list what is missing or refused.

Exit status: 0 done, 1 a person must look, 2 wrong usage, 65 bad settings or input, 75 again later.
"""

import getpass
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from otakube import logs
from otakube.bootstrap.wiring import Wiring
from otakube.commands.output import NoHeaders, Output, OutputFormat, Printer, print_facts, print_table
from otakube.commands.scrub import duration
from otakube.commands.snapshot_stores import LEFT, At, Objects, place_of, run_over
from otakube.errors import Fatal
from otakube_api.contract import EXIT, FailureReason

if TYPE_CHECKING:
    from otakube.maintenance.images.sweep import SweepReport
    from otakube.maintenance.images.take_down import Remover, TakeDownReport
    from otakube.ports.objects import AgedObjects, ObjectStore
    from otakube.ports.take_downs import TakeDown

Answer = TypeVar("Answer")
Image = Annotated[
    str,
    typer.Argument(
        metavar="IMAGE", help="SHA-256, bucket key, or URL that it came from.", show_default=False
    ),
]
Reason = Annotated[str, typer.Option(help="Why; kept with the order.", show_default=False)]
By = Annotated[str, typer.Option(help="Who orders it; default your login name.", show_default=False)]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def images() -> None:
    """Sweep the images, take one down for good, and list what is missing or refused.

    Exit status: 0 done, 1 a person must look, 2 wrong usage, 65 bad settings or input, 75 again later.
    """


@app.command()
def sweep(
    unused_for: Annotated[
        str | None,
        typer.Option(
            help="Remove images that nothing has named for so long, such as 720h; default "
            "OTAKUBE_IMAGE_UNUSED_HOURS.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is due, change nothing.")] = False,
    at: At = None,
    objects: Objects = "s3:",
    output: Output = OutputFormat.TABLE,
) -> None:
    """Ask again for images that failed, put them into the records, and remove images that nothing names.

    An image goes only in the second sweep that finds it unused. Cut off, the next sweep goes on.
    Exit status: 0 done, 1 an entry could not be changed, 65 bad settings, 75 a store is away.

    Examples:

    \b
      otakube images sweep --dry-run
      otakube images sweep --objects file:build/try -o json
    """
    logs.start(command="images sweep")
    age = duration(unused_for) if unused_for else None

    async def body(wiring: Wiring, place: "AgedObjects") -> tuple["SweepReport", "TakeDownReport"]:
        from otakube.maintenance.images.failures import FailureSweep
        from otakube.maintenance.images.orphans import OrphanCollector
        from otakube.maintenance.images.sweep import Sweep

        async with wiring.image_source() as source:
            remover = await _remover(wiring, place, other=bool(place_of(wiring, at)))
            ingester = await wiring.ingester(source)
            work = Sweep(
                stores=remover.stores,
                remover=remover,
                failures=FailureSweep(
                    ingester=ingester, publisher=remover.publisher, monotonic=time.monotonic, dry_run=dry_run
                ),
                orphans=OrphanCollector(
                    stores=remover.stores,
                    clock=now,
                    unused_for=age or timedelta(hours=wiring.settings.image_unused_hours),
                    dry_run=dry_run,
                ),
                dry_run=dry_run,
            )
            return await work.run(), remover.report

    report, removed = run_over(body, objects, at)
    answer = {"dry_run": dry_run, **asdict(report), "entries": [asdict(one) for one in removed.entries]}
    heading = "Dry run of a sweep of images" if dry_run else "Sweep of images"
    Printer(output).show(answer, table=lambda: _print_sweep(heading, report, removed))
    needs_a_person = report.failures.entries_failed or _has_failed(removed)
    raise typer.Exit(LEFT if needs_a_person else 0)


@app.command(name="take-down")
def take_down(
    image: Image,
    reason: Reason,
    by: By = "",
    at: At = None,
    objects: Objects = "s3:",
    output: Output = OutputFormat.TABLE,
) -> None:
    """Remove an image everywhere, and refuse it from now on, by its content and by the URLs it came from.

    It goes from the bucket, the image map, live records and audit copies; snapshots are restored without it.
    The same call again goes on. Exit status: 0 it is nowhere, 1 a person must look, 65 bad input, 75 a commit
    holds an entry that shows it: again later (the sweep does it too).

    Examples:

    \b
      otakube images take-down https://cdn.example.org/poster.jpg --reason "asked for by its owner"
      otakube images take-down 1f0c...64 digits --reason "not ours to show" --objects file:build/try
    """
    logs.start(command="images take-down")

    async def body(wiring: Wiring, place: "AgedObjects") -> tuple["TakeDown", "TakeDownReport"]:
        from otakube.ingest.orders import give
        from otakube.maintenance.snapshots.progress import Progress

        remover = await _remover(wiring, place, other=bool(place_of(wiring, at)))
        order = await _order(wiring, image, reason=reason, by=by or getpass.getuser())
        await remover.stores.ledger.prepare()
        await give(remover.stores.take_downs, remover.places, order)
        total = await remover.rows.live_entries()
        await remover.remove(order, Progress("looking for the image", total, time.monotonic))
        return order, remover.report

    order, report = run_over(body, objects, at)
    answer = {"order": _order_answer(order), **asdict(report)}
    Printer(output).show(answer, table=lambda: _print_take_down(order, report))
    if _has_failed(report):
        raise typer.Exit(LEFT)
    held = any(one.outcome == "Held" for one in report.entries)
    raise typer.Exit(EXIT.retriable if held else 0)


@app.command()
def lift(
    image: Annotated[
        str, typer.Argument(metavar="IMAGE|ORDER", help="As it was taken down, or the order's id.")
    ],
    reason: Reason,
    by: By = "",
    at: At = None,
    objects: Objects = "s3:",
    output: Output = OutputFormat.TABLE,
) -> None:
    """Lift the orders about an image: the next run of each entry mirrors it again. The orders stay on record.

    Example: otakube images lift 20261127T120000Z-0123456789ab --reason "the owner agreed"
    """
    logs.start(command="images lift")

    async def body(wiring: Wiring, place: "AgedObjects") -> list["TakeDown"]:
        from otakube.ingest.orders import give, lifted, read_subject

        take_downs, places = await wiring.stores.take_downs(), [await wiring.stores.objects()]
        places += [place] if place_of(wiring, at) else []
        standing = [one for one in await take_downs.all() if one.lifted_at is None]
        wanted = [one for one in standing if one.id == image]
        if not wanted:
            subject = read_subject(image, wiring.settings.image_base_url)
            wanted = [one for one in standing if subject.is_of(one)]
        if not wanted:
            message = f"no order about {image!r:.200} stands: `otakube images take-downs` lists them"
            raise Fatal(FailureReason.INPUT_MISSING, message)
        done = [lifted(one, reason=reason, by=by or getpass.getuser(), now=now()) for one in wanted]
        for order in done:
            await give(take_downs, places, order)
        return done

    _show_orders(run_over(body, objects, at), Printer(output))


@app.command(name="take-downs")
def take_downs(
    objects: Objects = "s3:", output: Output = OutputFormat.TABLE, no_headers: NoHeaders = False
) -> None:
    """List the orders to take images down, lifted ones too, the newest first.

    Example: otakube images take-downs -o json
    """

    async def body(wiring: Wiring, _: "AgedObjects") -> list["TakeDown"]:
        return await (await wiring.stores.take_downs()).all()

    _show_orders(run_over(body, objects, ""), Printer(output, headers=not no_headers))


@app.command()
def missing(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Images at most.")] = 50,
    objects: Objects = "s3:",
    output: Output = OutputFormat.TABLE,
    no_headers: NoHeaders = False,
) -> None:
    """List images that entries lack, with the reasons: their dead letters, the newest first.

    Example: otakube images missing --limit 200 -o json
    """

    async def body(wiring: Wiring, _: "AgedObjects") -> list[dict[str, Any]]:
        letters = await (await wiring.stores.image_failures()).newest(limit)
        return [asdict(one) | {"timestamp": one.timestamp.isoformat()} for one in letters]

    found = run_over(body, objects, "")
    out = Printer(output, headers=not no_headers)
    columns = ("entry", "tries", "last", "reason", "image")
    names = ("anime_id", "retry_count", "timestamp", "error_message", "image_url")
    out.show(found, table=lambda: out.table(columns, [[one[name] for name in names] for one in found]))


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


async def _remover(wiring: Wiring, place: "AgedObjects", *, other: bool) -> "Remover":
    from functools import cache

    from otakube.maintenance.images.republish import Republisher
    from otakube.maintenance.images.take_down import Remover

    stores = await wiring.stores.commit_stores()
    places: list[ObjectStore] = [stores.objects, *([place] if other else [])]
    publisher = Republisher(
        stores=stores,
        collection=wiring.settings.qdrant_collection,
        lease_seconds=wiring.settings.lease_seconds,
        clock=now,
        embedder=cache(wiring.text_embedder),
    )
    return Remover(
        stores=stores,
        failures=await wiring.stores.image_failures(),
        rows=await wiring.stores.rows(),
        places=places,
        publisher=publisher,
    )


async def _order(wiring: Wiring, image: str, *, reason: str, by: str) -> "TakeDown":
    """The order that stands about this image, so that the same call goes on, or a new one."""
    from otakube.ingest.orders import new_order, read_subject

    subject = read_subject(image, wiring.settings.image_base_url)
    for order in await (await wiring.stores.take_downs()).all():
        if order.lifted_at is None and subject.is_of(order):
            return order
    image_map = await wiring.stores.image_map()
    sha256, urls = subject.sha256, [subject.url] if subject.url else []
    if subject.url and (known := (await image_map.get_many([subject.url])).get(subject.url)):
        sha256 = known.sha256
    rows = await image_map.of_content(sha256) if sha256 else []
    return new_order(sha256, [*urls, *(row.source_url for row in rows)], reason=reason, by=by, now=now())


def _has_failed(report: "TakeDownReport") -> bool:
    return any(one.outcome == "Failed" for one in report.entries)


def _order_answer(order: "TakeDown") -> dict[str, Any]:
    times = {"at": order.at.isoformat(), "lifted_at": order.lifted_at and order.lifted_at.isoformat()}
    return asdict(order) | times


def _show_orders(orders: list["TakeDown"], out: Printer) -> None:
    columns = ("order", "state", "by", "reason", "content", "urls")
    rows = [
        (
            one.id, "Lifted" if one.lifted_at else "Refused", one.by, one.reason,
            (one.sha256 or "")[:12], len(one.urls),
        )
        for one in orders
    ]  # fmt: skip
    out.show(
        [_order_answer(one) for one in orders],
        table=lambda: out.table(columns, rows),
        names=lambda: [one.id for one in orders],
    )


def _print_take_down(order: "TakeDown", report: "TakeDownReport") -> None:
    if report.entries:
        print_table(
            ("outcome", "entry", "detail"),
            [[one.outcome, one.entry_id, one.detail] for one in report.entries],
        )
    facts: list[tuple[str, object]] = [
        ("Content", order.sha256 or "unknown: refused by its URL alone"),
        *(("URL", url) for url in order.urls),
        ("Reason", f"{order.reason} ({order.by}, {order.at:%Y-%m-%d %H:%M} UTC)"),
        ("Blobs deleted", report.blobs),
        ("URLs forgotten", report.urls),
        ("Audit copies changed", report.audit_copies),
    ]
    print_facts(f"Order {order.id} stands", facts)


def _print_sweep(heading: str, report: "SweepReport", removed: "TakeDownReport") -> None:
    if removed.entries:
        print_table(
            ("outcome", "entry", "detail"),
            [[one.outcome, one.entry_id, one.detail] for one in removed.entries],
        )
    failures, orphans = report.failures, report.orphans
    facts: list[tuple[str, object]] = [
        ("Asked for again", f"{failures.tried}: {failures.mirrored} came, {failures.failed} did not"),
        ("Entries repaired", failures.entries_repaired),
        ("Entries held by a run", failures.entries_held or ""),
        ("Entries not repaired", failures.entries_failed or ""),
        ("Dead letters closed", failures.letters_closed),
        ("Images in the bucket", orphans.looked_at),
        ("Marked as unused", orphans.marked),
        ("In use again", orphans.taken_up + orphans.in_use),
        ("Removed", orphans.removed),
        ("Entries with a refused image", report.taken_down or ""),
    ]
    print_facts(heading, facts)
