# SPDX-License-Identifier: Apache-2.0
"""Routes of the Anime-Planet stand-in: the page of an anime, and the list of search results."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from otakube_standins.upstream.anime_planet import shapes
from otakube_standins.upstream.catalogue import search
from otakube_standins.upstream.provider import Endpoints, World
from otakube_standins.upstream.slugs import slugs


def router(world: World) -> APIRouter:
    """All routes below /anime_planet."""
    endpoints, routes = AnimePlanetEndpoints(world), APIRouter()
    routes.add_api_route("/anime/all", endpoints.search)
    routes.add_api_route("/anime/{slug}", endpoints.anime)
    return routes


class AnimePlanetEndpoints(Endpoints):
    """One method a route."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "anime_planet")
        self._slugs = slugs(self.titles)
        self._by_slug = {self._slugs[title.key]: title for title in self.titles}

    def search(self, request: Request, name: str = "") -> Response:
        found = search(self.titles, name)
        if len(found) == 1:
            return RedirectResponse(f"/anime_planet/anime/{self._slugs[found[0].key]}", 302)
        return _html(shapes.results(found, self._slugs, self.world.base(request)))

    def anime(self, request: Request, slug: str) -> Response:
        title = self._by_slug.get(slug)
        if title is None:
            return _html(shapes.lost(), 404)
        return _html(shapes.anime(title, self._slugs, self.world.base(request)))


def _html(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="text/html")
