# SPDX-License-Identifier: Apache-2.0
"""The way from a StepError to a sentence on standard error and an exit status, for every command."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from otakube.errors import Fatal, StepError
from otakube_api import contract
from otakube_api.contract import Failure


@contextmanager
def failure_exits() -> Iterator[None]:
    """End the command where a StepError reaches it: 65 if the same call would fail again, else 75."""
    try:
        yield
    except StepError as error:
        print(contract.format_failure(Failure(error.reason, str(error))), file=sys.stderr)
        fatal = isinstance(error, Fatal)
        raise typer.Exit(contract.EXIT.fatal if fatal else contract.EXIT.retriable) from error
