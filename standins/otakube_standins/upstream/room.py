# SPDX-License-Identifier: Apache-2.0
"""What a provider's room gives to the app, so that one more provider is one more room."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request

from otakube_standins.upstream.catalogue import Catalogue, ProviderName, Title
from otakube_standins.upstream.pictures import Picture


@dataclass(frozen=True, slots=True)
class World:
    """What answers are made of: the titles, the clock, and the URL under which clients reach the stand-in."""

    catalogue: Catalogue
    now: Callable[[], datetime]
    public_url: str | None = None  # None: as the request names the host

    def base(self, request: Request) -> str:
        """Beginning of every URL in an answer, without a slash at its end."""
        return (self.public_url or str(request.base_url)).rstrip("/")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the gate sees it, before any route."""

    path: str  # below the provider's prefix
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Room:
    """One provider: its routes, its pictures, its error bodies and its limits."""

    name: ProviderName
    prefix: str
    router: Callable[[World], APIRouter]
    subjects: Callable[[Catalogue, Asked], frozenset[str]]  # keys of the titles that a request is about
    error: Callable[[int, datetime], Any]  # body for a status: JSON, or bytes that are sent as they are
    pictures: Callable[[list[Title]], dict[str, Picture]]  # by path
    media_type: str = "application/json"
    limit_headers: bool = False  # X-RateLimit-* on every answer
    limit_status: int = 429  # of who asks too often; AniDB says it with 200
