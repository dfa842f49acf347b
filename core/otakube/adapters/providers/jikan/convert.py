# SPDX-License-Identifier: Apache-2.0
"""Jikan's words in ours. Pure: one function a field; an unknown word is an error that names it."""

import re
from collections.abc import Sequence

from otakube.adapters.http.parsing import converts, read, refuse, word
from otakube.adapters.http.placeholders import is_placeholder
from otakube.adapters.http.rows import converted
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
from otakube.adapters.providers.jikan.dates import aired, day
from otakube.adapters.providers.jikan.vocabulary import (
    PLACEHOLDERS,
    QUARTERS,
    SOURCES,
    STATUSES,
    TYPES,
    WEEKDAYS,
)
from otakube.domain.merge.broadcast import airing_time, broadcast_slot
from otakube.domain.record.claims import Character, Episode, ImageLink, Metadata, Relationships, Staff, marks
from otakube.domain.record.golden import Broadcast, Exactness, ImageKind, Season, Statistics
from otakube.domain.record.pages import Page
from otakube.domain.record.text import plain, web_address
from otakube.ports.providers import RawRecord
from otakube_api.contract import Provider

_MOST_IMAGES = 10  # of the dozens that popular anime have: all of them would be mirrored
_MOST_RECOMMENDATIONS = 200
_DURATION = re.compile(
    r"(?:(\d{1,4}) ?h(?:r|our)s?\.?)? ?(?:(\d{1,4}) ?min(?:utes?)?\.?)? ?(?:(\d{1,4}) ?sec(?:onds?)?\.?)?"
    r"(?: per ep(?:isode|\.)?)?"
)


@converts
def metadata(raw: RawRecord) -> Metadata:
    """The anime itself, with all of its pictures."""
    pictures = [row.jpg for body in raw.bodies("pictures") for row in read(PicturesAnswer, body).data]
    said = _anime(raw)
    return describe(said).model_copy(update={"images": images([said.images.jpg, *pictures])})


@converts
def describe(said: JikanAnime) -> Metadata:
    """The anime itself, from a full answer or a row of a search."""
    main, about = title(said), PLACEHOLDERS.prose(said.synopsis)
    start, end = aired(said.aired)
    seconds = duration(said.duration)
    return Metadata(
        source_url=Page(Provider.JIKAN, str(said.mal_id)).url,
        title=main,
        title_english=PLACEHOLDERS.name(said.title_english, main),
        title_japanese=PLACEHOLDERS.name(said.title_japanese, main),
        synonyms=PLACEHOLDERS.names(said.title_synonyms, main),
        type=word("type", said.type, TYPES),
        status=word("status", said.status, STATUSES),
        season=season(said),
        episode_count=said.episodes or None,
        duration_seconds=seconds,
        aired_from=start.day,
        aired_to=end.day,
        broadcast=broadcast(said),
        synopsis=about.text,
        synopsis_credit=about.credit,
        synopsis_spoilers=about.spoilers,
        genres=PLACEHOLDERS.names(one.name for one in [*said.genres, *said.explicit_genres]),
        tags=PLACEHOLDERS.names(one.name for one in [*said.themes, *said.demographics]),
        studios=PLACEHOLDERS.names(one.name for one in said.studios),
        age_rating=PLACEHOLDERS.name(said.rating),
        source_material=word("source", said.source, SOURCES),
        images=images([said.images.jpg]),
        exactness=marks(
            aired_from=start.exactness,
            aired_to=end.exactness,
            duration_seconds=Exactness.ROUNDED if seconds and seconds % 60 == 0 else None,
        ),
    )


@converts
def episodes(raw: RawRecord) -> list[Episode]:
    """All pages of its episodes."""
    slot = broadcast(_anime(raw))
    rows = [row for body in raw.bodies("episodes") for row in read(EpisodesAnswer, body).data]
    return converted(rows, lambda row: episode(row, slot))


@converts
def relationships(raw: RawRecord) -> Relationships:
    """Related works, what else people like, and links to other sites; a stream without a name is a link."""
    said = _anime(raw)
    streams = [(link, relations.streaming(link)) for link in said.streaming]
    links = [*said.external, *(link for link, stream in streams if stream is None)]
    rows = [row for body in raw.bodies("recommendations") for row in read(RecommendationsAnswer, body).data]
    return Relationships(
        relations=[one for group in converted(said.relations, relations.related) for one in group],
        recommendations=converted(rows[:_MOST_RECOMMENDATIONS], relations.recommended),
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
    return converted(rows, people.character)


@converts
def staff(raw: RawRecord) -> list[Staff]:
    """Staff, with all positions of each person."""
    rows = [row for body in raw.bodies("staff") for row in read(StaffAnswer, body).data]
    return converted(rows, people.staff)


def title(said: JikanAnime) -> str:
    """The main title; one without a visible character is refused."""
    return plain(said.title) or refuse("title", said.title, "a title")


def season(said: JikanAnime) -> Season | None:
    """Year and quarter, if both are known."""
    if said.season is None or said.year is None:
        return None
    quarter = word("season", said.season, QUARTERS)
    return Season(year=said.year, quarter=quarter) if quarter else None


def duration(said: str | None) -> int | None:
    """Seconds of one episode: "1 hr 35 min", "23 min per ep", "30 sec per ep"; Unknown is none."""
    if said is None or not said.strip() or is_placeholder(said):
        return None
    match = _DURATION.fullmatch(said)
    if match is None or not any(match.groups()):
        refuse("duration", said, 'a form like "1 hr 35 min per ep"')
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds or None


def broadcast(said: JikanAnime) -> Broadcast | None:
    """The weekly slot; the broadcaster's clock (25:30) becomes the common one."""
    weekday = word("broadcast.day", said.broadcast.day, WEEKDAYS)
    if weekday is None or said.broadcast.time is None or is_placeholder(said.broadcast.time or "?"):
        return None
    try:
        return broadcast_slot(weekday, said.broadcast.time, said.broadcast.timezone or "Asia/Tokyo")
    except ValueError:
        refuse("broadcast.time", said.broadcast.time, "HH:MM between 00:00 and 29:59")


def images(said: Sequence[JikanPicture]) -> list[ImageLink]:
    """The poster and the pictures beside it, each once and as large as it is offered."""
    urls = (PLACEHOLDERS.picture(one.large_image_url or one.image_url) for one in said)
    known = dict.fromkeys(url for url in urls if url)
    return [ImageLink(kind=ImageKind.POSTER, url=url) for url in list(known)[:_MOST_IMAGES]]


def episode(row: EpisodeRow, slot: Broadcast | None) -> Episode:
    """One row; MAL numbers episodes within the entry."""
    shown = day("episodes.aired", row.aired)
    return Episode(
        number=row.mal_id,
        title=PLACEHOLDERS.name(row.title),
        title_japanese=PLACEHOLDERS.name(row.title_japanese),
        title_romaji=PLACEHOLDERS.name(row.title_romanji),
        aired=airing_time(shown, slot) if shown else None,
        filler=row.filler,
        recap=row.recap,
    )


def _anime(raw: RawRecord) -> JikanAnime:
    return read(AnimeAnswer, raw.answers["anime"].body).data
