# SPDX-License-Identifier: Apache-2.0
"""Show entries of the catalogue: their fields, who says so, their images, their versions."""

import re
from typing import Annotated, Any
from urllib.parse import quote

import typer
from pydantic import TypeAdapter, ValidationError

from otakube.commands.output import TABLE, Printer, print_facts
from otakube.domain.record.golden import Id
from otakube_cli import record, versions
from otakube_cli.cluster import ENRICHMENTS, Cluster
from otakube_cli.command import application, cluster_command
from otakube_cli.errors import ConsoleError
from otakube_cli.lineage import print_tree
from otakube_cli.options import DryRun, Orphaned

app = application()

Entry = Annotated[
    str, typer.Argument(help="Our id (ani_...), or the name of an AnimeEnrichment.", show_default=False)
]
Field = Annotated[
    str,
    typer.Argument(
        help="One field, such as episode_count, titles.english, episodes.3.title, characters.NAME.role; "
        "default all of the entry.",
        show_default=False,
    ),
]
Version = Annotated[
    int, typer.Argument(min=1, help="A version; `otakube entry history` lists them.", show_default=False)
]
LaterVersion = Annotated[
    int | None, typer.Argument(min=1, help="Another version; the live one if left out.", show_default=False)
]
Limit = Annotated[int, typer.Option(min=1, max=100, help="Versions at most, the newest first.")]
Depth = Annotated[int, typer.Option(min=1, help="Relations between it and a work at most.")]


@app.callback()
def entry() -> None:
    """Show entries of the catalogue: their fields, who says so, their images, their versions."""


@cluster_command(app, "show")
async def show_one(
    cluster: Cluster, *, entry: Entry, include_orphaned: Orphaned = False, out: Printer = TABLE
) -> None:
    """Show an entry as readers see it.

    Example: otakube entry show frozen-tide -o yaml
    """
    anime = await read(cluster, await entry_id(cluster, entry), include_orphaned=include_orphaned)
    out.show(anime, table=lambda: print_entry(anime))


@cluster_command(app)
async def explain(
    cluster: Cluster,
    *,
    entry: Entry,
    field: Field = "",
    include_orphaned: Orphaned = False,
    out: Printer = TABLE,
) -> None:
    """Show who says a field, when, how sure, and who disagrees.

    Example: otakube entry explain frozen-tide episode_count
    """
    path = f"animes/{await entry_id(cluster, entry)}/explain"
    path = f"{path}/{quote(field, safe='')}" if field else path
    explanation = await cluster.catalogue(path, **visibility(include_orphaned=include_orphaned))
    out.show(explanation, table=lambda: record.print_fields(explanation, out))


@cluster_command(app)
async def relations(
    cluster: Cluster,
    *,
    entry: Entry,
    depth: Depth = 50,
    include_orphaned: Orphaned = False,
    out: Printer = TABLE,
) -> None:
    """Show all works around an entry: sequels, side stories, what it is made from, and what is around them.

    Example: otakube entry relations frozen-tide
    """
    path = f"animes/{await entry_id(cluster, entry)}/relations"
    graph = await cluster.catalogue(path, depth=depth, **visibility(include_orphaned=include_orphaned))
    out.show(graph, table=lambda: print_tree(graph))


@cluster_command(app)
async def images(
    cluster: Cluster, *, entry: Entry, include_orphaned: Orphaned = False, out: Printer = TABLE
) -> None:
    """List an entry's images with the hashes they are mirrored under.

    Example: otakube entry images frozen-tide
    """
    anime = await read(cluster, await entry_id(cluster, entry), include_orphaned=include_orphaned)
    found = record.every_image(anime["record"]) if anime["record"] else []
    empty = "No provider shows an image of it."
    out.show(found, table=lambda: record.print_images(found, out) if found else print(empty))


@cluster_command(app)
async def history(cluster: Cluster, *, entry: Entry, limit: Limit = 20, out: Printer = TABLE) -> None:
    """List the versions that readers saw: when, by which run, who decided, and what changed.

    Example: otakube entry history frozen-tide
    """
    found = await cluster.catalogue_internal(f"animes/{await entry_id(cluster, entry)}/versions", limit=limit)
    enrichments = await cluster.list_all(ENRICHMENTS)
    found = versions.with_objects(found, versions.uids(enrichments))
    out.show(found, table=lambda: versions.print_history(found, out))


@cluster_command(app)
async def diff(
    cluster: Cluster, *, entry: Entry, before: Version, after: LaterVersion = None, out: Printer = TABLE
) -> None:
    """Show what two versions differ in, field by field and row by row.

    Example: otakube entry diff frozen-tide 3 5
    """
    path = f"animes/{await entry_id(cluster, entry)}/versions"
    to = after if after is not None else (await cluster.catalogue_internal(path, limit=1))["live"]
    found = await cluster.catalogue_internal(f"{path}/{before}/diff/{to}")
    out.show(found, table=lambda: versions.print_diff(found, out))


@cluster_command(app)
async def rollback(
    cluster: Cluster, *, entry: Entry, to: Version, dry_run: DryRun = False, out: Printer = TABLE
) -> None:
    """Ask for an earlier version to become a new one; it waits for a review that shows the differences.

    Example: otakube entry rollback frozen-tide 3
    """
    manifest = versions.rollback_of(await entry_id(cluster, entry), to, namespace=cluster.namespace)
    made = await cluster.create(ENRICHMENTS, manifest, dry_run=dry_run)
    name = made["metadata"]["name"]
    said = f"AnimeEnrichment {name} {'would be' if dry_run else 'is'} created"
    out.show(made, table=lambda: print(f"{said}; it waits for a review: otakube review show {name}"))


async def read(cluster: Cluster, entry: str, *, include_orphaned: bool = False) -> dict[str, Any]:
    """The entry, whole."""
    return await cluster.catalogue(f"animes/{entry}", **visibility(include_orphaned=include_orphaned))


def visibility(*, include_orphaned: bool) -> dict[str, str]:
    """The parameter of the read API's routes."""
    return {"include_orphaned": "true"} if include_orphaned else {}


async def entry_id(cluster: Cluster, given: str) -> str:
    """The id itself, or that of a named AnimeEnrichment."""
    if re.match(r"ani_", given):
        return checked(given)
    enrichment = await cluster.get(ENRICHMENTS, given)
    known = (enrichment.get("status") or {}).get("entryId")
    if not known:
        raise ConsoleError(
            f"AnimeEnrichment {given!r} has no entry yet; `kubectl -n {cluster.namespace} "
            f"get animeenrichment {given}` says where it stands"
        )
    return str(known)


def checked(given: str) -> str:
    """The id, if it has the form of one."""
    try:
        return TypeAdapter(Id).validate_python(given)
    except ValidationError as error:
        raise ConsoleError(
            f"{given!r} is no entry id: it has ani_ and 26 letters and digits; "
            "`otakube search TITLE` shows ids",
            code=2,
        ) from error


def print_entry(anime: dict[str, Any]) -> None:
    """The entry in some twenty lines."""
    if anime["record"] is None:
        record.print_listing(anime)
        return
    golden = anime["record"]
    entry = golden["entry"]
    counts = [
        ("level", anime["level"]),
        *record.lifecycle(anime),
        ("version", anime["version"]),
        ("digest", anime["digest"]),
        ("vectors by", anime["model"]),
        ("committed", anime["committed_at"]),
    ]
    hidden = {"id", "schema_version", "provenance", "images", "titles", "relations", "statistics"}
    hidden |= {"recommendations", "streaming", "accepted_suggestions"}
    facts = [
        (key, record.short(value))
        for key, value in entry.items()
        if key not in hidden and value not in (None, [])
    ]
    parts = ", ".join(
        f"{len(found)} {name}"
        for name, found in (
            ("episodes", golden["episodes"]),
            ("characters", golden["characters"]),
            ("people of the staff", golden["staff"]),
            ("images", record.every_image(golden)),
            ("relations", entry["relations"]),
            ("recommendations", entry["recommendations"]),
        )
    )
    names = filter(None, [entry["titles"]["english"], entry["titles"]["japanese"]])
    heading = f"{entry['titles']['main']} ({entry['id']})"
    print_facts(heading, [("also", ", ".join(names)), *facts, ("has", parts), *counts])
    record.print_withheld(anime["withheld"])
