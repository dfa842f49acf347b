# SPDX-License-Identifier: Apache-2.0
"""The end of the demo: the table, an entry, its images, a search, the times, and what to try next."""

from collections.abc import Sequence

from otakube.commands.output import print_table
from otakube_cli import record, search
from otakube_cli.cluster import ENRICHMENTS, Cluster
from otakube_cli.demo.progress import PHASES, TitleProgress, timing
from otakube_cli.demo.screen import Screen
from otakube_cli.entry import entry_id, print_entry, read
from otakube_cli.errors import ConsoleError

SHOWN = "hoshi-no-toudaimori"
QUERY = "someone keeps a light burning so that the lost find their way home"
IMAGES_SHOWN = 5

NEXT = (
    "otakube entry explain kagami-no-kuni episode_count      # who says so, and who does not",
    "kubectl -n otakube describe animeenrichment kasa-no-eki # how a provider that is down shows",
    "kubectl -n otakube apply -f crds/samples/review-required.yaml",
    "kubectl -n otakube wait --for=condition=AwaitingReview animeenrichment/review-required --timeout=10m",
    "otakube review show review-required                     # then: otakube review approve review-required",
)
CLUSTER_ENV = 'eval "$(.venv/bin/otakube cluster env)"'

ARGO = (
    "kubectl -n argo port-forward service/argo-server 2746:2746 >/dev/null &",
    'echo "Bearer $(kubectl -n otakube create token otakube-demo --duration 8h)"',
)
ARGO_PAGE = (
    "Paste what the second prints into the box of http://localhost:2746/login below `client authentication`;",
    "the runs are at http://localhost:2746/workflows/otakube. A review is answered there: docs/review.md.",
)


async def print_report(cluster: Cluster, screen: Screen, titles: Sequence[TitleProgress]) -> None:
    """Print the end of the demo."""
    screen.heading("$ kubectl get animeenrichments")
    await print_enrichments(cluster, {title.name for title in titles})
    anime = await read(cluster, await entry_id(cluster, SHOWN))
    screen.heading(f"$ otakube entry show {SHOWN}")
    print_entry(anime)
    images = record.every_image(anime["record"])
    screen.heading(
        f"$ otakube entry images {SHOWN}   # the first {min(IMAGES_SHOWN, len(images))} of {len(images)}"
    )
    record.print_images(images[:IMAGES_SHOWN])
    if not any(image["sha256"] for image in images):
        raise ConsoleError(f"no image of {SHOWN} was mirrored; the lines above say why")
    screen.heading(f'$ otakube search "{QUERY}"')
    search.print_results(await search.find(cluster, QUERY, limit=3))
    screen.heading("Time of each step, and from the run's start to Ready")
    print_table(("anime", *(node.value for node in PHASES), "ready"), timing(titles))
    screen.heading(f"Try next; on the local cluster after: {CLUSTER_ENV}")
    print("\n".join(NEXT))
    screen.heading("Argo's own page of the runs:")
    print("\n".join((*ARGO, *ARGO_PAGE)))


async def print_enrichments(cluster: Cluster, names: set[str]) -> None:
    """The API server's own columns, as kubectl prints them."""
    table = await cluster.table(ENRICHMENTS)
    columns = [column for column in table["columnDefinitions"] if column["priority"] == 0]
    shown = [index for index, column in enumerate(table["columnDefinitions"]) if column["priority"] == 0]
    rows = [row for row in table["rows"] if row["object"]["metadata"]["name"] in names]
    cells = [[row["cells"][index] or "" for index in shown] for row in rows]
    print_table([column["name"] for column in columns], cells)
