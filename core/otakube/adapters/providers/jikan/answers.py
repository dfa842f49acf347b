# SPDX-License-Identifier: Apache-2.0
"""Shapes of Jikan v4's answers: the fields that we read."""

from typing import Any

from pydantic import Field

from otakube.adapters.http.parsing import Lenient


class JikanPicture(Lenient):
    image_url: str | None = None
    large_image_url: str | None = None


class JikanPictures(Lenient):
    jpg: JikanPicture = JikanPicture()


class JikanNamed(Lenient):
    name: str


class JikanLink(Lenient):
    name: str | None = None
    url: str | None = None


class Span(Lenient):
    """`from` and `to` are midnights that mean days in Japan."""

    from_: str | None = Field(None, alias="from")
    to: str | None = None


class JikanSlot(Lenient):
    day: str | None = None
    time: str | None = None
    timezone: str | None = None


class RelatedTitle(Lenient):
    mal_id: int
    type: str
    name: str
    url: str


class RelatedGroup(Lenient):
    relation: str
    entry: list[RelatedTitle]


class JikanNumbered(Lenient):
    """Any row with its id."""

    mal_id: int


class JikanAnime(Lenient):
    """`data` of /anime/{id}/full, and a row of a list (without relations and links)."""

    mal_id: int
    url: str
    images: JikanPictures = JikanPictures()
    title: str
    title_english: str | None = None
    title_japanese: str | None = None
    title_synonyms: list[str] = []
    type: str | None = None
    source: str | None = None
    episodes: int | None = None
    status: str | None = None
    aired: Span = Span()
    duration: str | None = None
    rating: str | None = None
    score: float | None = None
    scored_by: int | None = None
    rank: int | None = None
    popularity: int | None = None
    members: int | None = None
    favorites: int | None = None
    synopsis: str | None = None
    season: str | None = None
    year: int | None = None
    broadcast: JikanSlot = JikanSlot()
    studios: list[JikanNamed] = []
    genres: list[JikanNamed] = []
    explicit_genres: list[JikanNamed] = []
    themes: list[JikanNamed] = []
    demographics: list[JikanNamed] = []
    relations: list[RelatedGroup] = []
    external: list[JikanLink] = []
    streaming: list[JikanLink] = []


class AnimeAnswer(Lenient):
    data: JikanAnime


class EpisodeRow(Lenient):
    mal_id: int
    title: str | None = None
    title_japanese: str | None = None
    title_romanji: str | None = None
    aired: str | None = None
    filler: bool = False
    recap: bool = False


class Pagination(Lenient):
    last_visible_page: int = 1


class OneAnswer(Lenient):
    """`data` of /anime/{id}, not yet read."""

    data: Any


class JikanSearchAnswer(Lenient):
    data: list[JikanAnime]


class JikanListAnswer(Lenient):
    """A page of all anime. A row is read by itself: one that is wrong says nothing of the others."""

    data: list[Any]
    pagination: Pagination = Pagination()


class EpisodesAnswer(Lenient):
    data: list[EpisodeRow]
    pagination: Pagination = Pagination()


class Person(Lenient):
    name: str


class JikanVoice(Lenient):
    person: Person
    language: str


class CharacterInfo(Lenient):
    name: str
    images: JikanPictures = JikanPictures()


class CharacterRow(Lenient):
    character: CharacterInfo
    role: str
    voice_actors: list[JikanVoice] = []


class CharactersAnswer(Lenient):
    data: list[CharacterRow]


class StaffRow(Lenient):
    person: Person
    positions: list[str] = []


class StaffAnswer(Lenient):
    data: list[StaffRow]


class JikanRecommended(Lenient):
    mal_id: int
    title: str


class RecommendationRow(Lenient):
    entry: JikanRecommended
    votes: int | None = None


class RecommendationsAnswer(Lenient):
    data: list[RecommendationRow]


class PicturesAnswer(Lenient):
    data: list[JikanPictures]
