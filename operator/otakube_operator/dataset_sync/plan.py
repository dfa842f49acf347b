# SPDX-License-Identifier: Apache-2.0
"""ObservedSync -> SyncPlan: every decision about syncs, without I/O, clock or memory.

A plan follows from the present state alone, so a restart, a lost event or a second delivery ends in the same
place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from otakube_api.contract import SYNC_TEMPLATE, SyncParameter
from otakube_api.timing.zones import InvalidTime
from otakube_api.v1alpha1.dataset_sync import KIND, DatasetSyncSpec, SyncConcurrency
from otakube_api.v1alpha1.sync_reasons import SyncReason
from otakube_operator.dataset_sync.due import DueSync, deadline_of, due_sync, recurrence_of
from otakube_operator.dataset_sync.observed import ObservedSync, SyncObject
from otakube_operator.jobs.job import Job, in_order
from otakube_operator.jobs.manifest import NewJob
from otakube_operator.runtime.controller import CreateFailure, ReconcilePlan
from otakube_operator.runtime.events import Occurrence

NOTHING_DUE = DueSync()
TICK = "Tick"
"""The aspect of due times, as Events tell of them."""

WHY: Mapping[str, str] = {
    SyncReason.DEADLINE_MISSED: "it lies further back than spec.startingDeadlineSeconds",
    SyncReason.SYNC_RUNNING: "another sync was under way until its deadline",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncPlan(ReconcilePlan[Job]):
    """The sync to start and those that make way, and what the status then tells."""

    problem: str = ""
    """The reason why the schedule cannot be read."""
    failure: CreateFailure | None = None
    since: datetime | None = None
    """The last due time that was acted on; None: the object is about to go, or its schedule is unreadable."""
    due: DueSync = NOTHING_DUE
    create: NewJob | None = None
    replace: tuple[Job, ...] = ()


def plan(observed: ObservedSync, now: datetime, failure: CreateFailure | None = None) -> SyncPlan:
    """Plan the next changes; `failure` is why creating a Workflow has just failed."""
    sync = observed.object
    if sync.deleting:
        return SyncPlan()
    try:
        recurrence = recurrence_of(sync.spec)
    except InvalidTime as error:
        return SyncPlan(problem=str(error), prune=_beyond_history(observed))
    since = _since(observed, now)
    active = tuple(job for job in observed.owned if not job.finished)
    due = due_sync(recurrence, sync.spec, since=since, active=bool(active), now=now)
    if failure is not None:  # nothing was started, so nothing is recorded; the runtime tries again
        return SyncPlan(failure=failure, since=since, due=DueSync(next=due.start or due.next))
    request = _request(observed, active)
    create = _new(sync, due.start, request) if due.start is not None or request is not None else None
    replaces = create is not None and sync.spec.concurrency_policy is SyncConcurrency.REPLACE
    return SyncPlan(
        since=due.start or due.passed or since,
        due=due,
        create=create,
        replace=active if replaces else (),
        prune=_beyond_history(observed),
        revisit_at=_revisit_at(sync, due),
        occurrences=(*_told_of(due), *_told_of_job(create, active if replaces else ())),
    )


def times_of(spec: DatasetSyncSpec) -> str:
    """The schedule in words; with another text, due times count from anew."""
    return f"{spec.schedule} {spec.time_zone}"


def limits_text(spec: DatasetSyncSpec) -> str:
    """The limits as the step takes them: shares of one, and days."""
    limits = spec.limits
    shares = {
        "shrink": limits.shrink_percent,
        "growth": limits.growth_percent,
        "changed": limits.changed_percent,
        "site": limits.site_percent,
    }
    return ",".join(
        [*(f"{name}={share / 100:g}" for name, share in shares.items()), f"age={limits.age_days}"]
    )


def _since(observed: ObservedSync, now: datetime) -> datetime:
    """The moment from which due times count; a job of a later one shows that it was acted on."""
    sync, status = observed.object, observed.object.status
    if status.since_time is None:
        begun = sync.created_at or now
    else:
        begun = status.since_time if status.times == times_of(sync.spec) else now
    return max([begun, *(job.scheduled_at for job in observed.owned if job.scheduled_at is not None)])


def _request(observed: ObservedSync, active: tuple[Job, ...]) -> str | None:
    """The request that nobody has acted on; it waits as a due time does, and suspend does not hold it."""
    sync = observed.object
    asked = sync.requested_at
    if asked is None or asked in {
        sync.status.last_handled_request,
        *(job.requested_at for job in observed.owned),
    }:
        return None
    held = active and sync.spec.concurrency_policy is SyncConcurrency.FORBID
    return None if held else asked


def _new(sync: SyncObject, due: datetime | None, request: str | None) -> NewJob:
    arguments = {
        SyncParameter.SYNC: f"{sync.key.namespace}/{sync.key.name}",
        SyncParameter.SOURCE: sync.spec.source,
        SyncParameter.LIMITS: limits_text(sync.spec),
        SyncParameter.DRY_RUN: "true" if sync.spec.dry_run else "false",
        SyncParameter.ENRICH: sync.spec.enrichment.policy,
        SyncParameter.ENRICH_ORDER: sync.spec.enrichment.order,
        SyncParameter.ENRICH_MAX: str(sync.spec.enrichment.max_per_run),
    }
    return NewJob(
        kind=KIND.name,
        owner=sync,
        template=SYNC_TEMPLATE,
        arguments={str(name): str(value) for name, value in arguments.items()},
        scheduled_at=due,
        requested_at=request,
    )


def _told_of(due: DueSync) -> tuple[Occurrence, ...]:
    """The Event of a due time that passes; that the object is suspended is no news each week."""
    if due.passed is None or due.reason is None or due.reason not in WHY:
        return ()
    told = f"Skipped the due time {format_time(due.passed)}: {WHY[due.reason]}."
    return (Occurrence(TICK, due.reason, told),)


def _told_of_job(new: NewJob | None, replaced: tuple[Job, ...]) -> tuple[Occurrence, ...]:
    if new is None:
        return ()
    gone = (f"Deleted Workflow {job.name}: a later sync takes its place." for job in replaced)
    asked = "as otakube.dev/requested-at asks"
    why = asked if new.scheduled_at is None else f"due at {format_time(new.scheduled_at)}"
    return (
        *(Occurrence(TICK, SyncReason.SYNC_REPLACED, told) for told in gone),
        Occurrence(TICK, SyncReason.SYNC_STARTED, f"Created Workflow {new.name}, {why}."),
    )


def format_time(moment: datetime) -> str:
    """A moment for people."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _beyond_history(observed: ObservedSync) -> tuple[Job, ...]:
    """Ended jobs beyond the limits, the oldest first."""
    spec = observed.object.spec
    ended = [job for job in in_order(observed.owned) if job.finished]
    gone: list[Job] = []
    for succeeded, limit in (
        (True, spec.successful_workflows_history_limit),
        (False, spec.failed_workflows_history_limit),
    ):
        alike = [job for job in ended if job.succeeded is succeeded]
        gone += alike[: max(0, len(alike) - limit)]
    return tuple(gone)


def _revisit_at(sync: SyncObject, due: DueSync) -> datetime | None:
    """The next due time, or the second after the deadline of one that waits."""
    if due.waiting and due.next is not None:
        return deadline_of(due.next, sync.spec) + timedelta(seconds=1)
    return due.next
