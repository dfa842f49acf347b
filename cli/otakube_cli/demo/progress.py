# SPDX-License-Identifier: Apache-2.0
"""Progress of each title, read from its AnimeEnrichment and Workflow; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from otakube_api.argo import ArgoWorkflow, read_workflow
from otakube_api.contract import Node

PHASES = [node for node in Node if node is not Node.CONCLUDE]


@dataclass(frozen=True, slots=True)
class StepTiming:
    """One step of a run: Argo's word for its phase, and how long it took or has taken."""

    phase: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleProgress:
    """One title: the conditions of its enrichment, and the steps of its run that have begun."""

    name: str
    title: str
    conditions: Mapping[str, tuple[str, str, str]]  # type: status, reason, message
    current: bool  # the conditions speak of the spec as it is now
    steps: Mapping[Node, StepTiming]
    seconds: float | None  # from the run's start to its publication

    @property
    def ready(self) -> bool:
        return self.current and self._is("Ready", "True")

    @property
    def failed(self) -> bool:
        return self.current and self._is("Ready", "False")

    @property
    def waits(self) -> bool:
        return self.current and self._is("AwaitingReview", "True")

    @property
    def reason(self) -> str:
        return self.conditions.get("Ready", ("", "", ""))[1]

    @property
    def source_failed(self) -> bool:
        return self._is("SourceFailed", "True")

    def _is(self, condition: str, status: str) -> bool:
        return self.conditions.get(condition, ("", "", ""))[0] == status


def progress_of(
    enrichment: Mapping[str, Any], workflow: Mapping[str, Any] | None, *, now: datetime
) -> TitleProgress:
    """Read both objects; the Workflow may be gone, or not be there yet."""
    metadata, status = enrichment["metadata"], enrichment.get("status") or {}
    run = read_workflow(workflow or {})
    return TitleProgress(
        name=metadata["name"],
        title=status.get("title", ""),
        conditions={
            c["type"]: (c["status"], c["reason"], c["message"]) for c in status.get("conditions", [])
        },
        current=status.get("observedGeneration") == metadata.get("generation"),
        steps=steps_of(run, now=now),
        seconds=_between(run.started_at, status.get("publicationTime")),
    )


def steps_of(run: ArgoWorkflow, *, now: datetime) -> dict[Node, StepTiming]:
    """The steps in their order; a step that is retried counts from its first attempt."""
    timings: dict[Node, StepTiming] = {}
    for phase in PHASES:
        node = run.task(phase)
        if node is not None and node.started_at:
            seconds = (node.finished_at or now) - node.started_at
            timings[phase] = StepTiming(node.phase or "Pending", max(0.0, seconds.total_seconds()))
    return timings


def changes(before: TitleProgress | None, after: TitleProgress) -> list[str]:
    """The changes between two looks, one short sentence each."""
    if before is None and after.ready:
        return ["Ready already"]
    said = []
    for node, step in after.steps.items():
        old = before.steps.get(node) if before else None
        if old is None or old.phase != step.phase:
            said.append(f"{node.value} {_WORDS.get(step.phase, step.phase.lower())}{_took(step)}")
    if after.reason and (before is None or before.reason != after.reason):
        said.append(after.reason)
    return said


def timing(titles: Sequence[TitleProgress]) -> list[tuple[object, ...]]:
    """One row a title: seconds of each step, then from the run's start to Ready."""
    return [
        (
            title.name,
            *(_cell(title.steps.get(phase)) for phase in PHASES),
            "" if title.seconds is None else f"{title.seconds:.0f} s",
        )
        for title in titles
    ]


_WORDS = {
    "Succeeded": "done",
    "Running": "runs",
    "Pending": "starts",
    "Skipped": "not needed",
    "Omitted": "left out",
}


def _took(step: StepTiming) -> str:
    return f" ({step.seconds:.0f} s)" if step.phase == "Succeeded" else ""


def _cell(step: StepTiming | None) -> str:
    return "-" if step is None or step.phase in {"Skipped", "Omitted"} else f"{step.seconds:.0f} s"


def _between(first: datetime | None, end: str | None) -> float | None:
    last = datetime.fromisoformat(end) if end else None
    seconds = (last - first).total_seconds() if first and last else None
    return seconds if seconds is not None and seconds >= 0 else None  # an older run's publication
