# SPDX-License-Identifier: Apache-2.0
"""status.recentTicks: the last due times, and what became of each. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from otakube_api.reasons import Reason
from otakube_api.timing.timetable import Tick, Timetable
from otakube_api.v1alpha1.episode_schedule import ScheduleReason, TickOutcome, TickStatus
from otakube_operator.schedule.due import time_of
from otakube_operator.schedule.observed import EnrichmentProgress, OwnedEnrichment, Schedule

KEPT = 10
KEPT_REQUESTS = 3

OUTCOMES = {
    EnrichmentProgress.ACTIVE: TickOutcome.CREATED,
    EnrichmentProgress.READY: TickOutcome.SUCCEEDED,
    EnrichmentProgress.FAILED: TickOutcome.FAILED,
    EnrichmentProgress.NOT_OUT: TickOutcome.SKIPPED,
}


def created(tick: Tick, enrichment: str, timed: bool) -> TickStatus:
    """The entry of a due time that an enrichment was created for; `timed` says it is one of a broadcast."""
    return TickStatus(
        due_time=tick.due,
        air_time=tick.at if timed else None,
        episode=tick.episode,
        outcome=TickOutcome.CREATED,
        reason=ScheduleReason.ENRICHMENT_CREATED,
        enrichment=enrichment,
    )


def skipped(tick: Tick, reason: Reason, timed: bool) -> TickStatus:
    """The entry of a due time that passed without an enrichment."""
    return TickStatus(
        due_time=tick.due,
        air_time=tick.at if timed else None,
        episode=tick.episode,
        outcome=TickOutcome.SKIPPED,
        reason=reason,
    )


def requested(now: datetime, enrichment: str) -> TickStatus:
    """The entry of an enrichment that somebody asked for."""
    return TickStatus(
        due_time=now, outcome=TickOutcome.CREATED, reason=ScheduleReason.REQUESTED, enrichment=enrichment
    )


def unrecorded(
    ticks: Iterable[TickStatus], owned: Iterable[OwnedEnrichment], new: Iterable[str] = ()
) -> list[TickStatus]:
    """The entries of requests that lost their status to the next request, which came before it was written.

    `new` names the enrichments whose entries this pass makes anyway.
    """
    told = {*new, *(each.enrichment for each in ticks)}
    return [
        requested(each.created_at, each.name)
        for each in owned
        if each.requested and each.created_at is not None and each.name not in told
    ]


def dropped(schedule: Schedule, timetable: Timetable, now: datetime) -> list[TickStatus]:
    """The entry of a due time that had come when the schedule changed, and that nobody had acted on."""
    status, due = schedule.status, schedule.status.next_schedule_time
    if due is None or due > now or (status.times or "") == timetable.text:
        return []
    following = status.next_episode
    at = due if following is None else following.air_time
    tick = Tick(at, due, None if following is None else following.number)
    return [skipped(tick, ScheduleReason.SCHEDULE_CHANGED, timed=following is not None)]


def with_outcomes(
    ticks: Iterable[TickStatus], owned: Mapping[str, OwnedEnrichment], replaced: Iterable[str]
) -> list[TickStatus]:
    """The same entries with what has become of their enrichments."""
    gone = set(replaced)
    return [_with_outcome(tick, _outcome(tick, owned, gone)) for tick in ticks]


def not_out(before: Iterable[TickStatus], after: Iterable[TickStatus]) -> list[TickStatus]:
    """The entries whose episode has just turned out not to be out."""
    known = {each.enrichment for each in before if each.reason == ScheduleReason.EPISODE_NOT_OUT}
    return [
        each
        for each in after
        if each.reason == ScheduleReason.EPISODE_NOT_OUT and each.enrichment not in known
    ]


def _with_outcome(tick: TickStatus, outcome: TickOutcome) -> TickStatus:
    """The entry with an outcome; where the episode was not out, it counts as skipped for that reason."""
    changes: dict[str, object] = {"outcome": outcome}
    if tick.enrichment is not None and tick.episode is not None:
        skipped_late = outcome is TickOutcome.SKIPPED
        changes["reason"] = (
            ScheduleReason.EPISODE_NOT_OUT if skipped_late else ScheduleReason.ENRICHMENT_CREATED
        )
    return tick.model_copy(update=changes)


def joined(before: Sequence[TickStatus], fresh: Iterable[TickStatus]) -> list[TickStatus]:
    """The last entries; those skipped in a row for one reason share one."""
    entries = list(before)
    for tick in fresh:
        if entries and _may_share(entries[-1], tick):
            entries[-1] = _shared(entries[-1], tick)
        else:
            entries.append(tick)
    entries.sort(key=lambda each: (each.due_time, time_of(each)))  # those of one second keep their order
    return _latest(entries)


def _latest(entries: list[TickStatus]) -> list[TickStatus]:
    """The last ten, few of them requests: due times are remembered by what stands here."""
    asked = [each for each in entries if each.reason == ScheduleReason.REQUESTED]
    forgotten = asked[:-KEPT_REQUESTS]
    return [each for each in entries if each not in forgotten][-KEPT:]


def _outcome(tick: TickStatus, owned: Mapping[str, OwnedEnrichment], replaced: set[str]) -> TickOutcome:
    if tick.enrichment is None:
        return tick.outcome
    if tick.enrichment in replaced:
        return TickOutcome.REPLACED
    found = owned.get(tick.enrichment)
    if found is not None:
        return OUTCOMES[found.state]
    return TickOutcome.DELETED if tick.outcome is TickOutcome.CREATED else tick.outcome


def _may_share(last: TickStatus, tick: TickStatus) -> bool:
    """Numbered episodes stand alone, so that each can be told."""
    unnumbered = last.episode is None and tick.episode is None
    both = {last.outcome, tick.outcome} == {TickOutcome.SKIPPED}
    return unnumbered and both and last.reason == tick.reason and tick.due_time >= last.due_time


def _shared(last: TickStatus, tick: TickStatus) -> TickStatus:
    """The first due time stays; the broadcast is the last one, by which times are remembered."""
    return last.model_copy(
        update={
            "air_time": tick.air_time,
            "count": last.count + tick.count,
            "last_due_time": tick.last_due_time or tick.due_time,
        }
    )
