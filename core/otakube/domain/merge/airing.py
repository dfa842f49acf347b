# SPDX-License-Identifier: Apache-2.0
"""Changes that an aired episode makes to its anime: the status, and the place of the next one. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from otakube.domain.merge.broadcast import JST, has_aired, next_slot
from otakube.domain.merge.episodes import EpisodeKey
from otakube.domain.merge.fields import format_value
from otakube.domain.record.golden import (
    AnimeEntry,
    AnimeStatus,
    Attribution,
    EpisodeDetailEntry,
    Exactness,
    GoldenRecord,
    LosingValue,
    Provenance,
)
from otakube_api.contract import AnimeType

_NOON = time(12)
_WEEK = timedelta(weeks=1)
_LOSING_LENGTH = 500


def is_placeholder(episode: EpisodeDetailEntry) -> bool:
    """True of the place of the next episode, which no provider lists yet."""
    return not episode.providers and episode.title is None and episode.synopsis is None


def with_next_episode(record: GoldenRecord, now: datetime) -> GoldenRecord:
    """The record with a place for the next episode while the anime is broadcast, else without one."""
    listed = [one for one in record.episodes if not is_placeholder(one)]
    following = _next_episode(record.entry, listed, now)
    episodes = listed if following is None else _in_order([*listed, following])
    return record if episodes == record.episodes else record.model_copy(update={"episodes": episodes})


def with_status(record: GoldenRecord, now: datetime) -> GoldenRecord:
    """The record with the status that its aired episodes prove; what a person decided stays."""
    entry, last = record.entry, _last_aired(record.episodes, now)
    known = entry.provenance.get("status")
    if last is None or (known is not None and known.decided_by):
        return record
    status = status_after(entry.status, last.number, entry.episode_count)
    if status is entry.status:
        return record
    by = next((one for one in record.attributions if one.provider in last.providers), None)
    if by is None:
        return record
    changes: dict[str, Any] = {"status": status}
    sources = {"status": _derived(by, entry.status, known)}
    if status is AnimeStatus.FINISHED and entry.aired_to is None and last.aired is not None:
        changes["aired_to"] = _day(last.aired)
        sources["aired_to"] = _derived(by, None, None)
    changes["provenance"] = entry.provenance | sources
    return record.model_copy(update={"entry": entry.model_copy(update=changes)})


def status_after(status: AnimeStatus, aired: int, expected: int | None) -> AnimeStatus:
    """The status once the episode `aired` is out; only what has not begun or goes on moves."""
    if status not in (AnimeStatus.UPCOMING, AnimeStatus.ONGOING):
        return status
    return AnimeStatus.FINISHED if expected and aired >= expected else AnimeStatus.ONGOING


def _next_episode(
    entry: AnimeEntry, listed: Sequence[EpisodeDetailEntry], now: datetime
) -> EpisodeDetailEntry | None:
    last = _last_aired(listed, now)
    if entry.status is not AnimeStatus.ONGOING or last is None:
        return None
    number = last.number + 1
    beyond = entry.episode_count is not None and number > entry.episode_count
    if beyond or any(one.kind == "Regular" and one.number == number for one in listed):
        return None
    aired = _planned(entry, last, now)
    if aired is None:
        return None
    return EpisodeDetailEntry(
        id=EpisodeKey("Regular", number).id(entry.id),
        number=number,
        absolute_number=None if last.absolute_number is None else last.absolute_number + 1,
        aired=aired,
    )


def _planned(entry: AnimeEntry, last: EpisodeDetailEntry, now: datetime) -> datetime | date | None:
    """The first slot to come after the last episode's own; a series without slot goes on by weeks."""
    if last.aired is None:
        return None
    start = last.aired if isinstance(last.aired, datetime) else datetime.combine(last.aired, _NOON, JST)
    planned = None
    if entry.broadcast is not None:
        planned = next_slot(entry.broadcast, max(start + _WEEK / 2, now))
    if planned is not None or entry.type is not AnimeType.TV:
        return planned
    weeks = max(1, (now - start) // _WEEK + 1)
    return last.aired + weeks * _WEEK


def _last_aired(episodes: Sequence[EpisodeDetailEntry], now: datetime) -> EpisodeDetailEntry | None:
    """The last regular episode whose time is known and has come; a prologue is none."""
    aired = [
        one
        for one in episodes
        if one.kind == "Regular" and one.number and one.aired is not None and has_aired(one.aired, now)
    ]
    return max((one for one in aired if not is_placeholder(one)), key=lambda one: one.number, default=None)


def _derived(by: Attribution, before: AnimeStatus | None, known: Provenance | None) -> Provenance:
    """The provenance of a value that follows from an episode of this provider."""
    losing = []
    if before is not None and known is not None:
        losing = [LosingValue(provider=known.provider, value=format_value(before, _LOSING_LENGTH))]
    return Provenance(
        provider=by.provider,
        providers=[by.provider],
        fetched_at=by.fetched_at,
        licence=by.licence,
        stale=by.stale,
        publishable=by.publishable,
        expires_at=by.expires_at,
        confidence=1.0 if known is None else known.confidence,
        losing=losing,
        exactness={by.provider: Exactness.DERIVED},
    )


def _in_order(episodes: Sequence[EpisodeDetailEntry]) -> list[EpisodeDetailEntry]:
    return sorted(episodes, key=lambda one: EpisodeKey(one.kind, one.number).order)


def _day(aired: datetime | date) -> date:
    return aired.astimezone(JST).date() if isinstance(aired, datetime) else aired
