# SPDX-License-Identifier: Apache-2.0
"""The step that a run is at, as part of the status."""

from otakube_api.argo import StepProgress
from otakube_api.v1alpha1.anime_enrichment import StepStatus
from otakube_operator.jobs.trouble import format_next


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
