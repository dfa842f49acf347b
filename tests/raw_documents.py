# SPDX-License-Identifier: Apache-2.0
"""The document stores behind the product's back: what tests look up in them, and the damage that they do.

Two classes of the same methods, over PyMongo and over the SQLite file; neither shares code with the product.
"""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from pymongo import AsyncMongoClient

Json = dict[str, Any]
_TIMES = ("committed_at", "decided_at", "prepared_at", "at")


class RawDocuments(Protocol):
    """Documents in MongoDB's shape, whatever keeps them."""

    async def find(self, collection: str, **equal: Any) -> list[Json]: ...

    async def delete(self, collection: str, entry_id: str = "") -> Json:
        """Delete one document, of an entry if it is named; that document."""

    async def unrelay(self, entry_id: str = "") -> Json:
        """Put the one published event, of an entry if it is named, back into its outbox."""

    async def edit_synopsis(self, synopsis: str, entry_id: str = "") -> None: ...

    async def spoil_listing(self, entry_id: str) -> None:
        """Make a listing unreadable."""

    async def cut_off_lock_change(self, change: str) -> bool:
        """Leave a change of the merge locks at its beginning; False where a change is one transaction."""

    async def add_character(self, entry_id: str) -> None:
        """A projection of an entry that there is not."""

    async def forget_image(self, source_url: str) -> None:
        """Take an image out of the map."""

    async def hold(self, entry_id: str, until: datetime) -> None: ...

    async def set_intents(self, state: str) -> None: ...

    async def erase(self) -> None:
        """Delete all documents."""


class MongoRaw:
    """PyMongo."""

    def __init__(self, client: "AsyncMongoClient[Json]", database: str) -> None:
        self._db = client[database]

    async def find(self, collection: str, **equal: Any) -> list[Json]:
        return [document async for document in self._db[collection].find(equal)]

    async def delete(self, collection: str, entry_id: str = "") -> Json:
        return await self._db[collection].find_one_and_delete(_of("entry_id", entry_id)) or {}

    async def unrelay(self, entry_id: str = "") -> Json:
        event = await self.delete("events", entry_id)
        del event["_id"]
        await self._db["animes"].update_one(_of("_id", entry_id), {"$push": {"outbox": event}})
        return event

    async def edit_synopsis(self, synopsis: str, entry_id: str = "") -> None:
        edited = {"$set": {"record.entry.synopsis": synopsis}}
        await self._db["animes"].update_one(_of("_id", entry_id), edited)

    async def spoil_listing(self, entry_id: str) -> None:
        await self._db["listings"].update_one({"_id": entry_id}, {"$set": {"entry.pages": 7}})

    async def cut_off_lock_change(self, change: str) -> bool:
        latest = {"$set": {"pending": change}, "$inc": {"number": 1}}
        await self._db["merge_lock_changes"].update_one({"_id": "latest"}, latest, upsert=True)
        return True

    async def add_character(self, entry_id: str) -> None:
        await self._db["characters"].insert_one(
            {"_id": "x", "entry_id": entry_id, "version": 1, "record": {}}
        )

    async def forget_image(self, source_url: str) -> None:
        await self._db["image_map"].delete_one({"source_url": source_url})

    async def hold(self, entry_id: str, until: datetime) -> None:
        await self._db["animes"].update_one({"_id": entry_id}, {"$set": {"lease.until": until}})

    async def set_intents(self, state: str) -> None:
        await self._db["intents"].update_many({}, {"$set": {"state": state}})

    async def erase(self) -> None:
        for name in await self._db.list_collection_names():
            await self._db[name].delete_many({})


class SqliteFile:
    """The file, read as it is on the disk; also for the drills' checker, which is no coroutine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def documents(self, collection: str, **equal: Any) -> list[Json]:
        """All documents of a collection whose fields are these."""
        found = getattr(self, f"_{collection}")() if self.path.exists() else []
        return [one for one in found if all(one.get(name) == value for name, value in equal.items())]

    def run(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """One statement, committed."""
        with closing(sqlite3.connect(self.path, timeout=20)) as connection, connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(statement, values).fetchall()

    def _animes(self) -> list[Json]:
        return [self._anime(dict(row)) for row in self.run("SELECT * FROM animes")]

    def _anime(self, row: Json) -> Json:
        until = row.pop("lease_until")
        lease = {"token": row.pop("lease_token"), "owner": row.pop("lease_owner"), "until": until}
        events = self.run("SELECT event FROM outbox WHERE entry_id = ?", row["entry_id"])
        return row | {
            "_id": row["entry_id"],
            "record": json.loads(row["record"]) if row["record"] else None,
            "lease": lease | {"until": datetime.fromisoformat(until)} if until else None,
            "outbox": [_timed(json.loads(one["event"])) for one in events],
        }

    def _events(self) -> list[Json]:
        return [_timed(json.loads(row["event"])) for row in self.run("SELECT * FROM events")]

    def _intents(self) -> list[Json]:
        rows = self.run("SELECT * FROM intents")
        return [_timed(json.loads(row["intent"])) | {"state": row["state"]} for row in rows]

    def _reviews(self) -> list[Json]:
        found = [_timed(json.loads(row["review"])) for row in self.run("SELECT * FROM reviews")]
        return [review | {"_id": review["run"]} for review in found]

    def _dead_letters(self) -> list[Json]:
        return [_timed(json.loads(row["letter"])) for row in self.run("SELECT * FROM dead_letters")]

    def _runs(self) -> list[Json]:
        return [json.loads(row["run"]) for row in self.run("SELECT run FROM runs ORDER BY rowid")]

    def _episodes(self) -> list[Json]:
        return self._projections("episodes")

    def _characters(self) -> list[Json]:
        return self._projections("characters")

    def _projections(self, name: str) -> list[Json]:
        rows = self.run("SELECT * FROM projections WHERE name = ?", name)
        return [
            dict(row) | {"_id": f"{row['entry_id']}/{row['id']}", "record": json.loads(row["record"])}
            for row in rows
        ]


class SqliteRaw:
    """The standard library's SQLite."""

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path)

    async def find(self, collection: str, **equal: Any) -> list[Json]:
        return self._file.documents(collection, **equal)

    async def delete(self, collection: str, entry_id: str = "") -> Json:
        if collection in {"episodes", "characters"}:
            one = "SELECT min(rowid) FROM projections WHERE name = ? AND ? IN ('', entry_id)"
            self._file.run(f"DELETE FROM projections WHERE rowid = ({one})", collection, entry_id)
            return {}
        equal = _of("entry_id", entry_id)
        found = self._file.documents(collection, **equal)[0]
        self._file.run(f"DELETE FROM {collection} WHERE id = ?", found["id"])
        return found

    async def unrelay(self, entry_id: str = "") -> Json:
        of_it = "SELECT id, event ->> 'entry_id', event FROM events WHERE ? IN ('', event ->> 'entry_id')"
        self._file.run(f"INSERT INTO outbox {of_it}", entry_id)
        return await self.delete("events", entry_id)

    async def edit_synopsis(self, synopsis: str, entry_id: str = "") -> None:
        edited = (
            "UPDATE animes SET record = json_set(record, '$.entry.synopsis', ?) WHERE ? IN ('', entry_id)"
        )
        self._file.run(edited, synopsis, entry_id)

    async def spoil_listing(self, entry_id: str) -> None:
        spoilt = "UPDATE listings SET listing = json_set(listing, '$.pages', 7) WHERE entry_id = ?"
        self._file.run(spoilt, entry_id)

    async def cut_off_lock_change(self, change: str) -> bool:
        return False

    async def add_character(self, entry_id: str) -> None:
        self._file.run("INSERT INTO projections VALUES ('characters', ?, 'x', 1, '{}')", entry_id)

    async def forget_image(self, source_url: str) -> None:
        self._file.run("DELETE FROM image_map WHERE source_url = ?", source_url)

    async def hold(self, entry_id: str, until: datetime) -> None:
        text = until.astimezone(UTC).isoformat(timespec="microseconds")
        self._file.run("UPDATE animes SET lease_until = ? WHERE entry_id = ?", text, entry_id)

    async def set_intents(self, state: str) -> None:
        self._file.run("UPDATE intents SET state = ?", state)

    async def erase(self) -> None:
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        for table in self._file.run(tables):
            self._file.run(f"DELETE FROM {table['name']}")


def _of(field: str, entry_id: str) -> Json:
    return {field: entry_id} if entry_id else {}


def _timed(document: Json) -> Json:
    times = {name: datetime.fromisoformat(document[name]) for name in _TIMES if document.get(name)}
    return document | times
