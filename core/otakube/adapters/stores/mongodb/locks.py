# SPDX-License-Identifier: Apache-2.0
"""Merge locks, a document each: the lock as JSON, and its pages beside it to be found by."""

from collections.abc import Sequence
from typing import Any

import orjson
from pymongo.errors import DuplicateKeyError

from otakube.adapters.stores.damage import intact
from otakube.adapters.stores.mongodb.connection import Documents, translated
from otakube.domain.locks.lock import LOCK, FieldLock, Lock, Same, as_json, lock_id

_BATCH = 1000  # values of one $in


class MongoLocks:
    """The Locks port."""

    def __init__(self, documents: Documents) -> None:
        self._locks = documents["merge_locks"]

    async def prepare(self) -> None:
        """Create the index that runs read by."""
        async with translated("creating indexes"):
            await self._locks.create_index([("pages", 1)])

    async def add(self, lock: Lock) -> Lock:
        """Insert, or return what was decided before."""
        name = lock_id(lock)
        async with translated(f"writing {name}"):
            try:
                await self._locks.insert_one({"_id": name, "pages": lock.pages, "lock": as_json(lock)})
            except DuplicateKeyError:
                standing = await self.get([name])
                return standing[0] if standing else lock
        return lock

    async def remove(self, lock_id: str) -> bool:
        """Delete by id."""
        async with translated(f"removing {lock_id}"):
            return (await self._locks.delete_one({"_id": lock_id})).deleted_count == 1

    async def get(self, lock_ids: Sequence[str]) -> list[Lock]:
        """By id."""
        return await self._among("_id", lock_ids)

    async def about(self, pages: Sequence[str]) -> list[Lock]:
        """Those of the pages, and of the pages that those join to them."""
        found: dict[str, Lock] = {}
        asked: set[str] = set()
        waiting = set(pages)
        while waiting:
            asked |= waiting
            fresh = await self._among("pages", sorted(waiting))
            found |= {lock_id(lock): lock for lock in fresh}
            joined = {page for lock in fresh if isinstance(lock, Same | FieldLock) for page in lock.pages}
            waiting = joined - asked
        return [found[name] for name in sorted(found)]

    async def after(self, lock_id: str, limit: int) -> list[Lock]:
        """By id, ascending."""
        async with translated("reading merge locks"):
            rows = self._locks.find({"_id": {"$gt": lock_id}}).sort("_id", 1).limit(limit)
            return [_lock(document) async for document in rows]

    async def _among(self, key: str, values: Sequence[str]) -> list[Lock]:
        found: dict[str, Lock] = {}
        async with translated("reading merge locks"):
            for start in range(0, len(values), _BATCH):
                rows = self._locks.find({key: {"$in": list(values[start : start + _BATCH])}})
                found |= {document["_id"]: _lock(document) async for document in rows}
        return [found[name] for name in sorted(found)]


def _lock(document: dict[str, Any]) -> Lock:
    """Validated again on the way out; one that cannot be read must not count as none."""
    name = document["_id"]
    with intact(f"the merge lock {name}", f"delete {name} in the collection merge_locks, and decide again"):
        return LOCK.validate_json(orjson.dumps(document["lock"]))
