# SPDX-License-Identifier: Apache-2.0
"""Episodes that only lists which look forward had: those lists lose them as they are broadcast. Pure.

Airing times and timetables promise what is to come. That they stop to name an episode says nothing about
it once it was broadcast: its row of the live version stays, as long as its provider's licence lasts. Such
lists lose the oldest first. One that still names an older episode has taken the later one off its schedule,
as before a hiatus: that one was never broadcast.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time

from otakube.domain.merge.airing import is_placeholder, with_next_episode
from otakube.domain.merge.broadcast import JST, has_aired
from otakube.domain.merge.episodes import EpisodeKey, episode_key
from otakube.domain.record.golden import AnimeStatus, Attribution, EpisodeDetailEntry, GoldenRecord
from otakube_api.providers import PROFILES

_STANDING_STILL = (AnimeStatus.UPCOMING, AnimeStatus.HIATUS, AnimeStatus.CANCELLED)


def with_past_episodes(record: GoldenRecord, live: GoldenRecord | None) -> GoldenRecord:
    """A fresh record with those episodes of the version before it, and the place of the next one."""
    if live is None or _renumbered(record, live):
        return record
    stays = [one for one in unlisted(live, record.episodes) if _stays(one, record, live)]
    if not stays:
        return record
    rows = sorted([*_named(record.episodes), *stays], key=lambda one: EpisodeKey(one.kind, one.number).order)
    return with_next_episode(record.model_copy(update={"episodes": rows}), record.assembled_at)


def unlisted(live: GoldenRecord, fresh: Sequence[EpisodeDetailEntry]) -> list[EpisodeDetailEntry]:
    """Episodes of the live version that only lists which look forward had, and that those list no more."""
    listed = {episode_key(one) for one in _named(fresh)}
    return [one for one in live.episodes if looks_forward(one) and episode_key(one) not in listed]


def looks_forward(episode: EpisodeDetailEntry) -> bool:
    """True of an episode that only providers which look forward list."""
    return bool(episode.providers) and all(PROFILES[one].looks_forward for one in episode.providers)


def was_broadcast(
    episode: EpisodeDetailEntry, live: GoldenRecord, fresh: Sequence[EpisodeDetailEntry], now: datetime
) -> bool:
    """True of an unlisted episode whose time has come, unless it was taken off the schedule before."""
    if episode.aired is None or not has_aired(episode.aired, now):
        return False
    if has_aired(episode.aired, live.assembled_at):
        return True
    at = _instant(episode.aired)
    return not any(
        one.kind == episode.kind and looks_forward(one) and one.aired is not None and _instant(one.aired) < at
        for one in fresh
    )


def rightly_gone(episode: EpisodeDetailEntry, record: GoldenRecord, live: GoldenRecord) -> bool:
    """True of an unlisted episode that was never broadcast, or whose licence has ended."""
    if episode.aired is None:
        return False
    own = {one.provider: one for one in record.attributions}
    if not all(provider in own for provider in episode.providers):
        return False
    return not _broadcast(episode, record, live) or not all(
        _lasts(episode.aired, own[provider], record.assembled_at) for provider in episode.providers
    )


def _stays(episode: EpisodeDetailEntry, record: GoldenRecord, live: GoldenRecord) -> bool:
    own, most = {one.provider: one for one in record.attributions}, record.entry.episode_count
    return (
        episode.aired is not None
        and (episode.kind != "Regular" or most is None or episode.number <= most)
        and all(provider in own for provider in episode.providers)
        and not rightly_gone(episode, record, live)
    )


def _broadcast(episode: EpisodeDetailEntry, record: GoldenRecord, live: GoldenRecord) -> bool:
    """The same of a whole record, whose status says whether the anime went on."""
    seen = episode.aired is not None and has_aired(episode.aired, live.assembled_at)
    went_on = seen or record.entry.status not in _STANDING_STILL
    return went_on and was_broadcast(episode, live, record.episodes, record.assembled_at)


def _renumbered(record: GoldenRecord, live: GoldenRecord) -> bool:
    """True if a broadcast that both know has another number now: then rows of the old count fit nowhere."""
    before, now = _numbers(live, live.assembled_at), _numbers(record, live.assembled_at)
    return any(before[at].isdisjoint(now[at]) for at in before.keys() & now.keys())


def _numbers(record: GoldenRecord, until: datetime) -> dict[datetime, set[int]]:
    """Numbers of the regular episodes that were broadcast by then, by their time."""
    found: dict[datetime, set[int]] = {}
    for one in _named(record.episodes):
        if one.kind == "Regular" and isinstance(one.aired, datetime) and one.aired <= until:
            found.setdefault(one.aired, set()).add(one.number)
    return found


def _named(episodes: Iterable[EpisodeDetailEntry]) -> list[EpisodeDetailEntry]:
    return [one for one in episodes if not is_placeholder(one)]


def _instant(aired: datetime | date) -> datetime:
    return aired if isinstance(aired, datetime) else datetime.combine(aired, time(12), JST)


def _lasts(aired: datetime | date, by: Attribution, now: datetime) -> bool:
    """Tell whether a row that was fetched when it aired, or before, may still be kept."""
    if by.expires_at is None:
        return True
    fetched = aired if isinstance(aired, datetime) else datetime.combine(aired, time(), UTC)
    return fetched + (by.expires_at - by.fetched_at) > now
