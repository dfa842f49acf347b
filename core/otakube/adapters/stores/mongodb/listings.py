# SPDX-License-Identifier: Apache-2.0
"""The dataset's listings and the history of syncs, a document each."""

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

import orjson
from pydantic import TypeAdapter
from pymongo import ReplaceOne

from otakube.adapters.stores.damage import all_intact, intact
from otakube.adapters.stores.live_entry import watched_fields
from otakube.adapters.stores.mongodb.catalogue import url_key
from otakube.adapters.stores.mongodb.connection import Documents, translated
from otakube.ports.listings import ListedEntry, SyncRecord, WatchedFields, sync_key

_LISTED, _SYNC = TypeAdapter(ListedEntry), TypeAdapter(SyncRecord)
_CURE = "delete it, and run `otakube sync run` with the latest week"
_WATCHED = {f"record.entry.{name}": 1 for name in ("titles", "type", "status", "episode_count", "sources")}


class MongoListings:
    """The `Listings` port."""

    def __init__(self, documents: Documents) -> None:
        self._listings = documents["listings"]
        self._identities = documents["identities"]
        self._animes = documents["animes"]

    async def prepare(self) -> None:
        """Create the indexes that readers go by."""
        async with translated("creating indexes"):
            await self._listings.create_index([("system_status", 1)])
            await self._listings.create_index([("updated_at", 1)])

    async def get(self, entry_id: str) -> ListedEntry | None:
        """The listing of an entry."""
        return (await self.of([entry_id])).get(entry_id)

    async def by_source(self, page: str) -> ListedEntry | None:
        """The listing of the page's entry."""
        async with translated(f"reading the listing of {page}"):
            bound = await self._identities.find_one({"_id": url_key(page)})
        return await self.get(bound["entry_id"]) if bound else None

    async def of(self, entry_ids: Collection[str]) -> dict[str, ListedEntry]:
        """Those that there are, by id."""
        async with translated("reading listings"):
            wanted = {"_id": {"$in": list(entry_ids)}}
            found = [document async for document in self._listings.find(wanted)]
        return {document["_id"]: _listed(document) for document in found}

    async def all(self) -> AsyncIterator[ListedEntry]:
        """Every listing, as they come."""
        async with translated("reading listings"):
            async for document in self._listings.find().sort("_id", 1):
                yield _listed(document)

    async def put(self, entries: Sequence[ListedEntry]) -> None:
        """Insert or replace each."""
        writes = [ReplaceOne({"_id": one.entry_id}, listing_document(one), upsert=True) for one in entries]
        async with translated("writing listings"):
            if writes:
                await self._listings.bulk_write(writes, ordered=False)

    async def amend(self, before: ListedEntry, after: ListedEntry) -> bool:
        """Compare the time of the last write, and set."""
        known = {"_id": before.entry_id, "updated_at": before.updated_at}
        async with translated("amending a listing"):
            amended = await self._listings.replace_one(known, listing_document(after))
        return bool(amended.matched_count)

    async def live(self, entry_ids: Collection[str]) -> dict[str, WatchedFields]:
        """The entries among these that have a live version, by id."""
        wanted = {"_id": {"$in": list(entry_ids)}, "live_version": {"$ne": None}}
        async with translated("reading entries"):
            found = [document async for document in self._animes.find(wanted, _WATCHED)]
        watched = all_intact(found, "_id", _watched)
        return {one.entry_id: one for one in watched}


class MongoSyncHistory:
    """The `SyncHistory` port; hosts have dots, so a record is stored as its JSON."""

    def __init__(self, documents: Documents) -> None:
        self._syncs = documents["syncs"]

    async def put(self, sync: SyncRecord) -> None:
        """Insert or replace by revision and start."""
        key = {"_id": sync_key(sync)}
        async with translated("writing the history of syncs"):
            await self._syncs.replace_one(key, sync_document(sync), upsert=True)

    async def newest(self, limit: int) -> list[SyncRecord]:
        """The latest, the newest first."""
        async with translated("reading the history of syncs"):
            found = (
                await self._syncs.find().sort([("started_at", -1), ("_id", 1)]).limit(limit).to_list(limit)
            )
        return [_SYNC.validate_json(document["sync"]) for document in found]


def sync_document(sync: SyncRecord) -> dict[str, Any]:
    """The record as JSON, and its start, by which it is sorted."""
    return {"started_at": sync.started_at, "sync": _SYNC.dump_json(sync).decode()}


def listing_document(one: ListedEntry) -> dict[str, Any]:
    """The listing, and beside it what readers go by."""
    return {
        "entry_id": one.entry_id,
        "system_status": one.system_status.value,
        "updated_at": one.updated_at,
        "entry": _LISTED.dump_python(one, mode="json"),
    }


def _listed(document: dict[str, Any]) -> ListedEntry:
    with intact(f"the listing of {document['_id']}", _CURE):
        return _LISTED.validate_json(orjson.dumps(document["entry"]))


def _watched(document: dict[str, Any]) -> WatchedFields:
    return watched_fields(document["_id"], orjson.dumps(document["record"]["entry"]))
