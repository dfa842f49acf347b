# SPDX-License-Identifier: Apache-2.0
"""Aired episodes that only lists which look forward had: those lists lose them as they are broadcast. Pure.

Airing times and timetables promise what is to come. That they stop to name an episode says nothing about
it: its row of the live version stays, as long as its provider's licence lasts.
"""

from datetime import UTC, datetime, time

from otakube.domain.merge.airing import is_placeholder
from otakube.domain.merge.broadcast import has_aired
from otakube.domain.merge.episodes import EpisodeKey, episode_key
from otakube.domain.record.golden import Attribution, EpisodeDetailEntry, GoldenRecord
from otakube_api.providers import PROFILES


def with_past_episodes(record: GoldenRecord, live: GoldenRecord | None) -> GoldenRecord:
    """A fresh record with those episodes of the version before it."""
    if live is None:
        return record
    listed = {episode_key(one) for one in record.episodes}
    own = {one.provider: one for one in record.attributions}
    most = record.entry.episode_count
    stays = [
        one
        for one in live.episodes
        if episode_key(one) not in listed
        and (one.kind != "Regular" or most is None or one.number <= most)
        and is_past(one, record.assembled_at)
        and all(
            provider in own and _lasts(one, own[provider], record.assembled_at) for provider in one.providers
        )
    ]
    if not stays:
        return record
    rows = sorted([*record.episodes, *stays], key=lambda one: EpisodeKey(one.kind, one.number).order)
    return record.model_copy(update={"episodes": rows})


def is_past(episode: EpisodeDetailEntry, now: datetime) -> bool:
    """True of an aired episode that only providers which look forward had listed."""
    only = bool(episode.providers) and all(PROFILES[one].looks_forward for one in episode.providers)
    return (
        only and episode.aired is not None and has_aired(episode.aired, now) and not is_placeholder(episode)
    )


def _lasts(episode: EpisodeDetailEntry, by: Attribution, now: datetime) -> bool:
    """Tell whether a row that was fetched when it aired, or before, may still be kept."""
    if by.expires_at is None or episode.aired is None:
        return True
    aired = episode.aired
    fetched = aired if isinstance(aired, datetime) else datetime.combine(aired, time(), UTC)
    return fetched + (by.expires_at - by.fetched_at) > now
