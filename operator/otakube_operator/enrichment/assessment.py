# SPDX-License-Identifier: Apache-2.0
"""Assessment of a run for its AnimeEnrichment: pure checks, each named for its finding, tried in order.

The commit's outputs alone make an enrichment Ready (decision 0006); the Workflow's phase never does.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from otakube_api.argo import timed_out
from otakube_api.contract import TEMPLATE, FailureReason, PodReason
from otakube_api.durations import parse_duration
from otakube_api.reasons import CommonReason, Reason
from otakube_api.v1alpha1.anime_enrichment import KIND
from otakube_api.v1alpha1.enrichment_reasons import EnrichmentReason
from otakube_operator.enrichment.observed import Enrichment, ReviewNode, WorkflowRun
from otakube_operator.jobs.trouble import format_trouble
from otakube_operator.runtime.conditions import Truth


class Activity(Enum):
    """State of the work."""

    WORKING = auto()
    STUCK = auto()  # until a person changes something
    RESTING = auto()  # done, or told to wait


@dataclass(frozen=True, slots=True)
class Assessment:
    """The Ready condition, and whether anything goes on."""

    ready: Truth
    reason: Reason
    message: str
    progress: Activity
    goes_on: tuple[Reason, str] | None = None
    """Reason and message of Reconciling, where those of Ready say what is wrong."""


def assess(enrichment: Enrichment, run: WorkflowRun) -> Assessment:
    """Assess the current run."""
    checks = (
        _is_published,
        _was_not_approved,
        _has_failed,
        _is_paused,
        _waits_for_review,
        _has_not_started,
        _step_does_not_get_on,
    )
    assessments = (check(enrichment, run) for check in checks)
    return next((assessment for assessment in assessments if assessment is not None), _runs(enrichment, run))


def working(reason: Reason, message: str) -> Assessment:
    """Ready is unknown and something goes on."""
    return Assessment("Unknown", reason, message, Activity.WORKING)


def stuck(reason: Reason, message: str) -> Assessment:
    """Not Ready, and nothing goes on."""
    return Assessment("False", reason, message, Activity.STUCK)


def resting(reason: Reason, message: str) -> Assessment:
    """Ready is unknown and nothing goes on, as told."""
    return Assessment("Unknown", reason, message, Activity.RESTING)


def review_deadline(enrichment: Enrichment, run: WorkflowRun) -> datetime | None:
    """The time from which an unanswered review counts as rejected."""
    review = run.results.review
    if review is None or review.started_at is None:
        return None
    return review.started_at + parse_duration(enrichment.spec.review.timeout)


def review_timed_out(enrichment: Enrichment, run: WorkflowRun) -> bool:
    """True if the review closed unanswered, or was approved when its deadline had passed."""
    review = run.results.review
    if review is None or not review.answered:
        return False
    return timed_out(
        approved=review.approved,
        reviewer=review.reviewer,
        finished_at=review.finished_at,
        deadline=review_deadline(enrichment, run),
    )


def review_approved(enrichment: Enrichment, run: WorkflowRun) -> bool:
    """True if a person approved in time."""
    review = run.results.review
    return review is not None and review.approved and not review_timed_out(enrichment, run)


def _is_published(enrichment: Enrichment, run: WorkflowRun) -> Assessment | None:
    publication = run.results.publication
    if publication is None:
        return None
    what = run.results.title or enrichment.key.name
    return Assessment(
        "True",
        EnrichmentReason.PUBLISHED,
        f"Version {publication.version} of {what} went live.",
        Activity.RESTING,
    )


def _was_not_approved(enrichment: Enrichment, run: WorkflowRun) -> Assessment | None:
    review = run.results.review
    if review is None or not review.answered or review_approved(enrichment, run):
        return None
    if review_timed_out(enrichment, run):
        return stuck(EnrichmentReason.REVIEW_TIMED_OUT, _too_late(enrichment, run, review))
    if not review.reviewer and not review.note:
        return stuck(
            EnrichmentReason.REVIEW_REJECTED,
            "The review was closed without an approval, which is a rejection.",
        )
    return stuck(
        EnrichmentReason.REVIEW_REJECTED,
        f"Rejected by {review.reviewer or 'somebody'}: {review.note or 'no note was left'}",
    )


def _too_late(enrichment: Enrichment, run: WorkflowRun, review: ReviewNode) -> str:
    if not review.approved or not review.reviewer:
        return "Nobody decided in time, so the record counts as rejected."
    deadline = review_deadline(enrichment, run)
    return (
        f"{review.reviewer} approved at {review.finished_at:%Y-%m-%d %H:%M:%S} UTC, and the deadline was "
        f"{deadline:%Y-%m-%d %H:%M:%S} UTC, so the record counts as rejected."
    )


def _has_failed(_: Enrichment, run: WorkflowRun) -> Assessment | None:
    if not run.finished:
        return None
    if _stopped_by_hand(run):
        return stuck(EnrichmentReason.WORKFLOW_STOPPED, _stopped(run))
    failure = run.results.failure
    if failure is not None and failure.reason is not FailureReason.UNEXPECTED:
        return stuck(as_reason(failure.reason), failure.message)
    return _failed_without_a_reason(run)


def as_reason(word: str) -> Reason:
    """The member that bears this word; a word of another kind's steps says nothing here."""
    return next((reason for reason in KIND.reasons if reason == word), EnrichmentReason.UNEXPECTED)


def _failed_without_a_reason(run: WorkflowRun) -> Assessment:
    if f'"{TEMPLATE}" not found' in run.message:
        return stuck(EnrichmentReason.TEMPLATE_MISSING, f"Argo found no WorkflowTemplate: {run.message}")
    if "may not change during execution" in run.message:
        message = f"The template was changed while Workflow {run.name} ran, which ended it: {run.message}"
        return stuck(EnrichmentReason.TEMPLATE_CHANGED, message)
    if "invalid spec" in run.message or "not permitted" in run.message:
        return stuck(EnrichmentReason.WORKFLOW_REFUSED, f"Argo refused Workflow {run.name}: {run.message}")
    failure = run.results.failure
    detail = (failure.message if failure else "") or run.message or "no message"
    return stuck(
        EnrichmentReason.UNEXPECTED, f"Workflow {run.name} ended {run.phase} without a commit: {detail}"
    )


def _is_paused(_: Enrichment, run: WorkflowRun) -> Assessment | None:
    if not run.suspended:
        return None
    return resting(
        CommonReason.SUSPENDED, f"spec.suspend is true: Workflow {run.name} starts no further step."
    )


def _waits_for_review(enrichment: Enrichment, run: WorkflowRun) -> Assessment | None:
    review = run.results.review
    if review is None or not review.running:
        return None
    deadline = review_deadline(enrichment, run)
    until = f" until {deadline:%Y-%m-%d %H:%M} UTC" if deadline else ""
    name = enrichment.key.name
    answer = f"otakube review approve {name}, or otakube review reject {name}"
    return working(EnrichmentReason.AWAITING_DECISION, f"The record waits for a review{until}: {answer}.")


def _has_not_started(_: Enrichment, run: WorkflowRun) -> Assessment | None:
    if run.phase not in {"", "Pending"}:
        return None
    return working(EnrichmentReason.WORKFLOW_STARTING, f"Workflow {run.name} waits for the Argo controller.")


def _step_does_not_get_on(_: Enrichment, run: WorkflowRun) -> Assessment | None:
    step = run.results.step
    if step is None or step.cause is None:
        return None
    return working(as_reason(step.cause.reason), format_trouble(step))


def _runs(enrichment: Enrichment, run: WorkflowRun) -> Assessment:
    if review_approved(enrichment, run):
        return working(
            EnrichmentReason.REVIEW_APPROVED, f"The record was approved; Workflow {run.name} goes on."
        )
    step = f": step {run.results.step.step}." if run.results.step is not None else "."
    return working(EnrichmentReason.WORKFLOW_RUNNING, f"Workflow {run.name} runs{step}")


def _stopped_by_hand(run: WorkflowRun) -> bool:
    failure = run.results.failure
    return bool(run.shutdown) or (failure is not None and failure.reason is PodReason.STOPPED)


def _stopped(run: WorkflowRun) -> str:
    step = f" at the step {run.results.step.step}" if run.results.step is not None else ""
    return f"Workflow {run.name} was stopped{step}: {run.message or 'no message'}"
