# SPDX-License-Identifier: Apache-2.0
"""Enrich three anime and show what happens, then await an episode of a fourth."""

from typing import Annotated

import typer

from otakube_cli.cluster import Cluster
from otakube_cli.command import application, cluster_command
from otakube_cli.options import Timeout

app = application()

Delete = Annotated[bool, typer.Option("--delete", help="Remove the demo's objects instead.")]


@cluster_command(app)
async def demo(cluster: Cluster, *, delete: Delete = False, within: Timeout = 600) -> None:
    """Enrich three anime and show what happens, then await an episode of a fourth.

    One goes straight through, one is reviewed, one has a provider that is down. The episode is not out at
    first: the demo moves the stand-in upstream's clock, as time would.

    Run again, it shows the results. `make demo` brings up the cluster and installs Otakube first.
    """
    from rich.console import Console

    from otakube_cli.demo import episode, report, story
    from otakube_cli.demo.screen import Screen

    if delete:
        names = [body["metadata"]["name"] for body in story.manifests()]
        await story.remove(cluster, [*names, *await episode.remove(cluster)], limit_seconds=within)
        return
    screen = Screen(Console())
    found = await story.play(cluster, screen, limit_seconds=within)
    await episode.play(cluster, screen, limit_seconds=within)
    await report.print_report(cluster, screen, found)
