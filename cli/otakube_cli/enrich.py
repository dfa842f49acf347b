# SPDX-License-Identifier: Apache-2.0
"""Enrich an anime, named by its title, its page at a provider, or its id."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from otakube.commands.output import TABLE, Printer
from otakube_api.contract import Accelerator, AnimeType, Mode, Provider, ReviewPolicy
from otakube_cli.cluster import ENRICHMENTS, Cluster
from otakube_cli.command import application, cluster_command, to_stderr
from otakube_cli.errors import ConsoleError, Refused
from otakube_cli.naming import name_of_page, name_of_title
from otakube_cli.options import DryRun, Timeout, Wait
from otakube_cli.waiting import wait as wait_for

ALREADY_EXISTS = 409

app = application()

What = Annotated[
    list[str],
    typer.Argument(
        metavar="TITLE|URL...", help="A title, pages of one anime, or its id (ani_...).", show_default=False
    ),
]
ObjectName = Annotated[str, typer.Option("--name", help="Name of the object; default: made of the title.")]
Year = Annotated[int | None, typer.Option(help="Year of its first broadcast, to tell namesakes apart.")]
Type = Annotated[AnimeType | None, typer.Option(help="Its type, likewise.")]
Review = Annotated[ReviewPolicy | None, typer.Option(help="When a person looks at the record first.")]
ReviewTimeout = Annotated[str, typer.Option(help="How long the run waits for that person, such as 72h.")]
Providers = Annotated[
    list[Provider] | None, typer.Option("--provider", help="Ask this provider; may be repeated.")
]
OneMode = Annotated[Mode | None, typer.Option(help="The whole record, or its episodes alone.")]
Processor = Annotated[Accelerator | None, typer.Option(help="Processor that embeds.")]


@cluster_command(app)
async def enrich(  # noqa: PLR0913 - the options of a command
    cluster: Cluster,
    *,
    what: What,
    name: ObjectName = "",
    year: Year = None,
    type: Type = None,
    review: Review = None,
    review_timeout: ReviewTimeout = "",
    provider: Providers = None,
    mode: OneMode = None,
    accelerator: Processor = None,
    dry_run: DryRun = False,
    wait: Wait = False,
    within: Timeout = 900,
    out: Printer = TABLE,
) -> None:
    """Enrich an anime, named by its title, its page at a provider, or its id.

    With --dry-run the API server checks the object and stores nothing; -o yaml prints what would be applied.

    Exit status: 0 created, or Ready with --wait; 1 refused, not Ready or late; 2 wrong usage.

    Examples:

    \b
      otakube enrich "Cowboy Bebop" --wait
      otakube enrich "Fruits Basket" --year 2019 --type TV
      otakube enrich https://myanimelist.net/anime/457 --review Required
      otakube enrich "Mushishi" --dry-run -o yaml > mushishi.yaml
    """
    anime = anime_of(what, {"year": year, "type": type and type.value})
    spec = present(
        anime=anime,
        mode=mode and mode.value,
        providers=[one.value for one in provider or []],
        review=present(policy=review and review.value, timeout=review_timeout),
        accelerator=accelerator and accelerator.value,
    )
    manifest = manifest_of(name or default_name(anime), cluster.namespace, spec)
    await create(cluster, manifest, dry_run=dry_run)
    named = ENRICHMENTS.named(manifest["metadata"]["name"])
    done = "created (dry run)" if dry_run else "created"
    out.show(manifest, table=lambda: print(f"{named} {done}"), names=lambda: [named])
    if wait and not dry_run:
        state = await wait_for(cluster, manifest["metadata"]["name"], within=within)
        to_stderr(f"{state.name}: Ready, version {state.status.get('liveVersion', '')} is live")


async def create(cluster: Cluster, manifest: dict[str, Any], *, dry_run: bool) -> None:
    """Create the object; of one that is there the error says how to go on."""
    name = manifest["metadata"]["name"]
    try:
        await cluster.create(ENRICHMENTS, manifest, dry_run=dry_run)
    except Refused as error:
        if error.status == ALREADY_EXISTS:
            raise ConsoleError(
                f'Error from server (AlreadyExists): {ENRICHMENTS.qualified} "{name}" already exists; '
                f"`otakube rerun {name}` runs it again, --name makes another object"
            ) from error
        raise ConsoleError(f"Error from server: {error}") from error


def anime_of(what: Sequence[str], narrowed: dict[str, Any]) -> dict[str, Any]:
    """spec.anime: pages, an id, or a title with what narrows its search."""
    given = [one.strip() for one in what]
    pages = [one for one in given if one.startswith(("https://", "http://"))]
    narrow = present(**narrowed)
    if (pages and len(pages) != len(given)) or (not pages and len(given) != 1):
        raise ConsoleError("give one title in quotes, or pages of one anime", code=2)
    if (pages or given[0].startswith("ani_")) and narrow:
        raise ConsoleError("--year and --type narrow the search for a title; pages and ids need none", code=2)
    if pages:
        return {"sourceUrls": pages}
    return {"id": given[0]} if given[0].startswith("ani_") else {"title": given[0], **narrow}


def default_name(anime: dict[str, Any]) -> str:
    """A name of the object, made of what names the anime."""
    if "sourceUrls" in anime:
        return name_of_page(anime["sourceUrls"][0])
    if "id" in anime:
        return str(anime["id"]).lower().replace("_", "-")
    year = f" {anime['year']}" if "year" in anime else ""
    return name_of_title(f"{anime['title']}{year}")


def manifest_of(name: str, namespace: str, spec: dict[str, Any]) -> dict[str, Any]:
    """The object as a person would write it."""
    version = ENRICHMENTS.version
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": version, "kind": "AnimeEnrichment", "metadata": metadata, "spec": spec}


def present(**fields: Any) -> dict[str, Any]:
    """The fields that are given."""
    return {name: value for name, value in fields.items() if value}
