# SPDX-License-Identifier: Apache-2.0
"""Show where enrichments stand: step, attempt, cause, since when, and what is next."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from otakube.commands.output import TABLE, OutputFormat, Printer, print_facts
from otakube_cli.cluster import CRON_WORKFLOWS, ENRICHMENTS, RESTORES, SCHEDULES, SYNCS, WORKFLOWS, Cluster
from otakube_cli.command import AllNamespaces, application, cluster_command, to_stderr
from otakube_cli.completion import complete_enrichments
from otakube_cli.enrichment_state import COLUMNS, WIDE_COLUMNS, EnrichmentState, facts, read_enrichment, row
from otakube_cli.errors import ConsoleError, Refused
from otakube_cli.kube.answers import a_list, as_shown
from otakube_cli.restore_state import restore_trouble
from otakube_cli.schedule_health import PLANNER_RUNS, planner_trouble, schedule_trouble, suspended
from otakube_cli.sync_state import sync_trouble
from otakube_cli.upkeep_health import UPKEEP, upkeep_trouble

app = application(no_args_is_help=False)

OneName = Annotated[
    str,
    typer.Argument(
        help="Name of an AnimeEnrichment; default: all of the namespace.",
        show_default=False,
        autocompletion=complete_enrichments,
    ),
]
Watch = Annotated[bool, typer.Option("--watch", "-w", help="Then print each change, until ^C.")]


@cluster_command(app)
async def status(
    cluster: Cluster,
    *,
    name: OneName = "",
    all_namespaces: AllNamespaces = False,
    watch: Watch = False,
    out: Printer = TABLE,
) -> None:
    """Show where enrichments stand: step, attempt, cause, since when, and what is next.

    A list is sorted by namespace and name; below it, on standard error, stand schedules that missed their
    last due time, are stalled or suspended, syncs that are stalled or overdue, restores that are stalled,
    a planner whose last run failed, and snapshots or scrubs that failed or do not come. With a name, all
    about that one.

    Examples:

    \b
      otakube status
      otakube status frozen-tide
      otakube status -A -o wide
      otakube status frozen-tide --watch
      otakube status -o name | xargs kubectl describe
    """
    if name and all_namespaces:
        raise ConsoleError("a name and --all-namespaces: choose the namespace of the name with -n", code=2)
    if watch:
        await follow(cluster, name, all_namespaces=all_namespaces, out=out)
    elif name:
        enrichment = await cluster.get(ENRICHMENTS, name)
        shown = as_shown(enrichment)
        out.show(shown, table=lambda: print_one(enrichment), names=lambda: [ENRICHMENTS.named(name)])
    else:
        await print_all(cluster, all_namespaces=all_namespaces, out=out)
        if out.output in (OutputFormat.TABLE, OutputFormat.WIDE):
            await tell_of_schedules(cluster, all_namespaces=all_namespaces)
            await tell_of_syncs(cluster, all_namespaces=all_namespaces)
            await tell_of_restores(cluster, all_namespaces=all_namespaces)
            await tell_of_upkeep(cluster, all_namespaces=all_namespaces)


async def print_all(cluster: Cluster, *, all_namespaces: bool, out: Printer) -> None:
    """One row an enrichment."""
    found = await cluster.list_all(ENRICHMENTS, all_namespaces=all_namespaces)
    if not found and out.output not in (OutputFormat.JSON, OutputFormat.YAML):
        place = "" if all_namespaces else f" in {cluster.namespace} namespace"
        to_stderr(f"No resources found{place}.")
        return
    out.show(
        a_list(found),
        table=lambda: out.table(*table(found, out=out, namespaces=all_namespaces)),
        names=lambda: [ENRICHMENTS.named(item["metadata"]["name"]) for item in found],
    )


async def tell_of_schedules(cluster: Cluster, *, all_namespaces: bool) -> None:
    """Say on standard error which schedules miss due times, and whether the planner's last run failed."""
    now = datetime.now(UTC)
    try:
        schedules = await cluster.list_all(SCHEDULES, all_namespaces=all_namespaces)
        runs = await cluster.list_all(WORKFLOWS, selector=PLANNER_RUNS, all_namespaces=all_namespaces)
    except Refused:  # the login may list enrichments alone, or Argo is not there
        return
    paused = suspended(schedules)
    lines = [str(each) for each in schedule_trouble(schedules, now)]
    lines += [f"{len(paused)} suspended"] if paused else []
    if lines:
        to_stderr(f"Schedules: {'; '.join(lines)}. See `otakube schedule list`")
    if trouble := planner_trouble(runs, now):
        to_stderr(f"Planner: {trouble}. See `otakube doctor`")


async def tell_of_syncs(cluster: Cluster, *, all_namespaces: bool) -> None:
    """Say on standard error which syncs of the dataset are stalled or overdue."""
    try:
        found = await cluster.list_all(SYNCS, all_namespaces=all_namespaces)
    except Refused:  # the login may list enrichments alone, or the CRD is of an older release
        return
    if lines := [str(each) for each in sync_trouble(found, datetime.now(UTC))]:
        to_stderr(f"Dataset syncs: {'; '.join(lines)}. See `otakube sync list`")


async def tell_of_restores(cluster: Cluster, *, all_namespaces: bool) -> None:
    """Say on standard error which restores are left to a person."""
    try:
        found = await cluster.list_all(RESTORES, all_namespaces=all_namespaces)
    except Refused:  # the login may list enrichments alone, or the CRD is of an older release
        return
    if lines := [str(each) for each in restore_trouble(found)]:
        to_stderr(f"Restores: {'; '.join(lines)}. See `otakube restore list`")


async def tell_of_upkeep(cluster: Cluster, *, all_namespaces: bool) -> None:
    """Say on standard error whether the last snapshot or scrub failed, or none came when one was due."""
    now = datetime.now(UTC)
    try:
        found = await cluster.list_all(CRON_WORKFLOWS, all_namespaces=all_namespaces)
        runs = {
            upkeep: await cluster.list_all(WORKFLOWS, selector=upkeep.runs, all_namespaces=all_namespaces)
            for upkeep in UPKEEP
        }
    except Refused:  # the login may list enrichments alone, or Argo is not there
        return
    for upkeep, own in runs.items():
        for cron in (each for each in found if each["metadata"]["name"] == upkeep.name):
            place = cron["metadata"]["namespace"]
            there = [run for run in own if run["metadata"]["namespace"] == place]
            if trouble := upkeep_trouble(upkeep, cron, there, now):
                to_stderr(f"{upkeep.check.capitalize()}: {trouble}. See `otakube doctor`")


def print_one(enrichment: dict[str, Any]) -> None:
    """All of one enrichment."""
    state = read_enrichment(enrichment)
    known = facts(state, now=datetime.now(UTC), cure=cure_of(state))
    print_facts(f"{state.name}: {state.title}", known)


def cure_of(state: EnrichmentState) -> str:
    """The cure that the reference pages give for its reason, where somebody must act."""
    if not state.stalled:
        return ""
    from otakube_api.v1alpha1.anime_enrichment import KIND  # it builds the models

    return next((reason.cure for reason in KIND.reasons if reason.value == state.reason), "")


async def follow(cluster: Cluster, name: str, *, all_namespaces: bool, out: Printer) -> None:
    """Print what is there, then each change, as `kubectl get --watch` does."""
    if name:
        await cluster.get(ENRICHMENTS, name)
    columns = headings(out=out, namespaces=all_namespaces)
    stream = out.stream(columns)
    seen: dict[str, str] = {}
    async for changes in cluster.watch(ENRICHMENTS, name=name, all_namespaces=all_namespaces):
        fresh = [item for _, item in changes if _is_new(seen, item)]
        now = datetime.now(UTC)
        stream.show(
            [as_shown(item) for item in fresh],
            rows=[_cells(item, now=now, out=out, namespaces=all_namespaces) for item in fresh],
            names=[ENRICHMENTS.named(item["metadata"]["name"]) for item in fresh],
        )


def table(
    enrichments: Sequence[dict[str, Any]], *, out: Printer, namespaces: bool
) -> tuple[list[str], list[list[str]]]:
    """Headings and rows."""
    now = datetime.now(UTC)
    rows = [_cells(item, now=now, out=out, namespaces=namespaces) for item in enrichments]
    return headings(out=out, namespaces=namespaces), rows


def headings(*, out: Printer, namespaces: bool) -> list[str]:
    """The columns of a list."""
    return [*(["namespace"] if namespaces else []), *(WIDE_COLUMNS if out.wide else COLUMNS)]


def _cells(item: dict[str, Any], *, now: datetime, out: Printer, namespaces: bool) -> list[str]:
    state = read_enrichment(item)
    return [*([state.namespace] if namespaces else []), *row(state, now=now, wide=out.wide)]


def _is_new(seen: dict[str, str], item: dict[str, Any]) -> bool:
    """False for a version that was printed already, as after a watch that had to begin anew."""
    uid, version = item["metadata"]["uid"], item["metadata"]["resourceVersion"]
    known, seen[uid] = seen.get(uid), version
    return bool(known != version)
