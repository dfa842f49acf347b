# SPDX-License-Identifier: Apache-2.0
"""Routes of the Jikan room: find the title, build the shape, say how fresh it is."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response

from otakube_services.upstream.catalogue import Title, search
from otakube_services.upstream.episodes import episodes_of
from otakube_services.upstream.jikan import shapes
from otakube_services.upstream.room import World

EPISODES_A_PAGE = 100
ANIME_A_PAGE = 25


def router(world: World) -> APIRouter:
    """All routes below /jikan/v4."""
    routes = APIRouter()
    titles = world.catalogue.seen_by("jikan")
    by_id = {title.ids.mal: title for title in titles}
    by_key = {title.key: title for title in titles}

    def answer(request: Request, mal_id: int, shape: Callable[[Title], Any], *, whole: bool = False) -> Response:
        title = by_id.get(mal_id)
        data = None if title is None else shape(title)
        if data is None:
            return _error(404, world.now())
        return _fresh(request, data if whole else {"data": data}, world.now())

    @routes.get("/anime")
    def _search(
        request: Request,
        q: str = "",
        page: Annotated[int, Query(ge=1)] = 1,
        limit: Annotated[int, Query(ge=1, le=25)] = ANIME_A_PAGE,
    ) -> Response:
        found = search(titles, q) if q else titles
        rows = [shapes.anime(title, world.base(request)) for title in found]
        return _json(shapes.search_page(rows, page, limit), {"X-Cache-Status": "MISS"})

    @routes.get("/anime/{mal_id}")
    def _anime(request: Request, mal_id: int) -> Response:
        return answer(request, mal_id, lambda title: shapes.anime(title, world.base(request)))

    @routes.get("/anime/{mal_id}/full")
    def _full(request: Request, mal_id: int) -> Response:
        return answer(request, mal_id, lambda title: shapes.full(title, by_key, world.base(request)))

    @routes.get("/anime/{mal_id}/episodes")
    def _episodes(request: Request, mal_id: int, page: Annotated[int, Query(ge=1)] = 1) -> Response:
        def shape(title: Title) -> Any:
            return shapes.page(shapes.episode_rows(title, world.now()), page, EPISODES_A_PAGE)

        return answer(request, mal_id, shape, whole=True)

    @routes.get("/anime/{mal_id}/episodes/{number}")
    def _episode(request: Request, mal_id: int, number: int) -> Response:
        def shape(title: Title) -> Any:
            known = {one.number: one for one in episodes_of(title, world.now())}
            return shapes.episode_detail(title, known[number]) if number in known else None

        return answer(request, mal_id, shape)

    @routes.get("/anime/{mal_id}/{part}")
    def _part(request: Request, mal_id: int, part: str) -> Response:
        base = world.base(request)
        parts: dict[str, Callable[[Title], Any]] = {
            "characters": lambda title: shapes.characters(title, base),
            "staff": lambda title: shapes.staff(title, base),
            "statistics": shapes.statistics,
            "relations": lambda title: shapes.relations(title, by_key),
            "recommendations": lambda title: shapes.recommendations(title, by_key, base),
            "pictures": lambda title: [shapes.poster(title, base)],
            "external": lambda title: shapes.links(title.external),
            "streaming": lambda title: shapes.links(title.streaming),
        }
        return answer(request, mal_id, parts.get(part, lambda _: None))

    @routes.get("/characters/{character_id}")
    def _character(request: Request, character_id: int) -> Response:
        title = by_id.get(character_id // 10)
        if title is None or character_id % 10 >= len(title.characters):
            return _error(404, world.now())
        data = shapes.character_full(title, character_id % 10, world.base(request))
        return _fresh(request, {"data": data}, world.now())

    return routes


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
    return _json(body, headers)


def _json(body: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(orjson.dumps(body), media_type="application/json", headers=headers)


def _error(status: int, now: datetime) -> Response:
    body = orjson.dumps(shapes.error(status, now))
    return Response(body, status, media_type="application/json", headers={"Cache-Control": "no-cache, private"})
