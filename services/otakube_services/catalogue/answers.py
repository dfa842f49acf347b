# SPDX-License-Identifier: Apache-2.0
"""The forms of the API's answers."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel

from otakube.domain.licences.redaction import Withheld
from otakube.domain.publish.explain import explain
from otakube.domain.publish.explained import Explained
from otakube.domain.publish.relation_graph import LEVELS_LIMIT
from otakube.domain.record.golden import GoldenRecord, Image
from otakube.ports.catalogue import LiveEntry
from otakube.queries.search import Found, Match, SearchAnswer
from otakube.queries.search import Query as SearchQuery

EntryId = Annotated[
    str,
    Path(
        pattern=r"^ani_[0-9A-HJKMNP-TV-Z]{26}$", description="Our id, such as ani_01JD3Z5K8Q0000000000000001."
    ),
]
Source = Annotated[
    str,
    Query(
        pattern=r"^https?://[^\s]+$",
        max_length=512,
        description="The anime's page at a provider, in any spelling, such as "
        "https://www.myanimelist.net/anime/1/Its_Title?from=search.",
    ),
]
Text = Annotated[str, Query(min_length=1, max_length=1000, description="What to look for, in plain words.")]
Depth = Annotated[
    int, Query(ge=1, le=LEVELS_LIMIT, description="Relations between the entry and a work at most.")
]
Limit = Annotated[int, Query(ge=1, le=50, description="Entries at most.")]
Uid = Annotated[str, Path(pattern=r"^[0-9a-z-]{1,64}$", description="UID of the AnimeEnrichment.")]
Number = Annotated[int, Path(ge=0, le=2**31)]


class SearchedPassage(StrEnum):
    """The passages that are searched."""

    TITLE = "title"
    SYNOPSIS = "synopsis"
    CHARACTER = "character"
    EPISODE = "episode"


Kinds = Annotated[list[SearchedPassage], Query(max_length=4, description="Only these passages; default all.")]


class CatalogueAnime(BaseModel):
    """One live entry, whole but for what licences keep from readers."""

    id: str
    version: int
    digest: str
    model: str
    committed_at: datetime
    record: GoldenRecord
    withheld: list[Withheld]

    @classmethod
    def of(cls, live: LiveEntry, record: GoldenRecord, withheld: list[Withheld]) -> "CatalogueAnime":
        """`record` is what readers may see of it."""
        return cls(
            id=live.entry_id,
            version=live.version,
            digest=live.digest,
            model=live.model,
            committed_at=live.committed_at,
            record=record,
            withheld=withheld,
        )


class Explanation(BaseModel):
    """Explanation of an entry; `version` is absent for a record that is not live."""

    id: str
    title: str
    version: int | None = None
    confidence: float
    findings: list[str]
    fields: list[Explained]
    withheld: list[Withheld] = []

    @classmethod
    def of(
        cls,
        record: GoldenRecord,
        *,
        version: int | None = None,
        field: str | None = None,
        withheld: list[Withheld] | None = None,
    ) -> "Explanation":
        """UnknownField if there is no such field."""
        return cls(
            id=record.entry.id,
            title=record.entry.titles.main,
            version=version,
            confidence=record.entry.confidence,
            findings=record.findings,
            fields=explain(record, field),
            withheld=withheld or [],
        )


class Draft(BaseModel):
    """A record as a reviewer needs it."""

    explanation: Explanation
    episodes: int
    characters: int
    images: list[Image]


class SearchResult(BaseModel):
    """A live entry, found by its title or by the passage nearest to the query.

    `score` tells how alike the titles are, 0 to 1, or is the passage's cosine: the two are not compared.
    """

    id: str
    title: str
    type: str
    year: int | None
    version: int
    match: Match
    score: float
    kind: str
    text: str

    @classmethod
    def of(cls, found: Found) -> "SearchResult":
        summary = found.summary
        return cls(
            id=summary.entry_id,
            title=summary.title,
            type=summary.type,
            year=summary.year,
            version=summary.version,
            match=found.match,
            score=round(found.score, 4),
            kind=found.kind,
            text=found.text,
        )


class SearchResults(BaseModel):
    """Entries, titles first; `missing` tells what could not be searched."""

    query: str
    results: list[SearchResult]
    missing: str | None = None

    @classmethod
    def of(cls, query: SearchQuery, answer: SearchAnswer) -> "SearchResults":
        results = [SearchResult.of(one) for one in answer.found]
        return cls(query=query.text, results=results, missing=answer.missing)


def images_of(record: GoldenRecord) -> list[Image]:
    """Every image of a record: the entry's, the characters', the episodes'."""
    people = [one.image for one in record.characters]
    stills = [one.image for one in record.episodes]
    return [*record.entry.images, *filter(None, people), *filter(None, stills)]
