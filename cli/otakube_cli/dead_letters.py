# SPDX-License-Identifier: Apache-2.0
"""Show the dead letters of runs that ended badly, and run their enrichments again."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from otakube.commands.output import TABLE, OutputFormat, Printer, print_facts
from otakube_cli.cluster import ENRICHMENTS, Cluster
from otakube_cli.command import AllNamespaces, application, cluster_command, each, to_stderr
from otakube_cli.enrichment_state import age, moment
from otakube_cli.errors import ConsoleError
from otakube_cli.options import DryRun
from otakube_cli.rerun import ask

LIMIT = 1000
COLUMNS = ("id", "enrichment", "step", "reason", "attempt", "age")

app = application()

Id = Annotated[str, typer.Argument(help="Id of a dead letter, as `list` shows it.", show_default=False)]
Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="Ids.", show_default=False)]
Reason = Annotated[str, typer.Option(help="Those of this reason, such as StoreUnavailable.")]


@app.callback()
def dead_letters() -> None:
    """Show the dead letters of runs that ended badly, and run their enrichments again."""


@cluster_command(app, "list")
async def list_all(
    cluster: Cluster, *, reason: Reason = "", all_namespaces: AllNamespaces = False, out: Printer = TABLE
) -> None:
    """List the dead letters, the newest first; `-o wide` shows what was said.

    Example: otakube dead-letters list --reason StoreUnavailable -A
    """
    found = await letters(cluster, reason=reason, all_namespaces=all_namespaces)
    if not found and out.output in (OutputFormat.TABLE, OutputFormat.WIDE):
        place = "any namespace" if all_namespaces else f"namespace {cluster.namespace}"
        to_stderr(f"There is no dead letter of {place}.")
        return
    names = (*COLUMNS, *(("message",) if out.wide else ()))
    now = datetime.now(UTC)
    rows = [row(letter, now=now)[: len(names)] for letter in found]
    out.show(found, table=lambda: out.table(names, rows), names=lambda: [id_of(letter) for letter in found])


@cluster_command(app)
async def show(cluster: Cluster, *, letter_id: Id, out: Printer = TABLE) -> None:
    """Show one dead letter: the step, the reason, what was said, and where its inputs lie.

    Example: otakube dead-letters show 0b7c9f7e-2f4e-4c53-9a0e-1b9df2f4e1aa/1-2
    """
    letter = find(await letters(cluster, all_namespaces=True), letter_id)
    facts = [(name, letter[name]) for name in ("step", "reason", "message", "attempt", "at", "inputs")]
    heading = f"{letter['enrichment']}: {letter['title']}"
    out.show(letter, table=lambda: print_facts(heading, facts), names=lambda: [letter_id])


@cluster_command(app)
async def replay(
    cluster: Cluster,
    *,
    ids: Ids = None,
    reason: Reason = "",
    all_namespaces: AllNamespaces = False,
    dry_run: DryRun = False,
) -> None:
    """Run the enrichments of dead letters again, from the start, each once.

    Examples:

    \b
      otakube dead-letters replay 0b7c9f7e-2f4e-4c53-9a0e-1b9df2f4e1aa/1-2
      otakube dead-letters replay --reason StoreUnavailable
    """
    if bool(ids) == bool(reason):
        raise ConsoleError("give ids, or --reason", code=2)
    found = await letters(cluster, reason=reason, all_namespaces=all_namespaces or bool(ids))
    chosen = [find(found, one) for one in ids] if ids else found
    request = datetime.now(UTC).isoformat(timespec="milliseconds")
    latest = {letter["enrichment"]: letter for letter in reversed(chosen)}

    async def again(letter: Mapping[str, Any]) -> None:
        namespace, _, name = letter["enrichment"].partition("/")
        await check_same(cluster, namespace, name, letter)
        await ask(cluster, namespace, name, request=request, dry_run=dry_run)

    await each(latest.values(), again)


async def letters(
    cluster: Cluster, *, reason: str = "", all_namespaces: bool = False
) -> list[dict[str, Any]]:
    """The dead letters, of this namespace or of all."""
    answer = await cluster.catalogue_internal("dead-letters", limit=LIMIT)
    place = "" if all_namespaces else f"{cluster.namespace}/"
    found = [letter for letter in answer["dead_letters"] if letter["enrichment"].startswith(place)]
    return [letter for letter in found if reason in ("", letter["reason"])]


async def check_same(cluster: Cluster, namespace: str, name: str, letter: Mapping[str, Any]) -> None:
    """ConsoleError if the object of the letter is gone; one of its name may be another."""
    listed = await cluster.read(ENRICHMENTS.path(namespace), fieldSelector=f"metadata.name={name}")
    if not any(item["metadata"]["uid"] == id_of(letter).partition("/")[0] for item in listed["items"]):
        raise ConsoleError(
            f"the enrichment {letter['enrichment']!r} of dead letter {id_of(letter)} is gone; create it anew"
        )


def find(found: Sequence[dict[str, Any]], letter_id: str) -> dict[str, Any]:
    """The letter of an id."""
    letter = next((letter for letter in found if id_of(letter) == letter_id), None)
    if letter is None:
        raise ConsoleError(
            f"there is no dead letter {letter_id!r:.200}; `otakube dead-letters list -A` lists them"
        )
    return letter


def id_of(letter: Mapping[str, Any]) -> str:
    """Uid of the enrichment, generation and attempt: the run's prefix in the bucket."""
    return str(letter["run"]).removeprefix("work/")


def row(letter: Mapping[str, Any], *, now: datetime) -> list[object]:
    """The cells of a list, the message last."""
    at = moment(letter["at"])
    cells = [id_of(letter), *(letter[name] for name in ("enrichment", "step", "reason", "attempt"))]
    return [*cells, age(now - at) if at else "", letter["message"]]
