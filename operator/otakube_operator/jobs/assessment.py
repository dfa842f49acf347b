# SPDX-License-Identifier: Apache-2.0
"""Causes of a job that failed or does not get on, and its progress: pure."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from otakube_api.contract import FailureReason, PodReason
from otakube_api.v1alpha1.job import JobProgress, JobReason
from otakube_operator.jobs.job import Amount, Job
from otakube_operator.jobs.trouble import format_trouble


class JobFault(NamedTuple):
    """A reason in one word, and the sentence to it."""

    reason: str
    message: str


def fault_of(job: Job, template: str) -> JobFault:
    """Cause for which a job that has ended did not succeed."""
    failure = job.failure
    if job.shutdown or (failure is not None and failure.reason is PodReason.STOPPED):
        said = job.message or "no message"
        return JobFault(JobReason.WORKFLOW_STOPPED, f"Workflow {job.name} was stopped: {said}")
    if failure is not None and failure.reason is not FailureReason.UNEXPECTED:
        return JobFault(failure.reason, failure.message)
    if f'"{template}" not found' in job.message:
        return JobFault(JobReason.TEMPLATE_MISSING, f"Argo found no WorkflowTemplate: {job.message}")
    if "may not change during execution" in job.message:
        message = f"The template was changed while Workflow {job.name} ran, which ended it: {job.message}"
        return JobFault(JobReason.TEMPLATE_CHANGED, message)
    if "invalid spec" in job.message or "not permitted" in job.message:
        message = f"Argo refused Workflow {job.name}: {job.message}"
        return JobFault(JobReason.WORKFLOW_REFUSED, message)
    detail = (failure.message if failure else "") or job.message or "no message"
    return JobFault(JobReason.UNEXPECTED, f"Workflow {job.name} ended {job.phase}: {detail}")


def early_fault(job: Job, template: str, final: Collection[str]) -> JobFault | None:
    """Cause of a failure as soon as it is sure: after one of the `final` reasons Argo may still clean up."""
    if job.finished:
        return None if job.succeeded else fault_of(job, template)
    sure = job.failure is not None and job.failure.reason in final
    return fault_of(job, template) if sure else None


def trouble_of(job: Job, known: Iterable[str]) -> JobFault | None:
    """Cause that keeps a running job from getting on; a reason that its kind lacks counts as unexpected."""
    if job.step is None or job.step.cause is None:
        return None
    reason = str(job.step.cause.reason)
    return JobFault(reason if reason in set(known) else JobReason.UNEXPECTED, format_trouble(job.step))


def progress_of(
    amount: Amount | None, total: int, before: JobProgress | None, now: datetime
) -> JobProgress | None:
    """Progress of a job that writes `total` entries; the same as `before` while it has written no more.

    A step that was cut off counts the rest alone when it goes on.
    """
    if amount is None:
        return before
    done = max(0, min(total, total - amount.total + amount.done))
    if before is not None and (before.done, before.total) == (done, total):
        return before
    seconds = (now - amount.since).total_seconds()
    rate = amount.done / seconds if seconds > 0 else 0.0
    rest = (total - done) / rate if rate else 0.0
    return JobProgress(
        done=done,
        total=total,
        percent=100 if not total else done * 100 // total,
        per_second=round(rate) or None,
        time_left=format_seconds(rest) if rest else None,
        update_time=now.replace(microsecond=0),
    )


def format_seconds(seconds: float) -> str:
    """Such as 45s, 3m20s or 2h05m."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02}m"
