# SPDX-License-Identifier: Apache-2.0
"""Enrichments that one process runs from step to step: what is kept of them, so that another can go on."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from otakube_api.contract import Node, Output


class RunPhase(StrEnum):
    """State of a run; the words are Argo's, but for the review's answer."""

    RUNNING = "Running"  # or cut off: the next call goes on
    SUCCEEDED = "Succeeded"
    REJECTED = "Rejected"
    FAILED = "Failed"
    SUSPENDED = "Suspended"  # by its spec; never stored, since the object alone says so


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedStep:
    """A step that ended well, with what the steps after it read."""

    outputs: dict[Output, str]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalRun:
    """One attempt at one generation of an AnimeEnrichment."""

    enrichment: str  # namespace/name
    uid: str
    generation: int
    attempt: int
    work: str  # prefix of the run's objects
    spec: dict[str, Any]
    phase: RunPhase = RunPhase.RUNNING
    steps: dict[Node, FinishedStep] = field(default_factory=dict)
    answer: dict[str, str] = field(default_factory=dict)  # the review's, by ReviewOutput
    failure: str = ""  # `Reason: message` of the last attempt to go on


class LocalRuns(Protocol):
    async def latest(self, enrichment: str) -> LocalRun | None:
        """The run that was started last, or None."""

    async def put(self, run: LocalRun) -> None:
        """Insert or replace by work prefix."""
