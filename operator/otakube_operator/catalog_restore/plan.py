# SPDX-License-Identifier: Apache-2.0
"""ObservedRestore -> RestorePlan: every decision about restores, without I/O, clock or memory.

An object has one plan while spec.dryRun is true and one restore once it is false; what ended badly is tried
again when somebody asks.
"""

import json
from dataclasses import dataclass
from typing import Literal

from otakube_api.contract import RESTORE_TEMPLATE, RestoreParameter
from otakube_api.v1alpha1.catalog_restore import KIND
from otakube_api.v1alpha1.restore_reasons import RestoreReason
from otakube_operator.catalog_restore.observed import ObservedRestore, RestoreObject
from otakube_operator.jobs.job import Job, in_order
from otakube_operator.jobs.manifest import NewJob
from otakube_operator.runtime.controller import CreateFailure, ReconcilePlan
from otakube_operator.runtime.events import Occurrence

Purpose = Literal["Plan", "Restore"]

KEPT = 5
"""Ended Workflows that are kept, for their logs."""

START = "Start"
"""The aspect of jobs that begin, as Events tell of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePlan(ReconcilePlan[Job]):
    """The job to start."""

    failure: CreateFailure | None = None
    create: NewJob | None = None


def plan(observed: ObservedRestore, failure: CreateFailure | None = None) -> RestorePlan:
    """Decide what to do next; `failure` is why creating a job has just failed."""
    restore, jobs = observed.object, observed.owned
    if restore.deleting:
        return RestorePlan()
    if failure is not None:  # nothing was started, so nothing is recorded; the runtime tries again
        return RestorePlan(failure=failure)
    ended = [job for job in in_order(jobs) if job.finished]
    create = None if len(ended) < len(jobs) else _wanted(observed)
    told = () if create is None else (_told_of(create),)
    return RestorePlan(create=create, prune=tuple(ended[:-KEPT]), occurrences=told)


def purpose_of(job: Job) -> Purpose:
    """Purpose of a job; anything but a restore writes nothing."""
    return "Restore" if job.arguments.get(RestoreParameter.DRY_RUN) == "false" else "Plan"


def _wanted(observed: ObservedRestore) -> NewJob | None:
    """The job that is due: the first of its purpose, or one that somebody asks for."""
    restore = observed.object
    wanted: Purpose = "Plan" if restore.spec.dry_run else "Restore"
    begun = {run.purpose for run in restore.status.recent_runs} | {purpose_of(job) for job in observed.owned}
    request = _request(observed)
    return _new(restore, wanted, request) if wanted not in begun or request is not None else None


def _request(observed: ObservedRestore) -> str | None:
    """The request that nobody has acted on."""
    asked, handled = observed.object.requested_at, observed.object.status.last_handled_request
    return None if asked in {handled, *(job.requested_at for job in observed.owned)} else asked


def _new(restore: RestoreObject, purpose: Purpose, request: str | None) -> NewJob:
    spec = restore.spec
    arguments = {
        RestoreParameter.RESTORE: f"{restore.key.namespace}/{restore.key.name}",
        RestoreParameter.SNAPSHOT: spec.snapshot,
        RestoreParameter.ENTRIES: json.dumps(spec.entries),
        RestoreParameter.NEWER_CONTENT: spec.newer_content.value,
        RestoreParameter.MERGE_LOCKS: spec.merge_locks.value,
        RestoreParameter.DRY_RUN: "true" if purpose == "Plan" else "false",
    }
    return NewJob(
        kind=KIND.name,
        owner=restore,
        template=RESTORE_TEMPLATE,
        arguments={str(name): value for name, value in arguments.items()},
        purpose=purpose.lower(),
        requested_at=request,
    )


def _told_of(new: NewJob) -> Occurrence:
    why = "" if new.requested_at is None else ", as otakube.dev/requested-at asks"
    return Occurrence(START, RestoreReason.RESTORE_STARTED, f"Created Workflow {new.name}{why}.")
