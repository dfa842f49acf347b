# SPDX-License-Identifier: Apache-2.0
"""The servers of the settings: MongoDB, Qdrant and S3."""

from typing import TYPE_CHECKING

from otakube.bootstrap.stores.ports import Stores

if TYPE_CHECKING:
    from otakube.adapters.stores.mongodb.connection import Documents
    from otakube.adapters.stores.qdrant.connection import Qdrant
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
    from otakube.ports.search import EntrySummaries, LiveTitles
    from otakube.ports.take_downs import TakeDowns


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

    async def entries_by_status(self) -> "EntriesByStatus":
        from otakube.adapters.stores.mongodb.summaries import MongoEntriesByStatus

        return MongoEntriesByStatus(await self.documents())

    async def image_map(self) -> "ImageMap":
        from otakube.adapters.stores.mongodb.images import MongoImageMap

        return MongoImageMap(await self.documents())

    async def blob_uses(self) -> "BlobUses":
        from otakube.adapters.stores.mongodb.images import MongoBlobUses

        return MongoBlobUses(await self.documents())

    async def image_failures(self) -> "ImageFailures":
        from otakube.adapters.stores.mongodb.images import MongoImageFailures

        return MongoImageFailures(await self.documents())

    async def take_downs(self) -> "TakeDowns":
        from otakube.adapters.stores.mongodb.images import MongoTakeDowns

        return MongoTakeDowns(await self.documents())

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

    async def listings(self) -> "Listings":
        from otakube.adapters.stores.mongodb.listings import MongoListings

        return MongoListings(await self.documents())

    async def flags(self) -> "Flags":
        from otakube.adapters.stores.mongodb.flags import MongoFlags

        return MongoFlags(await self.documents())

    async def processing_locks(self) -> "ProcessingLocks":
        from otakube.adapters.stores.mongodb.processing import MongoProcessingLocks

        return MongoProcessingLocks(await self.documents())

    async def sync_history(self) -> "SyncHistory":
        from otakube.adapters.stores.mongodb.listings import MongoSyncHistory

        return MongoSyncHistory(await self.documents())

    async def ledger(self) -> "Ledger":
        from otakube.adapters.stores.mongodb.ledger import MongoLedger

        return MongoLedger(await self.documents())

    async def rows(self) -> "StoredRows":
        from otakube.adapters.stores.mongodb.rows import MongoRows

        return MongoRows(await self.documents())

    def open_qdrant(self) -> "Qdrant":
        from otakube.adapters.stores.qdrant.connection import Qdrant

        return Qdrant(self.load())
