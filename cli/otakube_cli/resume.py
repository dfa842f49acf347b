# SPDX-License-Identifier: Apache-2.0
"""Let suspended enrichments go on where they were held."""

from otakube_cli.cluster import Cluster
from otakube_cli.command import application, cluster_command
from otakube_cli.options import DryRun, Names
from otakube_cli.suspension import set_suspended

app = application()


@cluster_command(app)
async def resume(cluster: Cluster, *, names: Names, dry_run: DryRun = False) -> None:
    """Let suspended enrichments go on where they were held.

    It sets spec.suspend to false.

    Example: otakube resume frozen-tide
    """
    await set_suspended(cluster, names, False, dry_run=dry_run)
