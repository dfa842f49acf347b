# SPDX-License-Identifier: Apache-2.0
"""The vector store of a restore: counted once as a whole, and asked only about what it may hold."""

from collections.abc import AsyncIterator, Sequence
from typing import Self

from otakube.domain.record.handover import Point
from otakube.ports.vectors import VectorStore, Version


class CountedPoints:
    """A VectorStore whose points of some moment are known; who writes to an entry holds its lease.

    Points that another commit left since are of no version that is live: the scrub deletes them.
    """

    def __init__(self, store: VectorStore) -> None:
        self._store = store
        self._counts: dict[str, dict[Version, int | None]] = {}  # None: changed since, so it is asked

    @classmethod
    async def of(cls, store: VectorStore) -> Self:
        """Count them; a number a version is kept in memory."""
        counted = cls(store)
        async for version, number in store.versions():
            counted._counts.setdefault(version.entry_id, {})[version] = number
        return counted

    async def ensure(self, *, model: str, dimension: int) -> None:
        await self._store.ensure(model=model, dimension=dimension)

    async def insert(self, version: Version, points: Sequence[Point], *, payload: dict[str, object]) -> None:
        self._counts.setdefault(version.entry_id, {})[version] = None
        await self._store.insert(version, points, payload=payload)

    async def count(self, entry_id: str, *, version: int | None = None, digest: str | None = None) -> int:
        """As it was counted, or asked where something was inserted since."""
        counts = [
            number
            for one, number in self._counts.get(entry_id, {}).items()
            if version in (None, one.version) and digest in (None, one.digest)
        ]
        known = [number for number in counts if number is not None]
        if len(known) == len(counts):
            return sum(known)
        return await self._store.count(entry_id, version=version, digest=digest)

    async def stored(self, entry_id: str, *, version: int, digest: str) -> list[Point]:
        if Version(entry_id=entry_id, version=version, digest=digest) not in self._counts.get(entry_id, {}):
            return []
        return await self._store.stored(entry_id, version=version, digest=digest)

    async def delete(self, entry_id: str, *, version: int, digest: str | None = None) -> None:
        await self._store.delete(entry_id, version=version, digest=digest)
        self._counts[entry_id] = dict.fromkeys(self._counts.get(entry_id, {}))

    async def delete_before(self, entry_id: str, *, version: int) -> None:
        counts = self._counts.get(entry_id, {})
        if not any(one.version < version for one in counts):
            return
        await self._store.delete_before(entry_id, version=version)
        self._counts[entry_id] = {one: number for one, number in counts.items() if one.version >= version}

    def versions(self) -> AsyncIterator[tuple[Version, int]]:
        return self._store.versions()
