# SPDX-License-Identifier: Apache-2.0
"""Toy: the stand-in of the toy provider."""

from fastapi import APIRouter, Response

from otakube_standins.upstream.catalogue import InventedTitle, search
from otakube_standins.upstream.provider import Endpoints, UpstreamProvider, World, json_response
from otakube_standins.upstream.slugs import slugs


class ToyEndpoints(Endpoints):
    """One method a route."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "toy")
        self._slugs = slugs(self.titles)
        self._by_slug = {self._slugs[title.key]: title for title in self.titles}

    def anime(self, slug: str) -> Response:
        title = self._by_slug.get(slug)
        return json_response(self._shape(title)) if title else json_response({"error": "unknown"}, 404)

    def search(self, q: str) -> Response:
        return json_response({"found": [self._shape(title) for title in search(self.titles, q)]})

    def _shape(self, title: InventedTitle) -> dict[str, object]:
        return {
            "slug": self._slugs[title.key], "name": title.romaji, "type": title.type, "status": title.status,
            "episodes": title.episodes or 0, "about": title.synopsis, "score": title.score,
        }  # fmt: skip


def router(world: World) -> APIRouter:
    """All routes below /toy."""
    endpoints, routes = ToyEndpoints(world), APIRouter()
    routes.add_api_route("/anime/{slug}", endpoints.anime)
    routes.add_api_route("/search", endpoints.search)
    return routes


PROVIDER = UpstreamProvider(
    name="toy",
    prefix="/toy",
    limits={60: 600},
    router=router,
    subjects=lambda _, __: frozenset(),
    error=lambda status, _: {"error": status},
    pictures=lambda _: {},
)
