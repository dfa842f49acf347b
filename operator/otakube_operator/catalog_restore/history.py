# SPDX-License-Identifier: Apache-2.0
"""The reports of a job's steps as a status holds them, and status.recentRuns. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from otakube_api.argo import time_of
from otakube_api.contract import RESTORE_TEMPLATE, RestoreNode
from otakube_api.v1alpha1.catalog_restore import (
    EntryNote,
    RestoreCounts,
    RestoredSnapshot,
    RestoreRunOutcome,
    RestoreRunStatus,
    RestoreVerification,
)
from otakube_api.v1alpha1.restore_reasons import RestoreReason
from otakube_operator.catalog_restore.plan import purpose_of
from otakube_operator.jobs.assessment import fault_of
from otakube_operator.jobs.job import Job
from otakube_operator.jobs.reports import count, items, text

KEPT = 10
NAMED = 20


def recorded(before: Iterable[RestoreRunStatus], jobs: Iterable[Job]) -> list[RestoreRunStatus]:
    """The runs told of before, and those that are there, as they are now."""
    entries = {each.workflow: each for each in before}
    seen = {job.name: run_of(job) for job in jobs}
    for name, entry in entries.items():
        if name not in seen and entry.outcome is RestoreRunOutcome.RUNNING:
            entries[name] = entry.model_copy(update={"outcome": RestoreRunOutcome.DELETED})
    return list((entries | seen).values())[-KEPT:]


def run_of(job: Job) -> RestoreRunStatus:
    """The entry of one job."""
    fault = fault_of(job, RESTORE_TEMPLATE) if job.finished and not job.succeeded else None
    return RestoreRunStatus(
        workflow=job.name,
        purpose=purpose_of(job),
        start_time=job.created_at,
        end_time=job.finished_at,
        outcome=_outcome_of(job),
        reason=str(fault.reason) if fault is not None else success_of(job),
    )


def _outcome_of(job: Job) -> RestoreRunOutcome:
    if not job.finished:
        return RestoreRunOutcome.RUNNING
    if not job.succeeded:
        return RestoreRunOutcome.FAILED
    incomplete = success_of(job) == RestoreReason.INCOMPLETE
    return RestoreRunOutcome.INCOMPLETE if incomplete else RestoreRunOutcome.SUCCEEDED


def success_of(job: Job) -> RestoreReason | None:
    """The reason of a job that ended well; one that wrote says so by the reports of its steps."""
    if not job.succeeded:
        return None
    if RestoreNode.APPLY not in job.reports:
        return RestoreReason.PLANNED
    return RestoreReason.INCOMPLETE if is_incomplete(job) else RestoreReason.RESTORED


def is_incomplete(job: Job) -> bool:
    """True if entries are not as the snapshot has them, or something else is left to a person."""
    applied, verified = _report(job, RestoreNode.APPLY), verification_of(job)
    counts = counts_of(applied)
    left = counts is not None and (counts.failed or counts.without_images)
    return bool(left or notes_of(applied) or verified is None or verified.differing)


def report_of(job: Job) -> Mapping[str, Any]:
    """Words of its steps about the entries: those of the plan, and then of the restore itself."""
    return {**_report(job, RestoreNode.PLAN), **_report(job, RestoreNode.APPLY)}


def _report(job: Job, node: RestoreNode) -> Mapping[str, Any]:
    return job.reports.get(node, {})


def total_of(job: Job) -> int | None:
    """Number of the entries that the snapshot has, or that were chosen."""
    return count(_report(job, RestoreNode.PLAN).get("total"))


def snapshot_of(job: Job) -> RestoredSnapshot | None:
    """The snapshot; None before it is read."""
    given = _report(job, RestoreNode.PLAN).get("snapshot")
    if not isinstance(given, Mapping):
        return None
    return RestoredSnapshot(
        name=text(given.get("name"), 16),
        digest=text(given.get("digest"), 80),
        entries=count(given.get("entries")),
        left_out=count(given.get("leftOut")),
        release=text(given.get("release"), 64),
        record_schema=count(given.get("schema")),
        written_time=_time(given.get("writtenTime")),
    )


def _time(value: object) -> datetime | None:
    found = time_of(value)
    return found if found is not None and found.tzinfo is not None else None


def counts_of(report: Mapping[str, Any]) -> RestoreCounts | None:
    """Entries by their outcome; None before there is a report."""
    given = report.get("outcomes")
    if not isinstance(given, Mapping):
        return None
    counts = {name: count(given.get(name.capitalize())) for name in RestoreCounts.model_fields}
    counts["without_images"] = count(report.get("withoutImages"))
    return RestoreCounts(**{name: number for name, number in counts.items() if number is not None})


def verification_of(job: Job) -> RestoreVerification | None:
    """The comparison by digests; None before it is done."""
    given = _report(job, RestoreNode.VERIFY)
    counts = {name: count(given.get(name)) for name in RestoreVerification.model_fields}
    known = {name: number for name, number in counts.items() if number is not None}
    return RestoreVerification(**known) if len(known) == len(counts) else None


def entries_of(report: Mapping[str, Any]) -> list[EntryNote]:
    """Entries that a person may want to know of."""
    found = [each for each in items(report.get("entries")) if isinstance(each, Mapping)]
    return [
        EntryNote(
            entry=text(each.get("entry"), 64) or "",
            outcome=text(each.get("outcome"), 32) or "",
            detail=text(each.get("detail"), 500) or "",
        )
        for each in found[:NAMED]
    ]


def notes_of(report: Mapping[str, Any]) -> list[str]:
    """Sentences about what else is left to a person."""
    return [found for each in items(report.get("notes"))[:NAMED] if (found := text(each, 500))]
