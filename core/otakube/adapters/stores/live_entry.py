# SPDX-License-Identifier: Apache-2.0
"""A live version as the document stores keep it: the record, and what the commit writes beside it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from otakube.domain.record.golden import AnimeStatus, EpisodeNumber, GoldenRecord, Titles
from otakube.ports.catalogue import LiveEntry
from otakube.ports.listings import WatchedFields
from otakube_api.contract import AnimeType


class Bookkeeping(BaseModel):
    """The fields beside the record; one of a wrong type is a ValidationError that names it."""

    model_config = ConfigDict(strict=True)

    live_version: int = Field(ge=1)
    commit_key: str
    digest: str
    model: str
    committed_at: datetime


def live_entry(entry_id: str, stored: Bookkeeping, record: str | bytes) -> LiveEntry:
    """The entry, whole; the record is validated again on the way out."""
    return LiveEntry(
        entry_id=entry_id,
        version=stored.live_version,
        commit_key=stored.commit_key,
        digest=stored.digest,
        model=stored.model,
        record=GoldenRecord.model_validate_json(record),
        committed_at=stored.committed_at,
    )


class _Watched(BaseModel):
    titles: Titles
    type: AnimeType
    status: AnimeStatus
    episode_count: EpisodeNumber | None = None
    sources: tuple[str, ...]


def watched_fields(entry_id: str, fields: str | bytes) -> WatchedFields:
    """The fields of a live version that are held against the dataset, from their JSON."""
    found = _Watched.model_validate_json(fields)
    return WatchedFields(
        entry_id=entry_id,
        titles=found.titles.names(),
        type=found.type,
        status=found.status,
        episode_count=found.episode_count,
        sources=found.sources,
    )


class _Names(BaseModel):
    main: str
    english: str | None = None
    japanese: str | None = None
    synonyms: list[str] = []


def names_of(titles: str | bytes) -> tuple[str, ...]:
    """Every name once, the main title first, from the titles' JSON; a listing's may be of any length."""
    found = _Names.model_validate_json(titles)
    every = [found.main, found.english, found.japanese, *found.synonyms]
    return tuple(dict.fromkeys(filter(None, every)))
