# SPDX-License-Identifier: Apache-2.0
"""Routes of the Kitsu stand-in."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import orjson
from fastapi import APIRouter, Request, Response

from otakube_standins.upstream.catalogue import InventedTitle, search
from otakube_standins.upstream.kitsu import people, shapes
from otakube_standins.upstream.kitsu.index import KitsuIndex, index_of
from otakube_standins.upstream.kitsu.resources import ResourceObject, document, links, page, wanted, window
from otakube_standins.upstream.kitsu.view import KitsuView
from otakube_standins.upstream.provider import Endpoints, World

Row = TypeVar("Row")
MEDIA_TYPE = "application/vnd.api+json"
PREFIX = "/kitsu/api/edge"
DEFAULT_PAGE, LARGEST_PAGE = 10, 20
ID_FILTERS = ("filter[id]", "filter[mediaId]", "filter[media_id]", "filter[animeId]")
_PARTS: dict[str, Callable[[InventedTitle, KitsuView], list[ResourceObject]]] = {
    "episodes": shapes.episodes,
    "anime-characters": people.anime_characters,
    "characters": people.media_characters,
    "castings": people.castings,
    "anime-staff": people.anime_staff,
    "staff": people.media_staff,
    "mappings": shapes.mappings,
    "media-relationships": shapes.media_relationships,
    "anime-productions": shapes.productions,
    "productions": shapes.productions,
    "streaming-links": shapes.streaming_links,
    "reviews": shapes.reviews,
    "categories": lambda title, view: shapes.anime(title, view).many["categories"](),
    "genres": lambda title, view: shapes.anime(title, view).many["genres"](),
}


def router(world: World) -> APIRouter:
    """All routes below /kitsu/api/edge."""
    endpoints, routes = KitsuEndpoints(world), APIRouter()
    routes.add_api_route("/anime", endpoints.search)
    routes.add_api_route("/anime/{kitsu_id}", endpoints.anime)
    routes.add_api_route("/anime/{kitsu_id}/{part}", endpoints.part)
    routes.add_api_route("/characters/{character_id}", endpoints.character)
    routes.add_api_route("/mappings", endpoints.mappings)
    routes.add_api_route("/{part}", endpoints.all_of)
    return routes


class KitsuEndpoints(Endpoints):
    """One method a route."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "kitsu")
        self._index = index_of(world.catalogue)

    def search(self, request: Request) -> Response:
        seen = self._view(request)
        return _page(
            request, seen, _found(self._index, request.query_params), lambda one: shapes.anime(one, seen)
        )

    def anime(self, request: Request, kitsu_id: str) -> Response:
        title, seen = self._index.by_id.get(kitsu_id), self._view(request)
        if title is None:
            return _missing(kitsu_id)
        return _answer(document(shapes.anime(title, seen), _root(seen), wanted(request.query_params)))

    def part(self, request: Request, kitsu_id: str, part: str) -> Response:
        title, seen = self._index.by_id.get(kitsu_id), self._view(request)
        if title is None or part not in _PARTS:
            return _missing(kitsu_id)
        return _page(request, seen, _PARTS[part](title, seen), _itself)

    def character(self, request: Request, character_id: int) -> Response:
        title, index = self._index.by_id.get(str(character_id // 100)), character_id % 100
        if title is None or index >= len(title.characters):
            return _missing(str(character_id))
        seen = self._view(request)
        resource = people.character(title, index, seen)
        return _answer(document(resource, _root(seen), wanted(request.query_params)))

    def mappings(self, request: Request) -> Response:
        seen, query = self._view(request), request.query_params
        asked = (query.get("filter[externalSite]", ""), query.get("filter[externalId]", ""))
        title = self._index.by_mapping.get(asked)
        known = shapes.mappings(title, seen) if title else []
        return _page(request, seen, [one for one in known if asked == shapes.mapped_to(one)], _itself)

    def all_of(self, request: Request, part: str) -> Response:
        query, seen = request.query_params, self._view(request)
        number = next((query[name] for name in ID_FILTERS if name in query), "")
        title = self._index.by_id.get(number)
        if part not in _PARTS:
            return _missing(part)
        return _page(request, seen, _PARTS[part](title, seen) if title else [], _itself)

    def _view(self, request: Request) -> KitsuView:
        return KitsuView(self._index.by_key, self.world.base(request), self.world.now(), shapes.anime)


def _root(seen: KitsuView) -> str:
    return f"{seen.base}{PREFIX}"


def _found(index: KitsuIndex, query: Mapping[str, str]) -> Sequence[InventedTitle]:
    if text := query.get("filter[text]"):
        return search(index.titles, text)
    for name, known in (("filter[id]", index.by_id), ("filter[slug]", index.by_slug)):
        if name in query:
            return [known[one] for one in dict.fromkeys(query[name].split(",")) if one in known]
    return index.titles


def _itself(resource: ResourceObject) -> ResourceObject:
    return resource


def _page(
    request: Request, seen: KitsuView, rows: Sequence[Row], shape: Callable[[Row], ResourceObject]
) -> Response:
    query = request.query_params
    size = query.get("page[limit]") or query.get("page[size]") or DEFAULT_PAGE
    if not str(size).isdigit() or not 0 < int(size) <= LARGEST_PAGE:
        return _answer(shapes.error(400, f"Limit exceeds maximum page size of {LARGEST_PAGE}."), 400)
    at, root = window(query, DEFAULT_PAGE), _root(seen)
    shown = [shape(row) for row in rows[at.offset : at.offset + at.limit]]
    url = f"{root}{request.url.path.removeprefix(PREFIX)}"
    return _answer(page(shown, len(rows), root, query) | {"links": links(url, query, at, len(rows))})


def _missing(record: str) -> Response:
    return _answer(shapes.error(404, f"The record identified by {record} could not be found."), 404)


def _answer(body: dict[str, object], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type=MEDIA_TYPE)
