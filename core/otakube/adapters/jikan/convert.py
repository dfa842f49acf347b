# SPDX-License-Identifier: Apache-2.0
"""Jikan's words in ours. Pure: one function a field; an unknown word is an error that names it."""

import re
from datetime import date
from typing import Literal

from otakube.adapters.http.reading import converts, plausible, read, refuse, texts, word
from otakube.adapters.jikan.answers import (
    Anime,
    AnimeAnswer,
    CharacterRow,
    CharactersAnswer,
    EpisodeRow,
    EpisodesAnswer,
    RelatedGroup,
)
from otakube.domain.broadcast import airing_time, broadcast_slot
from otakube.domain.claims import Character, Episode, ImageLink, Metadata, Relation, Relationships
from otakube.domain.entry import (
    AnimeStatus,
    AnimeType,
    Broadcast,
    ImageKind,
    Provider,
    Quarter,
    RelationKind,
    Season,
    Statistics,
    VoiceActor,
)
from otakube.domain.pages import Page
from otakube.domain.text import plain, prose, web_address
from otakube.ports.providers import RawRecord

_TYPES: dict[str | None, AnimeType] = {
    "TV": AnimeType.TV,
    "Movie": AnimeType.MOVIE,
    "OVA": AnimeType.OVA,
    "ONA": AnimeType.ONA,
    "Special": AnimeType.SPECIAL,
    "TV Special": AnimeType.SPECIAL,
    "CM": AnimeType.SPECIAL,
    "PV": AnimeType.SPECIAL,
    "Music": AnimeType.MUSIC,
    "Unknown": AnimeType.UNKNOWN,
    None: AnimeType.UNKNOWN,
}
_STATUSES: dict[str | None, AnimeStatus] = {
    "Finished Airing": AnimeStatus.FINISHED,
    "Currently Airing": AnimeStatus.ONGOING,
    "Not yet aired": AnimeStatus.UPCOMING,
}
_QUARTERS: dict[str | None, Quarter] = {quarter.value.lower(): quarter for quarter in Quarter}
_WEEKDAYS: dict[str | None, int | None] = {
    **{
        f"{day}s": number
        for number, day in enumerate(
            ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], start=1
        )
    },
    "Unknown": None,
    "Not scheduled once per week": None,
    "Other": None,
    None: None,
}
_RELATIONS: dict[str | None, RelationKind] = {
    "Sequel": "Sequel",
    "Prequel": "Prequel",
    "Side story": "SideStory",
    "Side Story": "SideStory",
    "Parent story": "ParentStory",
    "Parent Story": "ParentStory",
    "Spin-off": "Spinoff",
    "Spin-Off": "Spinoff",
    "Alternative version": "AlternativeVersion",
    "Alternative Version": "AlternativeVersion",
    "Alternative setting": "AlternativeSetting",
    "Alternative Setting": "AlternativeSetting",
    "Summary": "Summary",
    "Full story": "FullStory",
    "Full Story": "FullStory",
    "Character": "Character",
    "Adaptation": "Adaptation",
    "Other": "Other",
}
_ROLES: dict[str | None, Literal["Main", "Supporting"]] = {"Main": "Main", "Supporting": "Supporting"}
_SITES: dict[str | None, str] = {"anime": "anime", "manga": "manga"}
_DURATION = re.compile(r"(?:(\d+) hr)? ?(?:(\d+) min)? ?(?:(\d+) sec)?(?: per ep)?")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)T")


@converts
def metadata(raw: RawRecord) -> Metadata:
    """The anime itself."""
    return describe(_anime(raw))


@converts
def describe(said: Anime) -> Metadata:
    """The anime itself, from a full answer or a row of a search."""
    return Metadata(
        source_url=Page(Provider.JIKAN, str(said.mal_id)).url,
        title=title(said),
        title_english=plain(said.title_english),
        title_japanese=plain(said.title_japanese),
        synonyms=texts(said.title_synonyms),
        type=word("type", said.type, _TYPES),
        status=word("status", said.status, _STATUSES),
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
        images=images(said),
    )


@converts
def episodes(raw: RawRecord) -> list[Episode]:
    """All pages of its episodes."""
    slot = broadcast(_anime(raw))
    rows = [row for body in raw.bodies("episodes") for row in read(EpisodesAnswer, body).data]
    return [episode(row, slot) for row in rows]


@converts
def relationships(raw: RawRecord) -> Relationships:
    """Related works, and links to other sites."""
    said = _anime(raw)
    links = [url for link in [*said.external, *said.streaming] if (url := web_address(link.url))]
    return Relationships(
        relations=[relation for group in said.relations for relation in related(group)],
        external_links=list(dict.fromkeys(links)),
    )


@converts
def statistics(raw: RawRecord) -> Statistics:
    """What MyAnimeList counts; its score is out of ten. Zero ranks mean no rank."""
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
    return [character(row) for body in raw.bodies("characters") for row in read(CharactersAnswer, body).data]


def title(said: Anime) -> str:
    """The main title; one without a visible character is refused."""
    return plain(said.title) or refuse("title", said.title, "a title")


def season(said: Anime) -> Season | None:
    """Year and quarter, if both are known."""
    if said.season is None or said.year is None:
        return None
    return Season(year=said.year, quarter=word("season", said.season, _QUARTERS))


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


def broadcast(said: Anime) -> Broadcast | None:
    """The weekly slot; the broadcaster's clock (25:30) becomes the common one."""
    weekday = word("broadcast.day", said.broadcast.day, _WEEKDAYS)
    if weekday is None or said.broadcast.time is None:
        return None
    try:
        return broadcast_slot(weekday, said.broadcast.time, said.broadcast.timezone or "Asia/Tokyo")
    except ValueError:
        refuse("broadcast.time", said.broadcast.time, "HH:MM between 00:00 and 29:59")


def images(said: Anime) -> list[ImageLink]:
    """The poster, as large as it is offered."""
    url = web_address(said.images.jpg.large_image_url or said.images.jpg.image_url)
    return [ImageLink(kind=ImageKind.POSTER, url=url)] if url else []


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


def related(group: RelatedGroup) -> list[Relation]:
    """One kind of relation to several works."""
    kind = word("relations.relation", group.relation, _RELATIONS)
    return [
        Relation(kind=kind, title=name, source_urls=[_page(one.type, one.mal_id)])
        for one in group.entry
        if (name := plain(one.name))
    ]


def character(row: CharacterRow) -> Character:
    """One character; MAL writes "Family, Given"."""
    return Character(
        name=given_first(
            plain(row.character.name) or refuse("characters.name", row.character.name, "a name")
        ),
        role=word("characters.role", row.role, _ROLES),
        image_url=web_address(row.character.images.jpg.image_url),
        voice_actors=[
            VoiceActor(name=given_first(name), language=voice.language)
            for voice in row.voice_actors
            if (name := plain(voice.person.name))
        ],
    )


def given_first(name: str) -> str:
    """ "Takamaki, Ann" as "Ann Takamaki"."""
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma and given else name


def _anime(raw: RawRecord) -> Anime:
    return read(AnimeAnswer, raw.answers["anime"].body).data


def _page(kind: str, mal_id: int) -> str:
    site = word("relations.entry.type", kind, _SITES)
    return f"https://myanimelist.net/{site}/{mal_id}"
