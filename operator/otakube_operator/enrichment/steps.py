# SPDX-License-Identifier: Apache-2.0
"""The step that a run is at, in words and as part of the status."""

from datetime import datetime

from otakube_api.argo import StepProgress
from otakube_api.contract import PodReason
from otakube_api.v1alpha1.anime_enrichment import StepStatus

WAITING = {
    PodReason.UNSCHEDULABLE: "It starts by itself once a node fits.",
    PodReason.IMAGE_PULL_FAILED: "The pull is repeated by itself.",
    PodReason.CONTAINER_START_FAILED: "It starts by itself once what is missing is there.",
    PodReason.REFUSED: "It is tried again by itself.",
    PodReason.EVICTED: "It is started again.",
}
"""The next thing that happens to a pod that waits."""


def step_status(step: StepProgress | None) -> StepStatus | None:
    """The part of the status; None between runs, and of a run that ended well."""
    if step is None:
        return None
    return StepStatus(
        name=step.step,
        attempt=step.attempt,
        attempt_limit=step.attempts,
        reason=step.cause and str(step.cause.reason),
        message=step.cause and step.cause.message,
        since_time=step.since,
        next=format_next(step) or None,
    )


def format_trouble(step: StepProgress) -> str:
    """One line: the step, its attempt, the cause, and what follows."""
    cause = step.cause.message if step.cause else ""
    reason = step.cause.reason if step.cause else ""
    said = cause if cause.startswith(f"{reason}:") else f"{reason}: {cause}"
    overtaken = step.running and not step.waiting
    which = f"attempt {step.attempt - overtaken} of {step.attempts}"
    verb = "waits" if step.waiting else "failed"
    return f"Step {step.step}, {which}, {verb}: {said.rstrip('. ')}. {format_next(step)}".rstrip()


def format_next(step: StepProgress) -> str:
    """The next thing that happens without anybody's help; nothing of a step that gets on, or has ended."""
    if step.cause is None:
        return ""
    if step.waiting:
        return WAITING.get(PodReason(step.cause.reason), "")
    if step.next_attempt is not None:
        follows = f"Attempt {step.attempt + 1} follows about {_clock(step.next_attempt)}"
        return follows + (f", none after {_clock(step.gives_up)}." if step.gives_up else ".")
    return f"Attempt {step.attempt} runs." if step.running else ""


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S} UTC"
