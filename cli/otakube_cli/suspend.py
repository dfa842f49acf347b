# SPDX-License-Identifier: Apache-2.0
"""Hold enrichments where they are, and start none of their runs, until they are resumed."""

from otakube_cli.cluster import Cluster
from otakube_cli.command import application, cluster_command
from otakube_cli.options import DryRun, Names
from otakube_cli.suspension import set_suspended

app = application()


@cluster_command(app)
async def suspend(cluster: Cluster, *, names: Names, dry_run: DryRun = False) -> None:
    """Hold enrichments where they are, and start none of their runs, until they are resumed.

    It sets spec.suspend. A pod that runs ends its step first.

    Example: otakube suspend frozen-tide
    """
    await set_suspended(cluster, names, True, dry_run=dry_run)
