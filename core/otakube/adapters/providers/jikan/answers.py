# SPDX-License-Identifier: Apache-2.0
"""Shapes of Jikan v4's answers: the fields that we read."""

from typing import Any

from pydantic import Field

from otakube.adapters.http.parsing import Lenient
from otakube.adapters.http.rows import Rows


class JikanPicture(Lenient):
    image_url: str | None = None
    large_image_url: str | None = None


class JikanPictures(Lenient):
    jpg: JikanPicture = JikanPicture()


class JikanNamed(Lenient):
    name: str | None = None


class JikanLink(Lenient):
    name: str | None = None
    url: str | None = None


class DateParts(Lenient):
    day: int | None = None
    month: int | None = None
    year: int | None = None


class SpanParts(Lenient):
    from_: DateParts = Field(DateParts(), alias="from")
    to: DateParts = DateParts()


class JikanSpan(Lenient):
    """`from` and `to` are midnights that mean days in Japan; `string` says how much of them is known."""

    from_: str | None = Field(None, alias="from")
    to: str | None = None
    string: str | None = None
    prop: SpanParts = SpanParts()


class JikanSlot(Lenient):
    day: str | None = None
    time: str | None = None
    timezone: str | None = None


class RelatedTitle(Lenient):
    mal_id: int
    type: str
    name: str


class RelatedGroup(Lenient):
    relation: str
    entry: Rows[RelatedTitle]


class JikanNumbered(Lenient):
    """Any row with its id."""

    mal_id: int


class JikanAnime(Lenient):
    """`data` of /anime/{id}/full, and a row of a list (without relations and links)."""

    mal_id: int
    images: JikanPictures = JikanPictures()
    title: str
    title_english: str | None = None
    title_japanese: str | None = None
    title_synonyms: Rows[str] = []
    type: str | None = None
    source: str | None = None
    episodes: int | None = None
    status: str | None = None
    aired: JikanSpan = JikanSpan()
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
    studios: Rows[JikanNamed] = []
    genres: Rows[JikanNamed] = []
    explicit_genres: Rows[JikanNamed] = []
    themes: Rows[JikanNamed] = []
    demographics: Rows[JikanNamed] = []
    relations: Rows[RelatedGroup] = []
    external: Rows[JikanLink] = []
    streaming: Rows[JikanLink] = []


class AnimeAnswer(Lenient):
    data: JikanAnime


class IdentifiedAnswer(Lenient):
    """An answer about one anime, read no further than its id."""

    data: JikanNumbered


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


class JikanListAnswer(Lenient):
    """A page of anime. A row is read by itself: one that is wrong says nothing of the others."""

    data: list[Any]
    pagination: Pagination = Pagination()


class EpisodesAnswer(Lenient):
    data: Rows[EpisodeRow]
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
    voice_actors: Rows[JikanVoice] = []


class CharactersAnswer(Lenient):
    data: Rows[CharacterRow]


class StaffRow(Lenient):
    person: Person
    positions: Rows[str] = []


class StaffAnswer(Lenient):
    data: Rows[StaffRow]


class JikanRecommended(Lenient):
    mal_id: int
    title: str


class RecommendationRow(Lenient):
    entry: JikanRecommended
    votes: int | None = None


class RecommendationsAnswer(Lenient):
    data: Rows[RecommendationRow]


class PicturesAnswer(Lenient):
    data: Rows[JikanPictures]
