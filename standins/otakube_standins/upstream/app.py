# SPDX-License-Identifier: Apache-2.0
"""The app: every provider's routes and pictures behind the gate, with the admin API beside them."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from fastapi import FastAPI
from starlette.types import ASGIApp

from otakube_standins.upstream.admin import Counted, admin
from otakube_standins.upstream.catalogue import TitleCatalogue
from otakube_standins.upstream.clock import MovableClock
from otakube_standins.upstream.faults import FaultRule, Rules
from otakube_standins.upstream.gallery import gallery
from otakube_standins.upstream.gate import FaultGate
from otakube_standins.upstream.generated import written
from otakube_standins.upstream.limits import Limiter
from otakube_standins.upstream.provider import World, discovered
from otakube_standins.upstream.settings import UpstreamSettings

PROVIDERS = discovered()


def create(world: World, settings: UpstreamSettings) -> ASGIApp:
    """The stand-in as an ASGI app."""
    clock = MovableClock(world.now)
    world = replace(world, now=clock)
    rules = Rules([*settings.faults, *baked_in(world.catalogue)])
    counted: Counted = Counter()
    limiters: dict[str, Limiter] = {
        provider.name: Limiter(settings.limits_of(provider), scaled(settings.clock_scale))
        for provider in PROVIDERS
    }
    app = _routes(world)
    app.include_router(admin(rules, counted, clock))
    return FaultGate(app, world.catalogue, PROVIDERS, rules, limiters, world.now, counted=counted)


def _routes(world: World) -> FastAPI:
    app = FastAPI(title="Otakube stand-in upstream", docs_url=None, redoc_url=None)
    for provider in PROVIDERS:
        app.include_router(provider.router(world), prefix=provider.prefix)
    app.include_router(gallery(replace(world, catalogue=written(world.catalogue)), PROVIDERS))

    @app.get("/healthz")
    def _healthz() -> dict[str, int]:
        return {"titles": len(world.catalogue.titles)}

    return app


def baked_in(catalogue: TitleCatalogue) -> list[FaultRule]:
    """The faults that titles bring with them, each bound to its title."""
    return [
        fault.model_copy(update={"title": title.key}) for title in catalogue.titles for fault in title.faults
    ]


def scaled(factor: float) -> Callable[[], float]:
    """A clock that runs `factor` times as fast."""
    return lambda: time.monotonic() * factor
