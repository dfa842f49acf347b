# SPDX-License-Identifier: Apache-2.0
"""EpisodeScheduleSpec -> due times in order.

Known airings come first, since they know of breaks; a slot counts only after the last of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge

from otakube_api.durations import parse_duration
from otakube_api.timing.recurrence import WEEK, check_cron, cron, read_clock, weekly
from otakube_api.timing.shift import SourceAgreement, agreement
from otakube_api.timing.zones import InvalidTime, read_zone
from otakube_api.v1alpha1.episode_schedule import BroadcastSlot, EpisodeScheduleSpec, KnownAiring, Weekday

SAME_BROADCAST = WEEK / 2
"""Two times of one episode that are closer are one broadcast of it."""

Recurrence = Callable[[datetime], Iterator[datetime]]


@dataclass(frozen=True, slots=True)
class Tick:
    """One time at which an enrichment is due."""

    at: datetime
    """The time of the broadcast, or of the cron expression."""
    due: datetime
    """The same, spec.delay later if it is a broadcast."""
    episode: int | None = None


@dataclass(frozen=True, slots=True)
class Timetable:
    """The times of one spec."""

    text: str
    """The recurring part in words; with another text, times count from anew."""
    airings: tuple[KnownAiring, ...]
    recurrence: Recurrence | None
    delay: timedelta
    until: datetime | None

    def ticks(self, since: datetime, seen: datetime) -> Iterator[Tick]:
        """Ticks due after `since`, in order; recurring ones only with times after `seen` as well."""
        listed = (tick for tick in map(self._of_airing, self.airings) if tick.due > since)
        recurring = (tick for tick in self._recurring(max(seen, since - self.delay)) if tick.due > since)
        for tick in merge(listed, recurring, key=lambda each: each.due):
            if self.until is None or tick.at <= self.until:
                yield tick

    def agreement(self) -> SourceAgreement | None:
        """The agreement of the airings with the slot; None unless there are both."""
        if self.recurrence is None or not self.airings:
            return None
        known = {each.episode: each.air_time for each in self.airings}
        slots = {number: next(self.recurrence(at - SAME_BROADCAST), at) for number, at in known.items()}
        return agreement(known, slots)

    def _of_airing(self, airing: KnownAiring) -> Tick:
        at = airing.air_time.replace(microsecond=0)
        return Tick(at, at + self.delay, airing.episode)

    def _recurring(self, after: datetime) -> Iterator[Tick]:
        if self.recurrence is None:
            return
        if not self.airings:
            yield from (Tick(at, at + self.delay) for at in self.recurrence(after))
            return
        number = max(each.episode for each in self.airings)
        for at in self.recurrence(self.airings[-1].air_time + SAME_BROADCAST):
            number += 1
            if at > after:
                yield Tick(at, at + self.delay, number)


def timetable_of(spec: EpisodeScheduleSpec) -> Timetable:
    """The times of a spec; raises InvalidTime."""
    airings = tuple(sorted(spec.airings or (), key=lambda each: (each.air_time, each.episode)))
    delay = _delay(spec.delay)
    if spec.schedule is not None:
        text, recurrence = _cron(spec.schedule, spec.time_zone or "UTC")
        return Timetable(text, airings, recurrence, timedelta(), spec.until)
    if spec.broadcast is None:
        return Timetable("", airings, None, delay, spec.until)
    text, recurrence = _slot(spec.broadcast)
    return Timetable(text, airings, recurrence, delay, spec.until)


def _delay(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise InvalidTime(f"spec.delay {error}") from None


def _cron(expression: str, zone_name: str) -> tuple[str, Recurrence]:
    zone = read_zone(zone_name, "spec.timeZone")
    check_cron(expression)
    return f"{expression} {zone_name}", lambda after: cron(expression, zone, after)


def _slot(slot: BroadcastSlot) -> tuple[str, Recurrence]:
    zone = read_zone(slot.time_zone, "spec.broadcast.timeZone")
    weekday, clock = list(Weekday).index(slot.weekday), read_clock(slot.time)
    return (
        f"{slot.weekday} {slot.time} {slot.time_zone}",
        lambda after: weekly(weekday, clock, zone, after),
    )
