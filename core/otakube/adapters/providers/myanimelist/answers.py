# SPDX-License-Identifier: Apache-2.0
"""Shapes of the answers of MyAnimeList's API v2: the fields that we read. What is not known is absent."""

from typing import Any

from otakube.adapters.http.parsing import Lenient
from otakube.adapters.http.rows import Rows


class MyAnimeListPicture(Lenient):
    medium: str | None = None
    large: str | None = None


class MyAnimeListNames(Lenient):
    """Empty strings where there is none."""

    synonyms: Rows[str] = []
    en: str | None = None
    ja: str | None = None


class MyAnimeListNamed(Lenient):
    name: str | None = None


class MyAnimeListSeason(Lenient):
    year: int | None = None
    season: str | None = None


class MyAnimeListSlot(Lenient):
    """`start_time` HH:MM in Japan; absent where the hour is not known."""

    day_of_the_week: str | None = None
    start_time: str | None = None


class Counts(Lenient):
    num_list_users: int | None = None


class Work(Lenient):
    id: int
    title: str


class Related(Lenient):
    node: Work
    relation_type: str


class MyAnimeListRecommended(Lenient):
    node: Work
    num_recommendations: int | None = None


class MyAnimeListNumbered(Lenient):
    """Any anime with its id."""

    id: int


class MyAnimeListAnime(Lenient):
    """The answer of /anime/{id}, and the `node` of a row of a list (without the relations)."""

    id: int
    title: str
    main_picture: MyAnimeListPicture = MyAnimeListPicture()
    alternative_titles: MyAnimeListNames = MyAnimeListNames()
    start_date: str | None = None
    end_date: str | None = None
    synopsis: str | None = None
    mean: float | None = None
    rank: int | None = None
    popularity: int | None = None
    num_list_users: int | None = None
    num_scoring_users: int | None = None
    media_type: str | None = None
    status: str | None = None
    genres: Rows[MyAnimeListNamed] = []
    num_episodes: int = 0
    start_season: MyAnimeListSeason | None = None
    broadcast: MyAnimeListSlot | None = None
    source: str | None = None
    average_episode_duration: int | None = None
    rating: str | None = None
    studios: Rows[MyAnimeListNamed] = []
    pictures: Rows[MyAnimeListPicture] = []
    related_anime: Rows[Related] = []
    related_manga: Rows[Related] = []
    recommendations: Rows[MyAnimeListRecommended] = []
    statistics: Counts = Counts()


class UnreadRow(Lenient):
    node: Any


class Paging(Lenient):
    next: str | None = None


class MyAnimeListListAnswer(Lenient):
    """A page of a list. A row is read by itself: one that is wrong says nothing of the others."""

    data: Rows[UnreadRow]
    paging: Paging = Paging()
