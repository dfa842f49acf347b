# SPDX-License-Identifier: Apache-2.0
"""Shapes of Kitsu's JSON:API answers: what we read, and the way from a resource to its relatives."""

from functools import cached_property
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WrapValidator

from otakube.adapters.http.parsing import Lenient
from otakube.adapters.http.rows import Entries, Rows, readable_row, readable_rows


class Reference(Lenient):
    type: str
    id: str


class Relationship(Lenient):
    data: Reference | list[Reference] | None = None

    def references(self) -> list[Reference]:
        """The resources that it points to."""
        if self.data is None:
            return []
        return self.data if isinstance(self.data, list) else [self.data]


class KitsuResource(Lenient):
    """One resource; its attributes are read into the shape of its type."""

    type: str
    id: str
    attributes: dict[str, Any] = {}
    relationships: dict[str, Relationship] = {}


class Links(Lenient):
    next: str | None = None


class Meta(Lenient):
    count: int | None = None  # of all pages


class Document(Lenient):
    """A page of resources with those that they point to."""

    data: Annotated[  # Kitsu gives 20, whose relatives may be one resource
        list[Annotated[KitsuResource, WrapValidator(readable_row)]],
        Field(max_length=40),
        AfterValidator(readable_rows),
    ]
    included: Rows[KitsuResource] = []
    links: Links = Links()
    meta: Meta = Meta()

    @cached_property
    def _known(self) -> dict[tuple[str, str], KitsuResource]:
        return {(one.type, one.id): one for one in self.included}

    def related(self, resource: KitsuResource, name: str) -> list[KitsuResource]:
        """The included resources that a relationship points to, each once."""
        wanted = resource.relationships.get(name, Relationship()).references()
        keys = dict.fromkeys((one.type, one.id) for one in wanted)
        return [self._known[key] for key in keys if key in self._known]


class KitsuPictures(Lenient):
    original: str | None = None
    large: str | None = None


class AnimeAttributes(Lenient):
    titles: Entries[str | None] = {}
    canonicalTitle: str | None = None
    abbreviatedTitles: Rows[str | None] | None = None
    synopsis: str | None = None
    averageRating: str | None = None
    ratingFrequencies: dict[str, str | None] | None = None  # users by the rating that they gave, both as text
    userCount: int | None = None
    favoritesCount: int | None = None
    popularityRank: int | None = None
    ratingRank: int | None = None
    startDate: str | None = None
    endDate: str | None = None
    ageRating: str | None = None
    ageRatingGuide: str | None = None
    subtype: str | None = None
    status: str | None = None
    posterImage: KitsuPictures | None = None
    coverImage: KitsuPictures | None = None
    episodeCount: int | None = None
    episodeLength: int | None = None


class EpisodeAttributes(Lenient):
    titles: Entries[str | None] | None = None
    canonicalTitle: str | None = None
    number: int | None = None
    seasonNumber: int | None = None
    relativeNumber: int | None = None
    synopsis: str | None = None
    airdate: str | None = None
    length: int | None = None
    thumbnail: KitsuPictures | None = None


class CharacterAttributes(Lenient):
    canonicalName: str | None = None
    names: Entries[str | None] | None = None
    description: str | None = None
    image: KitsuPictures | None = None


class CastingAttributes(Lenient):
    language: str | None = None


class PersonAttributes(Lenient):
    name: str | None = None


class StreamingLinkAttributes(Lenient):
    url: str | None = None


class StreamerAttributes(Lenient):
    siteName: str | None = None


class RoleAttributes(Lenient):
    role: str | None = None


class MappingAttributes(Lenient):
    externalSite: str | None = None
    externalId: str | None = None


class NamedAttributes(Lenient):
    name: str | None = None
    title: str | None = None  # categories
