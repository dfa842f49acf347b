# SPDX-License-Identifier: Apache-2.0
"""Shapes of AniList's answers: what `queries` asks for. Lists may hold nulls, as GraphQL allows."""

from typing import Annotated, TypeVar

from pydantic import BeforeValidator

from otakube.adapters.http.reading import Lenient

Shape = TypeVar("Shape")
OrEmpty = Annotated[Shape, BeforeValidator(lambda value: {} if value is None else value)]
"""An object whose null means that nothing is known of it."""


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
    name: str
    isMediaSpoiler: bool | None = None


class RelatedMedia(Lenient):
    id: int
    type: str | None = None
    title: MediaTitle = MediaTitle()


class RelationEdge(Lenient):
    relationType: str | None = None
    node: RelatedMedia | None = None


class Relations(Lenient):
    edges: list[RelationEdge | None] | None = None


class Studio(Lenient):
    name: str


class StudioEdge(Lenient):
    isMain: bool
    node: Studio | None = None


class Studios(Lenient):
    edges: list[StudioEdge | None] | None = None


class ExternalLink(Lenient):
    url: str | None = None


class StreamingEpisode(Lenient):
    title: str | None = None
    thumbnail: str | None = None


class Airing(Lenient):
    episode: int
    airingAt: int


class AiringSchedule(Lenient):
    nodes: list[Airing | None] | None = None


class Ranking(Lenient):
    rank: int
    type: str
    allTime: bool | None = None


class PersonName(Lenient):
    full: str | None = None
    native: str | None = None


class Portrait(Lenient):
    large: str | None = None


class VoiceActorNode(Lenient):
    name: OrEmpty[PersonName] = PersonName()
    languageV2: str | None = None


class CharacterNode(Lenient):
    name: OrEmpty[PersonName] = PersonName()
    image: OrEmpty[Portrait] = Portrait()
    description: str | None = None


class CharacterEdge(Lenient):
    role: str | None = None
    node: OrEmpty[CharacterNode] = CharacterNode()
    voiceActors: list[VoiceActorNode | None] | None = None


class PageInfo(Lenient):
    hasNextPage: bool | None = None


class Characters(Lenient):
    pageInfo: PageInfo | None = None
    edges: list[CharacterEdge | None] | None = None


class Media(Lenient):
    """An anime; `characters` is one page of them."""

    id: int
    idMal: int | None = None
    title: MediaTitle
    synonyms: list[str | None] | None = None
    format: str | None = None
    status: str | None = None
    description: str | None = None
    startDate: FuzzyDate | None = None
    endDate: FuzzyDate | None = None
    season: str | None = None
    seasonYear: int | None = None
    episodes: int | None = None
    duration: int | None = None  # minutes
    genres: list[str | None] | None = None
    tags: list[Tag | None] | None = None
    isAdult: bool | None = None
    coverImage: OrEmpty[Cover] = Cover()
    bannerImage: str | None = None
    averageScore: int | None = None
    meanScore: int | None = None
    popularity: int | None = None
    favourites: int | None = None
    rankings: list[Ranking | None] | None = None
    relations: OrEmpty[Relations] = Relations()
    studios: OrEmpty[Studios] = Studios()
    externalLinks: list[ExternalLink | None] | None = None
    streamingEpisodes: list[StreamingEpisode | None] | None = None
    airingSchedule: OrEmpty[AiringSchedule] = AiringSchedule()
    characters: Characters | None = None


class MediaData(Lenient):
    Media: Media


class MediaAnswer(Lenient):
    data: MediaData


class CharactersMedia(Lenient):
    characters: Characters


class CharactersData(Lenient):
    Media: CharactersMedia


class CharactersAnswer(Lenient):
    data: CharactersData


class Page(Lenient):
    media: list[Media | None] | None = None


class PageData(Lenient):
    Page: Page


class PageAnswer(Lenient):
    data: PageData


class Fault(Lenient):
    message: str
    status: int | None = None


class FaultAnswer(Lenient):
    """GraphQL reports faults with status 200 too."""

    errors: list[Fault] | None = None
