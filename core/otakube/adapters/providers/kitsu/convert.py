# SPDX-License-Identifier: Apache-2.0
"""Kitsu's words in ours. Pure: one function a field; an unknown word is an error that names it."""

import re
from collections.abc import Iterable
from datetime import date

from otakube.adapters.http.parsing import converts, plausible, read, refuse, texts, word
from otakube.adapters.providers.kitsu import people, relations
from otakube.adapters.providers.kitsu.answers import (
    AnimeAttributes,
    Document,
    EpisodeAttributes,
    KitsuResource,
    MappingAttributes,
    NamedAttributes,
    RoleAttributes,
)
from otakube.adapters.providers.kitsu.numbering import numbered
from otakube.adapters.providers.kitsu.vocabulary import AGES, MAPPED, PRODUCERS, STATUSES, TYPES
from otakube.domain.record.claims import Character, Episode, ImageLink, Metadata, Relationships, Staff
from otakube.domain.record.golden import ImageKind, Quarter, Season, Statistics
from otakube.domain.record.pages import Page
from otakube.domain.record.text import plain, prose
from otakube.errors import SourceError
from otakube.ports.providers import RawRecord
from otakube_api.contract import Provider, SourceReason

_QUARTERS = [Quarter.WINTER, Quarter.SPRING, Quarter.SUMMER, Quarter.FALL]


@converts
def metadata(raw: RawRecord) -> Metadata:
    """The anime itself."""
    document = anime_document(raw.answers["anime"].body)
    return describe(document, document.data[0])


@converts
def describe(document: Document, resource: KitsuResource) -> Metadata:
    """The anime itself, from a full answer or a row of a list."""
    said = read(AnimeAttributes, resource.attributes)
    started = day("startDate", said.startDate)
    main = relations.title(said)
    return Metadata(
        source_url=Page(Provider.KITSU, relations.number_of(resource)).url,
        same_as=same_as(document.related(resource, "mappings")),
        title=main,
        title_english=plain(said.titles.get("en") or said.titles.get("en_us")),
        title_japanese=plain(said.titles.get("ja_jp")),
        synonyms=[
            name for name in texts([*said.titles.values(), *(said.abbreviatedTitles or [])]) if name != main
        ],
        type=word("subtype", said.subtype, TYPES),
        status=word("status", said.status, STATUSES),
        season=season(said, started),
        episode_count=said.episodeCount,
        duration_seconds=said.episodeLength * 60 if said.episodeLength else None,
        aired_from=started,
        aired_to=day("endDate", said.endDate),
        synopsis=prose(said.synopsis),
        genres=names(document.related(resource, "genres")),
        tags=names(document.related(resource, "categories")),
        studios=studios(document, resource),
        age_rating=age_rating(said),
        images=images(said),
    )


@converts
def episodes(raw: RawRecord) -> list[Episode]:
    """All pages of its episodes."""
    rows = [row for page in _pages(raw, "episodes") for row in page.data]
    said = [read(EpisodeAttributes, row.attributes) for row in rows]
    return [episode(one, number, absolute) for number, absolute, one in numbered(said)]


@converts
def relationships(raw: RawRecord) -> Relationships:
    """Related works, and where it can be watched; Kitsu's API has no recommendations and no other links."""
    document = anime_document(raw.answers["anime"].body)
    return Relationships(
        relations=relations.relations(document, document.data[0]),
        streaming=relations.streaming(document, document.data[0]),
    )


@converts
def statistics(raw: RawRecord) -> Statistics:
    """Kitsu's counts; its rating is out of a hundred, written as text."""
    said = read(AnimeAttributes, anime_document(raw.answers["anime"].body).data[0].attributes)
    return Statistics(
        provider=Provider.KITSU,
        score=score(said.averageRating),
        scored_by=scored_by(said),
        rank=said.ratingRank or None,
        popularity=said.popularityRank,
        members=said.userCount,
        favourites=said.favoritesCount,
        reviews=next((page.meta.count for page in _pages(raw, "reviews")), None),
    )


@converts
def characters(raw: RawRecord) -> list[Character]:
    """All pages of its characters, with the voices of its castings."""
    return people.cast(_pages(raw, "characters"), _pages(raw, "castings"))


@converts
def staff(raw: RawRecord) -> list[Staff]:
    """All pages of its staff, each person once."""
    return people.members(_pages(raw, "staff"))


def anime_document(body: object) -> Document:
    """A page of anime, of which the first is meant; an empty one means that Kitsu does not know it."""
    document = read(Document, body)
    if not document.data:
        raise SourceError(SourceReason.NOT_FOUND, "Kitsu does not know this anime: its answer is empty")
    return document


def same_as(mappings: Iterable[KitsuResource]) -> list[str]:
    """This anime's pages at the providers that we know."""
    said = [read(MappingAttributes, one.attributes) for one in mappings]
    return [
        Page(MAPPED[one.externalSite], one.externalId).url
        for one in said
        if one.externalSite in MAPPED
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


def scored_by(said: AnimeAttributes) -> int | None:
    """Users who rated it: the columns of the frequencies added up; None where Kitsu shows none."""
    columns = [one for one in (said.ratingFrequencies or {}).values() if one is not None]
    for one in columns:
        if not re.fullmatch(r"[0-9]{1,12}", one):
            refuse("ratingFrequencies", one, "a whole number, as text")
    return sum(map(int, columns)) if columns else None


def age_rating(said: AnimeAttributes) -> str | None:
    """The rating with the guide's words: "PG - Teens 13 or older"."""
    parts = (word("ageRating", said.ageRating, AGES), plain(said.ageRatingGuide))
    return plain(" - ".join(part for part in parts if part))


def studios(document: Document, resource: KitsuResource) -> list[str]:
    """The studios that made it, through its productions."""
    productions = document.related(resource, "animeProductions")
    made = [one for one in productions if made_it(one)]
    return names(producer for one in made for producer in document.related(one, "producer"))


def made_it(production: KitsuResource) -> bool:
    """True if a production's company is a studio of the anime."""
    return word("animeProductions.role", read(RoleAttributes, production.attributes).role, PRODUCERS)


def names(resources: Iterable[KitsuResource]) -> list[str]:
    """Names of genres, producers, or titles of categories."""
    said = [read(NamedAttributes, one.attributes) for one in resources]
    return texts(one.name or one.title for one in said)


def images(said: AnimeAttributes) -> list[ImageLink]:
    """Poster and banner, as they were uploaded."""
    links = [(ImageKind.POSTER, said.posterImage), (ImageKind.BANNER, said.coverImage)]
    return [ImageLink(kind=kind, url=url) for kind, one in links if (url := people.picture(one))]


def episode(said: EpisodeAttributes, number: int, absolute: int | None) -> Episode:
    """One episode. Its date is the day in UTC, so no time follows from it."""
    titles = said.titles or {}
    return Episode(
        number=number,
        absolute_number=absolute,
        title=plain(titles.get("en_us") or titles.get("en") or said.canonicalTitle),
        title_japanese=plain(titles.get("ja_jp")),
        title_romaji=plain(titles.get("en_jp")),
        synopsis=prose(said.synopsis),
        aired=day("episodes.airdate", said.airdate),
        duration_seconds=said.length * 60 if said.length else None,
        image_url=people.picture(said.thumbnail),
    )


def _pages(raw: RawRecord, part: str) -> list[Document]:
    return [read(Document, body) for body in raw.bodies(part)]
