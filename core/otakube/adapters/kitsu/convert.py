# SPDX-License-Identifier: Apache-2.0
"""Kitsu's words in ours. Pure: one function a field; an unknown word is an error that names it."""

import re
from collections.abc import Iterable
from datetime import date

from otakube.adapters.http.reading import converts, plausible, read, refuse, texts, word
from otakube.adapters.kitsu.answers import (
    AnimeAttributes,
    CharacterAttributes,
    Document,
    EpisodeAttributes,
    MappingAttributes,
    NamedAttributes,
    Pictures,
    Resource,
    RoleAttributes,
)
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
)
from otakube.domain.pages import Page
from otakube.domain.text import plain, prose, web_address
from otakube.errors import SourceError
from otakube.ports.providers import RawRecord
from otakube_api.contract import SourceReason

_TYPES: dict[str | None, AnimeType] = {
    "TV": AnimeType.TV,
    "movie": AnimeType.MOVIE,
    "OVA": AnimeType.OVA,
    "ONA": AnimeType.ONA,
    "special": AnimeType.SPECIAL,
    "music": AnimeType.MUSIC,
    None: AnimeType.UNKNOWN,
}
_STATUSES: dict[str | None, AnimeStatus] = {
    "finished": AnimeStatus.FINISHED,
    "current": AnimeStatus.ONGOING,
    "upcoming": AnimeStatus.UPCOMING,
    "unreleased": AnimeStatus.UPCOMING,
    "tba": AnimeStatus.UPCOMING,
}
_RELATIONS: dict[str | None, RelationKind] = {
    "sequel": "Sequel",
    "prequel": "Prequel",
    "side_story": "SideStory",
    "parent_story": "ParentStory",
    "spinoff": "Spinoff",
    "alternative_version": "AlternativeVersion",
    "alternative_setting": "AlternativeSetting",
    "summary": "Summary",
    "full_story": "FullStory",
    "character": "Character",
    "adaptation": "Adaptation",
    "other": "Other",
}
_ROLES: dict[str | None, Role] = {
    "main": "Main",
    "supporting": "Supporting",
    "background": "Background",
    "cameo": "Background",
}
_MAPPED = {"myanimelist/anime": Provider.JIKAN, "anilist/anime": Provider.ANILIST}
_QUARTERS = [Quarter.WINTER, Quarter.SPRING, Quarter.SUMMER, Quarter.FALL]


@converts
def metadata(raw: RawRecord) -> Metadata:
    """The anime itself."""
    document = anime_document(raw.answers["anime"].body)
    return describe(document, document.data[0])


@converts
def describe(document: Document, resource: Resource) -> Metadata:
    """The anime itself, from a full answer or a row of a search."""
    said = read(AnimeAttributes, resource.attributes)
    started = day("startDate", said.startDate)
    main = title(said)
    return Metadata(
        source_url=Page(Provider.KITSU, resource.id).url,
        same_as=same_as(document.related(resource, "mappings")),
        title=main,
        title_english=plain(said.titles.get("en") or said.titles.get("en_us")),
        title_japanese=plain(said.titles.get("ja_jp")),
        synonyms=[
            name for name in texts([*said.titles.values(), *(said.abbreviatedTitles or [])]) if name != main
        ],
        type=word("subtype", said.subtype, _TYPES),
        status=word("status", said.status, _STATUSES),
        season=season(said, started),
        episode_count=said.episodeCount,
        duration_seconds=said.episodeLength * 60 if said.episodeLength else None,
        aired_from=started,
        aired_to=day("endDate", said.endDate),
        synopsis=prose(said.synopsis),
        genres=names(document.related(resource, "genres")),
        tags=names(document.related(resource, "categories")),
        studios=studios(document, resource),
        age_rating=plain(" - ".join(part for part in (said.ageRating, said.ageRatingGuide) if part)),
        images=images(said),
    )


@converts
def episodes(raw: RawRecord) -> list[Episode]:
    """All pages of its episodes; one without a number is an extra of the site."""
    rows = [row for body in raw.bodies("episodes") for row in read(Document, body).data]
    said = [read(EpisodeAttributes, row.attributes) for row in rows]
    return [episode(one, one.number) for one in said if one.number is not None]


@converts
def relationships(raw: RawRecord) -> Relationships:
    """Related works."""
    document = anime_document(raw.answers["anime"].body)
    edges = document.related(document.data[0], "mediaRelationships")
    return Relationships(
        relations=[relation(document, edge) for edge in edges if document.related(edge, "destination")]
    )


@converts
def statistics(raw: RawRecord) -> Statistics:
    """What Kitsu counts; its rating is out of a hundred, written as text."""
    said = read(AnimeAttributes, anime_document(raw.answers["anime"].body).data[0].attributes)
    return Statistics(
        provider=Provider.KITSU,
        score=score(said.averageRating),
        rank=said.ratingRank or None,
        popularity=said.popularityRank,
        members=said.userCount,
        favourites=said.favoritesCount,
    )


@converts
def characters(raw: RawRecord) -> list[Character]:
    """All pages of its characters; a role without a character says nothing."""
    documents = [read(Document, body) for body in raw.bodies("characters")]
    return [
        character(row, known[0])
        for document in documents
        for row in document.data
        if (known := document.related(row, "character"))
    ]


def anime_document(body: object) -> Document:
    """A page of anime, of which the first is meant; an empty one means that Kitsu does not know it."""
    document = read(Document, body)
    if not document.data:
        raise SourceError(SourceReason.NOT_FOUND, "Kitsu does not know this anime: its answer is empty")
    return document


def title(said: AnimeAttributes) -> str:
    """The main title: romaji before the canonical one, as the other providers have it."""
    candidates = (said.titles.get("en_jp"), said.canonicalTitle, *said.titles.values())
    found = next((name for one in candidates if (name := plain(one))), None)
    return found or refuse("canonicalTitle", said.canonicalTitle, "a title")


def same_as(mappings: Iterable[Resource]) -> list[str]:
    """This anime's pages at the providers that we know."""
    said = [read(MappingAttributes, one.attributes) for one in mappings]
    return [
        Page(_MAPPED[one.externalSite], one.externalId).url
        for one in said
        if one.externalSite in _MAPPED
        and one.externalId
        and one.externalId.isascii()
        and one.externalId.isdigit()
    ]


def season(said: AnimeAttributes, started: date | None) -> Season | None:
    """Kitsu has no season: the quarter of the first day of a series."""
    if started is None or said.subtype != "TV":
        return None
    return Season(year=started.year, quarter=_QUARTERS[(started.month - 1) // 3])


def day(field: str, said: str | None) -> date | None:
    """A day; one before 1900 is unknown."""
    if said is None:
        return None
    try:
        found = date.fromisoformat(said)
    except ValueError:
        refuse(field, said, "a day as YYYY-MM-DD")
    return plausible(found)


def score(said: str | None) -> float | None:
    """Out of ten, from text out of a hundred."""
    if said is None:
        return None
    if not re.fullmatch(r"\d{1,3}(\.\d{1,9})?", said):
        refuse("averageRating", said, "a number of at most 100, as text")
    return round(float(said) / 10, 3)


def studios(document: Document, resource: Resource) -> list[str]:
    """The studios that made it, through its productions."""
    productions = document.related(resource, "animeProductions")
    made = [one for one in productions if read(RoleAttributes, one.attributes).role == "studio"]
    return names(producer for one in made for producer in document.related(one, "producer"))


def names(resources: Iterable[Resource]) -> list[str]:
    """Names of genres, producers, or titles of categories."""
    said = [read(NamedAttributes, one.attributes) for one in resources]
    return texts(one.name or one.title for one in said)


def images(said: AnimeAttributes) -> list[ImageLink]:
    """Poster and banner, as they were uploaded."""
    links = [(ImageKind.POSTER, picture(said.posterImage)), (ImageKind.BANNER, picture(said.coverImage))]
    return [ImageLink(kind=kind, url=url) for kind, url in links if url]


def picture(said: Pictures | None) -> str | None:
    """The largest form."""
    return web_address(said.original or said.large) if said else None


def episode(said: EpisodeAttributes, number: int) -> Episode:
    """One episode. Kitsu counts within the entry; its date is the day in UTC, so no time follows from it."""
    titles = said.titles or {}
    return Episode(
        number=number,
        title=plain(titles.get("en_us") or titles.get("en") or said.canonicalTitle),
        title_japanese=plain(titles.get("ja_jp")),
        title_romaji=plain(titles.get("en_jp")),
        synopsis=prose(said.synopsis),
        aired=day("episodes.airdate", said.airdate),
        duration_seconds=said.length * 60 if said.length else None,
        image_url=picture(said.thumbnail),
    )


def relation(document: Document, edge: Resource) -> Relation:
    """One relation to one work."""
    other = document.related(edge, "destination")[0]
    said = read(
        AnimeAttributes, {k: v for k, v in other.attributes.items() if k in ("titles", "canonicalTitle")}
    )
    return Relation(
        kind=word("mediaRelationships.role", read(RoleAttributes, edge.attributes).role, _RELATIONS),
        title=title(said),
        source_urls=[
            f"https://kitsu.app/{word('type', other.type, {'anime': 'anime', 'manga': 'manga'})}/{other.id}"
        ],
    )


def character(row: Resource, resource: Resource) -> Character:
    """One character."""
    said = read(CharacterAttributes, resource.attributes)
    return Character(
        name=plain(said.canonicalName) or refuse("characters.canonicalName", said.canonicalName, "a name"),
        name_native=plain((said.names or {}).get("ja_jp")),
        role=word("characters.role", read(RoleAttributes, row.attributes).role, _ROLES),
        description=prose(said.description),
        image_url=picture(said.image),
    )
