# SPDX-License-Identifier: Apache-2.0
"""Shapes of AnimeSchedule v3's answers: the fields that we read. Times are RFC 3339 text in UTC."""

from typing import Any

from pydantic import Field

from otakube.adapters.http.parsing import Lenient
from otakube.adapters.http.rows import Entries, Rows


class Keyword(Lenient):
    name: str | None = None


class SeasonSaid(Lenient):
    year: str | int | None = None  # text in answers, a number in the documentation
    season: str | None = None  # empty where only the year is known


class AnimeScheduleNames(Lenient):
    romaji: str | None = None
    english: str | None = None
    native: str | None = None
    abbreviation: str | None = None
    synonyms: Rows[str] | None = None


class AnimeScheduleStats(Lenient):
    averageScore: float | int | None = None  # out of 100
    ratingCount: int | None = None
    trackedCount: int | None = None
    trackedRating: int | None = None  # place by popularity


class Stream(Lenient):
    platform: str | None = None
    name: str | None = None
    url: str | None = None


class Websites(Lenient):
    """Addresses without a scheme."""

    official: str | None = None
    mal: str | None = None
    aniList: str | None = None
    kitsu: str | None = None
    animePlanet: str | None = None
    anidb: str | None = None
    streams: Rows[Stream] | None = None


class AnimeScheduleAnime(Lenient):
    """/anime/{slug}, and a row of /anime."""

    title: str
    route: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,200}$")
    premier: str | None = None
    month: str | None = None  # of the premiere, also where its day is not known
    year: int | None = None
    jpnTime: str | None = None
    season: SeasonSaid | None = None
    description: str | None = None
    genres: Rows[Keyword] | None = None
    studios: Rows[Keyword] | None = None
    sources: Rows[Keyword] | None = None
    mediaTypes: Rows[Keyword] | None = None
    episodes: int | None = None
    lengthMin: int | None = None
    status: str | None = None
    imageVersionRoute: str | None = None
    stats: AnimeScheduleStats | None = None
    names: AnimeScheduleNames | None = None
    relations: Entries[Rows[str]] | None = None  # kind -> slugs
    websites: Websites | None = None


class AnimeScheduleSearchAnswer(Lenient):
    anime: list[Any] | None = None  # a row is read by itself: one that is wrong says nothing of the others


class TimetableRow(Lenient):
    """One slot of a week's timetable."""

    route: str
    episodeDate: str
    episodeNumber: int
    subtractedEpisodeNumber: int | None = None  # first of several episodes in one slot
    lengthMin: int | None = None
    airingStatus: str | None = None
    delayedFrom: str | None = None
    delayedUntil: str | None = None


class TimetableAnswer(Lenient):
    rows: Rows[TimetableRow]
