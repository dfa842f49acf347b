# SPDX-License-Identifier: Apache-2.0
"""Steps of a DatasetSync, in its pods: plan a week, apply it, and remove its file from the work objects.

Exit status: 0 done, 65 the week breaks a limit or cannot be read, 75 the source or a store is away: again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar

import typer

from otakube import logs
from otakube.bootstrap.dataset_sync import now, sync_stores
from otakube.bootstrap.wiring import Wiring
from otakube.commands.argo_progress import write_progress
from otakube.commands.exits import pod_exits, write_outputs
from otakube.commands.step import Objects, OutputsFolder, TerminationLog
from otakube.domain.dataset.enrichment import EnrichmentCounts, EnrichmentRequest
from otakube.errors import Fatal
from otakube_api import contract
from otakube_api.contract import DatasetReason, EnrichmentOrder, EnrichmentPolicy, FailureReason, Output

if TYPE_CHECKING:
    from otakube.adapters.dataset_source import LoadedDataset
    from otakube.domain.dataset.limits import Breached, WeekLimits
    from otakube.maintenance.dataset_sync.stores import SyncProgress
    from otakube.maintenance.dataset_sync.sync import SyncReport
    from otakube.ports.objects import ObjectStore

Answer = TypeVar("Answer")

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)

Sync = Annotated[str, typer.Option(help="namespace/name of the DatasetSync, for logs.")]
Work = Annotated[str, typer.Option(help="Prefix of the run's objects, such as work/UID.")]
Limits = Annotated[
    str, typer.Option(help="Limits other than the usual ones, such as shrink=0.4,age=90; commas between.")
]
Source = Annotated[
    str,
    typer.Option(help="https://..., github:OWNER/REPOSITORY[@TAG]/ASSET, or bucket:datasets/FILE."),
]

SPEC_FIELDS = {
    "shrink": "shrinkPercent",
    "growth": "growthPercent",
    "changed": "changedPercent",
    "site": "sitePercent",
    "age": "ageDays",
}
"""Field of spec.limits by the name of a limit."""


@app.callback()
def dataset_sync() -> None:
    """Run one step of a DatasetSync by hand or in its pod.

    Exit status: 0 done, 65 the week breaks a limit or cannot be read, 75 try again later.
    """


@app.command()
def plan(
    *,
    source: Source,
    sync: Sync = "default/by-hand",
    limits: Limits = "",
    work: Work = "work/by-hand",
    outputs: OutputsFolder = Path(contract.OUTPUTS_FOLDER),
    objects: Objects = "s3:",
    termination_log: TerminationLog = Path(contract.TERMINATION_LOG),
) -> None:
    """Load the week, compare it with the catalogue, and keep its file for the step `apply`.

    Example: otakube dataset-sync plan --source bucket:datasets/2026-48.jsonl.zst --objects file:build/try
    """
    logs.start(command="dataset-sync plan", sync=sync)
    with pod_exits(termination_log):
        write_outputs(outputs, {Output.REPORT: _over(objects, lambda it: _plan(it, source, limits, work))})


@app.command()
def apply(
    *,
    sync: Sync = "default/by-hand",
    limits: Limits = "",
    work: Work = "work/by-hand",
    outputs: OutputsFolder = Path(contract.OUTPUTS_FOLDER),
    objects: Objects = "s3:",
    termination_log: TerminationLog = Path(contract.TERMINATION_LOG),
) -> None:
    """Take the week in that `plan` kept; cut off, the same call goes on.

    Example: otakube dataset-sync apply --objects file:build/try
    """
    logs.start(command="dataset-sync apply", sync=sync)
    with pod_exits(termination_log):
        write_outputs(outputs, {Output.REPORT: _over(objects, lambda it: _apply(it, limits, work))})


@app.command()
def enrich(
    *,
    policy: Annotated[EnrichmentPolicy, typer.Option(help="Listed entries that are enriched.")],
    order: Annotated[
        EnrichmentOrder, typer.Option(help="Those that come first.")
    ] = EnrichmentOrder.BY_POPULARITY,
    max_per_run: Annotated[int, typer.Option(min=1, help="Entries at most.")] = 100,
    sync: Sync = "default/by-hand",
    work: Work = "work/by-hand",
    outputs: OutputsFolder = Path(contract.OUTPUTS_FOLDER),
    objects: Objects = "s3:",
    termination_log: TerminationLog = Path(contract.TERMINATION_LOG),
) -> None:
    """Enrich listed entries, one after the other, at the providers' pace; cut off, the same call goes on.

    Example: otakube dataset-sync enrich --policy All --max-per-run 10 --objects file:build/try
    """
    logs.start(command="dataset-sync enrich", sync=sync)
    request = EnrichmentRequest(policy=policy, order=order, most=max_per_run)
    with pod_exits(termination_log):
        write_outputs(outputs, {Output.REPORT: _over(objects, lambda it: _enrich(it, request, work))})


@app.command()
def conclude(
    *,
    sync: Sync = "default/by-hand",
    work: Work = "work/by-hand",
    objects: Objects = "s3:",
    termination_log: TerminationLog = Path(contract.TERMINATION_LOG),
) -> None:
    """Remove the file that `plan` kept.

    Example: otakube dataset-sync conclude --objects file:build/try
    """
    logs.start(command="dataset-sync conclude", sync=sync)

    async def remove(wiring: Wiring) -> None:
        kept = await wiring.stores.objects()
        for key in [key async for key in kept.list(f"{work}/")]:
            await kept.delete(key)

    with pod_exits(termination_log):
        _over(objects, remove)


def report_progress(progress: "SyncProgress") -> None:
    """Tell Argo, and the log."""
    logs.logger().info("progress", done=progress.done, total=progress.total)
    write_progress(progress.done, progress.total)


class _Kept(NamedTuple):
    """Objects of a run: the file as it was loaded, and its name."""

    body: str
    name: str


def _kept(work: str) -> _Kept:
    return _Kept(f"{work}/dataset", f"{work}/dataset-name")


async def _plan(wiring: Wiring, source: str, limits: str, work: str) -> str:
    allowed = _limits(limits)
    objects = await wiring.stores.objects()
    loaded = await _load(objects, source)
    report = await _sync(wiring, loaded.name, loaded.body, allowed, dry_run=True)
    refuse(report.breached)
    kept = _kept(work)
    await objects.put(kept.body, loaded.body, content_type="application/octet-stream")
    await objects.put(kept.name, loaded.name.encode(), content_type="text/plain")
    about = {
        "source": loaded.source,
        "releaseTag": loaded.release_tag,
        "digest": loaded.digest,
        "etag": loaded.etag,
    }
    return report_text(report, **about)


async def _apply(wiring: Wiring, limits: str, work: str) -> str:
    objects, kept = await wiring.stores.objects(), _kept(work)
    try:
        body, name = await objects.get(kept.body), (await objects.get(kept.name)).decode()
    except KeyError:
        raise Fatal(
            FailureReason.INPUT_MISSING, f"{kept.body} is not in the bucket: the step plan has not kept it"
        ) from None
    report = await _sync(wiring, name, body, _limits(limits))
    refuse(report.breached)
    return report_text(report)


async def _enrich(wiring: Wiring, request: EnrichmentRequest, work: str) -> str:
    """The counts are kept among the run's objects, so that retries of the pod stay within the run's limit."""
    import orjson

    from otakube.commands.title_run import title_runs
    from otakube.maintenance.dataset_sync.enrich import enrich_listed

    objects, key = await wiring.stores.objects(), f"{work}/enrichment"
    try:
        begun = EnrichmentCounts.read(orjson.loads(await objects.get(key)))
    except KeyError:  # the first attempt of this run
        begun = EnrichmentCounts()

    async def keep(counts: EnrichmentCounts) -> None:
        await objects.put(key, orjson.dumps(counts.body()), content_type="application/json")

    counts = await enrich_listed(
        await sync_stores(wiring),
        await title_runs(wiring, keep),
        request,
        clock=now,
        report=report_progress,
        begun=begun,
    )
    return orjson.dumps({"enrichment": counts.body()}).decode()


async def _load(objects: "ObjectStore", source: str) -> "LoadedDataset":
    from otakube.adapters.dataset_source import BUCKET, load_object, load_web, new_client, web_address

    if source.startswith(BUCKET):
        return await load_object(objects, source)
    async with new_client() as client:
        return await load_web(client, source, web_address(source))


async def _sync(
    wiring: Wiring, name: str, body: bytes, limits: "WeekLimits", *, dry_run: bool = False
) -> "SyncReport":
    from io import BytesIO

    from otakube.adapters.dataset_file import read_stream
    from otakube.domain.dataset.rows import UnreadableDataset
    from otakube.maintenance.dataset_sync.sync import SyncRequest, sync

    try:
        file = read_stream(BytesIO(body))
    except UnreadableDataset as error:
        raise Fatal(DatasetReason.DATASET_UNREADABLE, f"{name}: {error}") from error
    request = SyncRequest(name=name, file=file, limits=limits, today=now().date(), dry_run=dry_run)
    return await sync(await sync_stores(wiring), request, clock=now, report=report_progress)


def _limits(text: str) -> "WeekLimits":
    from otakube.domain.dataset.limits import limits_of

    try:
        return limits_of(one for one in text.split(",") if one)
    except ValueError as error:
        raise Fatal(FailureReason.SETTINGS_INVALID, f"--limits {error}") from error


def refuse(breached: "list[Breached]") -> None:
    """End the step where a limit breaks: the reason is the first one's, the message has all."""
    if not breached:
        return
    told = [
        f"{one.message} (spec.limits.{SPEC_FIELDS[one.limit]})" if one.limit in SPEC_FIELDS else one.message
        for one in breached
    ]
    others = [f"{one.breach}: {text}" for one, text in zip(breached[1:], told[1:], strict=True)]
    raise Fatal(breached[0].breach, "; ".join([told[0], *others]))


def report_text(report: "SyncReport", **about: str) -> str:
    """The output that the operator reads, as JSON."""
    import orjson

    body = about | {
        "revision": report.revision,
        "lastUpdate": report.last_update and report.last_update.isoformat(),
        "rows": report.rows,
        "total": report.total,
        "written": report.written,
        "counts": dict(report.counts),
    }
    return orjson.dumps(body).decode()


def _over(objects: str, body: Callable[[Wiring], Awaitable[Answer]]) -> Answer:
    """Run over the stores."""

    async def run() -> Answer:
        async with Wiring(objects) as wiring:
            return await body(wiring)

    try:
        return asyncio.run(run())
    except ModuleNotFoundError as error:
        raise Fatal(
            FailureReason.SETTINGS_INVALID, f"this image lacks {error.name}: install otakube[dataset]"
        ) from error
