# SPDX-License-Identifier: Apache-2.0
"""AniDB's words in ours. Pure: one function a field; an unknown word is an error that names it."""

from datetime import date
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from otakube.adapters.http.parsing import converts, refuse, word
from otakube.adapters.http.rows import converted
from otakube.adapters.providers.anidb import episodes as rows
from otakube.adapters.providers.anidb import links, people
from otakube.adapters.providers.anidb.document import (
    PLACEHOLDERS,
    Partial,
    anime_id,
    decimal,
    document,
    file_name,
    known,
    language,
    partial,
    text_at,
    whole,
    without_markup,
)
from otakube.domain.merge.broadcast import JST
from otakube.domain.record.claims import Character, Episode, ImageLink, Metadata, Relationships, Staff, marks
from otakube.domain.record.dates import KnownDay
from otakube.domain.record.golden import AnimeStatus, Exactness, ImageKind, Quarter, Season, Statistics
from otakube.domain.record.pages import Page
from otakube.domain.record.text import plain
from otakube.ports.providers import RawRecord
from otakube_api.contract import AnimeType, Provider

API_HOST = "api.anidb.net"
_PICTURES = "https://cdn-eu.anidb.net/images/main/"
_TYPES: dict[str | None, AnimeType] = {
    "TV Series": AnimeType.TV,
    "OVA": AnimeType.OVA,
    "Movie": AnimeType.MOVIE,
    "Web": AnimeType.ONA,
    "TV Special": AnimeType.SPECIAL,
    "Special": AnimeType.SPECIAL,
    "Other": AnimeType.SPECIAL,  # pilots, promotion, shorts at events
    "Music Video": AnimeType.MUSIC,
    "unknown": AnimeType.UNKNOWN,
    None: AnimeType.UNKNOWN,
}
_QUARTERS = list(Quarter)


@converts
def metadata(raw: RawRecord) -> Metadata:
    """The anime itself; its status follows from its days and the day of the answer."""
    anime, today = _anime(raw), raw.fetched_at.astimezone(JST).date()
    start, end = span(anime)
    kind, count = word("type", text_at(anime, "type"), _TYPES), episode_count(anime)
    started, ended = known(start), known(end)
    about = without_markup(anime.findtext("description"))
    return Metadata(
        source_url=Page(Provider.ANIDB, anime_id(anime)).url,
        same_as=links.same_as(anime),
        title=title(anime),
        title_english=official(anime, "en"),
        title_japanese=official(anime, "ja"),
        synonyms=synonyms(anime),
        type=kind,
        status=status(start, end, today, single=count == 1),
        season=season(kind, started),
        episode_count=count,
        aired_from=started.day,
        aired_to=ended.day,
        synopsis=about.text,
        synopsis_credit=about.credit,
        synopsis_spoilers=about.spoilers,
        tags=tags(anime, telling=False),
        spoiler_tags=tags(anime, telling=True),
        studios=people.studios(anime),
        images=images(anime, raw),
        exactness=marks(
            aired_from=started.exactness,
            aired_to=ended.exactness,
            season=Exactness.DERIVED,
            status=Exactness.DERIVED,
        ),
    )


@converts
def episodes(raw: RawRecord) -> list[Episode]:
    """Regular episodes, then specials, credits, trailers, parodies and others, each numbered on its own."""
    return rows.in_order(converted(_anime(raw).iterfind("episodes/episode"), rows.episode))


@converts
def relationships(raw: RawRecord) -> Relationships:
    """Related and similar anime, links to other sites, and where it is streamed."""
    anime = _anime(raw)
    return Relationships(
        relations=converted(anime.iterfind("relatedanime/anime"), links.relation),
        recommendations=converted(anime.iterfind("similaranime/anime"), links.similar),
        external_links=links.external(anime),
        streaming=links.streaming(anime),
    )


@converts
def statistics(raw: RawRecord) -> Statistics:
    """The votes of those who have seen all of it, else of those who are watching; out of ten."""
    ratings = _anime(raw).find("ratings")
    permanent = _votes(ratings, "permanent")
    score, votes = permanent if permanent[1] else _votes(ratings, "temporary")
    return Statistics(
        provider=Provider.ANIDB, score=score, scored_by=votes, reviews=_votes(ratings, "review")[1]
    )


@converts
def characters(raw: RawRecord) -> list[Character]:
    """People, creatures and machines with their Japanese voices; organisations are left out."""
    base = pictures_of(raw)

    def row(node: Element) -> Character | None:
        return people.character(node, base) if people.is_character(node) else None

    return converted(_anime(raw).iterfind("characters/character"), row)


@converts
def staff(raw: RawRecord) -> list[Staff]:
    """Everybody who made it, with all positions."""
    return people.staff(_anime(raw))


def title(anime: Element) -> str:
    """The main title, mostly romaji."""
    return next(
        (text for node in anime.iterfind("titles/title[@type='main']") if (text := plain(node.text))), None
    ) or refuse("titles", None, "a title of type main")


def official(anime: Element, wanted: str) -> str | None:
    """The first official title in a language."""
    nodes = anime.iterfind("titles/title[@type='official']")
    names = (PLACEHOLDERS.name(node.text, title(anime)) for node in nodes if language(node) == wanted)
    return next(filter(None, names), None)


def synonyms(anime: Element) -> list[str]:
    """All other titles: synonyms, short forms, official ones of other countries."""
    known = {title(anime), official(anime, "en"), official(anime, "ja")}
    every = PLACEHOLDERS.names(node.text for node in anime.iterfind("titles/title"))
    return [text for text in every if text not in known][:200]


def span(anime: Element) -> tuple[Partial | None, Partial | None]:
    """First and last day, of which months and days may be unknown."""
    return partial("startdate", text_at(anime, "startdate")), partial("enddate", text_at(anime, "enddate"))


def status(start: Partial | None, end: Partial | None, today: date, *, single: bool) -> AnimeStatus:
    """AniDB has no status. `today` in Japan; of a start that is not known to the day, later days count.

    `single`: one episode, over on its only day even where no last day is written.
    """
    if start is None and end is None:
        return AnimeStatus.UNKNOWN
    now = (today.year, today.month, today.day)
    begun = start is not None and (start.known < now[: len(start.known)] or start.known == now)
    if not begun:
        return AnimeStatus.UPCOMING
    over = end.known < now[: len(end.known)] if end else single
    return AnimeStatus.FINISHED if over else AnimeStatus.ONGOING


def season(kind: AnimeType, started: KnownDay) -> Season | None:
    """AniDB has no season: the quarter of the first day of a series."""
    if kind is not AnimeType.TV or started.day is None or started.exactness is Exactness.YEAR:
        return None
    return Season(year=started.day.year, quarter=_QUARTERS[(started.day.month - 1) // 3])


def episode_count(anime: Element) -> int | None:
    """Regular episodes; 0 means unknown."""
    return whole("episodecount", text_at(anime, "episodecount")) or None


def tags(anime: Element, *, telling: bool) -> list[str]:
    """Tags that somebody gave weight, heaviest first: those that tell what happens, or the others."""
    nodes = [node for node in anime.iterfind("tags/tag") if _tells(node) is telling]
    weighed = converted(nodes, lambda node: (whole("tags.weight", node.get("weight", "0")) or 0, node))
    heaviest = sorted((pair for pair in weighed if pair[0] > 0), key=lambda pair: -pair[0])
    return PLACEHOLDERS.names(node.findtext("name") for _, node in heaviest)[:300]


def _tells(tag: Element) -> bool:
    return "true" in (tag.get("localspoiler"), tag.get("globalspoiler"))


def images(anime: Element, raw: RawRecord) -> list[ImageLink]:
    """The poster; AniDB says only the file's name."""
    name = file_name("picture", text_at(anime, "picture"))
    url = PLACEHOLDERS.picture(pictures_of(raw) + name) if name else None
    return [ImageLink(kind=ImageKind.POSTER, url=url)] if url else []


def pictures_of(raw: RawRecord) -> str:
    """Address of the pictures: at AniDB's own host, or below /images/main of whoever answers in its place."""
    asked = urlsplit(raw.answers["anime"].url)
    if asked.hostname in (None, API_HOST):
        return _PICTURES
    return f"{asked.scheme}://{asked.netloc}/images/main/"


def _votes(ratings: Element | None, kind: str) -> tuple[float | None, int | None]:
    node = None if ratings is None else ratings.find(kind)
    if node is None:
        return None, None
    return decimal(f"ratings.{kind}", plain(node.text)), whole(f"ratings.{kind}.count", node.get("count"))


def _anime(raw: RawRecord) -> Element:
    body: Any = raw.answers["anime"].body
    return document(body)
