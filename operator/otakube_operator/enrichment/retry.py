# SPDX-License-Identifier: Apache-2.0
"""New tries of runs that failed for lack of something that comes back, such as a store: pure.

The next try comes after a pause that doubles, or soon after a run of another enrichment got through the step
that failed, which shows that what was away is back. The status records the schedule, so a restart keeps it.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from otakube_api.contract import FailureReason, PodReason
from otakube_api.v1alpha1.enrichment_reasons import EnrichmentReason
from otakube_api.v1alpha1.waiting import RetryStatus
from otakube_operator.enrichment.observed import Enrichment, WorkflowRun

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
TRIES = 80
"""Runs that may fail one after the other, over about three days."""
SPREAD = timedelta(minutes=1)
"""Time over which those that waited for the same thing come back."""

COMES_BACK: frozenset[str] = frozenset(
    {
        FailureReason.STORE_UNAVAILABLE,
        FailureReason.QUORUM_NOT_REACHED,
        FailureReason.COMMIT_FAILED,
        FailureReason.SETTINGS_MISSING,
        FailureReason.EPISODE_NOT_OUT,
        PodReason.EVICTED,
        PodReason.LOST,
        PodReason.UNSCHEDULABLE,
        PodReason.IMAGE_PULL_FAILED,
        PodReason.CONTAINER_START_FAILED,
        PodReason.REFUSED,
        EnrichmentReason.TEMPLATE_CHANGED,
        EnrichmentReason.TEMPLATE_MISSING,
        EnrichmentReason.WORKFLOW_REFUSED,
    }
)
"""Reasons that pass without a change of the object: something of the installation is away or incomplete."""

LOOKS = (timedelta(hours=1), timedelta(hours=3), timedelta(hours=12), timedelta(hours=24))
"""Times after the first look for an episode at which the providers are asked for it again."""


def retry_of(
    enrichment: Enrichment, run: WorkflowRun, passed: Iterable[tuple[str, datetime]]
) -> RetryStatus | None:
    """The next try after this run, which failed for a reason that passes; None before it has ended.

    `passed`: steps that runs of other enrichments got through, and when.
    """
    failed_at = run.finished_at
    if failed_at is None:
        return None
    written = enrichment.status.retry
    if written is not None and written.workflow == run.name:
        return brought_forward(written, enrichment, passed)
    if run.results.failure is not None and run.results.failure.reason is FailureReason.EPISODE_NOT_OUT:
        return next_look_for_episode(run.name, failed_at, written)
    count = 1 + (written.count if written is not None else 0)
    step = run.results.step.step if run.results.step is not None else ""
    due = failed_at + pause(count, enrichment.uid) if count < TRIES else None
    fresh = RetryStatus(workflow=run.name, count=count, step=step, failure_time=failed_at, next_time=due)
    return brought_forward(fresh, enrichment, passed)


def next_look_for_episode(workflow: str, failed_at: datetime, written: RetryStatus | None) -> RetryStatus:
    """The next look for an episode that is not out; none after the last of LOOKS.

    Runs of other enrichments say nothing about it, so it waits for no step.
    """
    looks = 1 + (written.count if written is not None and not written.step else 0)
    before = LOOKS[looks - 2] if 1 < looks <= len(LOOKS) else timedelta()
    due = failed_at + LOOKS[looks - 1] - before if looks <= len(LOOKS) else None
    return RetryStatus(workflow=workflow, count=looks, failure_time=failed_at, next_time=due)


def brought_forward(
    retry: RetryStatus, enrichment: Enrichment, passed: Iterable[tuple[str, datetime]]
) -> RetryStatus:
    """The same, earlier if somebody got through the step since."""
    since = (at for step, at in passed if step == retry.step and at > retry.failure_time)
    first = min(since, default=None)
    if retry.next_time is None or first is None:
        return retry
    early = first + spread(enrichment.uid, retry.count)
    return retry if early >= retry.next_time else retry.model_copy(update={"next_time": early})


def pause(count: int, uid: str) -> timedelta:
    """Pause after so many failures: doubling, capped, and its second half spread over the objects."""
    full: timedelta = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(count - 1, 10))
    return _whole(full / 2 + full / 2 * share(uid, count))


def spread(uid: str, count: int) -> timedelta:
    """An object's own part of SPREAD."""
    return _whole(SPREAD * share(uid, count))


def format_retry(retry: RetryStatus) -> str:
    """The message of the condition Reconciling."""
    runs = "1 run has" if retry.count == 1 else f"{retry.count} runs have"
    if retry.next_time is None:
        return f"{runs} failed one after the other; ask for a new run once the cause is gone."
    sooner = f", or soon after another run gets through {retry.step}" if retry.step else ""
    return f"{runs} failed; the next starts at {retry.next_time:%H:%M} UTC{sooner}."


def format_look(retry: RetryStatus) -> str:
    """The message of the condition Reconciling of an enrichment that waits for its episode."""
    times = "once" if retry.count == 1 else f"{retry.count} times"
    return f"The providers were asked {times}; the next time is {retry.next_time:%Y-%m-%d %H:%M} UTC."


def share(uid: str, count: int) -> float:
    """Between 0 and 1, the same for the same object and count."""
    digest = hashlib.sha256(f"{uid}/{count}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def _whole(length: timedelta) -> timedelta:
    """Whole seconds, as Kubernetes keeps times."""
    return timedelta(seconds=round(length.total_seconds()))
