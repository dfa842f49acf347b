# SPDX-License-Identifier: Apache-2.0
"""Routes of the Kitsu room."""

from collections.abc import Callable, Mapping, Sequence

import orjson
from fastapi import APIRouter, Request, Response

from otakube_services.upstream.catalogue import Title, search
from otakube_services.upstream.kitsu import shapes
from otakube_services.upstream.kitsu.resources import Resource, document, page, wanted
from otakube_services.upstream.names import slug
from otakube_services.upstream.room import World

MEDIA_TYPE = "application/vnd.api+json"
PREFIX = "/kitsu/api/edge"
DEFAULT_PAGE, LARGEST_PAGE = 10, 20
_PARTS: dict[str, Callable[[Title, shapes.View], list[Resource]]] = {
    "episodes": shapes.episodes,
    "anime-characters": shapes.anime_characters,
    "characters": shapes.anime_characters,
    "castings": shapes.castings,
    "anime-staff": shapes.anime_staff,
    "staff": shapes.anime_staff,
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
    routes = APIRouter()
    titles = world.catalogue.seen_by("kitsu")
    by_id = {str(title.ids.kitsu): title for title in titles}
    by_key = {title.key: title for title in titles}

    def view(request: Request) -> shapes.View:
        return shapes.View(by_key, world.base(request), world.now())

    @routes.get("/anime")
    def _search(request: Request) -> Response:
        seen = view(request)
        return _page(request, seen, [shapes.anime(title, seen) for title in _found(titles, request.query_params)])

    @routes.get("/anime/{kitsu_id}")
    def _anime(request: Request, kitsu_id: str) -> Response:
        title, seen = by_id.get(kitsu_id), view(request)
        if title is None:
            return _missing(kitsu_id)
        shape = document(shapes.anime(title, seen), f"{seen.base}{PREFIX}", wanted(request.query_params))
        return _answer(shape)

    @routes.get("/anime/{kitsu_id}/{part}")
    def _part(request: Request, kitsu_id: str, part: str) -> Response:
        title, seen = by_id.get(kitsu_id), view(request)
        if title is None or part not in _PARTS:
            return _missing(kitsu_id)
        return _page(request, seen, _PARTS[part](title, seen))

    @routes.get("/characters/{character_id}")
    def _character(request: Request, character_id: str) -> Response:
        title, index = by_id.get(character_id[:-1]), int(character_id[-1:] or 0)
        if title is None or index >= len(title.characters):
            return _missing(character_id)
        seen = view(request)
        resource = shapes.character(title, index, seen)
        return _answer(document(resource, f"{seen.base}{PREFIX}", wanted(request.query_params)))

    @routes.get("/mappings")
    def _mappings(request: Request) -> Response:
        seen, query = view(request), request.query_params
        site, number = query.get("filter[externalSite]"), query.get("filter[externalId]")
        known = [one for title in titles for one in shapes.mappings(title, seen)]
        found = [one for one in known if (one.attributes["externalSite"], one.attributes["externalId"]) == (site, number)]
        return _page(request, seen, found)

    @routes.get("/{part}")
    def _all_of(request: Request, part: str) -> Response:
        query = request.query_params
        title = by_id.get(query.get("filter[mediaId]") or query.get("filter[animeId]") or "")
        if part not in _PARTS:
            return _missing(part)
        seen = view(request)
        return _page(request, seen, _PARTS[part](title, seen) if title else [])

    return routes


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


def _page(request: Request, seen: shapes.View, resources: list[Resource]) -> Response:
    limit = request.query_params.get("page[limit]") or request.query_params.get("page[size]") or DEFAULT_PAGE
    if not str(limit).isdigit() or not 0 < int(limit) <= LARGEST_PAGE:
        return _answer(shapes.error(400, f"Limit exceeds maximum page size of {LARGEST_PAGE}."), 400)
    path = request.url.path.removeprefix(PREFIX)
    return _answer(page(resources, f"{seen.base}{PREFIX}", path, request.query_params, DEFAULT_PAGE))


def _missing(record: str) -> Response:
    return _answer(shapes.error(404, f"The record identified by {record} could not be found."), 404)


def _answer(body: dict[str, object], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type=MEDIA_TYPE)
