# SPDX-License-Identifier: Apache-2.0
"""Shapes of AniList's answers: what `queries` asks for."""

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, WrapValidator

from otakube.adapters.http.parsing import Lenient
from otakube.adapters.http.rows import Rows, Single, readable_row, readable_rows

MOST_ROWS = 200  # of a page; AniList gives 25 or 50, and more than this is not even read

Shape = TypeVar("Shape")
OrEmpty = Annotated[Shape, BeforeValidator(lambda value: {} if value is None else value)]
"""An object whose null means that nothing is known of it."""
Connected = Annotated[
    list[Annotated[Shape, WrapValidator(readable_row)]],
    Field(max_length=MOST_ROWS),
    AfterValidator(readable_rows),
]
"""One page of a connection."""


class MediaTitle(Lenient):
    romaji: str | None = None
    english: str | None = None
    native: str | None = None
    userPreferred: str | None = None


class FuzzyDate(Lenient):
    year: int | None = None
    month: int | None = None
    day: int | None = None


class Cover(Lenient):
    extraLarge: str | None = None
    large: str | None = None


class Tag(Lenient):
    name: str | None = None
    isMediaSpoiler: bool | None = None
    isGeneralSpoiler: bool | None = None


class OtherMedia(Lenient):
    """A related or recommended work."""

    id: int
    idMal: int | None = None
    type: str | None = None
    title: MediaTitle = MediaTitle()


class RelationEdge(Lenient):
    relationType: str | None = None
    node: OtherMedia | None = None


class Relations(Lenient):
    edges: Rows[RelationEdge] | None = None


class Studio(Lenient):
    name: str | None = None


class StudioEdge(Lenient):
    isMain: bool | None = None
    node: Studio | None = None


class Studios(Lenient):
    edges: Rows[StudioEdge] | None = None


class ExternalLink(Lenient):
    url: str | None = None
    site: str | None = None
    type: str | None = None
    isDisabled: bool | None = None


class StreamingEpisode(Lenient):
    title: str | None = None
    thumbnail: str | None = None


class Ranking(Lenient):
    rank: int
    type: str
    allTime: bool | None = None


class Votes(Lenient):
    amount: int | None = None


class AniListStats(Lenient):
    scoreDistribution: Rows[Votes] | None = None


class PersonName(Lenient):
    full: str | None = None
    native: str | None = None
    userPreferred: str | None = None


class Portrait(Lenient):
    large: str | None = None


class AniListVoice(Lenient):
    name: OrEmpty[PersonName] = PersonName()
    languageV2: str | None = None


class StaffNode(Lenient):
    id: int
    name: OrEmpty[PersonName] = PersonName()


class CharacterNode(Lenient):
    name: OrEmpty[PersonName] = PersonName()
    image: OrEmpty[Portrait] = Portrait()
    description: str | None = None


class CharacterEdge(Lenient):
    role: str | None = None
    node: CharacterNode | None = None
    voiceActors: Rows[AniListVoice] | None = None


class StaffEdge(Lenient):
    role: str | None = None
    node: StaffNode | None = None


class Airing(Lenient):
    episode: int
    airingAt: int


class RecommendationNode(Lenient):
    rating: int | None = None
    mediaRecommendation: OtherMedia | None = None


class AniListReview(Lenient):
    id: int


class PageInfo(Lenient):
    hasNextPage: bool | None = None


class Connection(Lenient):
    """One page; its `total` and `lastPage` are not asked for, since they are estimates."""

    pageInfo: OrEmpty[PageInfo] = PageInfo()

    @property
    def unfinished(self) -> bool:
        """True if a further page is worth asking for."""
        return bool(self.pageInfo.hasNextPage)


class AiringSchedule(Connection):
    nodes: Connected[Airing] | None = None


class Characters(Connection):
    edges: Connected[CharacterEdge] | None = None


class StaffPage(Connection):
    edges: Connected[StaffEdge] | None = None


class Recommendations(Connection):
    nodes: Connected[RecommendationNode] | None = None

    @property
    def unfinished(self) -> bool:
        """Best first, so nothing worth having follows one that as many voted down as up."""
        ratings = [one.rating or 0 for one in self.nodes or [] if one is not None]
        return bool(self.pageInfo.hasNextPage) and min(ratings, default=0) > 0


class Reviews(Connection):
    nodes: Connected[AniListReview] | None = None


class Connections(Lenient):
    """A page of each connection of a title that was asked for."""

    airingSchedule: OrEmpty[AiringSchedule] = AiringSchedule()
    characters: OrEmpty[Characters] = Characters()
    staff: OrEmpty[StaffPage] = StaffPage()
    recommendations: OrEmpty[Recommendations] = Recommendations()
    reviews: OrEmpty[Reviews] = Reviews()

    def unfinished(self) -> list[str]:
        """Names of the connections that have a further page."""
        return [name for name in Connections.model_fields if getattr(self, name).unfinished]


class Media(Connections):
    """An anime, with the first page of each connection."""

    id: int
    idMal: int | None = None
    title: MediaTitle
    synonyms: Rows[str | None] | None = None
    format: str | None = None
    status: str | None = None
    source: str | None = None
    description: str | None = None
    startDate: FuzzyDate | None = None
    endDate: FuzzyDate | None = None
    season: str | None = None
    seasonYear: int | None = None
    episodes: int | None = None
    duration: int | None = None  # minutes
    genres: Rows[str | None] | None = None
    tags: Rows[Tag] | None = None
    isAdult: bool | None = None
    coverImage: OrEmpty[Cover] = Cover()
    bannerImage: str | None = None
    averageScore: int | None = None
    meanScore: int | None = None
    popularity: int | None = None
    favourites: int | None = None
    rankings: Rows[Ranking] | None = None
    stats: OrEmpty[AniListStats] = AniListStats()
    relations: OrEmpty[Relations] = Relations()
    studios: OrEmpty[Studios] = Studios()
    externalLinks: Rows[ExternalLink] | None = None
    streamingEpisodes: Rows[StreamingEpisode] | None = None
    nextAiringEpisode: Single[Airing] = None


class AniListNumbered(Lenient):
    """Any anime with its id."""

    id: int


class MediaData(Lenient):
    Media: Media


class MediaAnswer(Lenient):
    data: MediaData


class FurtherData(Lenient):
    Media: Connections


class FurtherAnswer(Lenient):
    data: FurtherData


class AniListPage(Lenient):
    media: list[Any] | None = None  # a row is read by itself: one that is wrong says nothing of the others


class PageData(Lenient):
    Page: AniListPage


class PageAnswer(Lenient):
    data: PageData


class AniListFault(Lenient):
    message: str
    status: int | None = None


class FaultAnswer(Lenient):
    """GraphQL reports faults with status 200 too."""

    errors: list[AniListFault] | None = None
