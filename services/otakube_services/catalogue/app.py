# SPDX-License-Identifier: Apache-2.0
"""The HTTP applications: routes only; every answer is bounded, every error says what to do."""

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime

from fastapi import FastAPI

from otakube.domain.licences.redaction import Withheld, readable
from otakube.domain.publish.explained import UnknownField
from otakube.domain.publish.relation_graph import LEVELS_LIMIT, RelationGraph
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.pages import identify
from otakube.ports.catalogue import LiveEntry
from otakube.queries.search import Query, search
from otakube_services.catalogue.answers import (
    CatalogueAnime,
    Depth,
    EntryId,
    Explanation,
    Kinds,
    Limit,
    SearchedPassage,
    SearchResults,
    Source,
    Text,
)
from otakube_services.catalogue.dead_letters import add_dead_letters
from otakube_services.catalogue.drafts import add_drafts
from otakube_services.catalogue.locks import add_locks
from otakube_services.catalogue.ports import CataloguePorts, Ports, connected, dependencies
from otakube_services.catalogue.relations import closure_of
from otakube_services.catalogue.versions import add_versions
from otakube_services.kit.problems import Problem
from otakube_services.kit.service import Service, create_service

NO_SUCH_ENTRY = "No such entry"


def create(
    connect: Callable[[], AbstractAsyncContextManager[CataloguePorts]] = connected,
) -> Service[CataloguePorts]:
    """The service; `connect` opens its stores and model when it starts."""
    service = create_service("catalogue", description=__doc__, connect=connect, dependencies=dependencies)
    for add in (_entries, _search):
        add(service.public)
    for add in (add_dead_letters, add_drafts, add_locks, add_versions):
        add(service.internal)
    return service


def _entries(app: FastAPI) -> None:
    @app.get("/animes", summary="The entry of a provider's page")
    async def by_source(ports: Ports, source: Source) -> CatalogueAnime:
        page = identify(source)
        live = await ports.catalogue.by_source(page.url if page else source)
        if live is None:
            detail = f"no live entry has the source {source!r}; apply an AnimeEnrichment with that source URL"
            raise Problem(404, NO_SUCH_ENTRY, detail)
        return CatalogueAnime.of(live, *readable_record(live))

    @app.get("/animes/{entry_id}", summary="One entry, whole")
    async def by_id(ports: Ports, entry_id: EntryId) -> CatalogueAnime:
        live = await _live(ports, entry_id)
        return CatalogueAnime.of(live, *readable_record(live))

    @app.get("/animes/{entry_id}/explain", summary="Who says what")
    @app.get("/animes/{entry_id}/explain/{field:path}", summary="Who says one field")
    async def explained(ports: Ports, entry_id: EntryId, field: str | None = None) -> Explanation:
        live = await _live(ports, entry_id)
        record, withheld = readable_record(live)
        try:
            return Explanation.of(record, version=live.version, field=field, withheld=withheld)
        except UnknownField as error:
            raise Problem(404, "No such field", str(error)) from error

    @app.get("/animes/{entry_id}/relations", summary="All works around it")
    async def related(ports: Ports, entry_id: EntryId, depth: Depth = LEVELS_LIMIT) -> RelationGraph:
        live = await _live(ports, entry_id)
        record, _ = readable_record(live)
        return await closure_of(record, ports.relatives, depth=depth, now=datetime.now(UTC))


def _search(app: FastAPI) -> None:
    @app.get("/search", summary="Search by title and by meaning")
    async def searched(ports: Ports, q: Text, limit: Limit = 10, kind: Kinds = []) -> SearchResults:  # noqa: B006 - FastAPI copies it
        if not q.strip():
            raise Problem(422, "Invalid parameter", "q is blank: say in plain words what to look for")
        query = Query(
            text=q,
            vector=await ports.queries.embed(q),
            floor=ports.queries.floor(q),
            kinds=list(dict.fromkeys(kind or SearchedPassage)),
            limit=limit,
        )
        return SearchResults.of(query, await search(query, ports.indexes, now=time.monotonic()))


async def _live(ports: CataloguePorts, entry_id: str) -> LiveEntry:
    live = await ports.catalogue.entry(entry_id)
    if live is None:
        raise _unknown(entry_id)
    return live


def readable_record(live: LiveEntry) -> tuple[GoldenRecord, list[Withheld]]:
    """The record as readers may see it, and what is withheld; Problem 451 if that is no entry any more."""
    record, withheld = readable(live.record, datetime.now(UTC))
    if record is None:
        reasons = "; ".join(dict.fromkeys(one.reason for one in withheld))
        detail = f"the licences keep {live.entry_id!r} from readers ({reasons}); enrich it again"
        raise Problem(451, "Withheld", detail)
    return record, withheld


def _unknown(entry_id: str) -> Problem:
    return Problem(
        404, NO_SUCH_ENTRY, f"the catalogue has no live entry {entry_id!r}; find its id with /search?q=TITLE"
    )
