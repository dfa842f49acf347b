# SPDX-License-Identifier: Apache-2.0
"""Due times that nobody has acted on yet, and what becomes of each: pure.

The status remembers: the last ten due times, and since when the present times count. A due time is acted on
once, whatever the clock does, since those that were acted on are told by the broadcast they belong to.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from otakube_api.reasons import CommonReason, Reason
from otakube_api.timing.shift import CLOCK
from otakube_api.timing.timetable import SAME_BROADCAST, Tick, Timetable
from otakube_api.v1alpha1.episode_schedule import (
    ConcurrencyPolicy,
    EpisodeScheduleSpec,
    EpisodeScheduleStatus,
    ScheduleReason,
    TickStatus,
)

AT_ONCE = 1000
"""Due times that one pass looks at; a clock set years ahead makes more, which the next passes take."""
LONG_AGO = datetime.fromisoformat("1900-01-01T00:00:00Z")


@dataclass(frozen=True, slots=True)
class Skip:
    """A due time that passes without an enrichment."""

    tick: Tick
    reason: Reason


@dataclass(frozen=True, slots=True)
class DueTimes:
    """The decision about the due times of one schedule."""

    start: tuple[Tick, ...] = ()
    skip: tuple[Skip, ...] = ()
    waiting: tuple[Tick, ...] = ()
    """Due, and put off until no enrichment is under way."""
    next: Tick | None = None
    """The first that is not due yet."""
    more: bool = False
    """True if there are due times beyond those."""


@dataclass(frozen=True, slots=True)
class TickMemory:
    """The due times that were acted on, as the status tells them."""

    since: datetime
    ticks: tuple[TickStatus, ...]

    @property
    def seen(self) -> datetime:
        """The latest time of a broadcast, or of a cron expression, that was acted on."""
        return max(map(time_of, self.ticks), default=LONG_AGO)

    def holds(self, tick: Tick) -> bool:
        """True if it was acted on."""
        if tick.episode is None:
            return tick.at <= self.seen
        numbers = [each.episode for each in self.ticks if each.episode is not None]
        if tick.at <= self.seen and tick.episode <= max(numbers, default=-1):
            return True
        return any(_same_broadcast(each, tick) for each in self.ticks)


def memory_of(status: EpisodeScheduleStatus, since: datetime) -> TickMemory:
    """The due times in the status; requests are none."""
    ticks = [each for each in status.recent_ticks if each.reason != ScheduleReason.REQUESTED]
    return TickMemory(since, tuple(ticks))


def time_of(tick: TickStatus) -> datetime:
    """The time of the broadcast, or of the cron expression, of the last due time of an entry."""
    return tick.air_time or tick.last_due_time or tick.due_time


def due_times(
    timetable: Timetable,
    memory: TickMemory,
    spec: EpisodeScheduleSpec,
    *,
    active: bool,
    now: datetime,
    is_created: Callable[[Tick], bool] = lambda _: False,
) -> DueTimes:
    """Decide on every due time up to now; `active` says whether an enrichment is under way.

    `is_created`: a pass that was cut off made its enrichment and did not record it; nothing may skip it.
    """
    unseen = (tick for tick in timetable.ticks(memory.since, memory.seen) if not memory.holds(tick))
    due: list[Tick] = []
    upcoming = None
    for tick in islice(unseen, AT_ONCE + 1):
        if tick.due > now:
            upcoming = tick
            break
        due.append(tick)
    more = len(due) > AT_ONCE
    looked_at = tuple(due[:AT_ONCE])
    made = tuple(tick for tick in looked_at if is_created(tick))
    decided = _decide(looked_at, made, spec, active=active, more=more, now=now)
    return DueTimes(decided.start, decided.skip, decided.waiting, upcoming, more)


def deadline_of(tick: Tick, spec: EpisodeScheduleSpec) -> datetime:
    """The last moment at which its enrichment may start."""
    return tick.due + timedelta(seconds=spec.starting_deadline_seconds)


def _decide(
    due: tuple[Tick, ...],
    made: tuple[Tick, ...],
    spec: EpisodeScheduleSpec,
    *,
    active: bool,
    more: bool,
    now: datetime,
) -> DueTimes:
    """The decision; those `made` have their enrichment, so that they are started, whatever else holds."""
    if spec.suspend:
        return DueTimes(made, _skips([tick for tick in due if tick not in made], CommonReason.SUSPENDED))
    held = active and spec.concurrency_policy is ConcurrencyPolicy.FORBID
    late = [tick for tick in due if deadline_of(tick, spec) < now and tick not in made]
    skip = _skips(late, ScheduleReason.ENRICHMENT_RUNNING if held else ScheduleReason.DEADLINE_MISSED)
    rest = [tick for tick in due if tick not in late]
    wanted = [tick for tick in _wanted(rest, spec.concurrency_policy, more=more) if tick not in made]
    overtaken = [tick for tick in rest if tick not in wanted and tick not in made]
    skip += _skips(overtaken, ScheduleReason.OVERTAKEN)
    free = len(wanted)
    if spec.concurrency_policy is ConcurrencyPolicy.FORBID:
        free = 0 if held or made else 1
    start = {*made, *wanted[:free]}
    return DueTimes(tuple(tick for tick in due if tick in start), skip, tuple(wanted[free:]))


def _wanted(due: list[Tick], policy: ConcurrencyPolicy, *, more: bool) -> list[Tick]:
    """Those that get an enrichment: each numbered episode, and of times without number the last alone."""
    if policy is ConcurrencyPolicy.REPLACE:
        return [] if more else due[-1:]
    last = [] if more else [tick for tick in due if tick.episode is None][-1:]
    return [tick for tick in due if tick.episode is not None or tick in last]


def _same_broadcast(acted_on: TickStatus, tick: Tick) -> bool:
    """True if an entry speaks of the tick's broadcast, perhaps from before its number was known."""
    apart = abs(time_of(acted_on) - tick.at)
    if acted_on.episode is None:
        return acted_on.air_time is not None and apart <= CLOCK
    return acted_on.episode == tick.episode and apart < SAME_BROADCAST


def _skips(ticks: Sequence[Tick], reason: Reason) -> tuple[Skip, ...]:
    return tuple(Skip(tick, reason) for tick in ticks)
