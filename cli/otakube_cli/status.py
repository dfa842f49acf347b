# SPDX-License-Identifier: Apache-2.0
"""Show where enrichments stand: step, attempt, cause, since when, and what is next."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from otakube.commands.output import TABLE, OutputFormat, Printer, print_facts
from otakube_cli.cluster import ENRICHMENTS, Cluster
from otakube_cli.command import AllNamespaces, application, cluster_command, to_stderr
from otakube_cli.completion import complete_enrichments
from otakube_cli.enrichment_state import COLUMNS, WIDE_COLUMNS, EnrichmentState, facts, read_enrichment, row
from otakube_cli.errors import ConsoleError
from otakube_cli.kube.answers import a_list, as_shown

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

    A list is sorted by namespace and name. With a name, all that a person wants to know of that one.

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
