# SPDX-License-Identifier: Apache-2.0
"""Setting spec.suspend of several objects, each with a line that says so."""

from collections.abc import Sequence

from otakube_cli.cluster import ENRICHMENTS, Cluster
from otakube_cli.command import each


async def set_suspended(cluster: Cluster, names: Sequence[str], wanted: bool, *, dry_run: bool) -> None:
    """Suspend or resume; one that is so already is left alone."""

    async def change(name: str) -> None:
        enrichment = await cluster.get(ENRICHMENTS, name)
        same = bool(enrichment["spec"].get("suspend")) is wanted
        if not same:
            await cluster.merge(ENRICHMENTS, name, {"spec": {"suspend": wanted}}, dry_run=dry_run)
        done = "suspended" if wanted else "resumed"
        note = " (no change)" if same else " (dry run)" if dry_run else ""
        print(f"{ENRICHMENTS.named(name)} {done}{note}")

    await each(names, change)
