# SPDX-License-Identifier: Apache-2.0
"""Decide one thing for ever."""

import json
from typing import Annotated, Any

import typer

from otakube.commands.output import TABLE, Printer
from otakube.domain.locks.file import LockLine, plan_import
from otakube.domain.locks.lock import LOCKABLE, Lockable, describe_lock, lock_id, typed
from otakube.near import did_you_mean
from otakube_api.contract import one_line
from otakube_cli import curation
from otakube_cli.cluster import Cluster
from otakube_cli.command import application, cluster_command
from otakube_cli.curation import By, Note, decision, lock_from
from otakube_cli.errors import ConsoleError
from otakube_cli.options import DryRun, Timeout

app = application()

Pages = Annotated[list[str], typer.Argument(help="Its pages at the providers.", show_default=False)]
OnePage = Annotated[str, typer.Argument(help="The page that is meant.", show_default=False)]
Title = Annotated[str, typer.Argument(help="The title as it is searched.", show_default=False)]
Year = Annotated[int | None, typer.Option(help="Only where it is searched with this year.")]
Type = Annotated[str, typer.Option(help="Only where it is searched with this type: TV, Movie, OVA, ...")]
Name = Annotated[str, typer.Argument(help=f"One of {', '.join(LOCKABLE)}.", show_default=False)]
Value = Annotated[
    str, typer.Argument(help="Its value: JSON, or plain words; null for none.", show_default=False)
]


@app.callback()
def setting() -> None:
    """Decide one thing for ever."""


@cluster_command(app)
async def same(  # noqa: PLR0913 - the options of a command
    cluster: Cluster,
    *,
    pages: Pages,
    note: Note = "",
    by: By = "",
    dry_run: DryRun = False,
    within: Timeout = 300,
    out: Printer = TABLE,
) -> None:
    """These pages show one anime.

    Example: otakube locks set same https://myanimelist.net/anime/457 https://anilist.co/anime/457
    """
    fields = {"kind": "Same", "pages": pages, **decision(by, note)}
    await decide(cluster, fields, dry_run=dry_run, within=within, out=out)


@cluster_command(app)
async def different(  # noqa: PLR0913 - the options of a command
    cluster: Cluster,
    *,
    pages: Pages,
    note: Note = "",
    by: By = "",
    dry_run: DryRun = False,
    within: Timeout = 300,
    out: Printer = TABLE,
) -> None:
    """No two of these pages show one anime.

    Example: otakube locks set different https://myanimelist.net/anime/457 https://anilist.co/anime/1
    """
    fields = {"kind": "Different", "pages": pages, **decision(by, note)}
    await decide(cluster, fields, dry_run=dry_run, within=within, out=out)


@cluster_command(app)
async def title(  # noqa: PLR0913 - the options of a command
    cluster: Cluster,
    *,
    title: Title,
    page: OnePage,
    year: Year = None,
    type: Type = "",
    note: Note = "",
    by: By = "",
    dry_run: DryRun = False,
    within: Timeout = 300,
    out: Printer = TABLE,
) -> None:
    """A search for this title means this page.

    Example: otakube locks set title "Fruits Basket" https://myanimelist.net/anime/38680
    """
    narrowed: dict[str, Any] = {**({"year": year} if year else {}), **({"type": type} if type else {})}
    fields = {"kind": "Title", "title": title, **narrowed, "page": page, **decision(by, note)}
    await decide(cluster, fields, dry_run=dry_run, within=within, out=out)


@cluster_command(app)
async def field(  # noqa: PLR0913 - the options of a command
    cluster: Cluster,
    *,
    name: Name,
    value: Value,
    pages: Pages,
    note: Note = "",
    by: By = "",
    dry_run: DryRun = False,
    within: Timeout = 300,
    out: Printer = TABLE,
) -> None:
    """The anime with these pages has this value.

    Example: otakube locks set field episode_count 26 https://myanimelist.net/anime/457
    """
    fields = {"kind": "Field", "pages": pages, "field": name, "value": value_of(name, value)}
    await decide(cluster, fields | decision(by, note), dry_run=dry_run, within=within, out=out)


async def decide(
    cluster: Cluster,
    fields: dict[str, Any],
    *,
    dry_run: bool,
    within: int,
    out: Printer,
) -> None:
    """Set one lock, unless it stands already or contradicts another."""
    lock = lock_from(fields)
    planned = plan_import([LockLine(1, lock)], await curation.read_all(cluster))
    if planned.refused:
        raise ConsoleError(planned.refused[0].message)
    if not dry_run:
        await curation.add(cluster, planned.added, within=within)
    outcome = "stands already" if planned.unchanged else "would be set" if dry_run else "is set"
    answer = {"added": len(planned.added), "applied": not dry_run, "lock": curation.as_rows([lock])[0]}
    out.show(answer, table=lambda: print(one_line(f"{lock_id(lock)} {outcome}: {describe_lock(lock)}")))


def value_of(name: str, text: str) -> Any:
    """The value that a person typed, as JSON: what is no JSON of the field's type is words."""
    if name not in LOCKABLE:
        known = f"{', '.join(LOCKABLE)}{did_you_mean(name, LOCKABLE)}"
        raise ConsoleError(f"{name!r:.100} is no field that can be decided: {known}", code=2)
    try:
        return _json_or_words(name, text)
    except ValueError as error:
        raise ConsoleError(str(error), code=2) from error


def _json_or_words(name: Lockable, text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    try:
        typed(name, value)
    except ValueError as as_json:
        if value is None or isinstance(value, dict | list):
            raise
        try:
            typed(name, text)
        except ValueError:
            raise as_json from None
        return text
    return value
