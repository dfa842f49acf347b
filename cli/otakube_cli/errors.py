# SPDX-License-Identifier: Apache-2.0
"""Failures of a command, as a person reads them."""

from pathlib import Path
from traceback import extract_tb

from otakube.masking import masked

MISREAD = (LookupError, TypeError, AttributeError, ValueError, RecursionError)
"""The exceptions of a program that reads an answer of another form than it knows."""


class ConsoleError(Exception):
    """Failure of a command, with what to do, in a sentence or two; `code` is the exit status."""

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(masked(message))
        self.code = code


class Refused(ConsoleError):
    """The API server answered with an error."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class Unreachable(ConsoleError):
    """The API server did not answer."""


def describe_misread(error: Exception) -> str:
    """The field that is not as it must be, as far as the exception tells, and the line that wanted it."""
    faults = getattr(error, "errors", None)  # of pydantic, whose import would take longer than most commands
    if callable(faults):
        fault = faults(include_url=False)[0]
        return f"{'.'.join(map(str, fault['loc'])) or 'the whole'}: {fault['msg']}"
    if isinstance(error, KeyError):
        return f"{error.args[0]!r:.100} is missing{_place(error)}"
    return f"{error or type(error).__name__}{_place(error)}"


def _place(error: Exception) -> str:
    own = [frame for frame in extract_tb(error.__traceback__) if "otakube_cli" in Path(frame.filename).parts]
    return f" ({Path(own[-1].filename).name}:{own[-1].lineno})" if own else ""
