# SPDX-License-Identifier: Apache-2.0
"""Routes of the AniDB stand-in: one page for all requests, and the dump of titles."""

import gzip

from fastapi import APIRouter, Response

from otakube_standins.upstream.anidb import shapes
from otakube_standins.upstream.provider import Endpoints, World

MEDIA_TYPE = "text/xml; charset=UTF-8"


def router(world: World) -> APIRouter:
    """All routes below /anidb."""
    endpoints, routes = AniDBEndpoints(world), APIRouter()
    routes.add_api_route("/httpapi", endpoints.httpapi)
    routes.add_api_route("/api/anime-titles.xml.gz", endpoints.dump)
    return routes


class AniDBEndpoints(Endpoints):
    """One method a route."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "anidb")
        self._by_id = {str(title.ids.anidb): title for title in self.titles}
        self._by_key = {title.key: title for title in self.titles}

    def httpapi(
        self, request: str = "", client: str = "", clientver: str = "", protover: str = "", aid: str = ""
    ) -> Response:
        if not client or not clientver.isdigit() or protover != "1":
            return _zipped(shapes.error("client version missing or invalid", 302))
        if request != "anime":
            return _zipped(shapes.error("unknown request"))
        if not aid.isdigit():
            return _zipped(shapes.error("aid Missing or Invalid"))
        title = self._by_id.get(aid)
        if title is None:
            return _zipped(shapes.error("Anime not found"))
        return _zipped(shapes.anime(title, self._by_key, self.world.now()))

    def dump(self) -> Response:
        """A file that is gzip, not an answer that is sent as gzip."""
        return Response(gzip.compress(shapes.titles(self.titles), mtime=0), media_type="application/x-gzip")


def _zipped(body: bytes) -> Response:
    """Whatever the client accepts, AniDB compresses."""
    packed = gzip.compress(body, mtime=0)
    return Response(packed, media_type=MEDIA_TYPE, headers={"Content-Encoding": "gzip"})
