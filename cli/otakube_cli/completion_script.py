# SPDX-License-Identifier: Apache-2.0
"""Print what teaches a shell to complete commands, options and names of objects."""

from enum import StrEnum
from typing import Annotated

import typer
from typer.completion import get_completion_script  # type: ignore[attr-defined]  # not listed by typer

from otakube_cli.command import application

app = application()


class Shell(StrEnum):
    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


@app.command()
def completion(shell: Annotated[Shell, typer.Argument(show_default=False, help="The shell.")]) -> None:
    """Print what teaches a shell to complete commands, options and names of objects.

    Examples:

    \b
      source <(otakube completion bash)
      otakube completion fish > ~/.config/fish/completions/otakube.fish
    """
    script = get_completion_script(prog_name="otakube", complete_var="_OTAKUBE_COMPLETE", shell=shell.value)
    typer.echo(script)
