# SPDX-License-Identifier: Apache-2.0
"""AniList's words in ours. Pure: one function a field; an unknown word is an error that names it."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TypeVar

from otakube.adapters.anilist.answers import (
    CharacterEdge,
    CharactersAnswer,
    FuzzyDate,
    Media,
    MediaAnswer,
    MediaTitle,
    RelatedMedia,
    RelationEdge,
    VoiceActorNode,
)
from otakube.adapters.http.reading import converts, plausible, read, refuse, texts, word
from otakube.domain.claims import Character, Episode, ImageLink, Metadata, Relation, Relationships
from otakube.domain.entry import (
    AnimeStatus,
    AnimeType,
    ImageKind,
    Provider,
    Quarter,
    RelationKind,
    Role,
    Season,
    Statistics,
    VoiceActor,
)
from otakube.domain.pages import Page
from otakube.domain.text import plain, prose, web_address
from otakube.ports.providers import RawRecord

Value = TypeVar("Value")

_TYPES: dict[str | None, AnimeType] = {
    "TV": AnimeType.TV,
    "TV_SHORT": AnimeType.TV,
    "MOVIE": AnimeType.MOVIE,
    "SPECIAL": AnimeType.SPECIAL,
    "OVA": AnimeType.OVA,
    "ONA": AnimeType.ONA,
    "MUSIC": AnimeType.MUSIC,
    None: AnimeType.UNKNOWN,
}
_STATUSES: dict[str | None, AnimeStatus] = {
    "FINISHED": AnimeStatus.FINISHED,
    "RELEASING": AnimeStatus.ONGOING,
    "NOT_YET_RELEASED": AnimeStatus.UPCOMING,
    "CANCELLED": AnimeStatus.CANCELLED,
    "HIATUS": AnimeStatus.HIATUS,
}
_QUARTERS: dict[str | None, Quarter] = {quarter.value.upper(): quarter for quarter in Quarter}
_RELATIONS: dict[str | None, RelationKind] = {
    "SEQUEL": "Sequel",
    "PREQUEL": "Prequel",
    "SIDE_STORY": "SideStory",
    "PARENT": "ParentStory",
    "SPIN_OFF": "Spinoff",
    "ALTERNATIVE": "AlternativeVersion",
    "SUMMARY": "Summary",
    "CHARACTER": "Character",
    "ADAPTATION": "Adaptation",
    "SOURCE": "Source",
    "COMPILATION": "Compilation",
    "CONTAINS": "Contains",
    "OTHER": "Other",
}
_ROLES: dict[str | None, Role] = {"MAIN": "Main", "SUPPORTING": "Supporting", "BACKGROUND": "Background"}
_SITES: dict[str | None, str] = {"ANIME": "anime", "MANGA": "manga"}
_STREAMED = re.compile(r"Episode (\d{1,4})(?: - (.*))?", re.DOTALL)


@converts
def metadata(raw: RawRecord) -> Metadata:
    """The anime itself."""
    return describe(_media(raw))


@converts
def describe(said: Media) -> Metadata:
    """The anime itself, from a full answer or a row of a search."""
    return Metadata(
        source_url=Page(Provider.ANILIST, str(said.id)).url,
        same_as=[Page(Provider.JIKAN, str(said.idMal)).url] if said.idMal else [],
        title=title("title", said.title),
        title_english=plain(said.title.english),
        title_japanese=plain(said.title.native),
        synonyms=texts(said.synonyms or []),
        type=word("format", said.format, _TYPES),
        status=word("status", said.status, _STATUSES),
        season=season(said),
        episode_count=said.episodes,
        duration_seconds=said.duration and said.duration * 60,
        aired_from=day("startDate", said.startDate),
        aired_to=day("endDate", said.endDate),
        synopsis=prose(said.description),
        genres=texts(said.genres or []),
        tags=texts(tag.name for tag in present(said.tags) if not tag.isMediaSpoiler),
        studios=studios(said),
        age_rating="R18+" if said.isAdult else None,
        images=images(said),
    )


@converts
def episodes(raw: RawRecord) -> list[Episode]:
    """Episodes by their number: names from streaming pages, times from the schedule."""
    said = _media(raw)
    streamed = {
        number: entry for entry in present(said.streamingEpisodes) if (number := streamed_number(entry.title))
    }
    airing = {one.episode: one.airingAt for one in present(said.airingSchedule.nodes)}
    return [
        Episode(
            number=number,
            title=streamed_title(streamed[number].title) if number in streamed else None,
            aired=moment(airing[number]) if number in airing else None,
            image_url=web_address(streamed[number].thumbnail) if number in streamed else None,
        )
        for number in sorted(streamed.keys() | airing.keys())
    ]


@converts
def relationships(raw: RawRecord) -> Relationships:
    """Related works, and links to other sites."""
    said = _media(raw)
    links = [url for link in present(said.externalLinks) if (url := web_address(link.url))]
    return Relationships(
        relations=[relation(edge, edge.node) for edge in present(said.relations.edges) if edge.node],
        external_links=list(dict.fromkeys(links)),
    )


@converts
def statistics(raw: RawRecord) -> Statistics:
    """What AniList counts; its scores are out of a hundred."""
    said = _media(raw)
    score = said.averageScore or said.meanScore
    ranks = [one.rank for one in present(said.rankings) if one.type == "RATED" and one.allTime]
    return Statistics(
        provider=Provider.ANILIST,
        score=score / 10 if score else None,
        rank=min(ranks, default=None),
        members=said.popularity,
        favourites=said.favourites,
    )


@converts
def characters(raw: RawRecord) -> list[Character]:
    """All pages of its characters."""
    first = _media(raw).characters
    pages = [first] if first else []
    pages += [read(CharactersAnswer, body).data.Media.characters for body in raw.bodies("characters")]
    return [character(edge) for page in pages for edge in present(page.edges)]


def title(field: str, said: MediaTitle) -> str:
    """The main title: romaji before the others, as the other providers have it."""
    names = (said.romaji, said.userPreferred, said.english, said.native)
    return next((name for one in names if (name := plain(one))), None) or refuse(
        field, said.romaji, "a title"
    )


def season(said: Media) -> Season | None:
    """Year and quarter, if both are known."""
    if said.season is None or said.seasonYear is None:
        return None
    return Season(year=said.seasonYear, quarter=word("season", said.season, _QUARTERS))


def day(field: str, said: FuzzyDate | None) -> date | None:
    """A whole date; AniList's half-known ones are unknown."""
    if said is None or not (said.year and said.month and said.day):
        return None
    try:
        return plausible(date(said.year, said.month, said.day))
    except (ValueError, OverflowError):
        refuse(field, f"{said.year}-{said.month}-{said.day}", "a day that exists")


def studios(said: Media) -> list[str]:
    """The studios that made it; producers are not."""
    return texts(edge.node.name for edge in present(said.studios.edges) if edge.isMain and edge.node)


def images(said: Media) -> list[ImageLink]:
    """Poster, as large as it is offered, and banner."""
    cover = said.coverImage.extraLarge or said.coverImage.large
    links = [(ImageKind.POSTER, cover), (ImageKind.BANNER, said.bannerImage)]
    return [ImageLink(kind=kind, url=url) for kind, said_url in links if (url := web_address(said_url))]


def streamed_number(said: str | None) -> int | None:
    """The number in a streaming page's name: "Episode 7 - The Green Seat"; None for trailers and specials."""
    match = _STREAMED.fullmatch(said or "")
    return int(match[1]) if match else None


def streamed_title(said: str | None) -> str | None:
    """The name after the number."""
    match = _STREAMED.fullmatch(said or "")
    return plain(match[2]) if match else None


def moment(said: int) -> datetime:
    """Seconds since 1970 as a time in UTC."""
    try:
        return datetime.fromtimestamp(said, UTC)
    except (OverflowError, ValueError, OSError):
        refuse("airingSchedule.nodes.airingAt", said, "seconds since 1970")


def relation(edge: RelationEdge, node: RelatedMedia) -> Relation:
    """One relation to one work."""
    site = word("relations.node.type", node.type, _SITES)
    return Relation(
        kind=word("relations.relationType", edge.relationType, _RELATIONS),
        title=title("relations.node.title", node.title),
        source_urls=[f"https://anilist.co/{site}/{node.id}"],
    )


def character(edge: CharacterEdge) -> Character:
    """One character with its voices."""
    node = edge.node
    return Character(
        name=plain(node.name.full or node.name.native)
        or refuse("characters.node.name", node.name.full, "a name"),
        name_native=plain(node.name.native),
        role=word("characters.role", edge.role, _ROLES),
        description=prose(node.description),
        image_url=web_address(node.image.large),
        voice_actors=[voice for one in present(edge.voiceActors) if (voice := voice_actor(one))],
    )


def voice_actor(said: VoiceActorNode) -> VoiceActor | None:
    """A voice with a name and a language; without either it says nothing."""
    name = plain(said.name.full)
    return VoiceActor(name=name, language=said.languageV2) if name and said.languageV2 else None


def present(values: Iterable[Value | None] | None) -> list[Value]:
    """The values that are there."""
    return [value for value in values or [] if value is not None]


def _media(raw: RawRecord) -> Media:
    return read(MediaAnswer, raw.answers["anime"].body).data.Media
