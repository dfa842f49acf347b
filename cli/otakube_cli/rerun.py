# SPDX-License-Identifier: Apache-2.0
"""Run enrichments again, from the start."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from otakube_api import labels
from otakube_cli.cluster import ENRICHMENTS, Cluster
from otakube_cli.command import AllNamespaces, application, cluster_command, each, to_stderr
from otakube_cli.completion import complete_enrichments
from otakube_cli.enrichment_state import EnrichmentState, read_enrichment
from otakube_cli.errors import ConsoleError
from otakube_cli.options import DryRun, Timeout, Wait
from otakube_cli.waiting import wait as wait_for

app = application()

SomeNames = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME...]",
        help="Names of AnimeEnrichments.",
        show_default=False,
        autocompletion=complete_enrichments,
    ),
]
Stalled = Annotated[bool, typer.Option("--stalled", help="All that wait for a person to change something.")]
Failed = Annotated[bool, typer.Option("--failed", help="All that are not Ready and do not run.")]


@cluster_command(app)
async def rerun(  # noqa: PLR0913 - the options of a command
    cluster: Cluster,
    *,
    names: SomeNames = None,
    stalled: Stalled = False,
    failed: Failed = False,
    all_namespaces: AllNamespaces = False,
    dry_run: DryRun = False,
    wait: Wait = False,
    within: Timeout = 900,
) -> None:
    """Run enrichments again, from the start: it sets the annotation otakube.dev/requested-at.

    A run that goes on is ended first. Live versions stay until the new run publishes.

    Examples:

    \b
      otakube rerun frozen-tide --wait
      otakube rerun --stalled
      otakube rerun --failed -A --dry-run
    """
    chosen = check_usage(names or [], stalled=stalled, failed=failed, all_namespaces=all_namespaces)
    request = datetime.now(UTC).isoformat(timespec="milliseconds")
    targets = [(cluster.namespace, name) for name in names or []]
    if chosen is not None:
        targets = select(await cluster.list_all(ENRICHMENTS, all_namespaces=all_namespaces), chosen)
    if not targets:
        place = "any namespace" if all_namespaces else f"namespace {cluster.namespace}"
        to_stderr(f"Nothing is {'stalled' if stalled else 'failed'} in {place}.")
        return
    await each(targets, lambda target: ask(cluster, *target, request=request, dry_run=dry_run))
    if wait and not dry_run:
        await each(targets, lambda target: wait_for_one(cluster, target[1], within=within, request=request))


def check_usage(names: Sequence[str], *, stalled: bool, failed: bool, all_namespaces: bool) -> str | None:
    """Choice of all that are meant; None for those that are named."""
    if bool(names) + stalled + failed != 1:
        raise ConsoleError("give names, or --stalled, or --failed", code=2)
    if names and all_namespaces:
        raise ConsoleError("names and --all-namespaces: choose the namespace of the names with -n", code=2)
    return None if names else "stalled" if stalled else "failed"


def select(enrichments: Iterable[dict[str, Any]], chosen: str) -> list[tuple[str, str]]:
    """Namespace and name of those that are meant."""
    meant = has_stalled if chosen == "stalled" else has_failed
    return [(one.namespace, one.name) for one in map(read_enrichment, enrichments) if meant(one)]


def has_stalled(state: EnrichmentState) -> bool:
    """True if it waits for a person to change something."""
    return state.stalled


def has_failed(state: EnrichmentState) -> bool:
    """True if it is not Ready and nothing goes on."""
    return state.current and state.ready == "False"


async def ask(cluster: Cluster, namespace: str, name: str, *, request: str, dry_run: bool) -> None:
    """Ask for a new run of one."""
    change = {"metadata": {"annotations": {labels.REQUESTED_AT: request}}}
    await cluster.merge(ENRICHMENTS, name, change, namespace=namespace, dry_run=dry_run)
    print(f"{ENRICHMENTS.named(name)} {'would run' if dry_run else 'runs'} again")


async def wait_for_one(cluster: Cluster, name: str, *, within: int, request: str) -> None:
    """Wait for the end of the run that was asked for."""
    state = await wait_for(cluster, name, within=within, request=request)
    to_stderr(f"{name}: Ready, version {state.status.get('liveVersion', '')} is live")
