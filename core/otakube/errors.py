# SPDX-License-Identifier: Apache-2.0
"""Errors grouped by what the caller must do; third-party exceptions are translated at the adapters' edge."""

from otakube.masking import masked
from otakube_api.contract import FailureReason, SourceReason, StepReason


class StepError(Exception):
    """A step cannot finish; `reason` reaches the condition of the object that it runs for."""

    def __init__(self, reason: StepReason, message: str) -> None:
        super().__init__(masked(message))
        self.reason = reason


class Fatal(StepError):
    """The same call would fail again: bad input, a person must act."""


class Damaged(Fatal):
    """Something stored cannot be read; the message names it by its id, and the cure."""

    def __init__(self, what: str, fault: str, cure: str) -> None:
        super().__init__(FailureReason.RECORD_INVALID, f"{what} cannot be read ({fault}): {cure}")


class Retriable(StepError):
    """The same call may succeed later: a store or all providers are away."""


class SourceError(Exception):
    """One provider's answer cannot be used; the run goes on while the quorum stands."""

    def __init__(self, reason: SourceReason, message: str) -> None:
        super().__init__(masked(message))
        self.reason = reason
