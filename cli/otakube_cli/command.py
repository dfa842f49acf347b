# SPDX-License-Identifier: Apache-2.0
"""Commands that talk to a cluster: their shared options, and the way from errors to exit statuses."""

import asyncio
import inspect
import io
import sys
from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any, TypeVar

import typer

from otakube.commands.output import NoHeaders, Output, OutputFormat, Printer
from otakube.main import interrupted
from otakube_api.contract import one_line
from otakube_cli.cluster import Cluster
from otakube_cli.connection import connected
from otakube_cli.errors import MISREAD, ConsoleError, describe_misread
from otakube_cli.kube.login import LoginError

Kubeconfig = Annotated[
    str, typer.Option(help="Kubeconfig file; default KUBECONFIG or ~/.kube/config.", show_default=False)
]
Context = Annotated[str, typer.Option(help="Context of it; default the current one.", show_default=False)]
Namespace = Annotated[
    str,
    typer.Option(
        "--namespace",
        "-n",
        envvar="OTAKUBE_NAMESPACE",
        help="Namespace of the enrichments; default the context's, else otakube.",
        show_default=False,
    ),
]

AllNamespaces = Annotated[bool, typer.Option("--all-namespaces", "-A", help="Those of every namespace.")]

Command = TypeVar("Command", bound=Callable[..., Awaitable[None]])
Target = TypeVar("Target")


def _shared(kubeconfig: Kubeconfig = "", context: Context = "", namespace: Namespace = "") -> None:
    """The options that every command has."""


def _printing(output: Output = OutputFormat.TABLE, no_headers: NoHeaders = False) -> None:
    """The options of a command that takes a `Printer`."""


def application(*, no_args_is_help: bool = True) -> typer.Typer:
    """An application of one command, or of several."""
    return typer.Typer(no_args_is_help=no_args_is_help, rich_markup_mode=None, pretty_exceptions_enable=False)


def cluster_command(
    app: typer.Typer, name: str | None = None, **settings: Any
) -> Callable[[Command], Command]:
    """Register an async function of a Cluster; its keyword arguments become arguments and options.

    One called `out` is a Printer: the command gets the options that choose its form.
    """

    def register(function: Command) -> Command:
        own = [p for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY]
        prints = any(parameter.name == "out" for parameter in own)
        printing = list(inspect.signature(_printing).parameters.values()) if prints else []
        shared = list(inspect.signature(_shared).parameters.values())

        def command(**given: Any) -> None:
            login = {parameter.name: given.pop(parameter.name) for parameter in shared}
            if prints:
                given["out"] = Printer(given.pop("output"), headers=not given.pop("no_headers"))
            run(lambda cluster: function(cluster, **given), **login)

        options = [parameter for parameter in own if parameter.name != "out"]
        parameters = [p.replace(kind=p.KEYWORD_ONLY) for p in [*options, *printing, *shared]]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer reads it
        command.__annotations__ = {p.name: p.annotation for p in parameters}
        command.__doc__ = function.__doc__
        app.command(name or function.__name__, **settings)(command)
        return function

    return register


def to_stderr(text: str) -> None:
    """Say something beside the answer, which a program may read."""
    print(text, file=sys.stderr)


async def each(targets: Iterable[Target], action: Callable[[Target], Awaitable[None]]) -> None:
    """Act on one after the other; what fails is said, and the others are done all the same."""
    failures: list[ConsoleError] = []
    for target in targets:
        try:
            await action(target)
        except LoginError:  # the same for all
            raise
        except ConsoleError as error:
            failures.append(error)
    for failure in failures[:-1]:
        to_stderr(f"otakube: {one_line(str(failure))}")
    if failures:
        raise failures[-1]


def run(body: Callable[[Cluster], Awaitable[None]], **login: str) -> None:
    """Connect, run, and leave with a sentence if it did not go well."""

    async def connect_and_run() -> None:
        async with connected(**login) as cluster:
            await _understanding(body, cluster)

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


async def _understanding(body: Callable[[Cluster], Awaitable[None]], cluster: Cluster) -> None:
    try:
        await body(cluster)
    except UnicodeEncodeError:
        raise
    except MISREAD as error:
        if not cluster.last_answer:  # no answer can be to blame
            raise
        raise misread(cluster.last_answer, error) from error


def misread(answer: str, error: Exception) -> ConsoleError:
    """Whatever a server or a pod says, a command ends in a sentence."""
    return ConsoleError(
        f"the answer to {answer} is not understood: {describe_misread(error)}. `otakube version` "
        "tells whether this command and the installation are of one version; `otakube doctor` looks at it"
    )
