# SPDX-License-Identifier: Apache-2.0
"""Stop the current run of enrichments; its exit handler cleans up."""

from otakube_api.argo import read_workflow
from otakube_cli.cluster import ENRICHMENTS, WORKFLOWS, Cluster
from otakube_cli.command import application, cluster_command, each
from otakube_cli.errors import ConsoleError
from otakube_cli.options import DryRun, Names
from otakube_cli.runs import newest_run

SHUTDOWN = "Stop"  # Argo's word: running pods are ended, the exit handler still runs

app = application()


@cluster_command(app)
async def stop(cluster: Cluster, *, names: Names, dry_run: DryRun = False) -> None:
    """Stop the current run of enrichments; its exit handler cleans up.

    The object is then Stalled with WorkflowStopped; `otakube rerun` starts a new run. It wants the right to
    patch Workflows, and where the chart's admission policy is on, the right to create pods.

    Example: otakube stop frozen-tide
    """

    async def stop_one(name: str) -> None:
        run = await newest_run(cluster, await cluster.get(ENRICHMENTS, name))
        if run is None or read_workflow(run).finished:
            raise ConsoleError(f"{name!r} has no run that goes on")
        workflow = run["metadata"]["name"]
        await cluster.merge(WORKFLOWS, workflow, {"spec": {"shutdown": SHUTDOWN}}, dry_run=dry_run)
        print(f"{WORKFLOWS.named(workflow)} {'would be ' if dry_run else ''}stopped")

    await each(names, stop_one)
