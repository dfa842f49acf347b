# SPDX-License-Identifier: Apache-2.0
"""The forms of the API's answers."""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel

from otakube.domain.licences.redaction import Withheld
from otakube.domain.publish.explain import explain
from otakube.domain.publish.explained import Explained
from otakube.domain.publish.relation_graph import LEVELS_LIMIT
from otakube.domain.record.golden import GoldenRecord, Image
from otakube.domain.record.listing import EntryLevel, Listing, SystemStatus
from otakube.ports.catalogue import LiveEntry
from otakube.ports.listings import ListedEntry
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


Orphaned = Annotated[bool, Query(description="Also entries that the dataset removed, or merged into others.")]


class SearchedPassage(StrEnum):
    """The passages that are searched."""

    TITLE = "title"
    SYNOPSIS = "synopsis"
    CHARACTER = "character"
    EPISODE = "episode"


Kinds = Annotated[list[SearchedPassage], Query(max_length=4, description="Only these passages; default all.")]


class CatalogueAnime(BaseModel):
    """One entry, whole but for what licences keep from readers.

    An enriched one has a record and its version; a listed one has what the dataset says of it instead.
    An image lies at `images_url`, a slash and its `key`; without one there is no public address.
    """

    id: str
    level: EntryLevel
    system_status: SystemStatus = SystemStatus.ACTIVE
    orphaned_at: datetime | None = None
    merged_into: str | None = None
    version: int | None = None
    digest: str | None = None
    model: str | None = None
    committed_at: datetime | None = None
    record: GoldenRecord | None = None
    images_url: str | None = None
    listing: Listing | None = None
    withheld: list[Withheld] = []

    @classmethod
    def of(
        cls,
        live: LiveEntry,
        record: GoldenRecord,
        withheld: list[Withheld],
        listed: ListedEntry | None,
        images_url: str = "",
    ) -> "CatalogueAnime":
        """`record` is what readers may see of it."""
        return cls(
            id=live.entry_id,
            level=EntryLevel.ENRICHED,
            version=live.version,
            digest=live.digest,
            model=live.model,
            committed_at=live.committed_at,
            record=record,
            images_url=images_url or None,
            withheld=withheld,
            **_lifecycle(listed),
        )

    @classmethod
    def of_listed(cls, listed: ListedEntry) -> "CatalogueAnime":
        """An entry that the dataset alone knows."""
        return cls(id=listed.entry_id, level=EntryLevel.LISTED, listing=listed.listing, **_lifecycle(listed))


def _lifecycle(listed: ListedEntry | None) -> dict[str, Any]:
    if listed is None:
        return {}
    return {
        "system_status": listed.system_status,
        "orphaned_at": listed.orphaned_at,
        "merged_into": listed.merged_into,
    }


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
    """A record as a reviewer needs it.

    `compared_with` is the live version that drift and losses were looked for in, absent for a new entry;
    `live_version` is the one that is live by now.
    """

    compared_with: int | None = None
    live_version: int | None = None
    explanation: Explanation
    episodes: int
    characters: int
    images: list[Image]


class SearchResult(BaseModel):
    """An entry, found by its title or by the passage nearest to the query.

    `score` tells how alike the titles are, 0 to 1, or is the passage's cosine: the two are not compared.
    """

    id: str
    level: EntryLevel
    system_status: SystemStatus
    title: str
    type: str
    year: int | None
    version: int | None
    match: Match
    score: float
    kind: str
    text: str

    @classmethod
    def of(cls, found: Found) -> "SearchResult":
        summary = found.summary
        return cls(
            id=summary.entry_id,
            level=summary.level,
            system_status=summary.system_status,
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


def tag_of(
    live: LiveEntry,
    withheld: Sequence[Withheld],
    listed: ListedEntry | None = None,
    images_url: str = "",
) -> str:
    """The ETag of an answer about an entry: its version, and what else changes what readers see of it.

    Weak, since the server may write the same facts in other bytes.
    """
    parts = [live.entry_id, live.digest, live.model, _form(), *(one.model_dump_json() for one in withheld)]
    parts += [images_url, *(str(fact) for fact in _lifecycle(listed).values())]
    return f'W/"{live.version}-{sha256("/".join(parts).encode()).hexdigest()[:16]}"'


def tag_of_listed(listed: ListedEntry) -> str:
    """The ETag of an answer about an entry that is only listed."""
    parts = [listed.entry_id, listed.key, listed.updated_at.isoformat(), _form()]
    return f'W/"listed-{sha256("/".join(parts).encode()).hexdigest()[:16]}"'


@cache
def _form() -> str:
    """The shape of the answers: another release may have another for the same version of an entry."""
    return json.dumps([one.model_json_schema() for one in (CatalogueAnime, Explanation)])
