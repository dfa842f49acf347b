# SPDX-License-Identifier: Apache-2.0
"""Routes of the Jikan stand-in: find the title, build the shape, say how fresh it is."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response

from otakube_standins.upstream.catalogue import InventedTitle, search
from otakube_standins.upstream.episodes import episodes_of
from otakube_standins.upstream.jikan import bodies, shapes
from otakube_standins.upstream.jikan.index import index_of
from otakube_standins.upstream.provider import Endpoints, World, json_response

EPISODES_A_PAGE = 100
ANIME_A_PAGE = 25


def router(world: World) -> APIRouter:
    """All routes below /jikan/v4."""
    endpoints, routes = JikanEndpoints(world), APIRouter()
    routes.add_api_route("/anime", endpoints.search)
    routes.add_api_route("/anime/{mal_id}", endpoints.anime)
    routes.add_api_route("/anime/{mal_id}/full", endpoints.full)
    routes.add_api_route("/anime/{mal_id}/episodes", endpoints.episodes)
    routes.add_api_route("/anime/{mal_id}/episodes/{number}", endpoints.episode)
    routes.add_api_route("/anime/{mal_id}/reviews", endpoints.reviews)
    routes.add_api_route("/anime/{mal_id}/{part}", endpoints.part)
    routes.add_api_route("/characters/{character_id}", endpoints.character)
    return routes


class JikanEndpoints(Endpoints):
    """One method a route."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "jikan")
        self._index = index_of(world.catalogue)
        self._by_id, self._by_key = self._index.by_id, self._index.by_key

    def search(
        self,
        request: Request,
        q: str = "",
        page: Annotated[int, Query(ge=1)] = 1,
        limit: Annotated[int, Query(ge=1, le=ANIME_A_PAGE)] = ANIME_A_PAGE,
        order_by: Literal["mal_id", "popularity"] | None = None,
        sort: Literal["asc", "desc"] = "asc",
    ) -> Response:
        found = search(self._index.titles, q) if q else self._index.titles
        if not q and order_by:
            found = self._index.in_order if order_by == "mal_id" else self._index.by_popularity
        found = found[::-1] if order_by and sort == "desc" else found
        body = shapes.list_page(found, page, limit, self.world.base(request))
        return json_response(body, headers={"X-Cache-Status": "MISS"})

    def anime(self, request: Request, mal_id: int) -> Response:
        return self._answer(request, mal_id, lambda title: shapes.anime(title, self.world.base(request)))

    def full(self, request: Request, mal_id: int) -> Response:
        base = self.world.base(request)
        return self._answer(request, mal_id, lambda title: bodies.full(title, self._by_key, base))

    def episodes(self, request: Request, mal_id: int, page: Annotated[int, Query(ge=1)] = 1) -> Response:
        title, now = self._by_id.get(mal_id), self.world.now()
        if title is None:
            return _error(404, now)
        return _fresh(request, shapes.page(shapes.episode_rows(title, now), page, EPISODES_A_PAGE), now)

    def reviews(self, request: Request, mal_id: int, page: Annotated[int, Query(ge=1)] = 1) -> Response:
        title, now = self._by_id.get(mal_id), self.world.now()
        if title is None:
            return _error(404, now)
        return _fresh(request, bodies.review_page(title, page), now)

    def episode(self, request: Request, mal_id: int, number: int) -> Response:
        def shape(title: InventedTitle) -> Any:
            known = {one.number: one for one in episodes_of(title, self.world.now())}
            return shapes.episode_detail(title, known[number]) if number in known else None

        return self._answer(request, mal_id, shape)

    def part(self, request: Request, mal_id: int, part: str) -> Response:
        base = self.world.base(request)
        shape: dict[str, Callable[[InventedTitle], Any]] = {
            "characters": lambda title: bodies.characters(title, base),
            "staff": lambda title: bodies.staff(title, base),
            "statistics": bodies.statistics,
            "relations": lambda title: bodies.relations(title, self._by_key),
            "recommendations": lambda title: bodies.recommendations(title, self._by_key, base),
            "pictures": lambda title: bodies.pictures(title, base),
            "external": lambda title: bodies.links(title.external),
            "streaming": lambda title: bodies.links(title.streaming),
        }
        return self._answer(request, mal_id, shape.get(part, lambda _: None))

    def character(self, request: Request, character_id: int) -> Response:
        title, index = self._by_id.get(character_id // 100), character_id % 100
        if title is None or index >= len(title.characters):
            return _error(404, self.world.now())
        data = bodies.character_full(title, index, self.world.base(request))
        return _fresh(request, {"data": data}, self.world.now())

    def _answer(self, request: Request, mal_id: int, shape: Callable[[InventedTitle], Any]) -> Response:
        title = self._by_id.get(mal_id)
        data = None if title is None else shape(title)
        if data is None:
            return _error(404, self.world.now())
        return _fresh(request, {"data": data}, self.world.now())


def _fresh(request: Request, body: dict[str, Any], now: datetime) -> Response:
    """A cached answer, or 304 where the client has it already; the cache is filled at midnight UTC."""
    filled = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    tag = f'"{hashlib.sha1(orjson.dumps(body), usedforsecurity=False).hexdigest()}"'
    headers = {
        "ETag": tag,
        "Last-Modified": format_datetime(filled, usegmt=True),
        "Expires": format_datetime(filled + timedelta(days=1), usegmt=True),
        "Cache-Control": "public, s-maxage=86400",
        "X-Cache-Status": "HIT",
        "X-Request-Fingerprint": f"request:{request.url.path.split('/')[3]}:{tag[1:13]}",
    }
    if tag in [known.strip() for known in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return json_response(body, headers=headers)


def _error(status: int, now: datetime) -> Response:
    body = orjson.dumps(shapes.error(status, now))
    return Response(
        body, status, media_type="application/json", headers={"Cache-Control": "no-cache, private"}
    )
