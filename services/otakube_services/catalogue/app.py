# SPDX-License-Identifier: Apache-2.0
"""The HTTP applications: routes only; every answer is bounded, every error says what to do."""

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Response

from otakube.domain.publish.explained import UnknownField
from otakube.domain.publish.relation_graph import LEVELS_LIMIT, RelationGraph
from otakube.queries.search import Query, search
from otakube_services.catalogue.answers import (
    CatalogueAnime,
    Depth,
    EntryId,
    Explanation,
    Kinds,
    Limit,
    Orphaned,
    SearchedPassage,
    SearchResults,
    Source,
    Text,
    tag_of,
)
from otakube_services.catalogue.dead_letters import add_dead_letters
from otakube_services.catalogue.drafts import add_drafts
from otakube_services.catalogue.entries import entry_of, entry_of_page, live_entry, readable_record
from otakube_services.catalogue.locks import add_locks
from otakube_services.catalogue.ports import CataloguePorts, Ports, connected, dependencies
from otakube_services.catalogue.provider_metrics import ProviderMetrics
from otakube_services.catalogue.relations import ReadableRelatives, closure_of
from otakube_services.catalogue.upkeep_metrics import UpkeepMetrics
from otakube_services.catalogue.versions import add_versions
from otakube_services.kit.conditional import IfNoneMatch, tagged
from otakube_services.kit.problems import Problem
from otakube_services.kit.service import Service, create_service

UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "You have it already: If-None-Match."}}


def create(
    connect: Callable[[], AbstractAsyncContextManager[CataloguePorts]] = connected,
) -> Service[CataloguePorts]:
    """The service; `connect` opens its stores and model when it starts."""
    providers, upkeep = ProviderMetrics(), UpkeepMetrics(time.monotonic)
    service = create_service(
        "catalogue",
        description=__doc__,
        connect=connect,
        dependencies=lambda ports: dependencies(ports, providers, upkeep),
        collectors=[providers, upkeep],
    )
    for add in (_entries, _search):
        add(service.public)
    for add in (add_dead_letters, add_drafts, add_locks, add_versions):
        add(service.internal)
    return service


def _entries(app: FastAPI) -> None:
    @app.get("/animes", summary="The entry of a provider's page", responses=UNCHANGED)
    async def by_source(
        ports: Ports,
        source: Source,
        response: Response,
        include_orphaned: Orphaned = False,
        if_none_match: IfNoneMatch = None,
    ) -> CatalogueAnime:
        found = await entry_of_page(ports, source, include_orphaned=include_orphaned)
        return found.answer(response, if_none_match)

    @app.get("/animes/{entry_id}", summary="One entry, whole", responses=UNCHANGED)
    async def by_id(
        ports: Ports,
        entry_id: EntryId,
        response: Response,
        include_orphaned: Orphaned = False,
        if_none_match: IfNoneMatch = None,
    ) -> CatalogueAnime:
        found = await entry_of(ports, entry_id, include_orphaned=include_orphaned)
        return found.answer(response, if_none_match)

    @app.get("/animes/{entry_id}/explain", summary="Who says what", responses=UNCHANGED)
    @app.get("/animes/{entry_id}/explain/{field:path}", summary="Who says one field", responses=UNCHANGED)
    async def explained(
        ports: Ports,
        entry_id: EntryId,
        response: Response,
        field: str | None = None,
        include_orphaned: Orphaned = False,
        if_none_match: IfNoneMatch = None,
    ) -> Explanation:
        live = await live_entry(ports, entry_id, include_orphaned=include_orphaned)
        record, withheld = readable_record(live)
        try:
            explanation = Explanation.of(record, version=live.version, field=field, withheld=withheld)
        except UnknownField as error:
            raise Problem(404, "No such field", str(error)) from error
        tagged(response, tag_of(live, withheld), if_none_match)
        return explanation

    @app.get("/animes/{entry_id}/relations", summary="All works around it")
    async def related(
        ports: Ports, entry_id: EntryId, depth: Depth = LEVELS_LIMIT, include_orphaned: Orphaned = False
    ) -> RelationGraph:
        live = await live_entry(ports, entry_id, include_orphaned=include_orphaned)
        record, _ = readable_record(live)
        related = ReadableRelatives(
            ports.relatives, ports.listings, now=datetime.now(UTC), include_orphaned=include_orphaned
        )
        return await closure_of(record, related, depth=depth)


def _search(app: FastAPI) -> None:
    @app.get("/search", summary="Search by title and by meaning")
    async def searched(
        ports: Ports,
        q: Text,
        limit: Limit = 10,
        kind: Kinds = [],  # noqa: B006 - FastAPI copies it
        include_orphaned: Orphaned = False,
    ) -> SearchResults:
        if not q.strip():
            raise Problem(422, "Invalid parameter", "q is blank: say in plain words what to look for")
        query = Query(
            text=q,
            vector=await ports.queries.embed(q),
            floor=ports.queries.floor(q),
            kinds=list(dict.fromkeys(kind or SearchedPassage)),
            limit=limit,
            include_orphaned=include_orphaned,
        )
        return SearchResults.of(query, await search(query, ports.indexes, now=time.monotonic()))
