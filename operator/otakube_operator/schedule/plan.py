# SPDX-License-Identifier: Apache-2.0
"""ObservedSchedule -> SchedulePlan: every decision about due times, without I/O, clock or memory.

A plan follows from the present state alone, so a restart, a lost event or a second delivery ends in the same
place.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from otakube_api.timing.timetable import Timetable, timetable_of
from otakube_api.timing.zones import InvalidTime
from otakube_api.v1alpha1.episode_schedule import ConcurrencyPolicy, TickStatus
from otakube_operator.runtime.controller import CreateFailure, ReconcilePlan
from otakube_operator.schedule.due import LONG_AGO, DueTimes, deadline_of, due_times, memory_of
from otakube_operator.schedule.enrichments import NewEnrichment
from otakube_operator.schedule.history import (
    created,
    dropped,
    joined,
    not_out,
    requested,
    skipped,
    unrecorded,
    with_outcomes,
)
from otakube_operator.schedule.observed import EnrichmentProgress, ObservedSchedule, OwnedEnrichment, Schedule
from otakube_operator.schedule.occurrences import of_creation, of_entries, of_shift

NOTHING_DUE = DueTimes()
EVENTS = 10
"""Events that one pass posts at most; the status tells of the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePlan(ReconcilePlan[OwnedEnrichment]):
    """The enrichments to create and to replace, and what the status then tells."""

    timetable: Timetable | None = None
    """None: the object is about to go, or its times cannot be read."""
    problem: str = ""
    """The reason why the times cannot be read."""
    failure: CreateFailure | None = None
    since: datetime = LONG_AGO
    create: tuple[NewEnrichment, ...] = ()
    replace: tuple[OwnedEnrichment, ...] = ()
    times: DueTimes = NOTHING_DUE
    ticks: tuple[TickStatus, ...] = ()


def plan(observed: ObservedSchedule, now: datetime, failure: CreateFailure | None = None) -> SchedulePlan:
    """Plan the next changes; `failure` is why creating an enrichment has just failed."""
    schedule = observed.object
    if schedule.deleting:
        return SchedulePlan()
    try:
        timetable = timetable_of(schedule.spec)
    except InvalidTime as error:
        ticks = tuple(_outcomes(observed))
        return SchedulePlan(problem=str(error), prune=_beyond_history(observed), ticks=ticks)
    since = _since(schedule, timetable, now)
    active = [each for each in observed.owned if each.active]
    memory = memory_of(schedule.status, since)
    names = {each.name for each in observed.owned}
    times = due_times(
        timetable,
        memory,
        schedule.spec,
        active=bool(active),
        now=now,
        is_created=lambda tick: NewEnrichment(schedule, tick).name in names,
    )
    if failure is not None:
        return _refused(observed, replace(times, start=()), timetable, since, failure)
    return _started(observed, times, timetable, since, active, now)


def _started(
    observed: ObservedSchedule,
    times: DueTimes,
    timetable: Timetable,
    since: datetime,
    active: list[OwnedEnrichment],
    now: datetime,
) -> SchedulePlan:
    schedule = observed.object
    request = _request(schedule, times, active)
    create = (*(NewEnrichment(schedule, tick) for tick in times.start), *request)
    replaced = _replaced(schedule, active, create)
    timed = schedule.spec.schedule is None
    passed = [
        *dropped(schedule, timetable, now),
        *(skipped(each.tick, each.reason, timed) for each in times.skip),
    ]
    entries = [
        *passed,
        *(created(new.tick, new.name, timed) for new in create if new.tick is not None),
        *(requested(now, new.name) for new in request),
    ]
    ticks = joined(_outcomes(observed, replaced, create), entries)
    occurrences = (
        *of_shift(schedule, timetable),
        *of_entries(joined((), passed)),
        *of_entries(not_out(schedule.status.recent_ticks, ticks)),
        *(of_creation(new) for new in create),
    )
    return SchedulePlan(
        timetable=timetable,
        since=since,
        create=create,
        replace=replaced,
        times=times,
        ticks=tuple(ticks),
        prune=_beyond_history(observed),
        revisit_at=_revisit_at(schedule, times),
        occurrences=occurrences[-EVENTS:],
    )


def _refused(
    observed: ObservedSchedule,
    times: DueTimes,
    timetable: Timetable,
    since: datetime,
    failure: CreateFailure,
) -> SchedulePlan:
    """Nothing was created, so nothing is recorded; the runtime tries again until the deadline."""
    return SchedulePlan(
        timetable=timetable,
        failure=failure,
        since=since,
        times=replace(times, skip=()),
        ticks=tuple(_outcomes(observed)),
    )


def _since(schedule: Schedule, timetable: Timetable, now: datetime) -> datetime:
    """The moment from which due times count: of the creation, or of the last change of the times."""
    status = schedule.status
    if status.since_time is None:
        return schedule.created_at or now
    return status.since_time if (status.times or "") == timetable.text else now


def _request(schedule: Schedule, times: DueTimes, active: list[OwnedEnrichment]) -> tuple[NewEnrichment, ...]:
    """The enrichment that somebody asked for; it waits as a due time does, and suspend does not hold it."""
    asked = schedule.requested_at
    if asked is None or asked == schedule.status.last_handled_request:
        return ()
    forbidden = schedule.spec.concurrency_policy is ConcurrencyPolicy.FORBID
    if forbidden and (active or times.start):
        return ()
    return (NewEnrichment(schedule, request=asked),)


def _replaced(
    schedule: Schedule, active: list[OwnedEnrichment], create: tuple[NewEnrichment, ...]
) -> tuple[OwnedEnrichment, ...]:
    """Those that make way for the latest; that may be there from a pass that was cut off."""
    if schedule.spec.concurrency_policy is not ConcurrencyPolicy.REPLACE or not create:
        return ()
    latest = [new.name for new in create if new.tick is not None][-1:]  # in the order of their due times
    names = {*latest, *(new.name for new in create if new.tick is None)}
    return tuple(each for each in active if each.name not in names)


def _outcomes(
    observed: ObservedSchedule,
    replaced: tuple[OwnedEnrichment, ...] = (),
    create: tuple[NewEnrichment, ...] = (),
) -> list[TickStatus]:
    """The due times and requests so far with their present outcomes."""
    ticks = observed.object.status.recent_ticks
    owned = {each.name: each for each in observed.owned}
    found = unrecorded(ticks, observed.owned, (new.name for new in create))
    # First, since they are older than any of their second that is recorded.
    return with_outcomes(joined([*found, *ticks], ()), owned, (each.name for each in replaced))


def _beyond_history(observed: ObservedSchedule) -> tuple[OwnedEnrichment, ...]:
    """Ended enrichments beyond the limits, the oldest first."""
    spec = observed.object.spec
    limits = {
        (EnrichmentProgress.READY,): spec.successful_enrichments_history_limit,
        (EnrichmentProgress.FAILED, EnrichmentProgress.NOT_OUT): spec.failed_enrichments_history_limit,
    }
    gone: list[OwnedEnrichment] = []
    for states, limit in limits.items():
        ended = [each for each in observed.owned if each.state in states]
        ended.sort(key=lambda each: (each.created_at or LONG_AGO, each.name))
        gone += ended[: max(0, len(ended) - limit)]
    return tuple(gone)


def _revisit_at(schedule: Schedule, times: DueTimes) -> datetime | None:
    """The next due time, or the second after the deadline of one that waits."""
    second = timedelta(seconds=1)
    moments = [deadline_of(tick, schedule.spec) + second for tick in times.waiting]
    if times.next is not None:
        moments.append(times.next.due)
    return min(moments, default=None)
