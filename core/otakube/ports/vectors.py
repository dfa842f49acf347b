# SPDX-License-Identifier: Apache-2.0
"""The vector store, as the commit and the scrubber need it: a rebuildable index, written with waits."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from otakube.domain.record.handover import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of one entry: what every point is stamped with."""

    entry_id: str
    version: int
    digest: str


class VectorStore(Protocol):
    """An unreachable store raises Retriable."""

    async def ensure(self, *, model: str, dimension: int) -> None:
        """Create the collection if it is absent; Fatal if another model made it."""

    async def insert(self, version: Version, points: Sequence[Point], *, payload: dict[str, object]) -> None:
        """Insert the absent points and wait until they are stored; present ones stay as they are."""

    async def count(self, entry_id: str, *, version: int | None = None, digest: str | None = None) -> int: ...

    async def stored(self, entry_id: str, *, version: int, digest: str) -> list[Point]:
        """One version's points of one record, by kind and number; vectors come back at length 1."""

    async def delete(self, entry_id: str, *, version: int, digest: str | None = None) -> None:
        """Delete one version's points (of one record, or of any), and wait."""

    async def delete_before(self, entry_id: str, *, version: int) -> None:
        """Delete the points of versions below, and wait."""

    def versions(self) -> AsyncIterator[tuple[Version, int]]:
        """Version and number of points of everything stored; empty if there is no collection."""
