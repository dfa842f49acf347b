# SPDX-License-Identifier: Apache-2.0
"""Live record -> the EpisodeSchedule that the planner wants for it, or why it wants none. Pure."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from otakube.domain.merge.broadcast import JST, airing_time
from otakube.domain.record.golden import AnimeEntry, AnimeStatus, EpisodeDetailEntry, GoldenRecord
from otakube.ports.schedules import StoredSchedule
from otakube_api import labels
from otakube_api.timing.shift import SourceAgreement
from otakube_api.timing.timetable import timetable_of
from otakube_api.v1alpha1.anime import KnownAnime
from otakube_api.v1alpha1.episode_schedule import (
    KIND,
    BroadcastSlot,
    EpisodeScheduleSpec,
    KnownAiring,
    Weekday,
)
from otakube_api.v1alpha1.meta import API_VERSION

MOST_AIRINGS = 64
KEPT_CLOSED = timedelta(days=30)
"""Time after its end for which a closed schedule is kept, so that people can look at its last due times."""

ON_AIR = (AnimeStatus.ONGOING, AnimeStatus.UPCOMING)
ENDED = (AnimeStatus.FINISHED, AnimeStatus.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannerTerms:
    """The planner's own settings, and the time of the run that all decisions go by."""

    now: datetime
    delay: str
    horizon: timedelta


@dataclass(frozen=True, slots=True)
class NoSchedule:
    """An entry that gets no schedule now."""

    reason: str


Body = dict[str, Any]


def schedule_name(entry_id: str) -> str:
    """The name of an entry's schedule: it follows from the id, which never changes, as titles do."""
    return entry_id.replace("_", "-").lower()


def planned_schedule(record: GoldenRecord, terms: PlannerTerms) -> Body | NoSchedule:
    """The manifest for an entry that is broadcast, or premieres within the horizon."""
    entry = record.entry
    listed = sorted(_timed(record), key=lambda one: one.episode)
    if entry.status is AnimeStatus.UPCOMING:
        listed = listed or _premiere(entry)
        first = min((one.air_time for one in listed), default=None)
        if first is None:
            return NoSchedule("the time of its premiere is not known")
        if first > terms.now + terms.horizon:
            return NoSchedule(f"it premieres at {first:%Y-%m-%d %H:%M} UTC, beyond the horizon")
    airings = _from_last_aired(listed, terms.now)
    slot = None if _reaches_the_last(airings, entry.episode_count) else _slot(entry)
    if slot is None and not any(one.air_time > terms.now for one in airings):
        return NoSchedule("no time of a coming episode is known")
    spec = EpisodeScheduleSpec(
        anime=KnownAnime(id=entry.id), broadcast=slot, airings=airings or None, delay=terms.delay
    )
    return _manifest(entry, spec)


def closed_schedule(record: GoldenRecord, terms: PlannerTerms) -> Body:
    """The manifest for an entry that has ended: nothing is due any more."""
    entry = record.entry
    listed = sorted(_timed(record), key=lambda one: one.episode)[-1:]
    spec = EpisodeScheduleSpec(
        anime=KnownAnime(id=entry.id),
        airings=listed or None,
        broadcast=None if listed else _slot(entry) or _ANY_SLOT,
        delay=terms.delay,
        until=end_of(record),
    )
    return _manifest(entry, spec)


def source_agreement(record: GoldenRecord) -> SourceAgreement | None:
    """The agreement of the known times of episodes with the weekly slot; None unless the record has both."""
    slot, listed = _slot(record.entry), sorted(_timed(record), key=lambda one: one.episode)
    if slot is None or not listed:
        return None
    known = KnownAnime(id=record.entry.id)
    spec = EpisodeScheduleSpec(anime=known, broadcast=slot, airings=listed[-MOST_AIRINGS:])
    return timetable_of(spec).agreement()


def end_of(record: GoldenRecord) -> datetime:
    """The moment of the last broadcast; without one, the time of the record."""
    days = [one.aired for one in record.episodes if one.kind == "Regular" and one.aired is not None]
    moments = [day if isinstance(day, datetime) else datetime.combine(day, _END_OF_DAY, JST) for day in days]
    return max(moments, default=record.assembled_at).astimezone(UTC).replace(microsecond=0)


def is_as_planned(wanted: Body, stored: StoredSchedule) -> bool:
    """True if an apply would change nothing: the same was wanted last time, and nobody set it otherwise."""
    return (
        stored.planned_hash == wanted["metadata"]["annotations"][labels.PLANNED_HASH]
        and not stored.left_to_others
        and _holds(stored.spec, wanted["spec"])
    )


def is_noted(wanted: Body, stored: StoredSchedule, left: Sequence[str]) -> bool:
    """True if the same was wanted last time, with the same fields left to others."""
    same = stored.planned_hash == wanted["metadata"]["annotations"][labels.PLANNED_HASH]
    return same and bool(left) and sorted(left) == sorted(stored.left_to_others)


def _holds(stored: Any, wanted: Any) -> bool:
    """True if a stored value is the wanted one, but for fields that the planner does not set."""
    if isinstance(wanted, dict):
        return isinstance(stored, dict) and all(_holds(stored.get(key), wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        return isinstance(stored, list) and all(any(_holds(each, one) for each in stored) for one in wanted)
    return bool(stored == wanted)


def _manifest(entry: AnimeEntry, spec: EpisodeScheduleSpec) -> Body:
    body = spec.model_dump(mode="json", exclude_none=True, exclude_unset=True)  # the rest is anybody's
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return {
        "apiVersion": API_VERSION,
        "kind": KIND.name,
        "metadata": {
            "name": schedule_name(entry.id),
            "labels": {labels.MANAGED: labels.PLANNER, labels.PART_OF: "otakube"},
            "annotations": {labels.PLANNED_HASH: digest, labels.TITLE: entry.titles.main},
        },
        "spec": body,
    }


def _timed(record: GoldenRecord) -> Iterator[KnownAiring]:
    """The regular episodes whose moment is known, that of a prologue left out."""
    for one in record.episodes:
        if one.kind == "Regular" and one.number and isinstance(one.aired, datetime):
            yield _airing(one, one.aired)


def _airing(episode: EpisodeDetailEntry, aired: datetime) -> KnownAiring:
    return KnownAiring(episode=episode.number, air_time=aired.astimezone(UTC).replace(microsecond=0))


def _premiere(entry: AnimeEntry) -> list[KnownAiring]:
    """The first episode by the day of the premiere and the slot, if both are known."""
    if entry.aired_from is None or entry.aired_from_precision != "Day":
        return []
    start = airing_time(entry.aired_from, entry.broadcast)
    return [KnownAiring(episode=1, air_time=start)] if isinstance(start, datetime) else []


def _from_last_aired(listed: list[KnownAiring], now: datetime) -> list[KnownAiring]:
    """The coming episodes, behind the last that aired: a slot counts on from that one's number."""
    coming = [one for one in listed if one.air_time > now]
    return [*[one for one in listed if one.air_time <= now][-1:], *coming][:MOST_AIRINGS]


def _reaches_the_last(airings: list[KnownAiring], expected: int | None) -> bool:
    return expected is not None and any(one.episode >= expected for one in airings)


def _slot(entry: AnimeEntry) -> BroadcastSlot | None:
    known = entry.broadcast
    if known is None:
        return None
    return BroadcastSlot(weekday=list(Weekday)[known.weekday - 1], time=known.time, time_zone=known.timezone)


_END_OF_DAY = time(23, 59, 59)
_ANY_SLOT = BroadcastSlot(weekday=Weekday.MONDAY, time="00:00")
"""A schedule needs times, if only such as lie beyond its end."""
