# SPDX-License-Identifier: Apache-2.0
"""Every port to a store, whichever stores are behind it.

Each adapter is imported when its port is asked for: every pod pays for its imports.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from otakube.adapters.stores.qdrant.connection import Qdrant
    from otakube.commit.recovery import CommitStores
    from otakube.maintenance.scrub import ScrubStores
    from otakube.ports.blob_uses import BlobUses
    from otakube.ports.catalogue import (
        Catalogue,
        DeadLetters,
        EntriesByStatus,
        Identities,
        ImageMap,
        Relatives,
        ReviewDecisions,
    )
    from otakube.ports.checks import CheckHistory
    from otakube.ports.embedding import TextEmbedder
    from otakube.ports.flags import Flags
    from otakube.ports.history import History
    from otakube.ports.image_failures import ImageFailures
    from otakube.ports.ledger import Ledger
    from otakube.ports.listings import Listings, SyncHistory
    from otakube.ports.locks import Locks
    from otakube.ports.objects import AgedObjects
    from otakube.ports.processing import ProcessingLocks
    from otakube.ports.rows import StoredRows
    from otakube.ports.search import EntrySummaries, LiveTitles, VectorSearch
    from otakube.ports.take_downs import TakeDowns
    from otakube.ports.vectors import VectorStore
    from otakube.settings import Settings

Load = Callable[[], "Settings"]
"""Reads the settings, or raises Fatal; a store that needs none does not ask."""


class Stores(ABC):
    """Every port to a store. What is opened is closed by `stack`."""

    def __init__(self, load: Load, stack: AsyncExitStack) -> None:
        self.load = load
        self.stack = stack
        self._qdrant: Qdrant | None = None

    @abstractmethod
    async def objects(self) -> "AgedObjects": ...

    @abstractmethod
    async def identities(self) -> "Identities": ...

    @abstractmethod
    async def catalogue(self) -> "Catalogue": ...

    @abstractmethod
    async def relatives(self) -> "Relatives": ...

    @abstractmethod
    async def summaries(self) -> "EntrySummaries": ...

    @abstractmethod
    async def live_titles(self) -> "LiveTitles": ...

    @abstractmethod
    async def entries_by_status(self) -> "EntriesByStatus": ...

    @abstractmethod
    async def image_map(self) -> "ImageMap": ...

    @abstractmethod
    async def blob_uses(self) -> "BlobUses": ...

    @abstractmethod
    async def image_failures(self) -> "ImageFailures": ...

    @abstractmethod
    async def take_downs(self) -> "TakeDowns": ...

    @abstractmethod
    async def reviews(self) -> "ReviewDecisions": ...

    @abstractmethod
    async def dead_letters(self) -> "DeadLetters": ...

    @abstractmethod
    async def history(self) -> "History": ...

    @abstractmethod
    async def check_history(self) -> "CheckHistory": ...

    @abstractmethod
    async def locks(self) -> "Locks": ...

    @abstractmethod
    async def listings(self) -> "Listings": ...

    @abstractmethod
    async def flags(self) -> "Flags": ...

    @abstractmethod
    async def processing_locks(self) -> "ProcessingLocks": ...

    @abstractmethod
    async def sync_history(self) -> "SyncHistory": ...

    @abstractmethod
    async def ledger(self) -> "Ledger": ...

    @abstractmethod
    async def rows(self) -> "StoredRows": ...

    @abstractmethod
    def open_qdrant(self) -> "Qdrant": ...

    async def vectors(self) -> "VectorStore":
        """The vector store; its slow import begins at once."""
        from otakube.adapters.stores.qdrant.vectors import QdrantVectors

        return QdrantVectors(await self.qdrant())

    async def vector_search(self, embedder: "TextEmbedder") -> "VectorSearch":
        """The collection that this model's vectors are in."""
        from otakube.adapters.stores.qdrant.search import QdrantSearch

        return QdrantSearch(await self.qdrant(), model=embedder.name, dimension=embedder.dimension)

    async def qdrant(self) -> "Qdrant":
        """The one connection to the vectors: the embedded ones take no second."""
        if self._qdrant is None:
            self._qdrant = await self.stack.enter_async_context(self.open_qdrant())
        return self._qdrant

    @asynccontextmanager
    async def bulk(self) -> AsyncIterator[None]:
        """Many writes that can be repeated; a folder is safe from a power failure at the end alone."""
        yield

    async def scrub_stores(self) -> "ScrubStores":
        """All that a full scrub compares."""
        from otakube.maintenance.scrub import ScrubStores

        of_commit = await self.commit_stores()
        ports = {field.name: getattr(of_commit, field.name) for field in fields(of_commit)}
        return ScrubStores(**ports, rows=await self.rows(), listings=await self.listings())

    async def commit_stores(self) -> "CommitStores":
        """All that a commit touches."""
        vectors = await self.vectors()
        from otakube.commit.recovery import CommitStores

        return CommitStores(
            ledger=await self.ledger(),
            catalogue=await self.catalogue(),
            identities=await self.identities(),
            reviews=await self.reviews(),
            image_map=await self.image_map(),
            blob_uses=await self.blob_uses(),
            take_downs=await self.take_downs(),
            locks=await self.locks(),
            vectors=vectors,
            objects=await self.objects(),
        )
