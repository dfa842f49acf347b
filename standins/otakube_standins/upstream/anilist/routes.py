# SPDX-License-Identifier: Apache-2.0
"""The one route of the AniList stand-in: validates and executes a query over its schema."""

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    validate,
)
from graphql.execution.values import get_argument_values

from otakube_standins.upstream.anilist import shapes
from otakube_standins.upstream.anilist.connections import AniListView, page_info
from otakube_standins.upstream.anilist.index import AniListIndex, index_of
from otakube_standins.upstream.catalogue import InventedTitle, search
from otakube_standins.upstream.provider import World

Json = dict[str, Any]
_FILTERS = ("format", "status", "season", "seasonYear", "isAdult", "type")


class AniListNotFound(Exception):
    """AniList answers it with 404 and a null Media."""


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    """The schema, parsed once."""
    return build_schema(
        (resources.files("otakube_standins.upstream.anilist") / "schema.graphql").read_text("utf-8")
    )


@lru_cache(maxsize=64)
def read_query(query: str) -> tuple[DocumentNode, list[GraphQLError]]:
    """A query and its faults; clients send the same few again and again, and reading takes milliseconds."""
    document = parse(query)
    return document, validate(schema(), document)


def router(world: World) -> APIRouter:
    """POST /anilist."""
    routes = APIRouter()
    index = index_of(world.catalogue)

    @routes.post("")
    @routes.post("/")
    async def _query(request: Request) -> Response:
        view = AniListView(index.by_key, world.base(request), world.now())
        status, body = answer(await request.body(), index, view)
        return Response(orjson.dumps(body), status, media_type="application/json")

    return routes


def answer(posted: bytes, index: AniListIndex, view: AniListView) -> tuple[int, Json]:
    """Status and body for a posted query."""
    try:
        request = orjson.loads(posted)
        document, errors = read_query(request["query"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return 400, _failed(400, "Invalid JSON: post an object with `query` and `variables`.")
    except GraphQLError as error:
        return 400, _failed(400, error.message)
    if errors:
        return 400, _failed(400, *(error.message for error in errors))
    root = {"Media": _media(index, view), "Page": _page(index, view)}
    result = execute_sync(
        schema(), document, root, variable_values=request.get("variables") or {},
        operation_name=request.get("operationName"),
    )  # fmt: skip
    return _outcome(result.data, result.errors or [])


def _outcome(data: Json | None, errors: list[GraphQLError]) -> tuple[int, Json]:
    if not errors:
        return 200, {"data": data}
    if any(isinstance(error.original_error, AniListNotFound) for error in errors):
        return 404, _failed(404, "Not Found.") | {"data": data}
    return 400, _failed(400, *(error.message for error in errors)) | {"data": data}


def _failed(status: int, *messages: str) -> Json:
    spot = {"line": 1, "column": 1}
    return {
        "data": None,
        "errors": [{"message": text, "status": status, "locations": [spot]} for text in messages],
    }


def _media(index: AniListIndex, view: AniListView) -> Any:
    def resolve(_: GraphQLResolveInfo, **arguments: Any) -> Json:
        found = select(index, arguments)
        if not found:
            raise AniListNotFound("Not Found.")
        return shapes.media(found[0], view)

    return resolve


def _page(index: AniListIndex, view: AniListView) -> Any:
    def resolve(info: GraphQLResolveInfo, *, page: int = 1, perPage: int = 50) -> Json:
        size = max(1, min(perPage, 50))
        found = select(index, _media_arguments(info))
        shown = [shapes.media(title, view) for title in found[(page - 1) * size : page * size]]
        return {"pageInfo": page_info(len(found), page, size), "media": lambda _, **__: shown}

    return resolve


def _media_arguments(info: GraphQLResolveInfo) -> Json:
    """Arguments of the `media` field inside the Page: `pageInfo` counts what they select."""
    page_type = info.schema.type_map["Page"]
    selections = info.field_nodes[0].selection_set.selections if info.field_nodes[0].selection_set else ()
    for node in selections:
        if (
            isinstance(node, FieldNode)
            and node.name.value == "media"
            and isinstance(page_type, GraphQLObjectType)
        ):
            return get_argument_values(page_type.fields["media"], node, info.variable_values)
    return {}


def select(index: AniListIndex, wanted: Json) -> Sequence[InventedTitle]:
    """The titles that the arguments select, best match first."""
    filters = {name: wanted[name] for name in _FILTERS if wanted.get(name) is not None}
    found = _named(index, wanted)
    return [title for title in found if filters.items() <= shapes.facts(title).items()] if filters else found


def _named(index: AniListIndex, wanted: Json) -> Sequence[InventedTitle]:
    """By id where one is given, by search else; all titles if neither is."""
    for name, known in (("id", index.by_id), ("idMal", index.by_mal)):
        asked = wanted.get(f"{name}_in", [wanted[name]] if name in wanted else None)
        if asked is not None:
            return [known[number] for number in dict.fromkeys(asked) if number in known]
    return search(index.titles, wanted["search"]) if wanted.get("search") else index.titles
