# SPDX-License-Identifier: Apache-2.0
"""Whole collections, for snapshots and restores: read by `_id`, filled where nothing is."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson
from pydantic import TypeAdapter
from pymongo import UpdateOne

from otakube.adapters.stores.mongodb.catalogue import read_live_entry, url_key
from otakube.adapters.stores.mongodb.connection import ROWS, Documents, read_ahead, translated
from otakube.adapters.stores.mongodb.flags import flag_document
from otakube.adapters.stores.mongodb.images import image_document
from otakube.adapters.stores.mongodb.ledger import read_state
from otakube.adapters.stores.mongodb.listings import listing_document, sync_document
from otakube.errors import Damaged
from otakube.ports.ledger import Lease
from otakube.ports.rows import ROW_FORMS, EntryCounter, RowCollection, StoredEntry, StoredRow, stored_row

COLLECTIONS: Mapping[RowCollection, str] = {
    RowCollection.COUNTERS: "animes",
    RowCollection.IDENTITIES: "identities",
    RowCollection.IMAGE_MAP: "image_map",
    RowCollection.REVIEWS: "reviews",
    RowCollection.EVENTS: "events",
    RowCollection.LISTINGS: "listings",
    RowCollection.SYNCS: "syncs",
    RowCollection.FLAGS: "flags",
}
_BY_URL = (RowCollection.IDENTITIES, RowCollection.IMAGE_MAP)
_RECORDS = 100  # of one answer
_LIVE: dict[str, Any] = {"live_version": {"$ne": None}}


class MongoRows:
    """The `StoredRows` port."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def live_entries(self) -> int:
        """Number of live entries."""
        async with translated("counting entries"):
            return int(await self._documents["animes"].count_documents(_LIVE))

    async def entries(self, *, after: str = "") -> AsyncIterator[StoredEntry]:
        """Live entries by id; each is one document, so as of one instant.

        Their ids come first, unsorted: so no cursor stays open while the caller works, and a server that
        sorts what it found in memory (the stand-in) holds no records.
        """
        async with translated("reading entries"):
            listed = self._documents["animes"].find(_LIVE | {"_id": {"$gt": after}}, {"_id": 1})
            ids = sorted([document["_id"] async for document in listed.batch_size(ROWS)])
            parts = [ids[start : start + _RECORDS] for start in range(0, len(ids), _RECORDS)]
            async for documents in read_ahead(self._live, parts):
                for document in documents:
                    yield _entry(document)

    async def _live(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Those of some entries that are live still; by `_id` alone, for which every server has the index."""
        found = self._documents["animes"].find({"_id": {"$in": ids}}).batch_size(len(ids))
        live = [document async for document in found if document.get("live_version") is not None]
        return sorted(live, key=lambda document: str(document["_id"]))

    async def rows(self, collection: RowCollection, *, after: str = "") -> AsyncIterator[StoredRow]:
        """Documents by their ids, without what belongs to the store alone."""
        shown = {"next_version": 1} if collection is RowCollection.COUNTERS else None
        async with translated(f"reading {collection}"):
            found = self._documents[COLLECTIONS[collection]].find({"_id": {"$gt": after}}, shown)
            async for document in found.sort("_id", 1).batch_size(ROWS):
                yield _stored(collection, document)

    async def insert(self, collection: RowCollection, rows: Sequence[Any]) -> int:
        """Upserts that set something where nothing is, or raise a counter."""
        if not rows:
            return 0
        async with translated(f"restoring {collection}"):
            done = await self._documents[COLLECTIONS[collection]].bulk_write(
                [_upsert(collection, row) for row in rows], ordered=False
            )
        return int(done.upserted_count)

    async def reinstate(self, stored: StoredEntry, *, expected: int | None, lease: Lease) -> bool:
        """Compare lease and live version, and set the version."""
        live, state = stored.live, stored.state
        assert live is not None
        prior = {
            "_id": live.entry_id,
            "lease.token": lease.token,
            "lease.nonce": lease.nonce,
            "live_version": expected,
        }
        new = {
            "live_version": live.version,
            "commit_key": live.commit_key,
            "digest": live.digest,
            "model": live.model,
            "record": live.record.model_dump(mode="json"),
            "committed_at": live.committed_at,
            "blobs": state.blobs,
            "points": state.points,
            "collection": state.collection,
        }
        async with translated(f"restoring {live.entry_id}"):
            done = await self._documents["animes"].update_one(prior, {"$set": new})
        return bool(done.matched_count)


def _entry(document: dict[str, Any]) -> StoredEntry:
    state = read_state(document)
    try:
        return StoredEntry(state=state, live=read_live_entry(document))
    except Damaged as error:
        return StoredEntry(state=state, live=None, damage=str(error))


def _stored(collection: RowCollection, document: dict[str, Any]) -> StoredRow:
    return stored_row(collection, document["_id"], lambda form: _row(collection, document, form))


def _row(collection: RowCollection, document: dict[str, Any], form: TypeAdapter[Any]) -> Any:
    """The row that a document holds."""
    if collection is RowCollection.COUNTERS:
        return EntryCounter(entry_id=document["_id"], next_version=document.get("next_version", 0))
    if collection is RowCollection.LISTINGS:
        return form.validate_json(orjson.dumps(document["entry"]))
    if collection is RowCollection.FLAGS:
        return form.validate_json(orjson.dumps(document["flag"]))
    if collection is RowCollection.SYNCS:
        return form.validate_json(document["sync"])
    return form.validate_python(document)


def _fields(collection: RowCollection, row: Any) -> dict[str, Any]:
    """The document of a row."""
    if collection is RowCollection.LISTINGS:
        return listing_document(row)
    if collection is RowCollection.FLAGS:
        return flag_document(row)
    if collection is RowCollection.IMAGE_MAP:
        return image_document(row)
    return sync_document(row) if collection is RowCollection.SYNCS else asdict(row)


def _upsert(collection: RowCollection, row: Any) -> UpdateOne:
    key = ROW_FORMS[collection].key(row)
    if collection is RowCollection.COUNTERS:
        return UpdateOne({"_id": key}, {"$max": {"next_version": row.next_version}}, upsert=True)
    name = url_key(key) if collection in _BY_URL else key
    return UpdateOne({"_id": name}, {"$setOnInsert": _fields(collection, row)}, upsert=True)
