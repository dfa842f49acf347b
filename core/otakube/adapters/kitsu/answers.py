# SPDX-License-Identifier: Apache-2.0
"""Shapes of Kitsu's JSON:API answers: what we read, and the way from a resource to its relatives."""

from typing import Any

from pydantic import Field

from otakube.adapters.http.reading import Lenient


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


class Resource(Lenient):
    """One resource; its attributes are read into the shape of its type."""

    type: str
    id: str
    attributes: dict[str, Any] = {}
    relationships: dict[str, Relationship] = {}


class Links(Lenient):
    next: str | None = None


class Document(Lenient):
    """A page of resources with those that they point to."""

    data: list[Resource]
    included: list[Resource] = []
    links: Links = Links()

    def related(self, resource: Resource, name: str) -> list[Resource]:
        """The included resources that a relationship points to."""
        wanted = resource.relationships.get(name, Relationship()).references()
        known = {(one.type, one.id): one for one in self.included}
        return [known[one.type, one.id] for one in wanted if (one.type, one.id) in known]


class Pictures(Lenient):
    original: str | None = None
    large: str | None = None


class AnimeAttributes(Lenient):
    titles: dict[str, str | None] = {}
    canonicalTitle: str | None = None
    abbreviatedTitles: list[str | None] | None = None
    synopsis: str | None = None
    averageRating: str | None = None
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
    posterImage: Pictures | None = None
    coverImage: Pictures | None = None
    episodeCount: int | None = None
    episodeLength: int | None = None


class EpisodeAttributes(Lenient):
    titles: dict[str, str | None] | None = None
    canonicalTitle: str | None = None
    number: int | None = None
    seasonNumber: int | None = None
    relativeNumber: int | None = None
    synopsis: str | None = None
    airdate: str | None = None
    length: int | None = None
    thumbnail: Pictures | None = None


class CharacterAttributes(Lenient):
    canonicalName: str | None = None
    names: dict[str, str | None] | None = None
    description: str | None = None
    image: Pictures | None = None


class RoleAttributes(Lenient):
    role: str | None = None


class MappingAttributes(Lenient):
    externalSite: str | None = None
    externalId: str | None = None


class NamedAttributes(Lenient):
    name: str | None = Field(None)
    title: str | None = None  # categories
