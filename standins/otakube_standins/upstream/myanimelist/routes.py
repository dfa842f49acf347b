# SPDX-License-Identifier: Apache-2.0
"""Routes of the MyAnimeList stand-in: who may ask, which titles, which fields of them."""

import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.routing import APIRoute

from otakube_standins.upstream.catalogue import InventedTitle, search
from otakube_standins.upstream.jikan.index import index_of
from otakube_standins.upstream.myanimelist import shapes
from otakube_standins.upstream.provider import Endpoints, World, json_response

PREFIX = "/myanimelist/v2"
CLIENT_ID = "X-MAL-CLIENT-ID"
_ISSUED = re.compile(r"[A-Za-z0-9_-]+")
_SEARCHED, _LISTED = 100, 500  # the most of one page
_QUERY = range(3, 65)  # letters that a search may have


@dataclass(frozen=True, slots=True)
class MyAnimeListWindow:
    """Rows of a list, and fields of them."""

    limit: int = 100
    offset: Annotated[int, Query(ge=0)] = 0
    fields: str = ""


AskedWindow = Annotated[MyAnimeListWindow, Depends()]


class _ForClients(APIRoute):
    """Answers those who say who they are."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def checked(request: Request) -> Response:
            client_id = request.headers.get(CLIENT_ID)
            if client_id is None:
                return _refused(403)
            return await answer(request) if _ISSUED.fullmatch(client_id) else _invalid("client id")

        return checked


def router(world: World) -> APIRouter:
    """All routes below /myanimelist/v2."""
    endpoints, routes = MyAnimeListEndpoints(world), APIRouter(route_class=_ForClients)
    routes.add_api_route("/anime", endpoints.search)
    routes.add_api_route("/anime/ranking", endpoints.ranking)
    routes.add_api_route("/anime/season/{year}/{season}", endpoints.season)
    routes.add_api_route("/anime/{mal_id}", endpoints.anime)
    return routes


class MyAnimeListEndpoints(Endpoints):
    """One method a route."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "jikan")
        self._index = index_of(world.catalogue)

    def anime(self, request: Request, mal_id: str, fields: str = "") -> Response:
        title = self._index.by_id.get(int(mal_id)) if mal_id.isdecimal() else None
        if title is None:
            return _refused(404)
        said = shapes.anime(title, self._index.by_key, self.world.base(request))
        return json_response(shapes.select_fields(said, fields, listed=False))

    def search(self, request: Request, window: AskedWindow, q: str = "") -> Response:
        if len(q) not in _QUERY:
            return _invalid("q")
        return self._page(request, search(self._index.titles, q), window, _SEARCHED)

    def ranking(self, request: Request, window: AskedWindow, ranking_type: str = "all") -> Response:
        ranked = self._ranked(ranking_type)
        if ranked is None:
            return _invalid("ranking_type")
        return self._page(request, ranked, window, _LISTED, lambda place: {"ranking": {"rank": place + 1}})

    def season(self, request: Request, window: AskedWindow, year: int, season: str) -> Response:
        asked = {"year": year, "season": season}
        found = [title for title in self._index.titles if shapes.season(title) == asked]
        return self._page(request, found, window, _LISTED)

    def _ranked(self, ranking_type: str) -> Sequence[InventedTitle] | None:
        popular = self._index.by_popularity
        match ranking_type:
            case "bypopularity":
                return popular
            case "all":
                ranked = [title for title in popular if title.rank is not None]
                return sorted(ranked, key=lambda title: title.rank or 0)
            case "airing":
                return [title for title in popular if title.status == "Ongoing"]
        return None

    def _page(
        self,
        request: Request,
        titles: Sequence[InventedTitle],
        window: MyAnimeListWindow,
        most: int,
        beside: Callable[[int], Mapping[str, Any]] = lambda _: {},
    ) -> Response:
        if not 1 <= window.limit <= most:
            return _invalid("limit")
        base, end = self.world.base(request), window.offset + window.limit
        rows = [
            {"node": shapes.select_fields(shapes.anime(title, {}, base), window.fields, listed=True)}
            | dict(beside(place))
            for place, title in enumerate(titles[window.offset : end], window.offset)
        ]
        query = request.url.include_query_params(offset=end).query
        following = f"{base}{request.url.path}?{query}" if end < len(titles) else None
        return json_response(shapes.page(rows, following))


def _refused(status: int) -> Response:
    return json_response(shapes.error(status), status)


def _invalid(what: str) -> Response:
    body = shapes.error(400) | {"message": f"invalid {what}"}
    return json_response(body, 400)
