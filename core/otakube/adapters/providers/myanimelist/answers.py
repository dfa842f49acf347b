# SPDX-License-Identifier: Apache-2.0
"""Shapes of the answers of MyAnimeList's API v2: the fields that we read. What is not known is absent."""

from typing import Any

from otakube.adapters.http.parsing import Lenient


class Picture(Lenient):
    medium: str | None = None
    large: str | None = None


class Names(Lenient):
    """Empty strings where there is none."""

    synonyms: list[str] = []
    en: str | None = None
    ja: str | None = None


class Named(Lenient):
    name: str


class Season(Lenient):
    year: int
    season: str


class Slot(Lenient):
    """`start_time` HH:MM in Japan; absent where the hour is not known."""

    day_of_the_week: str
    start_time: str | None = None


class Counts(Lenient):
    num_list_users: int | None = None


class Work(Lenient):
    id: int
    title: str


class Related(Lenient):
    node: Work
    relation_type: str


class Recommended(Lenient):
    node: Work
    num_recommendations: int | None = None


class Numbered(Lenient):
    """Any anime with its id."""

    id: int


class Anime(Lenient):
    """The answer of /anime/{id}, and the `node` of a row of a list (without the relations)."""

    id: int
    title: str
    main_picture: Picture = Picture()
    alternative_titles: Names = Names()
    start_date: str | None = None
    end_date: str | None = None
    synopsis: str | None = None
    mean: float | None = None
    rank: int | None = None
    popularity: int | None = None
    num_list_users: int | None = None
    num_scoring_users: int | None = None
    media_type: str
    status: str
    genres: list[Named] = []
    num_episodes: int = 0
    start_season: Season | None = None
    broadcast: Slot | None = None
    source: str | None = None
    average_episode_duration: int | None = None
    rating: str | None = None
    studios: list[Named] = []
    pictures: list[Picture] = []
    related_anime: list[Related] = []
    related_manga: list[Related] = []
    recommendations: list[Recommended] = []
    statistics: Counts = Counts()


class Row(Lenient):
    node: Anime


class SearchAnswer(Lenient):
    data: list[Row]


class UnreadRow(Lenient):
    node: Any


class Paging(Lenient):
    next: str | None = None


class ListAnswer(Lenient):
    """A page of a list. A row is read by itself: one that is wrong says nothing of the others."""

    data: list[UnreadRow]
    paging: Paging = Paging()
