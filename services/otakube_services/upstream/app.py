# SPDX-License-Identifier: Apache-2.0
"""The app: every provider's routes and pictures."""

from fastapi import FastAPI

from otakube_services.upstream import anilist, jikan, kitsu
from otakube_services.upstream.gallery import gallery
from otakube_services.upstream.room import Room, World

ROOMS: tuple[Room, ...] = (jikan.ROOM, anilist.ROOM, kitsu.ROOM)


def create(world: World) -> FastAPI:
    """The stand-in as an ASGI app."""
    app = FastAPI(title="Otakube stand-in upstream", docs_url=None, redoc_url=None)
    for room in ROOMS:
        app.include_router(room.router(world), prefix=room.prefix)
    app.include_router(gallery(world, ROOMS))

    @app.get("/healthz")
    def _healthz() -> dict[str, int]:
        return {"titles": len(world.catalogue.titles)}

    return app
