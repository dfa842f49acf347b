# SPDX-License-Identifier: Apache-2.0
"""Jikan's words in ours. Pure: one function a field; an unknown word is an error that names it."""

import re
from collections.abc import Sequence
from datetime import date

from otakube.adapters.http.parsing import converts, plausible, read, refuse, texts, word
from otakube.adapters.providers.jikan import people, relations
from otakube.adapters.providers.jikan.answers import (
    AnimeAnswer,
    CharactersAnswer,
    EpisodeRow,
    EpisodesAnswer,
    JikanAnime,
    JikanPicture,
    PicturesAnswer,
    RecommendationsAnswer,
    StaffAnswer,
)
from otakube.adapters.providers.jikan.vocabulary import QUARTERS, SOURCES, STATUSES, TYPES, WEEKDAYS
from otakube.domain.merge.broadcast import airing_time, broadcast_slot
from otakube.domain.record.claims import Character, Episode, ImageLink, Metadata, Relationships, Staff
from otakube.domain.record.golden import Broadcast, ImageKind, Season, Statistics
from otakube.domain.record.pages import Page
from otakube.domain.record.text import plain, prose, web_address
from otakube.ports.providers import RawRecord
from otakube_api.contract import Provider

_MOST_IMAGES = 10  # of the dozens that popular anime have: all of them would be mirrored
_MOST_RECOMMENDATIONS = 200
_DURATION = re.compile(r"(?:(\d{1,4}) hr)? ?(?:(\d{1,4}) min)? ?(?:(\d{1,4}) sec)?(?: per ep)?")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)T")


@converts
def metadata(raw: RawRecord) -> Metadata:
    """The anime itself, with all of its pictures."""
    pictures = [row.jpg for body in raw.bodies("pictures") for row in read(PicturesAnswer, body).data]
    said = _anime(raw)
    return describe(said).model_copy(update={"images": images([said.images.jpg, *pictures])})


@converts
def describe(said: JikanAnime) -> Metadata:
    """The anime itself, from a full answer or a row of a search."""
    return Metadata(
        source_url=Page(Provider.JIKAN, str(said.mal_id)).url,
        title=title(said),
        title_english=plain(said.title_english),
        title_japanese=plain(said.title_japanese),
        synonyms=texts(said.title_synonyms),
        type=word("type", said.type, TYPES),
        status=word("status", said.status, STATUSES),
        season=season(said),
        episode_count=said.episodes,
        duration_seconds=duration(said.duration),
        aired_from=day("aired.from", said.aired.from_),
        aired_to=day("aired.to", said.aired.to),
        broadcast=broadcast(said),
        synopsis=prose(said.synopsis),
        genres=texts(one.name for one in [*said.genres, *said.explicit_genres]),
        tags=texts(one.name for one in [*said.themes, *said.demographics]),
        studios=texts(one.name for one in said.studios),
        age_rating=plain(said.rating),
        source_material=word("source", said.source, SOURCES),
        images=images([said.images.jpg]),
    )


@converts
def episodes(raw: RawRecord) -> list[Episode]:
    """All pages of its episodes."""
    slot = broadcast(_anime(raw))
    rows = [row for body in raw.bodies("episodes") for row in read(EpisodesAnswer, body).data]
    return [episode(row, slot) for row in rows]


@converts
def relationships(raw: RawRecord) -> Relationships:
    """Related works, what else people like, and links to other sites; a stream without a name is a link."""
    said = _anime(raw)
    streams = [(link, relations.streaming(link)) for link in said.streaming]
    links = [*said.external, *(link for link, stream in streams if stream is None)]
    rows = [row for body in raw.bodies("recommendations") for row in read(RecommendationsAnswer, body).data]
    return Relationships(
        relations=[relation for group in said.relations for relation in relations.related(group)],
        recommendations=[
            one for row in rows[:_MOST_RECOMMENDATIONS] if (one := relations.recommended(row)) is not None
        ],
        external_links=list(dict.fromkeys(url for link in links if (url := web_address(link.url)))),
        streaming=[stream for _, stream in streams if stream is not None],
    )


@converts
def statistics(raw: RawRecord) -> Statistics:
    """MyAnimeList's counts; its score is out of ten. Zero ranks mean no rank."""
    said = _anime(raw)
    return Statistics(
        provider=Provider.JIKAN,
        score=said.score or None,
        scored_by=said.scored_by,
        rank=said.rank or None,
        popularity=said.popularity or None,
        members=said.members,
        favourites=said.favorites,
    )


@converts
def characters(raw: RawRecord) -> list[Character]:
    """Its characters with their voices."""
    rows = [row for body in raw.bodies("characters") for row in read(CharactersAnswer, body).data]
    return [people.character(row) for row in rows]


@converts
def staff(raw: RawRecord) -> list[Staff]:
    """Staff, with all positions of each person."""
    rows = [row for body in raw.bodies("staff") for row in read(StaffAnswer, body).data]
    return [person for row in rows if (person := people.staff(row)) is not None]


def title(said: JikanAnime) -> str:
    """The main title; one without a visible character is refused."""
    return plain(said.title) or refuse("title", said.title, "a title")


def season(said: JikanAnime) -> Season | None:
    """Year and quarter, if both are known."""
    if said.season is None or said.year is None:
        return None
    return Season(year=said.year, quarter=word("season", said.season, QUARTERS))


def duration(said: str | None) -> int | None:
    """Seconds of one episode: "1 hr 35 min", "23 min per ep", "30 sec per ep"; Unknown is none."""
    if said is None or said == "Unknown":
        return None
    match = _DURATION.fullmatch(said)
    if match is None or not any(match.groups()):
        refuse("duration", said, 'a form like "1 hr 35 min per ep"')
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def day(field: str, said: str | None) -> date | None:
    """A day in Japan from its midnight, whatever the zone that Jikan writes."""
    if said is None:
        return None
    match = _DAY.match(said)
    try:
        return (
            plausible(date(*map(int, match.groups()))) if match else refuse(field, said, "an ISO 8601 time")
        )
    except ValueError:
        refuse(field, said, "a day that exists")


def broadcast(said: JikanAnime) -> Broadcast | None:
    """The weekly slot; the broadcaster's clock (25:30) becomes the common one."""
    weekday = word("broadcast.day", said.broadcast.day, WEEKDAYS)
    if weekday is None or said.broadcast.time is None:
        return None
    try:
        return broadcast_slot(weekday, said.broadcast.time, said.broadcast.timezone or "Asia/Tokyo")
    except ValueError:
        refuse("broadcast.time", said.broadcast.time, "HH:MM between 00:00 and 29:59")


def images(said: Sequence[JikanPicture]) -> list[ImageLink]:
    """The poster and the pictures beside it, each once and as large as it is offered."""
    urls = (web_address(one.large_image_url or one.image_url) for one in said)
    known = dict.fromkeys(url for url in urls if url)
    return [ImageLink(kind=ImageKind.POSTER, url=url) for url in list(known)[:_MOST_IMAGES]]


def episode(row: EpisodeRow, slot: Broadcast | None) -> Episode:
    """One row; MAL numbers episodes within the entry."""
    aired = day("episodes.aired", row.aired)
    return Episode(
        number=row.mal_id,
        title=plain(row.title),
        title_japanese=plain(row.title_japanese),
        title_romaji=plain(row.title_romanji),
        aired=airing_time(aired, slot) if aired else None,
        filler=row.filler,
        recap=row.recap,
    )


def _anime(raw: RawRecord) -> JikanAnime:
    return read(AnimeAnswer, raw.answers["anime"].body).data
