# SPDX-License-Identifier: Apache-2.0
"""Kitsu's words in ours. Pure: one function a field; an unknown word is an error that names it."""

import re
from collections.abc import Iterable
from datetime import date

from otakube.adapters.http.parsing import converts, read, refuse, word
from otakube.adapters.http.placeholders import is_placeholder
from otakube.adapters.http.rows import converted
from otakube.adapters.http.written_days import day_written
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
from otakube.adapters.providers.kitsu.vocabulary import AGES, MAPPED, PLACEHOLDERS, PRODUCERS, STATUSES, TYPES
from otakube.domain.record.claims import Character, Episode, ImageLink, Metadata, Relationships, Staff, marks
from otakube.domain.record.dates import KnownDay
from otakube.domain.record.golden import Exactness, ImageKind, Quarter, Season, Statistics
from otakube.domain.record.pages import Page
from otakube.domain.record.text import plain
from otakube.errors import SourceError
from otakube.ports.providers import RawRecord
from otakube_api.contract import Provider, SourceReason

_A_DAY = "a day as YYYY-MM-DD"
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
    start, end = half_known("startDate", said.startDate), half_known("endDate", said.endDate)
    main, about = relations.title(said), PLACEHOLDERS.prose(said.synopsis)
    others = [*said.titles.values(), *(said.abbreviatedTitles or [])]
    return Metadata(
        source_url=Page(Provider.KITSU, relations.number_of(resource)).url,
        same_as=same_as(document.related(resource, "mappings")),
        title=main,
        title_english=PLACEHOLDERS.name(said.titles.get("en") or said.titles.get("en_us"), main),
        title_japanese=PLACEHOLDERS.name(said.titles.get("ja_jp"), main),
        synonyms=[name for name in PLACEHOLDERS.names(others, main) if name != main],
        type=word("subtype", said.subtype, TYPES),
        status=word("status", said.status, STATUSES),
        season=season(said, start),
        episode_count=said.episodeCount or None,
        duration_seconds=said.episodeLength * 60 if said.episodeLength else None,
        aired_from=start.day,
        aired_to=end.day,
        synopsis=about.text,
        synopsis_credit=about.credit,
        synopsis_spoilers=about.spoilers,
        genres=names(document.related(resource, "genres")),
        tags=names(document.related(resource, "categories")),
        studios=studios(document, resource),
        age_rating=age_rating(said),
        images=images(said),
        exactness=marks(
            aired_from=start.exactness,
            aired_to=end.exactness,
            season=Exactness.DERIVED,
            duration_seconds=Exactness.ROUNDED if said.episodeLength else None,
        ),
    )


@converts
def episodes(raw: RawRecord) -> list[Episode]:
    """All pages of its episodes."""
    rows = [row for page in _pages(raw, "episodes") for row in page.data]
    said = converted(rows, lambda row: read(EpisodeAttributes, row.attributes))
    return converted(numbered(said), lambda one: episode(one[2], one[0], one[1]))


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
        score=score(said.averageRating) or None,  # 0 where nobody has rated it
        scored_by=scored_by(said),
        rank=said.ratingRank or None,
        popularity=said.popularityRank or None,
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


def half_known(field: str, said: str | None) -> KnownDay:
    """A day; of a first of January Kitsu, which has no half-known dates, may know the year alone."""
    found = day_written(field, said, _A_DAY)
    new_year = found.exactly is not None and (found.exactly.month, found.exactly.day) == (1, 1)
    return KnownDay(found.day, Exactness.YEAR) if new_year else found


def season(said: AnimeAttributes, started: KnownDay) -> Season | None:
    """Kitsu has no season: the quarter of the first day of a series."""
    if started.day is None or started.exactness is Exactness.YEAR or said.subtype != "TV":
        return None
    return Season(year=started.day.year, quarter=_QUARTERS[(started.day.month - 1) // 3])


def day(field: str, said: str | None) -> date | None:
    """A whole day; one before 1900 is unknown."""
    return day_written(field, said, _A_DAY).exactly


def score(said: str | None) -> float | None:
    """Out of ten, from text out of a hundred."""
    if said is None or not said.strip() or is_placeholder(said):
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
    parts = (word("ageRating", said.ageRating, AGES), PLACEHOLDERS.name(said.ageRatingGuide))
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
    return PLACEHOLDERS.names(one.name or one.title for one in said)


def images(said: AnimeAttributes) -> list[ImageLink]:
    """Poster and banner, as they were uploaded."""
    links = [(ImageKind.POSTER, said.posterImage), (ImageKind.BANNER, said.coverImage)]
    return [ImageLink(kind=kind, url=url) for kind, one in links if (url := people.picture(one))]


def episode(said: EpisodeAttributes, number: int, absolute: int | None) -> Episode:
    """One episode. Its date is the day in UTC, so no time follows from it."""
    titles, about = said.titles or {}, PLACEHOLDERS.prose(said.synopsis)
    return Episode(
        number=number,
        kind="Special" if said.seasonNumber == 0 else "Regular",
        absolute_number=absolute,
        title=PLACEHOLDERS.name(titles.get("en_us") or titles.get("en") or said.canonicalTitle),
        title_japanese=PLACEHOLDERS.name(titles.get("ja_jp")),
        title_romaji=PLACEHOLDERS.name(titles.get("en_jp")),
        synopsis=about.text,
        synopsis_credit=about.credit,
        synopsis_spoilers=about.spoilers,
        aired=day("episodes.airdate", said.airdate),
        duration_seconds=said.length * 60 if said.length else None,
        image_url=people.picture(said.thumbnail),
    )


def _pages(raw: RawRecord, part: str) -> list[Document]:
    return [read(Document, body) for body in raw.bodies(part)]
