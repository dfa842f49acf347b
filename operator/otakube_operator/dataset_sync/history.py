# SPDX-License-Identifier: Apache-2.0
"""status.recentRuns: the last runs, and what became of each. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from otakube_api.contract import SYNC_TEMPLATE, Breach, EnrichmentPolicy, SyncNode, SyncParameter
from otakube_api.v1alpha1.dataset_sync import SyncCounts, SyncEnrichmentCounts, SyncOutcome, SyncRunStatus
from otakube_api.v1alpha1.sync_reasons import SyncReason
from otakube_operator.jobs.assessment import JobFault, fault_of
from otakube_operator.jobs.job import Job
from otakube_operator.jobs.reports import count, text

KEPT = 10
BREACHES: frozenset[str] = frozenset(Breach)


def recorded(
    before: Iterable[SyncRunStatus], jobs: Iterable[Job], replaced: Iterable[Job]
) -> list[SyncRunStatus]:
    """The runs told of before, those that have just made way, and those that are there, as they are now."""
    gone = {job.name: _with(run_of(job), SyncOutcome.REPLACED) for job in replaced}
    entries = {each.workflow: each for each in before} | gone
    seen = {job.name: run_of(job) for job in jobs}
    for name, entry in entries.items():
        if name not in seen and entry.outcome is SyncOutcome.RUNNING:
            entries[name] = _with(entry, SyncOutcome.DELETED)
    return list((entries | seen).values())[-KEPT:]


def _with(entry: SyncRunStatus, outcome: SyncOutcome) -> SyncRunStatus:
    return entry.model_copy(update={"outcome": outcome})


def run_of(job: Job) -> SyncRunStatus:
    """The entry of one job."""
    report = report_of(job)
    fault = fault_of(job, SYNC_TEMPLATE) if job.finished and not job.succeeded else None
    return SyncRunStatus(
        workflow=job.name,
        due_time=job.scheduled_at,
        start_time=job.created_at,
        end_time=job.finished_at,
        outcome=outcome_of(job, fault),
        reason=str(fault.reason) if fault is not None else success_of(job),
        revision=text(report.get("revision"), 64),
        last_update=text(report.get("lastUpdate"), 10),
        counts=counts_of(report),
        enrichment=enrichment_of(job),
    )


def outcome_of(job: Job, fault: JobFault | None) -> SyncOutcome:
    """Outcome of a job."""
    if not job.finished:
        return SyncOutcome.RUNNING
    if fault is None:
        return SyncOutcome.SUCCEEDED
    return SyncOutcome.STOPPED if fault.reason in BREACHES else SyncOutcome.FAILED


def success_of(job: Job) -> str | None:
    """The reason of a job that ended well; one that wrote says so by the report of its step."""
    if not job.succeeded:
        return None
    return SyncReason.SYNCED if is_applied(job) else SyncReason.PLANNED


def is_applied(job: Job) -> bool:
    """True if its week was taken in."""
    return job.succeeded and SyncNode.APPLY in job.reports


def report_of(job: Job) -> Mapping[str, Any]:
    """Words of its steps about the week; the later step's count."""
    return {**job.reports.get(SyncNode.PLAN, {}), **job.reports.get(SyncNode.APPLY, {})}


def counts_of(report: Mapping[str, Any]) -> SyncCounts | None:
    """The counts of a report; None before there is one."""
    given = report.get("counts")
    if not isinstance(given, Mapping):
        return None
    counts = {name: count(given.get(field.alias or name)) for name, field in SyncCounts.model_fields.items()}
    return SyncCounts(**{name: number for name, number in counts.items() if number is not None})


def is_enriching(job: Job) -> bool:
    """True once its week is written, if listed entries are enriched then."""
    policy = job.arguments.get(SyncParameter.ENRICH, EnrichmentPolicy.OFF)
    return SyncNode.APPLY in job.reports and policy != EnrichmentPolicy.OFF


def enrichment_of(job: Job) -> SyncEnrichmentCounts | None:
    """Entries by what the job made of them; None before its step has ended."""
    given = job.reports.get(SyncNode.ENRICH, {}).get("enrichment")
    if not isinstance(given, Mapping):
        return None
    fields = SyncEnrichmentCounts.model_fields.items()
    counts = {name: count(given.get(field.alias or name)) for name, field in fields}
    return SyncEnrichmentCounts(**{name: number for name, number in counts.items() if number is not None})
