# SPDX-License-Identifier: Apache-2.0
"""Answers kept in the bucket for all pods, with where and when they came from.

Keys are `answers/<provider>/<sha256 of the question>.json`. Credentials travel in headers, which are no part
of the question.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

import httpx2
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from otakube.domain.providers import http_freshness
from otakube.ports.objects import ObjectStore, Prefix
from otakube.ports.providers import Answer
from otakube_api.contract import Provider
from otakube_api.providers import Licence


class Kept(BaseModel):
    """One answer that may be used again: as it is until `fresh_until`, then if the provider confirms it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    answer: Answer
    fresh_until: AwareDatetime
    last_modified: str | None = None

    @property
    def conditions(self) -> dict[str, str]:
        """Headers that ask whether it is still so."""
        said = {"If-None-Match": self.answer.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in said.items() if value and _sendable(value)}

    @property
    def again(self) -> Answer:
        """The answer as one out of the cache: its time is when the provider said it."""
        return self.answer.model_copy(update={"cached": True})

    def confirmed(self, headers: Mapping[str, str], now: datetime, floor: timedelta) -> "Kept":
        """After a 304: fresh for as long as it says; stale only if the provider says so now."""
        return self.model_copy(
            update={
                "answer": self.answer.model_copy(update={"stale": http_freshness.is_stale(headers)}),
                "fresh_until": http_freshness.fresh_until(headers, now, floor),
            }
        )


def _sendable(value: str) -> bool:
    """True of what a header of ours may hold: providers send any bytes."""
    return value.isascii() and value.isprintable()


class Answers(Protocol):
    """One provider's kept answers. `floor`: how long it forbids to ask the same again."""

    floor: timedelta

    async def find(self, request: httpx2.Request) -> Kept | None: ...

    async def keep(self, request: httpx2.Request, kept: Kept) -> None: ...

    async def forget(self) -> None:
        """Drop what this process took or kept, so that it is asked for anew; not what a floor forbids."""


class NoAnswers:
    """Nothing is kept."""

    floor = timedelta()

    async def find(self, request: httpx2.Request) -> Kept | None:  # noqa: ARG002 - nothing is kept
        return None

    async def keep(self, request: httpx2.Request, kept: Kept) -> None: ...

    async def forget(self) -> None: ...


class BucketAnswers:
    """Answers of one provider in the bucket, no longer than its licence allows."""

    def __init__(
        self, objects: ObjectStore, provider: Provider, licence: Licence, *, floor: timedelta = timedelta()
    ) -> None:
        self._objects = objects
        self._provider = provider
        self._licence = licence
        self._used: set[str] = set()
        self.floor = floor

    async def find(self, request: httpx2.Request) -> Kept | None:
        """Kept answer; one that the licence no longer covers is removed."""
        key = self.key(request)
        try:
            kept = Kept.model_validate_json(await self._objects.get(key))
        except (KeyError, ValidationError):  # never kept, or by another release
            return None
        expires = self._licence.expires(kept.answer.fetched_at)
        if self._licence.storable and (expires is None or expires > datetime.now(UTC)):
            self._used.add(key)
            return kept
        await self._objects.delete(key)
        return None

    async def keep(self, request: httpx2.Request, kept: Kept) -> None:
        if self._licence.storable:
            self._used.add(key := self.key(request))
            await self._objects.put(key, kept.model_dump_json().encode())

    async def forget(self) -> None:
        while self._used and not self.floor:
            await self._objects.delete(self._used.pop())

    def key(self, request: httpx2.Request) -> str:
        """The same for the same question, in whatever order its parameters stand."""
        url = request.url
        parameters = sorted(url.params.multi_items())
        question = [request.method, str(url.copy_with(query=None)), repr(parameters)]
        question += [request.headers.get("Accept", ""), request.content.decode("utf-8", "replace")]
        digest = hashlib.sha256("\n".join(question).encode()).hexdigest()
        return f"{Prefix.ANSWERS}{self._provider.value}/{digest}.json"
