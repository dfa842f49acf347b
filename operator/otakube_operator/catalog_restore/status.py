# SPDX-License-Identifier: Apache-2.0
"""RestorePlan -> CatalogRestoreStatus. Pure."""

from datetime import datetime
from typing import Any

from otakube_api.contract import RESTORE_TEMPLATE, RestoreNode, SnapshotReason
from otakube_api.reasons import CommonCondition
from otakube_api.v1alpha1.catalog_restore import (
    KIND,
    CatalogRestoreStatus,
    RestorePhase,
    RestoreRunOutcome,
    RestoreRunStatus,
)
from otakube_api.v1alpha1.job import JobProgress, JobReason, JobWorkflow
from otakube_api.v1alpha1.restore_reasons import RestoreReason
from otakube_operator.catalog_restore.history import (
    counts_of,
    entries_of,
    notes_of,
    recorded,
    report_of,
    snapshot_of,
    success_of,
    total_of,
    verification_of,
)
from otakube_operator.catalog_restore.observed import ObservedRestore, RestoreObject
from otakube_operator.catalog_restore.plan import RestorePlan, purpose_of
from otakube_operator.jobs.assessment import JobFault, early_fault, progress_of, trouble_of
from otakube_operator.jobs.job import Job, in_order
from otakube_operator.jobs.reports import count
from otakube_operator.runtime.conditions import DesiredCondition, apply_conditions, find, not_ready

FINAL: frozenset[str] = frozenset(SnapshotReason) - {SnapshotReason.ENTRIES_HELD}
"""Reasons after which no attempt follows."""

_STEPS = {
    RestorePhase.PLANNING: RestoreNode.PLAN,
    RestorePhase.RESTORING: RestoreNode.APPLY,
    RestorePhase.VERIFYING: RestoreNode.VERIFY,
}
_ENDED = {
    RestoreReason.PLANNED: RestorePhase.PLANNED,
    RestoreReason.RESTORED: RestorePhase.RESTORED,
    RestoreReason.INCOMPLETE: RestorePhase.INCOMPLETE,
}


def describe(observed: ObservedRestore, plan: RestorePlan, now: datetime) -> CatalogRestoreStatus:
    """The status once the plan is applied; `observed` is as that left it."""
    restore, status = observed.object, observed.object.status
    jobs = in_order(observed.owned)
    latest = next((job for job in jobs if plan.create is not None and job.name == plan.create.name), None)
    latest = latest or (jobs[-1] if jobs else None)
    runs = recorded(status.recent_runs, jobs)
    handled = {job.requested_at for job in jobs} & {restore.requested_at} - {None}
    fields: dict[str, Any] = {
        "observed_generation": restore.generation,
        "recent_runs": runs,
        **({"last_handled_request": restore.requested_at} if handled else {}),
        **(_of_gone(runs) if latest is None else _of_job(status, latest, now)),
    }
    wanted = _conditions(restore, plan, latest, runs)
    fields["conditions"] = apply_conditions(status.conditions, wanted, generation=restore.generation, now=now)
    return CatalogRestoreStatus(**(dict(status) | fields))


def _of_job(status: CatalogRestoreStatus, job: Job, now: datetime) -> dict[str, Any]:
    """Fields that the latest job says; those of an earlier one go."""
    report, phase = report_of(job), phase_of(job)
    workflow = JobWorkflow(
        name=job.name, uid=job.uid[:64], phase=job.phase or None, start_time=job.started_at
    )
    restored = phase is RestorePhase.RESTORED
    return {
        "phase": phase,
        "workflow": workflow,
        "snapshot": snapshot_of(job),
        "progress": _progress(status, job, phase, now),
        "counts": counts_of(report),
        "added_rows": count(report.get("rows")) if RestoreNode.APPLY in job.reports else None,
        "verification": verification_of(job),
        "entries": entries_of(report),
        "notes": notes_of(report),
        "restored_time": (job.finished_at or now) if restored else status.restored_time,
    }


def _of_gone(runs: list[RestoreRunStatus]) -> dict[str, Any]:
    """Nothing is there: a run that had not ended was deleted, one that had stays as it was told of."""
    deleted = runs and runs[-1].outcome is RestoreRunOutcome.DELETED
    return {"phase": RestorePhase.FAILED} if deleted else {}


def phase_of(job: Job) -> RestorePhase:
    """The phase of a job."""
    if _fault(job) is not None:
        return RestorePhase.FAILED
    ended = success_of(job)
    if ended is not None:
        return _ENDED[ended]
    if job.phase in {"", "Pending"}:
        return RestorePhase.STARTING
    if RestoreNode.APPLY in job.reports:
        return RestorePhase.VERIFYING
    planned = RestoreNode.PLAN in job.reports and purpose_of(job) == "Restore"
    return RestorePhase.RESTORING if planned else RestorePhase.PLANNING


def _fault(job: Job) -> JobFault | None:
    return early_fault(job, RESTORE_TEMPLATE, FINAL)


def _progress(
    status: CatalogRestoreStatus, job: Job, phase: RestorePhase, now: datetime
) -> JobProgress | None:
    """Progress of the step that runs, and of the last one when the job has ended well."""
    same = status.workflow is not None and status.workflow.name == job.name
    total = total_of(job)
    if job.succeeded and total is not None:
        before = status.progress if same else None
        rate = before.per_second if before is not None else None
        ended = job.finished_at or now
        return JobProgress(done=total, total=total, percent=100, per_second=rate, update_time=ended)
    if phase not in _STEPS:
        return status.progress if same else None
    amount = job.amounts.get(_STEPS[phase])
    known = amount.total if amount is not None else total or 0
    return progress_of(amount, known, status.progress if same and status.phase is phase else None, now)


def _conditions(
    restore: RestoreObject, plan: RestorePlan, job: Job | None, runs: list[RestoreRunStatus]
) -> list[DesiredCondition]:
    if plan.failure is not None:
        return not_ready(plan.failure.reason, plan.failure.message)
    if job is None:
        return _without_job(restore, runs)
    fault = _fault(job)
    if fault is not None:
        known = fault.reason if fault.reason in KIND.reasons else JobReason.UNEXPECTED
        return not_ready(known, fault.message)
    ended = success_of(job)
    if ended is RestoreReason.INCOMPLETE:
        return not_ready(ended, _describe_rest(job))
    if ended is not None:
        return [DesiredCondition(CommonCondition.READY, "True", ended, _summary(job))]
    reason, message = _goes_on(job)
    return [
        DesiredCondition(CommonCondition.READY, "Unknown", reason, message),
        DesiredCondition(CommonCondition.RECONCILING, "True", reason, message),
    ]


def _without_job(restore: RestoreObject, runs: list[RestoreRunStatus]) -> list[DesiredCondition]:
    """No Workflow is there any more."""
    if runs and runs[-1].outcome is RestoreRunOutcome.DELETED:
        message = f"Workflow {runs[-1].workflow} was deleted before it had ended."
        return not_ready(JobReason.WORKFLOW_DELETED, message)
    before = restore.status.conditions
    kept = ((each, find(before, each)) for each in (CommonCondition.READY, CommonCondition.STALLED))
    return [
        DesiredCondition(each, found.status, found.reason, found.message)
        for each, found in kept
        if found is not None
    ]


def _goes_on(job: Job) -> tuple[str, str]:
    """Reason and message of a job that runs."""
    trouble = trouble_of(job, KIND.reasons)
    if trouble is not None:
        return trouble
    phase = phase_of(job)
    if phase is RestorePhase.STARTING:
        waits = job.message or "it waits for the Argo controller"
        return JobReason.WORKFLOW_STARTING, f"Workflow {job.name} has not begun: {waits.rstrip('.')}."
    if phase is RestorePhase.PLANNING:
        return RestoreReason.PLANNING, f"Workflow {job.name} reads the snapshot, and compares it."
    if phase is RestorePhase.VERIFYING:
        return RestoreReason.VERIFYING, f"Workflow {job.name} compares {_entries(job)}."
    return RestoreReason.RESTORING, f"Workflow {job.name} brings back {_entries(job)}."


def _entries(job: Job) -> str:
    snapshot = snapshot_of(job)
    name = snapshot.name if snapshot is not None else None
    return f"{total_of(job) or 0:,} entries of snapshot {name or 'without a name'}"


def _summary(job: Job) -> str:
    """One sentence about what is back, or what a restore would do."""
    numbers = _numbers(job)
    if success_of(job) is RestoreReason.PLANNED:
        return f"A restore of {_entries(job)} would find: {numbers}. Nothing was written."
    verified = verification_of(job)
    matching = f"{verified.matching:,} match it by digest" if verified is not None else ""
    newer = f", {verified.newer:,} are newer" if verified is not None and verified.newer else ""
    return f"Of {_entries(job)} {matching}{newer}. The restore found: {numbers}."


def _numbers(job: Job) -> str:
    counts = counts_of(report_of(job))
    known = [] if counts is None else [f"{number:,} {name}" for name, number in counts if number]
    return ", ".join(known).replace("_", " ") or "no entry"


def _describe_rest(job: Job) -> str:
    """Sentence about what is left to a person."""
    verified, report = verification_of(job), report_of(job)
    told = [f"{one.entry} {one.outcome}: {one.detail}" for one in entries_of(report) if one.detail]
    differing = f"{verified.differing:,} differ from it" if verified is not None else "nobody compared them"
    left = "; ".join([*notes_of(report), *told][:3]) or "status.verification has the numbers"
    return f"Of {_entries(job)} {differing} ({_numbers(job)}): {left}"
