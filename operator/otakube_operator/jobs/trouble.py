# SPDX-License-Identifier: Apache-2.0
"""Words for a step that waits or has failed."""

from datetime import datetime

from otakube_api.argo import StepProgress
from otakube_api.contract import PodReason

WAITING = {
    PodReason.UNSCHEDULABLE: "It starts by itself once a node fits.",
    PodReason.IMAGE_PULL_FAILED: "The pull is repeated by itself.",
    PodReason.CONTAINER_START_FAILED: "It starts by itself once what is missing is there.",
    PodReason.REFUSED: "It is tried again by itself.",
    PodReason.EVICTED: "It is started again.",
}
"""The next thing that happens to a pod that waits."""


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
