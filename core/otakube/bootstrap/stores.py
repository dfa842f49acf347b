# SPDX-License-Identifier: Apache-2.0
"""The stores that a process uses, chosen once: the servers of the settings, or the embedded ones of a folder.

Each adapter is imported when its port is asked for: every pod pays for its imports.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from otakube.errors import Fatal
from otakube_api.contract import FailureReason

if TYPE_CHECKING:
    from otakube.adapters.stores.mongodb.connection import Documents
    from otakube.adapters.stores.qdrant.connection import LocalQdrant, Qdrant
    from otakube.adapters.stores.sqlite.connection import SqliteDocuments
    from otakube.commit.recovery import CommitStores
    from otakube.ports.catalogue import (
        Catalogue,
        DeadLetters,
        Identities,
        ImageMap,
        Relatives,
        ReviewDecisions,
    )
    from otakube.ports.checks import CheckHistory
    from otakube.ports.embedding import TextEmbedder
    from otakube.ports.history import History
    from otakube.ports.ledger import Ledger
    from otakube.ports.locks import Locks
    from otakube.ports.objects import AgedObjects
    from otakube.ports.runs import LocalRuns
    from otakube.ports.search import EntrySummaries, LiveTitles, VectorSearch
    from otakube.ports.vectors import VectorStore
    from otakube.settings import Settings

EMBEDDED = "file:"
SERVERS = "s3:"

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
    async def image_map(self) -> "ImageMap": ...

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
    async def ledger(self) -> "Ledger": ...

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
            locks=await self.locks(),
            vectors=vectors,
            objects=await self.objects(),
        )


class ServerStores(Stores):
    """MongoDB, Qdrant and S3, where the settings say."""

    _documents: "Documents | None" = None

    async def documents(self) -> "Documents":
        """The document store's one client."""
        if self._documents is None:
            from otakube.adapters.stores.mongodb.connection import Documents

            self._documents = await self.stack.enter_async_context(Documents(self.load()))
        return self._documents

    async def objects(self) -> "AgedObjects":
        from otakube.adapters.stores.s3.objects import S3Objects

        return S3Objects(self.load())

    async def identities(self) -> "Identities":
        from otakube.adapters.stores.mongodb.catalogue import MongoIdentities

        return MongoIdentities(await self.documents())

    async def catalogue(self) -> "Catalogue":
        from otakube.adapters.stores.mongodb.catalogue import MongoCatalogue

        return MongoCatalogue(await self.documents())

    async def relatives(self) -> "Relatives":
        from otakube.adapters.stores.mongodb.summaries import MongoRelatives

        return MongoRelatives(await self.documents())

    async def summaries(self) -> "EntrySummaries":
        from otakube.adapters.stores.mongodb.summaries import MongoSummaries

        return MongoSummaries(await self.documents())

    async def live_titles(self) -> "LiveTitles":
        from otakube.adapters.stores.mongodb.summaries import MongoLiveTitles

        return MongoLiveTitles(await self.documents())

    async def image_map(self) -> "ImageMap":
        from otakube.adapters.stores.mongodb.catalogue import MongoImageMap

        return MongoImageMap(await self.documents())

    async def reviews(self) -> "ReviewDecisions":
        from otakube.adapters.stores.mongodb.catalogue import MongoReviews

        return MongoReviews(await self.documents())

    async def dead_letters(self) -> "DeadLetters":
        from otakube.adapters.stores.mongodb.catalogue import MongoDeadLetters

        return MongoDeadLetters(await self.documents())

    async def history(self) -> "History":
        from otakube.adapters.stores.mongodb.history import MongoHistory

        return MongoHistory(await self.documents())

    async def check_history(self) -> "CheckHistory":
        from otakube.adapters.stores.mongodb.checks import MongoCheckHistory

        return MongoCheckHistory(await self.documents())

    async def locks(self) -> "Locks":
        from otakube.adapters.stores.mongodb.locks import MongoLocks

        return MongoLocks(await self.documents())

    async def ledger(self) -> "Ledger":
        from otakube.adapters.stores.mongodb.ledger import MongoLedger

        return MongoLedger(await self.documents())

    def open_qdrant(self) -> "Qdrant":
        from otakube.adapters.stores.qdrant.connection import Qdrant

        return Qdrant(self.load())


class EmbeddedStores(Stores):
    """One SQLite file, Qdrant's local mode and a folder of objects, for one process at a time."""

    def __init__(self, folder: Path, load: Load, stack: AsyncExitStack) -> None:
        super().__init__(load, stack)
        self.folder = folder
        self._documents: SqliteDocuments | None = None

    async def documents(self) -> "SqliteDocuments":
        """The file's one connection."""
        if self._documents is None:
            from otakube.adapters.stores.sqlite.connection import SqliteDocuments

            self._documents = await self.stack.enter_async_context(SqliteDocuments(self.folder))
        return self._documents

    async def objects(self) -> "AgedObjects":
        from otakube.adapters.stores.folder.objects import FolderObjects

        return FolderObjects(self.folder / "objects")

    async def identities(self) -> "Identities":
        from otakube.adapters.stores.sqlite.catalogue import SqliteIdentities

        return SqliteIdentities(await self.documents())

    async def catalogue(self) -> "Catalogue":
        from otakube.adapters.stores.sqlite.catalogue import SqliteCatalogue

        return SqliteCatalogue(await self.documents())

    async def relatives(self) -> "Relatives":
        from otakube.adapters.stores.sqlite.summaries import SqliteRelatives

        return SqliteRelatives(await self.documents())

    async def summaries(self) -> "EntrySummaries":
        from otakube.adapters.stores.sqlite.summaries import SqliteSummaries

        return SqliteSummaries(await self.documents())

    async def live_titles(self) -> "LiveTitles":
        from otakube.adapters.stores.sqlite.summaries import SqliteLiveTitles

        return SqliteLiveTitles(await self.documents())

    async def image_map(self) -> "ImageMap":
        from otakube.adapters.stores.sqlite.catalogue import SqliteImageMap

        return SqliteImageMap(await self.documents())

    async def reviews(self) -> "ReviewDecisions":
        from otakube.adapters.stores.sqlite.catalogue import SqliteReviews

        return SqliteReviews(await self.documents())

    async def dead_letters(self) -> "DeadLetters":
        from otakube.adapters.stores.sqlite.catalogue import SqliteDeadLetters

        return SqliteDeadLetters(await self.documents())

    async def history(self) -> "History":
        from otakube.adapters.stores.sqlite.history import SqliteHistory

        return SqliteHistory(await self.documents())

    async def check_history(self) -> "CheckHistory":
        from otakube.adapters.stores.sqlite.checks import SqliteCheckHistory

        return SqliteCheckHistory(await self.documents())

    async def locks(self) -> "Locks":
        from otakube.adapters.stores.sqlite.locks import SqliteLocks

        return SqliteLocks(await self.documents())

    async def ledger(self) -> "Ledger":
        from otakube.adapters.stores.sqlite.ledger import SqliteLedger

        return SqliteLedger(await self.documents())

    async def runs(self) -> "LocalRuns":
        """The runs of this machine; on a cluster Argo keeps them."""
        from otakube.adapters.stores.sqlite.runs import SqliteRuns

        return SqliteRuns(await self.documents())

    def open_qdrant(self) -> "LocalQdrant":
        from otakube.adapters.stores.qdrant.connection import LocalQdrant

        return LocalQdrant(self.load(), self.folder / "vectors")


def choose(uri: str, load: Load, stack: AsyncExitStack) -> Stores:
    """`s3:` are the servers of the settings, `file:DIR` the embedded stores of a folder."""
    if uri == SERVERS:
        return ServerStores(load, stack)
    folder = uri.removeprefix(EMBEDDED)
    if folder and folder != uri:
        return EmbeddedStores(Path(folder), load, stack)
    raise Fatal(
        FailureReason.SETTINGS_INVALID,
        f"--objects is {uri!r}: give s3: for the stores of the settings, or file:DIR for those of a folder",
    )
