# SPDX-License-Identifier: Apache-2.0
"""Merge locks, a row each: the lock as JSON, and its pages beside it to be found by."""

from collections.abc import Iterable, Sequence

import orjson

from otakube.adapters.stores.damage import intact
from otakube.adapters.stores.sqlite.connection import Row, SqliteDocuments, as_list
from otakube.domain.locks.change import LockChange
from otakube.domain.locks.lock import LOCK, FieldLock, Lock, Same, as_json, lock_id

_BY_ID = "SELECT id, lock FROM merge_locks WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
_BY_PAGE = """
SELECT DISTINCT id, lock FROM merge_locks JOIN merge_lock_pages ON id = lock_id
WHERE page IN (SELECT value FROM json_each(?))
"""
_NEXT_CHANGE = """
INSERT INTO merge_lock_changes VALUES (1, :number)
ON CONFLICT DO UPDATE SET number = excluded.number WHERE number = :after
"""


class SqliteLocks:
    """The Locks port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def prepare(self) -> None:
        """Nothing to do: the tables and their indexes are made with the file."""

    async def generation(self) -> int:
        """Number of the latest change."""
        with self._documents.statement("reading the latest change of the merge locks") as rows:
            row = rows.execute("SELECT number FROM merge_lock_changes").fetchone()
        return row["number"] if row else 0

    async def unfinished(self) -> bool:
        """Never: a change is one transaction."""
        return False

    async def apply(self, change: LockChange, *, after: int) -> bool:
        """Compare the number, then remove and set, in one transaction."""
        fresh = {lock_id(lock): lock for lock in change.set}
        with self._documents.transaction("changing the merge locks") as rows:
            if not rows.execute(_NEXT_CHANGE, {"number": after + 1, "after": after}).rowcount:
                return False
            gone = [[name] for name in {*change.remove, *fresh}]
            rows.executemany("DELETE FROM merge_lock_pages WHERE lock_id = ?", gone)
            rows.executemany("DELETE FROM merge_locks WHERE id = ?", gone)
            texts = [(name, orjson.dumps(as_json(lock)).decode()) for name, lock in fresh.items()]
            rows.executemany("INSERT INTO merge_locks VALUES (?, ?)", texts)
            pages = [(page, name) for name, lock in fresh.items() for page in lock.pages]
            rows.executemany("INSERT INTO merge_lock_pages VALUES (?, ?)", pages)
        return True

    async def get(self, lock_ids: Sequence[str]) -> list[Lock]:
        """By id."""
        return self._found(_BY_ID, lock_ids)

    async def about(self, pages: Sequence[str]) -> list[Lock]:
        """Those of the pages, and of the pages that those join to them."""
        found: dict[str, Lock] = {}
        asked: set[str] = set()
        waiting = set(pages)
        while waiting:
            asked |= waiting
            fresh = self._found(_BY_PAGE, waiting)
            found |= {lock_id(lock): lock for lock in fresh}
            waiting = {
                page for lock in fresh if isinstance(lock, Same | FieldLock) for page in lock.pages
            } - asked
        return [found[name] for name in sorted(found)]

    async def after(self, lock_id: str, limit: int) -> list[Lock]:
        """By id, ascending."""
        with self._documents.statement("reading merge locks") as rows:
            query = "SELECT id, lock FROM merge_locks WHERE id > ? ORDER BY id LIMIT ?"
            return [_lock(row) for row in rows.execute(query, [lock_id, limit])]

    def _found(self, query: str, values: Iterable[str]) -> list[Lock]:
        """Validated again on the way out."""
        with self._documents.statement("reading merge locks") as rows:
            return [_lock(row) for row in rows.execute(query, [as_list(values)])]


def _lock(row: Row) -> Lock:
    """One that cannot be read must not count as none."""
    name = row["id"]
    with intact(f"the merge lock {name}", f"delete {name} in the table merge_locks, and decide again"):
        return LOCK.validate_json(row["lock"])
