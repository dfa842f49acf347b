# SPDX-License-Identifier: Apache-2.0
"""The processing locks, a row each."""

from datetime import datetime

from otakube.adapters.stores.sqlite.connection import SqliteDocuments, as_text
from otakube.ports.processing import LOCKED_FOR

_TAKE = """
INSERT INTO processing_locks VALUES (:entry, :owner, :until)
ON CONFLICT DO UPDATE SET owner = :owner, until = :until WHERE owner = :owner OR until <= :now
"""


class SqliteProcessingLocks:
    """The `ProcessingLocks` port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def take(self, entry_id: str, owner: str, *, now: datetime) -> bool:
        """Insert, or replace one that may be had."""
        held = {"entry": entry_id, "owner": owner, "until": as_text(now + LOCKED_FOR), "now": as_text(now)}
        with self._documents.statement(f"locking {entry_id}") as rows:
            return rows.execute(_TAKE, held).rowcount > 0

    async def release(self, owner: str) -> None:
        """Delete the owner's."""
        with self._documents.statement(f"letting go of what {owner} holds") as rows:
            rows.execute("DELETE FROM processing_locks WHERE owner = ?", [owner])
