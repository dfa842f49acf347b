# SPDX-License-Identifier: Apache-2.0
"""SyncPlan -> DatasetSyncStatus. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from otakube_api.contract import SYNC_TEMPLATE, DatasetReason, SyncNode
from otakube_api.reasons import CommonCondition, CommonReason
from otakube_api.v1alpha1.dataset_sync import (
    KIND,
    DatasetSyncStatus,
    SyncedDataset,
    SyncEnrichmentCounts,
    SyncOutcome,
    SyncPhase,
    SyncRunStatus,
)
from otakube_api.v1alpha1.job import JobProgress, JobReason, JobWorkflow
from otakube_api.v1alpha1.sync_reasons import SyncReason
from otakube_operator.dataset_sync.history import (
    BREACHES,
    counts_of,
    enrichment_of,
    is_applied,
    is_enriching,
    recorded,
    report_of,
    success_of,
)
from otakube_operator.dataset_sync.observed import ObservedSync, SyncObject
from otakube_operator.dataset_sync.plan import SyncPlan, format_time, times_of
from otakube_operator.jobs.assessment import JobFault, early_fault, progress_of, trouble_of
from otakube_operator.jobs.job import Job, in_order
from otakube_operator.jobs.reports import count, text
from otakube_operator.runtime.conditions import DesiredCondition, apply_conditions, find, not_ready

FINAL: frozenset[str] = BREACHES | {DatasetReason.SOURCE_REFUSED, DatasetReason.DATASET_UNREADABLE}
"""Reasons after which no attempt follows: they are told before the Workflow has cleaned up."""


def describe(observed: ObservedSync, plan: SyncPlan, now: datetime) -> DatasetSyncStatus:
    """The status once the plan is applied; `observed` is as that left it."""
    sync, status = observed.object, observed.object.status
    jobs = in_order(observed.owned)
    latest = next((job for job in jobs if plan.create is not None and job.name == plan.create.name), None)
    latest = latest or (jobs[-1] if jobs else None)
    runs = recorded(status.recent_runs, jobs, plan.replace)
    fields: dict[str, Any] = {
        "observed_generation": sync.generation,
        "recent_runs": runs,
        "last_successful_time": _last_success(status, jobs),
        **_acted_on(sync, plan, jobs),
        **(_of_gone(runs) if latest is None else _of_job(status, latest, now)),
    }
    wanted = _conditions(sync, plan, latest, runs)
    fields["conditions"] = apply_conditions(status.conditions, wanted, generation=sync.generation, now=now)
    return DatasetSyncStatus(**(dict(status) | fields))


def _acted_on(sync: SyncObject, plan: SyncPlan, jobs: list[Job]) -> dict[str, Any]:
    """The fields that change only where the schedule could be read."""
    handled = {job.requested_at for job in jobs} & {sync.requested_at} - {None}
    requests = {"last_handled_request": sync.requested_at} if handled else {}
    if plan.since is None:
        return requests
    started = plan.due.start if plan.create is not None else None
    return requests | {
        "times": times_of(sync.spec),
        "since_time": plan.since,
        "next_schedule_time": plan.due.next,
        "last_schedule_time": started or sync.status.last_schedule_time,
    }


def _of_job(status: DatasetSyncStatus, job: Job, now: datetime) -> dict[str, Any]:
    """Fields that the latest job says; those of an earlier one go."""
    report = report_of(job)
    workflow = JobWorkflow(
        name=job.name, uid=job.uid[:64], phase=job.phase or None, start_time=job.started_at
    )
    return {
        "phase": phase_of(job),
        "workflow": workflow,
        "revision": text(report.get("revision"), 64),
        "dataset": _dataset(report),
        "counts": counts_of(report),
        "enrichment": enrichment_of(job),
        "progress": _progress(status, job, now),
    }


def _of_gone(runs: list[SyncRunStatus]) -> dict[str, Any]:
    """Nothing is there: a run that had not ended was deleted, one that had stays as it was told of."""
    deleted = runs and runs[-1].outcome in (SyncOutcome.DELETED, SyncOutcome.REPLACED)
    return {"phase": SyncPhase.FAILED} if deleted else {}


def phase_of(job: Job) -> SyncPhase:
    """The phase of a job."""
    fault = _fault(job)
    if fault is not None:
        return SyncPhase.STOPPED if fault.reason in BREACHES else SyncPhase.FAILED
    if job.succeeded:
        return SyncPhase.SUCCEEDED
    if job.phase in {"", "Pending"}:
        return SyncPhase.STARTING
    if is_enriching(job):
        return SyncPhase.ENRICHING
    return SyncPhase.APPLYING if SyncNode.PLAN in job.reports else SyncPhase.PLANNING


def _fault(job: Job) -> JobFault | None:
    return early_fault(job, SYNC_TEMPLATE, FINAL)


def _dataset(report: Mapping[str, Any]) -> SyncedDataset | None:
    if not report:
        return None
    return SyncedDataset(
        source=text(report.get("source"), 512),
        release_tag=text(report.get("releaseTag"), 128),
        digest=text(report.get("digest"), 80),
        etag=text(report.get("etag"), 128),
        last_update=text(report.get("lastUpdate"), 10),
        rows=count(report.get("rows")),
    )


def _progress(status: DatasetSyncStatus, job: Job, now: datetime) -> JobProgress | None:
    total = count(job.reports.get(SyncNode.PLAN, {}).get("total"))
    if total is None:
        return None
    same = status.workflow is not None and status.workflow.name == job.name
    before = status.progress if same else None
    if not job.finished and is_enriching(job):
        return _enriched_so_far(status, job, before, now)
    if is_applied(job):
        ended = job.finished_at or now
        whole = before.per_second if before is not None else None
        return JobProgress(done=total, total=total, percent=100, per_second=whole, update_time=ended)
    return progress_of(job.amounts.get(SyncNode.APPLY), total, before, now)


def _enriched_so_far(
    status: DatasetSyncStatus, job: Job, before: JobProgress | None, now: datetime
) -> JobProgress | None:
    """Entries to enrich: an attempt that goes on counts those that are left, so the first told them all."""
    amount = job.amounts.get(SyncNode.ENRICH)
    told = before if before is not None and status.phase is SyncPhase.ENRICHING else None
    if amount is None:
        return before
    return progress_of(amount, max(amount.total, told.total if told else 0), told, now)


def _last_success(status: DatasetSyncStatus, jobs: list[Job]) -> datetime | None:
    found = [job.finished_at for job in jobs if is_applied(job) and job.finished_at is not None]
    before = [] if status.last_successful_time is None else [status.last_successful_time]
    return max([*found, *before], default=None)


def _conditions(
    sync: SyncObject, plan: SyncPlan, job: Job | None, runs: list[SyncRunStatus]
) -> list[DesiredCondition]:
    if plan.failure is not None:
        return not_ready(plan.failure.reason, plan.failure.message)
    if plan.problem:
        return not_ready(SyncReason.SCHEDULE_INVALID, plan.problem)
    if job is None:
        return _without_job(sync, plan, runs)
    fault = _fault(job)
    if fault is not None:
        known = fault.reason if fault.reason in KIND.reasons else JobReason.UNEXPECTED
        return not_ready(known, f"{fault.message.rstrip('.')}.{_next(plan)}")
    if job.succeeded:
        return [DesiredCondition(CommonCondition.READY, "True", success_of(job) or "", _summary(job))]
    reason, message = _goes_on(job)
    return [
        DesiredCondition(CommonCondition.READY, "Unknown", reason, message),
        DesiredCondition(CommonCondition.RECONCILING, "True", reason, message),
    ]


def _without_job(sync: SyncObject, plan: SyncPlan, runs: list[SyncRunStatus]) -> list[DesiredCondition]:
    """No Workflow is there: none has been yet, or the last one went."""
    if not runs:
        return [DesiredCondition(CommonCondition.READY, "True", *_scheduled(sync, plan))]
    if runs[-1].outcome is SyncOutcome.DELETED:
        message = f"Workflow {runs[-1].workflow} was deleted before it had ended.{_next(plan)}"
        return not_ready(JobReason.WORKFLOW_DELETED, message)
    before = sync.status.conditions
    kept = ((each, find(before, each)) for each in (CommonCondition.READY, CommonCondition.STALLED))
    return [
        DesiredCondition(each, found.status, found.reason, found.message)
        for each, found in kept
        if found is not None
    ]


def _scheduled(sync: SyncObject, plan: SyncPlan) -> tuple[SyncReason | CommonReason, str]:
    if sync.spec.suspend:
        return CommonReason.SUSPENDED, "spec.suspend is true: due times pass without a sync."
    if plan.due.next is None:
        return SyncReason.ENDED, "spec.schedule names no later time."
    return SyncReason.SCHEDULED, f"The first sync is due at {format_time(plan.due.next)}."


def _goes_on(job: Job) -> tuple[str, str]:
    """Reason and message of a job that runs."""
    trouble = trouble_of(job, KIND.reasons)
    if trouble is not None:
        return trouble
    if job.phase in {"", "Pending"}:
        waits = job.message or "it waits for the Argo controller"
        return JobReason.WORKFLOW_STARTING, f"Workflow {job.name} has not begun: {waits.rstrip('.')}."
    if SyncNode.PLAN not in job.reports:
        return SyncReason.PLANNING, f"Workflow {job.name} loads the week and compares it."
    if is_enriching(job):
        return SyncReason.ENRICHING, f"Workflow {job.name} enriches listed entries; the week is in."
    total = count(report_of(job).get("total")) or 0
    return SyncReason.APPLYING, f"Workflow {job.name} writes {total:,} entries."


def _summary(job: Job) -> str:
    """One sentence about a week that is in, or that would be."""
    report, counts = report_of(job), counts_of(report_of(job))
    week = text(report.get("lastUpdate"), 10) or text(report.get("revision"), 64) or "without a date"
    numbers = [] if counts is None else [f"{number:,} {name}" for name, number in counts if number]
    verb = "is in the catalogue" if is_applied(job) else "would change the catalogue; nothing was written"
    said = f"The week of {week} {verb}: {', '.join(numbers).replace('_', ' ') or 'nothing changed'}."
    return said + _enriched(enrichment_of(job))


def _enriched(counts: SyncEnrichmentCounts | None) -> str:
    """Listed entries by their ends; nothing where none were due."""
    if counts is None or not counts.due:
        return ""
    numbers = [f"{number:,} {name}" for name, number in counts if number and name != "due"]
    return f" Of {counts.due:,} listed entries that were due: {', '.join(numbers).replace('_', ' ')}."


def _next(plan: SyncPlan) -> str:
    return "" if plan.due.next is None else f" The next sync is due at {format_time(plan.due.next)}."
