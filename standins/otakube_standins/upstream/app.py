# SPDX-License-Identifier: Apache-2.0
"""The app: every provider's routes and pictures behind the gate, with the admin API beside them."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from fastapi import FastAPI
from starlette.types import ASGIApp

from otakube_standins.upstream import anidb, anilist, anime_planet, animeschedule, jikan, kitsu, myanimelist
from otakube_standins.upstream.admin import Counted, admin
from otakube_standins.upstream.catalogue import Catalogue
from otakube_standins.upstream.faults import Fault, Rules
from otakube_standins.upstream.gallery import gallery
from otakube_standins.upstream.gate import Gate
from otakube_standins.upstream.generated import written
from otakube_standins.upstream.limits import Limiter
from otakube_standins.upstream.room import Room, World
from otakube_standins.upstream.settings import Settings

ROOMS: tuple[Room, ...] = (
    jikan.ROOM, myanimelist.ROOM, anilist.ROOM, kitsu.ROOM, anidb.ROOM, animeschedule.ROOM, anime_planet.ROOM,
)  # fmt: skip


def create(world: World, settings: Settings) -> ASGIApp:
    """The stand-in as an ASGI app."""
    rules = Rules([*settings.faults, *baked_in(world.catalogue)])
    counted: Counted = Counter()
    limiters: dict[str, Limiter] = {
        room.name: Limiter(settings.limits(room.name), scaled(settings.clock_scale)) for room in ROOMS
    }
    app = _routes(world)
    app.include_router(admin(rules, counted))
    return Gate(app, world.catalogue, ROOMS, rules, limiters, world.now, counted=counted)


def _routes(world: World) -> FastAPI:
    app = FastAPI(title="Otakube stand-in upstream", docs_url=None, redoc_url=None)
    for room in ROOMS:
        app.include_router(room.router(world), prefix=room.prefix)
    app.include_router(gallery(replace(world, catalogue=written(world.catalogue)), ROOMS))

    @app.get("/healthz")
    def _healthz() -> dict[str, int]:
        return {"titles": len(world.catalogue.titles)}

    return app


def baked_in(catalogue: Catalogue) -> list[Fault]:
    """The faults that titles bring with them, each bound to its title."""
    return [
        fault.model_copy(update={"title": title.key}) for title in catalogue.titles for fault in title.faults
    ]


def scaled(factor: float) -> Callable[[], float]:
    """A clock that runs `factor` times as fast."""
    return lambda: time.monotonic() * factor
