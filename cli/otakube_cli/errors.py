# SPDX-License-Identifier: Apache-2.0
"""Failures of a command, as a person reads them."""

from otakube.masking import masked


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
