# SPDX-License-Identifier: Apache-2.0
"""The commit's bookkeeping: lease and outbox inside the entry's document, intents and projections beside it.

One atomic change of one document each. No transaction, no pipeline update, no partial index: any MongoDB from
5.0 on and the stand-in do the same.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import bson
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from otakube.adapters.stores.mongodb import projections
from otakube.adapters.stores.mongodb.connection import ROWS, Documents, translated
from otakube.domain.record.golden import GoldenRecord
from otakube.ports.catalogue import LiveEntry
from otakube.ports.ledger import OPEN_STATES, EntryState, Event, Intent, IntentState, Lease

_BOOKKEEPING = {"record": 0}
_FINISHED = [IntentState.DONE.value, IntentState.ABORTED.value]


class MongoLedger:
    """The Ledger port."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._animes = documents["animes"]
        self._intents = documents["intents"]
        self._events = documents["events"]

    async def prepare(self) -> None:
        """Create the indexes that the commit and the scrubber read by."""
        async with translated("creating indexes"):
            await self._intents.create_index([("entry_id", 1), ("state", 1)])
            await self._documents["image_map"].create_index("retry_after", sparse=True)
            await self._documents["image_dead_letters"].create_index("url")
            await projections.create_indexes(self._documents)

    def record_bytes(self, record: GoldenRecord) -> int:
        """Bytes of BSON."""
        return len(bson.encode(record.model_dump(mode="json")))

    async def state(self, entry_id: str) -> EntryState | None:
        """An entry's bookkeeping, or None."""
        async with translated(f"reading {entry_id}"):
            found = await self._animes.find_one({"_id": entry_id}, _BOOKKEEPING)
        return read_state(found) if found else None

    async def states(self) -> AsyncIterator[EntryState]:
        """Every entry's bookkeeping."""
        async with translated("reading entries"):
            async for document in self._animes.find({}, _BOOKKEEPING).batch_size(ROWS):
                yield read_state(document)

    async def unsettled(self) -> AsyncIterator[EntryState]:
        """Those that are leased, or have events in the outbox; the server leaves out the others."""
        wanted = {"$or": [{"lease": {"$ne": None}}, {"outbox.0": {"$exists": True}}]}
        async with translated("reading entries"):
            async for document in self._animes.find(wanted, _BOOKKEEPING).batch_size(ROWS):
                yield read_state(document)

    async def entries(self) -> int:
        """Number of documents, as the server keeps it."""
        async with translated("counting entries"):
            return await self._animes.estimated_document_count()

    async def next_version(self, entry_id: str) -> int:
        """Draw a fencing token."""
        async with translated(f"drawing a version for {entry_id}"):
            drawn = await self._animes.find_one_and_update(
                {"_id": entry_id},
                {"$inc": {"next_version": 1}},
                upsert=True,
                projection={"next_version": 1},
                return_document=ReturnDocument.AFTER,
            )
        return int(drawn["next_version"] if drawn else 0)  # an upsert that returns the new document finds one

    async def take_lease(self, entry_id: str, lease: Lease, *, now: datetime) -> bool:
        """Hold the entry if it is free, the holder's time is over or it is the same; tokens only grow."""
        older: dict[str, Any] = {"$not": {"$gte": lease.token}}
        free = {
            "_id": entry_id,
            "live_version": older,
            "fence": older,
            "lease.token": older,  # of a document that an older release wrote, which had no fence
            "$or": [{"lease": None}, {"lease.until": {"$lt": now}}, {"lease.owner": lease.owner}],
        }
        taken = {
            "$set": {"lease": asdict(lease), "fence": lease.token},
            "$max": {"next_version": lease.token},  # drawn before the store was restored, it is beyond that
        }
        return await self._change(free, taken)

    async def renew_lease(self, entry_id: str, lease: Lease) -> bool:
        """Move the end; False if another token holds the entry."""
        return await self._change(_under(entry_id, lease), {"$set": {"lease.until": lease.until}})

    async def release_lease(self, entry_id: str, lease: Lease) -> None:
        """Let go, if the token still holds."""
        await self._change(_under(entry_id, lease), {"$unset": {"lease": ""}})

    async def open_intent(self, intent: Intent) -> bool:
        """Insert, or reopen a finished one of an older version."""
        fields = {**asdict(intent), "state": intent.state.value}
        finished = {
            "_id": intent.commit_key,
            "state": {"$in": _FINISHED},
            "version": {"$lt": intent.version},
        }
        async with translated(f"preparing {intent.commit_key}"):
            try:
                await self._intents.insert_one({"_id": intent.commit_key, **fields})
            except DuplicateKeyError:
                reopened = await self._intents.update_one(finished, {"$set": fields})
                return bool(reopened.matched_count)
        return True

    async def intent(self, commit_key: str) -> Intent | None:
        """One intent."""
        async with translated(f"reading {commit_key}"):
            found = await self._intents.find_one({"_id": commit_key})
        return _intent(found) if found else None

    async def open_intents(self, entry_id: str | None = None) -> AsyncIterator[Intent]:
        """Intents that are neither Done nor Aborted."""
        wanted: dict[str, Any] = {"state": {"$in": [state.value for state in OPEN_STATES]}}
        if entry_id is not None:
            wanted["entry_id"] = entry_id
        async with translated("reading intents"):
            async for document in self._intents.find(wanted):
                yield _intent(document)

    async def move_intent(self, intent: Intent, to: IntentState, *, by: int) -> bool:
        """Compare and set; True as well if it has been moved there before."""
        same = {
            "_id": intent.commit_key,
            "version": intent.version,
            "nonce": intent.nonce or {"$in": ["", None]},  # of an older release
            "state": {"$in": [intent.state.value, to.value]},
            "fence": {"$not": {"$gt": by}},
        }
        async with translated(f"moving {intent.commit_key} to {to}"):
            moved = await self._intents.update_one(same, {"$set": {"state": to.value, "fence": by}})
        return bool(moved.matched_count)

    async def make_live(self, *, expected: int | None, live: LiveEntry, intent: Intent, event: Event) -> bool:
        """Compare and set of the entry's one document: from here on readers see the new version, whole."""
        held = {"lease.token": live.version, "lease.nonce": intent.nonce}
        prior = {"_id": live.entry_id, **held, "live_version": expected}
        new = {
            "live_version": live.version,
            "commit_key": live.commit_key,
            "digest": live.digest,
            "model": live.model,
            "record": live.record.model_dump(mode="json"),
            "committed_at": live.committed_at,
            "blobs": intent.blobs,
            "points": intent.points,
            "collection": intent.collection,
        }
        async with translated(f"committing {live.entry_id}"):
            set_ = await self._animes.update_one(prior, {"$set": new, "$push": {"outbox": asdict(event)}})
        return bool(set_.matched_count)

    async def project(self, live: LiveEntry) -> None:
        """Bring the projections to the live version."""
        async with translated(f"projecting {live.entry_id}"):
            await projections.write(self._documents, live)

    async def projected(self, entry_ids: Sequence[str]) -> dict[str, dict[str, dict[int, int]]]:
        """Number of documents by version, by projection, by entry."""
        async with translated("reading projections"):
            return await projections.versions(self._documents, entry_ids)

    async def all_projected(self) -> dict[str, dict[str, dict[int, int]]]:
        """The same of every entry that has projections."""
        async with translated("reading projections"):
            return await projections.all_versions(self._documents)

    async def drop_projections(self, entry_id: str) -> None:
        """Delete an entry's projections."""
        async with translated(f"dropping the projections of {entry_id}"):
            await projections.drop(self._documents, entry_id)

    async def event(self, event_id: str) -> Event | None:
        """A published event."""
        async with translated(f"reading {event_id}"):
            found = await self._events.find_one({"_id": event_id}, {"_id": 0})
        return Event(**found) if found else None

    async def published(self, event_ids: Sequence[str]) -> set[str]:
        """Those of these ids whose events are published."""
        async with translated("reading events"):
            found = self._events.find({"_id": {"$in": list(event_ids)}}, {"_id": 1})
            return {document["_id"] async for document in found}

    async def publish(self, event: Event) -> None:
        """Insert into `events` unless it is there."""
        async with translated(f"publishing {event.id}"):
            try:
                await self._events.insert_one({"_id": event.id, **asdict(event)})
            except DuplicateKeyError:
                return

    async def drop_event(self, entry_id: str, event_id: str) -> None:
        """Take an event out of the outbox."""
        await self._change({"_id": entry_id}, {"$pull": {"outbox": {"id": event_id}}})

    async def _change(self, where: dict[str, Any], change: dict[str, Any]) -> bool:
        async with translated(f"changing {where['_id']}"):
            changed = await self._animes.update_one(where, change)
        return bool(changed.matched_count)


def _under(entry_id: str, lease: Lease) -> dict[str, Any]:
    return {"_id": entry_id, "lease.token": lease.token, "lease.nonce": lease.nonce}


def read_state(document: dict[str, Any]) -> EntryState:
    """An `animes` document."""
    lease = document.get("lease")
    return EntryState(
        entry_id=document["_id"],
        live_version=document.get("live_version"),
        commit_key=document.get("commit_key"),
        digest=document.get("digest"),
        next_version=document.get("next_version", 0),
        lease=Lease(**lease) if lease else None,
        blobs=document.get("blobs", []),
        points=document.get("points", 0),
        collection=document.get("collection"),
        outbox=[Event(**event) for event in document.get("outbox", [])],
    )


def _intent(document: dict[str, Any]) -> Intent:
    fields = {name: value for name, value in document.items() if name != "_id"}
    return Intent(**{**fields, "state": IntentState(document["state"])})
