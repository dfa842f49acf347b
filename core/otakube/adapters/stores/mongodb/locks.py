# SPDX-License-Identifier: Apache-2.0
"""Merge locks, a document each: the lock as JSON, and its pages beside it to be found by.

A change of many of them is one document that says all of it, set by a compare-and-set on the number of the
change before. Whoever finds one that is not carried out does it first. Each lock has the number of the change
that set or removed it, so that a process that wakes up late undoes nothing.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import orjson
from pymongo.errors import DuplicateKeyError

from otakube.adapters.stores.damage import intact
from otakube.adapters.stores.mongodb.connection import Documents, translated
from otakube.domain.locks.change import LockChange
from otakube.domain.locks.lock import LOCK, FieldLock, Lock, Same, as_json, lock_id

_BATCH = 1000  # values of one $in
_LATEST: dict[str, Any] = {"_id": "latest"}
_STANDING: dict[str, Any] = {"lock": {"$ne": None}}  # one that was removed leaves the number of its change


class MongoLocks:
    """The Locks port."""

    def __init__(self, documents: Documents) -> None:
        self._locks = documents["merge_locks"]
        self._changes = documents["merge_lock_changes"]

    async def prepare(self) -> None:
        """Create the index that runs read by."""
        async with translated("creating indexes"):
            await self._locks.create_index([("pages", 1)])

    async def generation(self) -> int:
        """Read the latest change, and carry it out if that is not done."""
        async with translated("reading the latest change of the merge locks"):
            latest = await self._changes.find_one(_LATEST)
        if latest is None:
            return 0
        if latest["pending"]:
            await self._carry_out(latest["number"], LockChange.model_validate_json(latest["pending"]))
        return int(latest["number"])

    async def unfinished(self) -> bool:
        """True if the latest change still says what is to be done."""
        async with translated("reading the latest change of the merge locks"):
            return await self._changes.find_one(_LATEST | {"pending": {"$ne": None}}) is not None

    async def apply(self, change: LockChange, *, after: int) -> bool:
        """Compare and set the latest change, then carry it out."""
        latest = {"number": after + 1, "pending": change.model_dump_json()}
        async with translated("changing the merge locks"):
            if not await self._set_latest(latest, after):
                return False
        await self._carry_out(after + 1, change)
        return True

    async def _set_latest(self, latest: dict[str, Any], after: int) -> bool:
        if after:
            known = _LATEST | {"number": after, "pending": None}
            return bool((await self._changes.update_one(known, {"$set": latest})).matched_count)
        with suppress(DuplicateKeyError):  # another made the first document
            await self._changes.insert_one(_LATEST | latest)
            return True
        return False

    async def _carry_out(self, number: int, change: LockChange) -> None:
        """Set and remove one by one, whoever else is at it, and say that it is done."""
        wanted = {lock_id(lock): lock for lock in change.set}
        async with translated("changing the merge locks"):
            for name in set(change.remove) - set(wanted):
                await self._write(name, number, {"$unset": {"lock": "", "pages": ""}})
            for name, lock in wanted.items():
                await self._write(name, number, {"$set": {"lock": as_json(lock), "pages": lock.pages}})
            await self._changes.update_one(_LATEST | {"number": number}, {"$set": {"pending": None}})

    async def _write(self, name: str, number: int, change: dict[str, Any]) -> None:
        """Change a lock's document, unless a change as new as this one has."""
        older = {"_id": name, "change": {"$not": {"$gte": number}}}
        numbered = change | {"$set": change.get("$set", {}) | {"change": number}}
        with suppress(DuplicateKeyError):  # a newer change stands there
            await self._locks.update_one(older, numbered, upsert=True)

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
            rows = self._locks.find({"_id": {"$gt": lock_id}, **_STANDING}).sort("_id", 1).limit(limit)
            return [_lock(document) async for document in rows]

    async def _among(self, key: str, values: Sequence[str]) -> list[Lock]:
        found: dict[str, Lock] = {}
        async with translated("reading merge locks"):
            for start in range(0, len(values), _BATCH):
                rows = self._locks.find({key: {"$in": list(values[start : start + _BATCH])}, **_STANDING})
                found |= {document["_id"]: _lock(document) async for document in rows}
        return [found[name] for name in sorted(found)]


def _lock(document: dict[str, Any]) -> Lock:
    """Validated again on the way out; one that cannot be read must not count as none."""
    name = document["_id"]
    with intact(f"the merge lock {name}", f"delete {name} in the collection merge_locks, and decide again"):
        return LOCK.validate_json(orjson.dumps(document["lock"]))
