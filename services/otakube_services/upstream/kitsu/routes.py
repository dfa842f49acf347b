# SPDX-License-Identifier: Apache-2.0
"""Routes of the Kitsu room."""

from collections.abc import Callable, Mapping, Sequence

import orjson
from fastapi import APIRouter, Request, Response

from otakube_services.upstream.catalogue import Title, search
from otakube_services.upstream.kitsu import people, shapes
from otakube_services.upstream.kitsu.resources import Resource, document, page, wanted
from otakube_services.upstream.kitsu.view import View
from otakube_services.upstream.names import slug
from otakube_services.upstream.room import World

MEDIA_TYPE = "application/vnd.api+json"
PREFIX = "/kitsu/api/edge"
DEFAULT_PAGE, LARGEST_PAGE = 10, 20
_PARTS: dict[str, Callable[[Title, View], list[Resource]]] = {
    "episodes": shapes.episodes,
    "anime-characters": people.anime_characters,
    "characters": people.anime_characters,
    "castings": people.castings,
    "anime-staff": people.anime_staff,
    "staff": people.anime_staff,
    "mappings": shapes.mappings,
    "media-relationships": shapes.media_relationships,
    "anime-productions": shapes.productions,
    "productions": shapes.productions,
    "streaming-links": shapes.streaming_links,
    "categories": lambda title, view: shapes.anime(title, view).many["categories"](),
    "genres": lambda title, view: shapes.anime(title, view).many["genres"](),
}


def router(world: World) -> APIRouter:
    """All routes below /kitsu/api/edge."""
    pages, routes = _Pages(world), APIRouter()
    routes.add_api_route("/anime", pages.search)
    routes.add_api_route("/anime/{kitsu_id}", pages.anime)
    routes.add_api_route("/anime/{kitsu_id}/{part}", pages.part)
    routes.add_api_route("/characters/{character_id}", pages.character)
    routes.add_api_route("/mappings", pages.mappings)
    routes.add_api_route("/{part}", pages.all_of)
    return routes


class _Pages:
    """One method a route."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._titles = world.catalogue.seen_by("kitsu")
        self._by_id = {str(title.ids.kitsu): title for title in self._titles}
        self._by_key = {title.key: title for title in self._titles}

    def search(self, request: Request) -> Response:
        seen = self._view(request)
        found = _found(self._titles, request.query_params)
        return _page(request, seen, [shapes.anime(title, seen) for title in found])

    def anime(self, request: Request, kitsu_id: str) -> Response:
        title, seen = self._by_id.get(kitsu_id), self._view(request)
        if title is None:
            return _missing(kitsu_id)
        return _answer(document(shapes.anime(title, seen), _root(seen), wanted(request.query_params)))

    def part(self, request: Request, kitsu_id: str, part: str) -> Response:
        title, seen = self._by_id.get(kitsu_id), self._view(request)
        if title is None or part not in _PARTS:
            return _missing(kitsu_id)
        return _page(request, seen, _PARTS[part](title, seen))

    def character(self, request: Request, character_id: int) -> Response:
        title, index = self._by_id.get(str(character_id // 100)), character_id % 100
        if title is None or index >= len(title.characters):
            return _missing(str(character_id))
        seen = self._view(request)
        resource = people.character(title, index, seen)
        return _answer(document(resource, _root(seen), wanted(request.query_params)))

    def mappings(self, request: Request) -> Response:
        seen, query = self._view(request), request.query_params
        asked = (query.get("filter[externalSite]"), query.get("filter[externalId]"))
        known = [one for title in self._titles for one in shapes.mappings(title, seen)]
        names = ("externalSite", "externalId")
        return _page(
            request, seen, [one for one in known if tuple(one.attributes[name] for name in names) == asked]
        )

    def all_of(self, request: Request, part: str) -> Response:
        query, seen = request.query_params, self._view(request)
        title = self._by_id.get(query.get("filter[mediaId]") or query.get("filter[animeId]") or "")
        if part not in _PARTS:
            return _missing(part)
        return _page(request, seen, _PARTS[part](title, seen) if title else [])

    def _view(self, request: Request) -> View:
        return View(self._by_key, self._world.base(request), self._world.now())


def _root(seen: View) -> str:
    return f"{seen.base}{PREFIX}"


def _found(titles: list[Title], query: Mapping[str, str]) -> Sequence[Title]:
    if text := query.get("filter[text]"):
        return search(titles, text)
    for name, own in (("filter[id]", _kitsu_id), ("filter[slug]", _slug)):
        if name in query:
            return [title for title in titles if own(title) in query[name].split(",")]
    return titles


def _kitsu_id(title: Title) -> str:
    return str(title.ids.kitsu)


def _slug(title: Title) -> str:
    return slug(title.romaji).lower()


def _page(request: Request, seen: View, resources: list[Resource]) -> Response:
    limit = request.query_params.get("page[limit]") or request.query_params.get("page[size]") or DEFAULT_PAGE
    if not str(limit).isdigit() or not 0 < int(limit) <= LARGEST_PAGE:
        return _answer(shapes.error(400, f"Limit exceeds maximum page size of {LARGEST_PAGE}."), 400)
    path = request.url.path.removeprefix(PREFIX)
    return _answer(page(resources, _root(seen), path, request.query_params, DEFAULT_PAGE))


def _missing(record: str) -> Response:
    return _answer(shapes.error(404, f"The record identified by {record} could not be found."), 404)


def _answer(body: dict[str, object], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type=MEDIA_TYPE)
