# SPDX-License-Identifier: Apache-2.0
"""The document store, as steps need it: identities, entries, image map, reviews, dead letters.

Every method is one atomic change of one document (or a read); none needs a transaction. An unreachable store
raises Retriable.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from otakube.domain.record.golden import AnimeStatus, GoldenRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveEntry:
    """Live version of an entry, whole, as readers see it."""

    entry_id: str
    version: int
    commit_key: str
    digest: str
    model: str
    record: GoldenRecord
    committed_at: datetime


class MirrorStatus(StrEnum):
    """The specification's words for what became of an image's URL."""

    MIRRORED = "MIRRORED"
    DOWNLOAD_FAILED = "DOWNLOAD_FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class MirroredImage:
    """Result of mirroring one source URL: a blob (`sha256`, `key`) or a failure (`error`).

    A failure is believed until `retry_after`; `attempts` counts the ingests in a row that ended with it.
    """

    source_url: str
    sha256: str | None = None
    key: str | None = None
    content_type: str | None = None
    width: int | None = None
    height: int | None = None
    size_bytes: int | None = None
    phash: str | None = None
    error: str | None = None
    retry_after: datetime | None = None
    fetched_at: datetime | None = None
    last_attempt: datetime | None = None
    attempts: int = 0

    @property
    def status(self) -> MirrorStatus:
        """MIRRORED if there is a blob."""
        return MirrorStatus.DOWNLOAD_FAILED if self.key is None else MirrorStatus.MIRRORED


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDecision:
    """The one decision about a run: approve | reject | automatic."""

    run: str
    decision: str
    note: str
    reviewer: str
    digest: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """All that a person needs to act on a run that ended badly."""

    run: str  # work prefix, where the inputs lie
    enrichment: str  # namespace/name
    step: str
    title: str
    reason: str
    message: str
    attempt: int
    inputs: str  # URI of the run's objects
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A page's entry.

    `since` is when the entry was given its first page, None in documents of older releases; `token` is that
    of the latest commit of the entry that found the page to be its own.
    """

    entry_id: str
    since: datetime | None = None
    token: int = 0


class Identities(Protocol):
    """The entry of each page. A claim and a commit of one page meet here, in one compare-and-set."""

    async def bindings(self, source_urls: Sequence[str]) -> dict[str, Binding]:
        """By source URL, of those that are bound."""

    async def pages_of(self, entry_id: str) -> list[str]:
        """The URLs that are bound to an entry."""

    async def bind(self, source_url: str, binding: Binding) -> str:
        """Bind a free page, or note a newer token on one that the entry has; the entry that has it now."""

    async def bind_free(self, bindings: Mapping[str, Binding]) -> None:
        """Bind each page that is free; the others stay whose they are."""

    async def move(self, source_url: str, to: Binding, *, owner: str, token: int) -> bool:
        """Take a page from its owner; False if it is another's, or noted by a commit as new as `token`."""

    async def release(self, source_url: str, *, owner: str, token: int) -> bool:
        """Let go of a page, on the same terms."""


class Catalogue(Protocol):
    async def entry(self, entry_id: str) -> LiveEntry | None:
        """The live version, or None."""

    async def by_source(self, source_url: str) -> LiveEntry | None:
        """The live version of the entry that the URL is bound to, or None."""


class Relatives(Protocol):
    async def of_pages(self, source_urls: Sequence[str]) -> list[GoldenRecord]:
        """Live entries that show any of these pages, without episodes, characters and staff; one query."""


class EntriesByStatus(Protocol):
    def with_status(self, statuses: Collection[AnimeStatus]) -> AsyncIterator[GoldenRecord]:
        """Live entries of these statuses, without characters and staff; those that can be read."""


class ImageMap(Protocol):
    async def get_many(self, source_urls: Sequence[str]) -> dict[str, MirroredImage]: ...

    async def put(self, images: Sequence[MirroredImage]) -> None:
        """Insert or replace each by source URL."""

    async def of_content(self, sha256: str) -> list[MirroredImage]:
        """All source URLs of one content."""

    async def due(self, now: datetime, *, after: str = "", limit: int) -> list[MirroredImage]:
        """Failures whose `retry_after` is over, in the store's order, behind a source URL."""

    async def delete(self, source_urls: Sequence[str]) -> None:
        """Forget these; unknown ones are fine."""

    def blobs(self) -> AsyncIterator[str]:
        """Bucket key of every mirrored image."""


class ReviewDecisions(Protocol):
    async def record(self, review: ReviewDecision) -> ReviewDecision:
        """Insert unless the run has a decision; return the decision that stands."""

    async def of(self, run: str) -> ReviewDecision | None: ...


class DeadLetters(Protocol):
    async def put(self, letter: DeadLetter) -> None:
        """Insert or replace by run."""

    async def newest(self, limit: int) -> list[DeadLetter]:
        """The latest, the newest first."""
