# SPDX-License-Identifier: Apache-2.0
"""Routes of the AnimeSchedule stand-in: one anime, lists by title or another provider's number, this week."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from otakube_standins.upstream.animeschedule import shapes
from otakube_standins.upstream.catalogue import Ids, search
from otakube_standins.upstream.provider import Endpoints, World, json_response
from otakube_standins.upstream.slugs import slugs

ANIME_A_PAGE = 18
QUERIES: dict[str, Callable[[Ids], int | None]] = {
    "mal-ids": lambda ids: ids.myanimelist,
    "anilist-ids": lambda ids: ids.anilist,
    "anidb-ids": lambda ids: ids.anidb,
}
_NOT_FOUND = "Couldn't find anime with these parameters."


def router(world: World) -> APIRouter:
    """All routes below /animeschedule/api/v3."""
    endpoints, routes = AnimeScheduleEndpoints(world), APIRouter()
    routes.add_api_route("/anime", endpoints.find)
    routes.add_api_route("/anime/{slug}", endpoints.anime)
    routes.add_api_route("/timetables/{air_type}", endpoints.timetable)
    return routes


class AnimeScheduleEndpoints(Endpoints):
    """One method a route."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "animeschedule")
        self._slugs = slugs(self.titles)
        self._by_slug = {self._slugs[title.key]: title for title in self.titles}

    def find(
        self,
        q: str = "",
        mal: Annotated[str, Query(alias="mal-ids")] = "",
        anilist: Annotated[str, Query(alias="anilist-ids")] = "",
        anidb: Annotated[str, Query(alias="anidb-ids")] = "",
        authorization: Annotated[str, Header()] = "",
    ) -> Response:
        asked = {"mal-ids": mal, "anilist-ids": anilist, "anidb-ids": anidb}
        numbers = {(name, number) for name, said in asked.items() for number in said.split(",") if number}
        found = [
            title
            for title in (search(self.titles, q) if q else self.titles)
            if not numbers or any((name, str(of(title.ids))) in numbers for name, of in QUERIES.items())
        ]
        if not found:
            return _refused(authorization) or _words(404, _NOT_FOUND)
        rows = [shapes.anime(title, self._slugs, self.world.now()) for title in found[:ANIME_A_PAGE]]
        body = {"page": 1, "totalAmount": len(found), "anime": rows}
        return _refused(authorization) or json_response(body)

    def anime(self, slug: str, authorization: Annotated[str, Header()] = "") -> Response:
        title = self._by_slug.get(slug)
        if title is None:
            return _refused(authorization) or _words(404, _NOT_FOUND)
        return _refused(authorization) or json_response(shapes.anime(title, self._slugs, self.world.now()))

    def timetable(self, air_type: str, authorization: Annotated[str, Header()] = "") -> Response:
        """The present week; only what is shown in Japan is known here."""
        if air_type != "raw":
            return _refused(authorization) or _words(404, "Timetable data for this year/week does not exist.")
        rows = [shapes.slots(title, self._slugs, self.world.now()) for title in self.titles]
        return _refused(authorization) or json_response([slot for slots in rows for slot in slots])


def _refused(authorization: str) -> Response | None:
    kind, _, token = authorization.partition(" ")
    if kind == "Bearer" and token.strip():
        return None
    return _words(401, "Unauthorized: an application token is missing.")


def _words(status: int, words: str) -> Response:
    return Response(words, status, media_type="text/plain")
