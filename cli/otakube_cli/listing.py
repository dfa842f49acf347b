# SPDX-License-Identifier: Apache-2.0
"""The objects of one kind as a list, as `kubectl get` prints them."""

from collections.abc import Callable, Sequence
from typing import Any

from otakube.commands.output import OutputFormat, Printer
from otakube_cli.cluster import Cluster, Resource
from otakube_cli.command import to_stderr
from otakube_cli.kube.answers import a_list

Row = Callable[[dict[str, Any]], Sequence[object]]


async def show_objects(
    cluster: Cluster,
    resource: Resource,
    columns: Sequence[str],
    row: Row,
    *,
    all_namespaces: bool,
    out: Printer,
) -> None:
    """Show the objects of a namespace, or of all; that there are none goes to stderr, as from kubectl."""
    found = await cluster.list_all(resource, all_namespaces=all_namespaces)
    if not found and out.output not in (OutputFormat.JSON, OutputFormat.YAML):
        to_stderr(f"No resources found{'' if all_namespaces else f' in {cluster.namespace} namespace'}.")
        return
    place = ["namespace"] if all_namespaces else []
    rows = [[*(item["metadata"][each] for each in place), *row(item)] for item in found]
    out.show(
        a_list(found),
        table=lambda: out.table([*place, *columns], rows),
        names=lambda: [resource.named(item["metadata"]["name"]) for item in found],
    )
