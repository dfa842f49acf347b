# SPDX-License-Identifier: Apache-2.0
"""Fault rules: which request goes wrong and how. Pure; `gate` carries them out."""

import fnmatch
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class FaultKind(StrEnum):
    STATUS = "status"  # the provider's own error body with `status`
    SLOW = "slow"  # the true answer after `seconds`
    DRIP = "drip"  # the true answer, a few bytes at a time over `seconds`
    HTML = "html"  # 200 with an HTML page instead of JSON
    WRONG_TYPES = "wrong-types"  # numbers become strings, lists become objects
    EMPTY = "empty"  # 200 without a body
    HUGE = "huge"  # 200 with `megabytes` of valid JSON, streamed
    TRUNCATED = "truncated"  # the first half of the JSON
    RESET = "reset"  # the connection is reset before an answer
    STALE = "stale"  # the true answer, marked as an old cached one
    SHRINK = "shrink"  # lists keep their first element only


class FaultRule(BaseModel):
    """One rule. It holds until cleared, or for the first `count` requests that it matches."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: str = Field("*", description="name of a provider's folder, images, or *")
    path: str = Field("*", description="shell pattern on the path below the provider's prefix")
    title: str | None = Field(None, description="key of a title: only requests about it")
    kind: FaultKind
    status: int = Field(503, ge=400, le=599)
    retry_after: int | None = Field(None, ge=0, description="seconds, for 429 and 503")
    seconds: float = Field(5.0, ge=0, le=3600)
    megabytes: int = Field(50, ge=1, le=1024)
    count: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _too_many_requests_says_when(self) -> Self:
        if self.kind is FaultKind.STATUS and self.status == 429 and self.retry_after is None:
            raise ValueError(
                "retry_after is missing: a 429 says after how many seconds to come back; set retry_after"
            )
        return self


class Request(NamedTuple):
    """The parts of a request that a rule looks at."""

    provider: str
    path: str  # below the provider's prefix, "/anime/1"
    titles: frozenset[str]  # keys of the titles that it asks about


def matches(fault: FaultRule, request: Request) -> bool:
    """True if a rule concerns a request."""
    return (
        fault.provider in ("*", request.provider)
        and fnmatch.fnmatchcase(request.path, fault.path)
        and (fault.title is None or fault.title in request.titles)
    )


class Rules:
    """The rules in force with how often each may still strike; the first match wins."""

    def __init__(self, permanent: Iterable[FaultRule] = ()) -> None:
        self._permanent = tuple(permanent)
        self._rules: list[tuple[FaultRule, int | None]] = []

    def replace(self, faults: Iterable[FaultRule]) -> None:
        """Put these rules in force instead of the present ones; the permanent ones stay."""
        self._rules = [(fault, fault.count) for fault in faults]

    def in_force(self) -> list[FaultRule]:
        """The rules that can still strike, each with its remaining count."""
        return [fault.model_copy(update={"count": left}) for fault, left in self._rules] + list(
            self._permanent
        )

    def strike(self, request: Request) -> FaultRule | None:
        """The rule that this request meets, counted down."""
        for index, (fault, left) in enumerate(self._rules):
            if matches(fault, request):
                self._count_down(index, fault, left)
                return fault
        return next((fault for fault in self._permanent if matches(fault, request)), None)

    def _count_down(self, index: int, fault: FaultRule, left: int | None) -> None:
        if left == 1:
            del self._rules[index]
        elif left is not None:
            self._rules[index] = (fault, left - 1)
