# SPDX-License-Identifier: Apache-2.0
"""The runs of an enrichment: its Workflows, found by its uid."""

from collections.abc import Mapping
from typing import Any

from otakube_api import labels
from otakube_cli.cluster import WORKFLOWS, Cluster


async def newest_run(cluster: Cluster, enrichment: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The newest Workflow; None if it has none."""
    uid = enrichment["metadata"]["uid"]
    runs = await cluster.list_all(WORKFLOWS, selector=f"{labels.ENRICHMENT_UID}={uid}")
    return max(runs, key=run_order, default=None)


def run_order(workflow: Mapping[str, Any]) -> tuple[int, int]:
    """Generation, then attempt: the newest run has the highest."""
    run_labels = workflow["metadata"].get("labels", {})
    return int(run_labels.get(labels.GENERATION, 0)), int(run_labels.get(labels.ATTEMPT, 0))
