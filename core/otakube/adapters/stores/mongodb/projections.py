# SPDX-License-Identifier: Apache-2.0
"""`episodes` and `characters`: one document each, derived from the live record for queries across entries.

Never the truth: a reader that joins them takes those whose `version` is the entry's `live_version`.
"""

from collections.abc import Sequence
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from otakube.adapters.stores.mongodb.connection import ROWS, Documents
from otakube.ports.catalogue import LiveEntry

NAMES = ("episodes", "characters")
_DUPLICATE_KEY = 11000


async def create_indexes(documents: Documents) -> None:
    """By entry and version, and by the record's own id; and entries by their pages and by time."""
    await documents["animes"].create_index([("record.entry.sources", 1)])
    await documents["animes"].create_index([("committed_at", 1)])
    for name in NAMES:
        await documents[name].create_index([("entry_id", 1), ("version", 1)])
        await documents[name].create_index([("record.id", 1)])


async def write(documents: Documents, live: LiveEntry) -> None:
    """Upsert the version's documents where older ones are, then delete what the version lacks."""
    for name, records in _records(live).items():
        upserts = [
            UpdateOne(
                {"_id": f"{live.entry_id}/{record['id']}", "version": {"$lt": live.version}},
                {"$set": {"entry_id": live.entry_id, "version": live.version, "record": record}},
                upsert=True,
            )
            for record in records
        ]
        if upserts:
            await _upsert(documents, name, upserts)
        older = {"entry_id": live.entry_id, "version": {"$lt": live.version}}
        await documents[name].delete_many(older)


async def versions(documents: Documents, entry_ids: Sequence[str]) -> dict[str, dict[str, dict[int, int]]]:
    """Number of documents by version, by projection, by entry."""
    found = await _counted(documents, {"entry_id": {"$in": list(entry_ids)}})
    return {entry_id: found.get(entry_id) or {name: {} for name in NAMES} for entry_id in entry_ids}


async def all_versions(documents: Documents) -> dict[str, dict[str, dict[int, int]]]:
    """The same of all entries."""
    return await _counted(documents, {})


async def _counted(documents: Documents, wanted: dict[str, Any]) -> dict[str, dict[str, dict[int, int]]]:
    found: dict[str, dict[str, dict[int, int]]] = {}
    shown = {"_id": 0, "entry_id": 1, "version": 1}
    for name in NAMES:
        async for document in documents[name].find(wanted, shown).batch_size(ROWS):
            of_entry = found.setdefault(document["entry_id"], {name: {} for name in NAMES})
            counts, version = of_entry[name], document["version"]
            counts[version] = counts.get(version, 0) + 1
    return found


async def drop(documents: Documents, entry_id: str) -> None:
    """Delete an entry's projections."""
    for name in NAMES:
        await documents[name].delete_many({"entry_id": entry_id})


async def _upsert(documents: Documents, name: str, upserts: list[UpdateOne]) -> None:
    """An upsert that meets the same or a newer version collides on `_id`: that is the guard at work."""
    try:
        await documents[name].bulk_write(upserts, ordered=False)
    except BulkWriteError as error:
        others = [e for e in error.details["writeErrors"] if e["code"] != _DUPLICATE_KEY]
        if others or error.details["writeConcernErrors"]:
            raise


def _records(live: LiveEntry) -> dict[str, list[dict[str, Any]]]:
    record = live.record.model_dump(mode="json", include={"episodes", "characters"})
    return {name: record[name] for name in NAMES}
