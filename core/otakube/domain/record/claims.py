# SPDX-License-Identifier: Apache-2.0
"""Claims of one provider about an anime, in our words: the converters' output, before any merge.

Strict records: provider text is hostile, and what does not fit is refused where the provider's name is known.
"""

from collections.abc import Sequence
from datetime import date
from typing import Self

from pydantic import AwareDatetime, Field

from otakube.domain.record.golden import (
    AbsoluteNumber,
    AnimeStatus,
    Broadcast,
    ClaimedVotes,
    Credit,
    EpisodeKind,
    EpisodeNumber,
    Exactness,
    ImageKind,
    Record,
    RelationKind,
    Role,
    Season,
    Seconds,
    SourceMaterial,
    Statistics,
    Text,
    Title,
    Url,
    VoiceActor,
)
from otakube_api.contract import AnimeType, Provider, SourceReason


class ImageLink(Record):
    kind: ImageKind
    url: Url


class Metadata(Record):
    source_url: Url
    same_as: list[Url] = Field(default=[], max_length=50)  # this anime's pages at other providers
    title: Title
    title_english: Title | None = None
    title_japanese: Title | None = None
    synonyms: list[Title] = Field(default=[], max_length=200)
    type: AnimeType
    status: AnimeStatus
    season: Season | None = None
    episode_count: EpisodeNumber | None = None
    duration_seconds: Seconds | None = None
    aired_from: date | None = None
    aired_to: date | None = None
    broadcast: Broadcast | None = None
    synopsis: Text | None = None
    synopsis_credit: Credit | None = None  # who wrote it, in the provider's words
    synopsis_spoilers: Text | None = None  # what its writers hid
    genres: list[Title] = Field(default=[], max_length=100)
    tags: list[Title] = Field(default=[], max_length=300)
    spoiler_tags: list[Title] = Field(default=[], max_length=300)  # that tell what happens
    studios: list[Title] = Field(default=[], max_length=50)
    age_rating: str | None = Field(None, max_length=100)
    source_material: SourceMaterial | None = None
    images: list[ImageLink] = Field(default=[], max_length=20)
    exactness: dict[str, Exactness] = Field(
        default={}
    )  # by field name; a field that is not here is stated exactly


def marks(**fields: Exactness | None) -> dict[str, Exactness]:
    """Fields that are not stated exactly."""
    return {field: one for field, one in fields.items() if one is not None}


class Episode(Record):
    """`aired` is a day in Japan where only the day is known; `number` counts within its kind."""

    number: EpisodeNumber
    kind: EpisodeKind = "Regular"
    absolute_number: AbsoluteNumber | None = None
    title: Title | None = None
    title_japanese: Title | None = None
    title_romaji: Title | None = None
    synopsis: Text | None = None
    synopsis_credit: Credit | None = None
    synopsis_spoilers: Text | None = None
    aired: AwareDatetime | date | None = None
    duration_seconds: Seconds | None = None
    filler: bool = False
    recap: bool = False
    image_url: Url | None = None


class ClaimedRelation(Record):
    kind: RelationKind
    title: Title
    source_urls: list[Url] = Field(default=[], max_length=20)


class ClaimedRecommendation(Record):
    title: Title
    source_urls: list[Url] = Field(default=[], max_length=20)
    votes: ClaimedVotes | None = None


class ClaimedStreamingLink(Record):
    site: Title
    url: Url


class Relationships(Record):
    relations: list[ClaimedRelation] = Field(default=[], max_length=500)
    recommendations: list[ClaimedRecommendation] = Field(default=[], max_length=200)
    external_links: list[Url] = Field(default=[], max_length=200)
    streaming: list[ClaimedStreamingLink] = Field(default=[], max_length=200)


class Character(Record):
    name: Title
    name_native: Title | None = None
    role: Role
    description: Text | None = None
    description_credit: Credit | None = None
    description_spoilers: Text | None = None
    image_url: Url | None = None
    voice_actors: list[VoiceActor] = Field(default=[], max_length=100)


class Staff(Record):
    name: Title
    name_native: Title | None = None
    positions: list[Title] = Field(default=[], max_length=100)


class PartFault(Record):
    """Why one part of a provider's answers is not there."""

    reason: SourceReason
    message: str = Field(max_length=1000)


class ConvertedRecord(Record):
    """One provider's claims about one anime. A part that cannot be read is None, and in `unreadable`."""

    provider: Provider
    source_url: str
    fetched_at: AwareDatetime  # when the oldest part was received
    stale: bool  # the provider said of a part that it was an old copy
    metadata: Metadata
    episodes: list[Episode] | None
    relationships: Relationships | None
    statistics: Statistics | None
    characters: list[Character] | None
    staff: list[Staff] | None
    missing: dict[str, PartFault]  # parts that the provider did not answer
    unreadable: dict[str, PartFault]
    notes: list[str] = Field(default=[], max_length=50)  # fields that are null, rows that were left out

    def with_notes(self, notes: Sequence[str]) -> Self:
        """The record with what of its answers could not be read."""
        return self.model_copy(update={"notes": list(dict.fromkeys(notes))[:50]})

    @property
    def faults(self) -> dict[str, PartFault]:
        """Every part that is not there, by name."""
        return self.missing | self.unreadable
