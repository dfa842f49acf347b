# SPDX-License-Identifier: Apache-2.0
"""The processing locks, a document each; `until` is compared, so nothing depends on a clean-up."""

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from otakube.adapters.stores.mongodb.connection import Documents, translated
from otakube.ports.processing import LOCKED_FOR


class MongoProcessingLocks:
    """The `ProcessingLocks` port."""

    def __init__(self, documents: Documents) -> None:
        self._locks = documents["processing_locks"]

    async def take(self, entry_id: str, owner: str, *, now: datetime) -> bool:
        """Insert, or replace one that may be had; the unique id decides between two."""
        free = {"_id": entry_id, "$or": [{"owner": owner}, {"until": {"$lte": now}}]}
        held = {"$set": {"owner": owner, "until": now + LOCKED_FOR}}
        async with translated(f"locking {entry_id}"):
            try:
                await self._locks.update_one(free, held, upsert=True)
            except DuplicateKeyError:  # another run holds it: the answer, not a fault
                return False
        return True

    async def release(self, owner: str) -> None:
        """Delete the owner's."""
        async with translated(f"letting go of what {owner} holds"):
            await self._locks.delete_many({"owner": owner})
