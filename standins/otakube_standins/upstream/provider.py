# SPDX-License-Identifier: Apache-2.0
"""Facts and functions by which a provider's folder joins the app; the registry finds them as `PROVIDER`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from otakube_standins.upstream.catalogue import FOLDER, NO_PROVIDERS, InventedTitle, TitleCatalogue
from otakube_standins.upstream.pictures import DrawnPicture


@dataclass(frozen=True, slots=True)
class World:
    """Titles, clock, and the URL under which clients reach the stand-in: all answers come from them."""

    catalogue: TitleCatalogue
    now: Callable[[], datetime]
    public_url: str | None = None  # None: as the request names the host

    def base(self, request: Request) -> str:
        """Beginning of every URL in an answer, without a slash at its end."""
        return (self.public_url or str(request.base_url)).rstrip("/")


@dataclass(frozen=True, slots=True)
class IncomingRequest:
    """A request as the gate sees it, before any route."""

    path: str  # below the provider's prefix
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamProvider:
    """One provider: its routes, its pictures, its error bodies and its limits."""

    name: str  # of its folder
    prefix: str
    limits: Mapping[float, int]  # seconds -> requests, as the provider refuses them
    router: Callable[[World], APIRouter]
    subjects: Callable[[TitleCatalogue, IncomingRequest], frozenset[str]]  # keys of titles that it is about
    error: Callable[[int, datetime], Any]  # body for a status: JSON, or bytes that are sent as they are
    pictures: Callable[[list[InventedTitle]], dict[str, DrawnPicture]]  # by path
    addresses: Mapping[str, str] = field(default_factory=dict)  # further settings of Otakube -> path
    credentials: Mapping[str, str] = field(default_factory=dict)  # settings of Otakube that it accepts
    same_site: str | None = None  # the provider whose titles these are, where two speak of one site
    media_type: str = "application/json"
    limit_headers: bool = False  # X-RateLimit-* on every answer
    limit_status: int = 429  # of who asks too often; AniDB says it with 200

    def titles(self, catalogue: TitleCatalogue) -> list[InventedTitle]:
        """The titles that it has, in its words."""
        return catalogue.seen_by(self.same_site or self.name)

    def settings(self, base: str) -> dict[str, str]:
        """Otakube's settings of this provider, for a stand-in that is reached at `base`."""
        paths = {"url": self.prefix, **self.addresses}
        return {name: f"{base}{path}" for name, path in paths.items()} | dict(self.credentials)


class Endpoints:
    """Routes of one provider over its titles: one method a route."""

    def __init__(self, world: World, provider: str) -> None:
        self.world = world
        self.titles = world.catalogue.seen_by(provider)


def json_response(body: Any, status: int = 200, headers: Mapping[str, str] = {}) -> Response:
    """An answer of JSON."""
    return Response(orjson.dumps(body), status, media_type="application/json", headers=dict(headers))


def discovered() -> tuple[UpstreamProvider, ...]:
    """Every provider that has a folder beside this module, by name."""
    names = [one.name for one in iter_modules([str(FOLDER)]) if one.ispkg and one.name not in NO_PROVIDERS]
    found = [import_module(f"otakube_standins.upstream.{name}").PROVIDER for name in sorted(names)]
    return tuple(one for one in found if isinstance(one, UpstreamProvider))


def otakube_settings(base: str) -> dict[str, dict[str, str]]:
    """Otakube's setting `providers` by which all of them are asked at the stand-in."""
    return {provider.name: {**provider.settings(base), "enabled": "true"} for provider in discovered()}


def otakube_environment(base: str, *names: str) -> dict[str, str]:
    """The same as environment variables, of all providers or of those that are named."""
    return {
        f"OTAKUBE_PROVIDERS__{provider}__{setting}".upper(): value
        for provider, settings in otakube_settings(base).items()
        for setting, value in settings.items()
        if not names or provider in names
    }
