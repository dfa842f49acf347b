# SPDX-License-Identifier: Apache-2.0
"""Commands that talk to a cluster: their shared options, and the way from errors to exit statuses."""

import asyncio
import inspect
import io
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import typer
import yaml

from otakube_api.contract import one_line
from otakube_cli.cluster import Cluster, ConsoleError, connected

Kubeconfig = Annotated[
    str, typer.Option(help="Kubeconfig file; default KUBECONFIG or ~/.kube/config.", show_default=False)
]
Context = Annotated[str, typer.Option(help="Context of it; default the current one.", show_default=False)]
Namespace = Annotated[
    str, typer.Option("--namespace", "-n", envvar="OTAKUBE_NAMESPACE", help="Namespace of the enrichments.")
]

Command = TypeVar("Command", bound=Callable[..., Awaitable[None]])


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    YAML = "yaml"


Output = Annotated[Format, typer.Option("--output", "-o", help="Form of the answer.")]


def _shared(kubeconfig: Kubeconfig = "", context: Context = "", namespace: Namespace = "otakube") -> None:
    """The options that every command has."""


def application() -> typer.Typer:
    return typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


def cluster_command(app: typer.Typer, name: str | None = None) -> Callable[[Command], Command]:
    """Register an async function of a Cluster; its keyword arguments become arguments and options."""

    def register(function: Command) -> Command:
        own = [p for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY]
        shared = list(inspect.signature(_shared).parameters.values())

        def command(**given: Any) -> None:
            login = {parameter.name: given.pop(parameter.name) for parameter in shared}
            run(lambda cluster: function(cluster, **given), **login)

        parameters = [p.replace(kind=p.KEYWORD_ONLY) for p in [*own, *shared]]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer reads it
        command.__annotations__ = {p.name: p.annotation for p in parameters}
        command.__doc__ = function.__doc__
        app.command(name or function.__name__)(command)
        return function

    return register


def run(body: Callable[[Cluster], Awaitable[None]], **login: str) -> None:
    """Connect, run, and leave with a sentence if it did not go well."""

    async def connect_and_run() -> None:
        async with connected(**login) as cluster:
            await body(cluster)

    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal of another encoding gets escapes, not an error
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        asyncio.run(connect_and_run())
    except ConsoleError as error:
        print(f"otakube: {one_line(str(error))}", file=sys.stderr)
        raise typer.Exit(error.code) from None
    except UnicodeEncodeError as error:
        print(f"otakube: {error.object!r:.100} is not UTF-8", file=sys.stderr)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def show(answer: Any, output: Format, *, table: Callable[[], None]) -> None:
    """Print an answer in the form that was asked for."""
    if output is Format.JSON:
        print(_harmless(json.dumps(answer, indent=2, ensure_ascii=False)))
    elif output is Format.YAML:
        print(yaml.safe_dump(answer, sort_keys=False, allow_unicode=True).rstrip())
    else:
        table()


def _harmless(text: str) -> str:
    """JSON whose text steers no terminal: what JSON itself leaves as it is, such as U+009B, is escaped."""
    return "".join(
        letter if letter.isprintable() or letter.isspace() else json.dumps(letter)[1:-1] for letter in text
    )


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns as kubectl prints them: plain, aligned, cut by nobody."""
    _print_aligned([[*map(str.upper, columns)], *([one_line(str(cell)) for cell in row] for row in rows)])


def print_facts(heading: str, facts: Iterable[tuple[str, object]]) -> None:
    """A heading, then one line a fact; empty ones are left out."""
    print(one_line(heading))
    _print_aligned([[f"  {name}", one_line(str(fact))] for name, fact in facts if fact not in (None, "")])


def _print_aligned(cells: Sequence[Sequence[str]]) -> None:
    widths = [max(map(wide, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (cell + " " * (width - wide(cell)) for cell, width in zip(row, widths, strict=True))
        print("   ".join(padded).rstrip())


def wide(text: str) -> int:
    """Terminal columns; Japanese letters take two."""
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(letter) else 1 + (east_asian_width(letter) in "WF") for letter in text)
