# SPDX-License-Identifier: Apache-2.0
"""The embedded stores, in one folder."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from otakube.bootstrap.stores.ports import Load, Stores

if TYPE_CHECKING:
    from otakube.adapters.stores.qdrant.connection import LocalQdrant
    from otakube.adapters.stores.sqlite.connection import SqliteDocuments
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
    from otakube.ports.flags import Flags
    from otakube.ports.history import History
    from otakube.ports.image_failures import ImageFailures
    from otakube.ports.ledger import Ledger
    from otakube.ports.listings import Listings, SyncHistory
    from otakube.ports.locks import Locks
    from otakube.ports.objects import AgedObjects
    from otakube.ports.processing import ProcessingLocks
    from otakube.ports.rows import StoredRows
    from otakube.ports.runs import LocalRuns
    from otakube.ports.search import EntrySummaries, LiveTitles
    from otakube.ports.take_downs import TakeDowns


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

    async def entries_by_status(self) -> "EntriesByStatus":
        from otakube.adapters.stores.sqlite.summaries import SqliteEntriesByStatus

        return SqliteEntriesByStatus(await self.documents())

    async def image_map(self) -> "ImageMap":
        from otakube.adapters.stores.sqlite.images import SqliteImageMap

        return SqliteImageMap(await self.documents())

    async def blob_uses(self) -> "BlobUses":
        from otakube.adapters.stores.sqlite.images import SqliteBlobUses

        return SqliteBlobUses(await self.documents())

    async def image_failures(self) -> "ImageFailures":
        from otakube.adapters.stores.sqlite.images import SqliteImageFailures

        return SqliteImageFailures(await self.documents())

    async def take_downs(self) -> "TakeDowns":
        from otakube.adapters.stores.sqlite.images import SqliteTakeDowns

        return SqliteTakeDowns(await self.documents())

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

    async def listings(self) -> "Listings":
        from otakube.adapters.stores.sqlite.listings import SqliteListings

        return SqliteListings(await self.documents())

    async def flags(self) -> "Flags":
        from otakube.adapters.stores.sqlite.flags import SqliteFlags

        return SqliteFlags(await self.documents())

    async def processing_locks(self) -> "ProcessingLocks":
        from otakube.adapters.stores.sqlite.processing import SqliteProcessingLocks

        return SqliteProcessingLocks(await self.documents())

    async def sync_history(self) -> "SyncHistory":
        from otakube.adapters.stores.sqlite.listings import SqliteSyncHistory

        return SqliteSyncHistory(await self.documents())

    async def ledger(self) -> "Ledger":
        from otakube.adapters.stores.sqlite.ledger import SqliteLedger

        return SqliteLedger(await self.documents())

    async def rows(self) -> "StoredRows":
        from otakube.adapters.stores.sqlite.rows import SqliteRows

        return SqliteRows(await self.documents())

    async def runs(self) -> "LocalRuns":
        """The runs of this machine; on a cluster Argo keeps them."""
        from otakube.adapters.stores.sqlite.runs import SqliteRuns

        return SqliteRuns(await self.documents())

    @asynccontextmanager
    async def bulk(self) -> AsyncIterator[None]:
        documents, qdrant = await self.documents(), await self.qdrant()
        with documents.bulk(), qdrant.bulk():
            yield

    def open_qdrant(self) -> "LocalQdrant":
        from otakube.adapters.stores.qdrant.connection import LocalQdrant

        return LocalQdrant(self.load(), self.folder / "vectors")
