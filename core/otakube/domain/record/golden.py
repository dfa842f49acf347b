# SPDX-License-Identifier: Apache-2.0
"""The golden record: what the catalogue stores and readers see, validated strictly before review and commit.

Pydantic, not dataclasses: these types are the form in which the record crosses the bucket, the document store
and the API. Field names are snake_case in every store. Times are UTC.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from otakube_api.contract import AnimeType, Gate, Provider

SCHEMA_VERSION = 5
"""2: staff, recommendations, streaming, rows that say whose words they are. 3: how exactly dates and other
fields are known, credits of texts, and the status `Unknown`. 4: spoilers apart, credits of rows' texts."""

Id = Annotated[str, Field(pattern=r"^(ani|ep|char)_[0-9A-HJKMNP-TV-Z]{26}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Url = Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=2048)]
Title = Annotated[str, Field(min_length=1, max_length=500)]
Text = Annotated[str, Field(max_length=20_000)]
Credit = Annotated[str, Field(max_length=300)]
Confidence = Annotated[float, Field(ge=0, le=1)]
# Bounds by meaning: every number of a record fits the 64 bits of the stores, also after it was added up.
Count = Annotated[int, Field(ge=0, le=10**16)]  # of people, or of what they wrote
ClaimedVotes = Annotated[int, Field(ge=0, le=10**12)]  # of one row of one provider
Votes = Annotated[int, Field(ge=0, le=10**16)]  # those of all rows of all providers, added up
Rank = Annotated[int, Field(ge=1, le=10**8)]
Seconds = Annotated[int, Field(ge=0, le=7 * 86_400)]  # of one episode or film: at most a week
EpisodeNumber = Annotated[int, Field(ge=0, le=10_000)]  # within a season and its kind; 0 is a prologue
ABSOLUTE_LIMIT = 1_000_000
AbsoluteNumber = Annotated[int, Field(ge=0, le=ABSOLUTE_LIMIT)]  # counted from the first season on
Pixels = Annotated[int, Field(ge=1, lt=2**31)]
Bytes = Annotated[int, Field(ge=1, le=2**40)]
RelationKind = Literal[
    "Sequel", "Prequel", "SideStory", "ParentStory", "Spinoff", "AlternativeVersion", "AlternativeSetting",
    "Summary", "FullStory", "Character", "Adaptation", "Source", "Compilation", "Contains", "Other",
]  # fmt: skip
DatePrecision = Literal["Year", "Month", "Day"]
Role = Literal["Main", "Supporting", "Background"]
EpisodeKind = Literal["Regular", "Special", "Credits", "Trailer", "Parody", "Other"]


class Record(BaseModel):
    """Strict, immutable, closed: an unknown field or a coerced type is an error.

    Validators are built on first use: no step uses all of these types, and each pod pays for those it builds.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class AnimeStatus(StrEnum):
    UPCOMING = "Upcoming"
    ONGOING = "Ongoing"
    FINISHED = "Finished"
    CANCELLED = "Cancelled"
    HIATUS = "Hiatus"
    UNKNOWN = "Unknown"  # no provider says


class SourceMaterial(StrEnum):
    """Material that an anime is made from."""

    ORIGINAL = "Original"
    MANGA = "Manga"
    LIGHT_NOVEL = "LightNovel"
    WEB_NOVEL = "WebNovel"
    NOVEL = "Novel"
    VISUAL_NOVEL = "VisualNovel"
    GAME = "Game"
    CARD_GAME = "CardGame"
    MUSIC = "Music"
    PICTURE_BOOK = "PictureBook"
    BOOK = "Book"
    RADIO = "Radio"
    LIVE_ACTION = "LiveAction"
    ANIME = "Anime"
    MIXED_MEDIA = "MixedMedia"
    OTHER = "Other"


class Exactness(StrEnum):
    """Kinds of knowing a field less than exactly."""

    YEAR = "Year"  # of a date: no month
    MONTH = "Month"  # of a date: no day
    ROUNDED = "Rounded"  # a length in whole minutes
    DERIVED = "Derived"  # it follows from other fields


class Quarter(StrEnum):
    WINTER = "Winter"
    SPRING = "Spring"
    SUMMER = "Summer"
    FALL = "Fall"


class ImageKind(StrEnum):
    POSTER = "Poster"
    BANNER = "Banner"
    CHARACTER = "Character"
    EPISODE = "Episode"


class Attribution(Record):
    """Origin of claims: one provider's answers about one anime."""

    provider: Provider
    source_url: Url
    fetched_at: AwareDatetime
    licence: str = Field(max_length=100)
    stale: bool = False  # the provider said that it served an old copy
    publishable: bool = True
    expires_at: AwareDatetime | None = None  # when the licence wants it gone
    episodes_only: bool = False  # of an episode update: the rest is as old as the other attribution says


class LosingField(Record):
    field: str = Field(max_length=50)
    provider: Provider
    value: str = Field(max_length=500)  # JSON, cut


class RowProvenance(Record):
    """Provenance of the fields of an episode, character or person; `attributions` have time and licence."""

    said: dict[str, Provider]  # by field name
    backed: dict[str, list[Provider]] = {}  # others who say the same, by field name
    sure: dict[str, Confidence] = {}  # by field name
    shares: dict[str, list[list[Provider]]] = {}  # of a list: who says each item, by field name
    credits: dict[str, Credit] = {}  # who wrote a text, in the provider's words, by field name
    confidence: Confidence  # mean of the fields'
    losing: list[LosingField] = Field(default=[], max_length=50)


class Season(Record):
    year: int = Field(ge=1900, le=2100)
    quarter: Quarter


class Titles(Record):
    main: Title
    english: Title | None = None
    japanese: Title | None = None
    synonyms: list[Title] = Field(default=[], max_length=200)

    def names(self) -> tuple[str, ...]:
        """Every name once, the main title first."""
        return tuple(dict.fromkeys(filter(None, [self.main, self.english, self.japanese, *self.synonyms])))


class Image(Record):
    """One image: mirrored (`sha256`, `key`) or failed (`error`); never both, never neither once ingested."""

    kind: ImageKind
    source_url: Url
    provider: Provider
    sha256: Sha256 | None = None
    key: str | None = Field(None, max_length=200)  # images/<sha256>.<ext>
    content_type: str | None = Field(None, max_length=100)
    width: Pixels | None = None
    height: Pixels | None = None
    size_bytes: Bytes | None = None
    phash: str | None = Field(None, pattern=r"^[0-9a-f]{16}$")
    error: str | None = Field(None, max_length=500)


class EpisodeDetailEntry(Record):
    id: Id
    number: EpisodeNumber
    kind: EpisodeKind = "Regular"
    absolute_number: AbsoluteNumber | None = None
    title: Title | None = None
    title_japanese: Title | None = None
    title_romaji: Title | None = None
    synopsis: Text | None = None
    synopsis_spoilers: Text | None = None  # what the text's writers hid
    aired: AwareDatetime | date | None = None
    duration_seconds: Seconds | None = None
    filler: bool = False
    recap: bool = False
    image: Image | None = None
    providers: list[Provider] = Field(default=[], max_length=10)
    provenance: RowProvenance | None = None  # None in records of schema version 1


class VoiceActor(Record):
    name: Title
    language: str = Field(max_length=50)


class CharacterEntry(Record):
    id: Id
    name: Title
    name_native: Title | None = None
    role: Role
    description: Text | None = None
    description_spoilers: Text | None = None
    image: Image | None = None
    voice_actors: list[VoiceActor] = Field(default=[], max_length=100)
    providers: list[Provider] = Field(default=[], max_length=10)
    provenance: RowProvenance | None = None


class StaffEntry(Record):
    name: Title
    name_native: Title | None = None
    positions: list[Title] = Field(default=[], max_length=100)
    providers: list[Provider] = Field(default=[], max_length=10)
    provenance: RowProvenance | None = None


class Relation(Record):
    kind: RelationKind
    title: Title
    source_urls: list[Url] = Field(default=[], max_length=20)
    providers: list[Provider] = Field(default=[], max_length=10)


class Recommendation(Record):
    """Another anime that people who liked this one like; `votes` of those who say so, added up."""

    title: Title
    source_urls: list[Url] = Field(default=[], max_length=20)
    votes: Votes | None = None
    providers: list[Provider] = Field(default=[], max_length=10)


class StreamingLink(Record):
    site: Title
    url: Url
    providers: list[Provider] = Field(default=[], max_length=10)


class Statistics(Record):
    """Counts of one provider; `score` on 0..10 whatever the provider's own scale."""

    provider: Provider
    score: float | None = Field(None, ge=0, le=10)
    scored_by: Count | None = None
    rank: Rank | None = None
    popularity: Count | None = None
    members: Count | None = None
    favourites: Count | None = None
    reviews: Count | None = None  # number of reviews written there


class Broadcast(Record):
    """Weekly slot: `weekday` 1 (Monday) to 7, local `time` HH:MM below 24:00, in `timezone`."""

    weekday: int = Field(ge=1, le=7)
    time: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    timezone: str = Field(max_length=50)


class LosingValue(Record):
    provider: Provider
    value: str = Field(max_length=500)  # JSON, cut
    exactness: Exactness | None = None


class Provenance(Record):
    """Provenance of a field's value: claimants, time, licence, and the losing values."""

    provider: Provider
    providers: list[Provider] = Field(default=[], max_length=10)  # all who say so
    shares: list[list[Provider]] = Field(default=[], max_length=500)  # of a list: who says each item
    fetched_at: AwareDatetime
    licence: str = Field(max_length=100)
    stale: bool = False
    publishable: bool = True
    expires_at: AwareDatetime | None = None
    confidence: Confidence
    losing: list[LosingValue] = Field(default=[], max_length=10)
    exactness: dict[Provider, Exactness] = {}  # of those who do not state it exactly
    credit: Credit | None = None  # who wrote a text, in the provider's words
    decided_by: str | None = Field(None, max_length=200)  # the person whose decision outranks the providers


class AcceptedSuggestion(Record):
    """Suggestion by a rule or a model that a person accepted for a field."""

    field: Literal["tags", "summary"]
    value: str = Field(max_length=500)
    suggested_by: Title  # rules@1, or the model's name
    accepted_by: str = Field(max_length=200)


class AnimeEntry(Record):
    id: Id
    schema_version: int = SCHEMA_VERSION
    sources: list[Url] = Field(min_length=1, max_length=50)
    titles: Titles
    type: AnimeType
    status: AnimeStatus
    season: Season | None = None
    episode_count: EpisodeNumber | None = None
    duration_seconds: Seconds | None = None
    aired_from: date | None = None
    aired_from_precision: DatePrecision = "Day"  # of a half-known date the first day is written
    aired_to: date | None = None
    aired_to_precision: DatePrecision = "Day"
    broadcast: Broadcast | None = None
    synopsis: Text | None = None
    synopsis_spoilers: Text | None = None  # what its writers hid from those who have not seen it
    summary: str | None = Field(None, max_length=500)  # short; only ever an accepted suggestion
    genres: list[str] = Field(default=[], max_length=100)
    tags: list[str] = Field(default=[], max_length=300)
    spoiler_tags: list[str] = Field(default=[], max_length=300)  # that tell what happens; shown to who asks
    studios: list[str] = Field(default=[], max_length=50)
    age_rating: str | None = Field(None, max_length=100)
    source_material: SourceMaterial | None = None
    score: float | None = Field(None, ge=0, le=10)  # mean of the providers' scores
    statistics: list[Statistics] = Field(default=[], max_length=10)
    relations: list[Relation] = Field(default=[], max_length=500)
    recommendations: list[Recommendation] = Field(default=[], max_length=200)
    external_links: list[Url] = Field(default=[], max_length=200)
    streaming: list[StreamingLink] = Field(default=[], max_length=200)
    images: list[Image] = Field(default=[], max_length=100)
    accepted_suggestions: list[AcceptedSuggestion] = Field(default=[], max_length=100)
    confidence: Confidence
    provenance: dict[str, Provenance]  # by field name


class GateFinding(Record):
    """Finding of a gate: a reason to look before this record is published."""

    gate: Gate
    message: str = Field(max_length=500)


class GoldenRecord(Record):
    """One anime, whole; the unit of review and commit."""

    entry: AnimeEntry
    episodes: list[EpisodeDetailEntry] = Field(default=[], max_length=10_000)
    characters: list[CharacterEntry] = Field(default=[], max_length=5_000)
    staff: list[StaffEntry] = Field(default=[], max_length=2_000)
    attributions: list[Attribution] = Field(default=[], max_length=20)
    stage_versions: dict[str, int] = {}  # release of each stage that made it
    gates: list[GateFinding] = Field(default=[], max_length=100)
    findings: list[str] = Field(default=[], max_length=200)  # what a reviewer must know
    assembled_at: datetime
