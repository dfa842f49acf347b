# SPDX-License-Identifier: Apache-2.0
"""The HTTP application: routes only; every answer is bounded, every error says what to do."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Request, Response

from otakube.domain.licences.redaction import Withheld, readable
from otakube.domain.publish.explained import UnknownField
from otakube.domain.publish.relation_graph import LEVELS_LIMIT, RelationGraph
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.ports.catalogue import LiveEntry
from otakube.queries.search import search
from otakube_api import contract
from otakube_services.catalogue import metrics
from otakube_services.catalogue.answers import (
    Anime,
    Depth,
    Draft,
    EntryId,
    Explanation,
    Kind,
    Kinds,
    Limit,
    Number,
    SearchResult,
    SearchResults,
    Source,
    Text,
    Uid,
    images_of,
)
from otakube_services.catalogue.locks import add_locks
from otakube_services.catalogue.parts import Parts, connected
from otakube_services.catalogue.problems import Problem, handle_problems
from otakube_services.catalogue.relations import closure_of


def parts_of(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


Given = Annotated[Parts, Depends(parts_of)]

NO_SUCH_ENTRY = "No such entry"


def create(connect: Callable[[], AbstractAsyncContextManager[Parts]] = connected) -> FastAPI:
    """The application; `connect` opens its stores and model when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with connect() as parts:
            app.state.parts = parts
            yield

    app = FastAPI(title="Otakube catalogue", description=__doc__, lifespan=lifespan, redoc_url=None)
    handle_problems(app)
    metrics.measure(app)
    for add in (_health, _entries, _drafts, _search, add_locks):
        add(app)
    return app


def _health(app: FastAPI) -> None:
    @app.get("/healthz", include_in_schema=False)
    @app.get("/readyz", include_in_schema=False)  # answers only once the model is loaded
    async def healthy() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/metrics", include_in_schema=False)
    async def measured() -> Response:
        return metrics.exposition()


def _entries(app: FastAPI) -> None:
    @app.get("/animes", summary="The entry of a provider's page")
    async def by_source(parts: Given, source: Source) -> Anime:
        live = await parts.catalogue.by_source(source)
        if live is None:
            detail = f"no live entry has the source {source!r}; apply an AnimeEnrichment with that source URL"
            raise Problem(404, NO_SUCH_ENTRY, detail)
        return Anime.of(live, *_shown(live))

    @app.get("/animes/{entry_id}", summary="One entry, whole")
    async def by_id(parts: Given, entry_id: EntryId) -> Anime:
        live = await _live(parts, entry_id)
        return Anime.of(live, *_shown(live))

    @app.get("/animes/{entry_id}/explain", summary="Who says what")
    @app.get("/animes/{entry_id}/explain/{field:path}", summary="Who says one field")
    async def explained(parts: Given, entry_id: EntryId, field: str | None = None) -> Explanation:
        live = await _live(parts, entry_id)
        record, withheld = _shown(live)
        try:
            return Explanation.of(record, version=live.version, field=field, withheld=withheld)
        except UnknownField as error:
            raise Problem(404, "No such field", str(error)) from error

    @app.get("/animes/{entry_id}/relations", summary="All works around it")
    async def related(parts: Given, entry_id: EntryId, depth: Depth = LEVELS_LIMIT) -> RelationGraph:
        live = await _live(parts, entry_id)
        record, _ = _shown(live)
        return await closure_of(record, parts.relatives, depth=depth, now=datetime.now(UTC))


def _drafts(app: FastAPI) -> None:
    @app.get("/drafts/{uid}/{generation}/{attempt}", summary="The record of a run, before it is live")
    async def draft(parts: Given, uid: Uid, generation: Number, attempt: Number) -> Draft:
        key = f"{contract.work_prefix(uid, generation, attempt)}/{handover.GOLDEN}"
        try:
            record = GoldenRecord.model_validate_json(await parts.objects.get(key))
        except KeyError as error:
            detail = f"the bucket has no {key}: the run has not come that far, or is over and cleaned up"
            raise Problem(404, "No such draft", detail) from error
        return Draft(
            explanation=Explanation.of(record),
            episodes=len(record.episodes),
            characters=len(record.characters),
            images=images_of(record),
        )


def _search(app: FastAPI) -> None:
    @app.get("/search", summary="Search by meaning")
    async def by_meaning(parts: Given, q: Text, limit: Limit = 10, kind: Kinds = []) -> SearchResults:  # noqa: B006 - FastAPI copies it
        if not q.strip():
            raise Problem(422, "Invalid parameter", "q is blank: say in plain words what to look for")
        vector = await parts.queries.embed(q)
        kinds = list(dict.fromkeys(kind or Kind))
        found = await search(
            vector, kinds=kinds, limit=limit, vectors=parts.vectors, summaries=parts.summaries
        )
        return SearchResults(query=q, results=[SearchResult.of(one) for one in found])


async def _live(parts: Parts, entry_id: str) -> LiveEntry:
    live = await parts.catalogue.entry(entry_id)
    if live is None:
        raise _unknown(entry_id)
    return live


def _shown(live: LiveEntry) -> tuple[GoldenRecord, list[Withheld]]:
    """What readers may see; Problem 451 if that is no entry any more."""
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
