# SPDX-License-Identifier: Apache-2.0
"""Commands that talk to a cluster: their shared options, and the way from errors to exit statuses."""

import asyncio
import inspect
import io
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer

from otakube.main import interrupted
from otakube_api.contract import one_line
from otakube_cli.cluster import Cluster, ConsoleError, connected

Kubeconfig = Annotated[
    str, typer.Option(help="Kubeconfig file; default KUBECONFIG or ~/.kube/config.", show_default=False)
]
Context = Annotated[str, typer.Option(help="Context of it; default the current one.", show_default=False)]
Namespace = Annotated[
    str, typer.Option("--namespace", "-n", envvar="OTAKUBE_NAMESPACE", help="Namespace of the enrichments.")
]

AllNamespaces = Annotated[bool, typer.Option("--all-namespaces", "-A", help="List those of every namespace.")]

Command = TypeVar("Command", bound=Callable[..., Awaitable[None]])


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
        raise interrupted() from None
