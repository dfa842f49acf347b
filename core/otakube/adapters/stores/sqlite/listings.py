# SPDX-License-Identifier: Apache-2.0
"""The dataset's listings and the history of syncs, a row each."""

from collections.abc import AsyncIterator, Collection, Sequence

from pydantic import TypeAdapter

from otakube.adapters.stores.damage import all_intact, intact
from otakube.adapters.stores.live_entry import watched_fields
from otakube.adapters.stores.sqlite.connection import Row, SqliteDocuments, as_list, as_text
from otakube.ports.listings import ListedEntry, SyncRecord, WatchedFields

_LISTED, _SYNC = TypeAdapter(ListedEntry), TypeAdapter(SyncRecord)
_CURE = "delete it, and run `otakube sync run` with the latest week"
_PAGE = 500
_LIVE = """
SELECT entry_id, json_object(
  'titles', json_extract(record, '$.entry.titles'),
  'type', json_extract(record, '$.entry.type'),
  'status', json_extract(record, '$.entry.status'),
  'episode_count', json_extract(record, '$.entry.episode_count'),
  'sources', json_extract(record, '$.entry.sources')) AS fields
FROM animes WHERE live_version IS NOT NULL AND entry_id IN (SELECT value FROM json_each(?))
"""


class SqliteListings:
    """The `Listings` port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def prepare(self) -> None:
        """Nothing to do: the table is made with the file."""

    async def get(self, entry_id: str) -> ListedEntry | None:
        """The listing of an entry."""
        return (await self.of([entry_id])).get(entry_id)

    async def by_source(self, page: str) -> ListedEntry | None:
        """The listing of the page's entry."""
        query = "SELECT listings.* FROM listings JOIN identities USING (entry_id) WHERE source_url = ?"
        with self._documents.statement(f"reading the listing of {page}") as rows:
            row = rows.execute(query, [page]).fetchone()
        return _listed(row) if row else None

    async def of(self, entry_ids: Collection[str]) -> dict[str, ListedEntry]:
        """Those that there are, by id."""
        query = "SELECT * FROM listings WHERE entry_id IN (SELECT value FROM json_each(?))"
        with self._documents.statement("reading listings") as rows:
            found = rows.execute(query, [as_list(entry_ids)]).fetchall()
        return {row["entry_id"]: _listed(row) for row in found}

    async def all(self) -> AsyncIterator[ListedEntry]:
        """Every listing, a page at a time."""
        query, last = "SELECT * FROM listings WHERE entry_id > ? ORDER BY entry_id LIMIT ?", ""
        while True:
            with self._documents.statement("reading listings") as rows:
                found = rows.execute(query, [last, _PAGE]).fetchall()
            if not found:
                return
            for row in found:
                yield _listed(row)
            last = found[-1]["entry_id"]

    async def put(self, entries: Sequence[ListedEntry]) -> None:
        """Insert or replace each, in one transaction."""
        values = [
            (one.entry_id, one.system_status, as_text(one.updated_at), _LISTED.dump_json(one).decode())
            for one in entries
        ]
        with self._documents.transaction("writing listings") as rows:
            rows.executemany("INSERT OR REPLACE INTO listings VALUES (?, ?, ?, ?)", values)

    async def amend(self, before: ListedEntry, after: ListedEntry) -> bool:
        """Compare the time of the last write, and set."""
        changed = (
            "UPDATE listings SET system_status = ?, updated_at = ?, listing = ? "
            "WHERE entry_id = ? AND updated_at = ?"
        )
        new = [after.system_status, as_text(after.updated_at), _LISTED.dump_json(after).decode()]
        with self._documents.statement("amending a listing") as rows:
            return rows.execute(changed, [*new, before.entry_id, as_text(before.updated_at)]).rowcount > 0

    async def live(self, entry_ids: Collection[str]) -> dict[str, WatchedFields]:
        """The entries among these that have a live version, by id."""
        with self._documents.statement("reading entries") as rows:
            found = rows.execute(_LIVE, [as_list(entry_ids)]).fetchall()
        watched = all_intact(found, "entry_id", lambda row: watched_fields(row["entry_id"], row["fields"]))
        return {one.entry_id: one for one in watched}


class SqliteSyncHistory:
    """The `SyncHistory` port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def put(self, sync: SyncRecord) -> None:
        """Insert or replace by revision and start."""
        values = (sync.revision, as_text(sync.started_at), _SYNC.dump_json(sync).decode())
        with self._documents.statement("writing the history of syncs") as rows:
            rows.execute("INSERT OR REPLACE INTO syncs VALUES (?, ?, ?)", values)

    async def newest(self, limit: int) -> list[SyncRecord]:
        """The latest, the newest first."""
        query = "SELECT sync FROM syncs ORDER BY started_at DESC, revision LIMIT ?"
        with self._documents.statement("reading the history of syncs") as rows:
            return [_SYNC.validate_json(row["sync"]) for row in rows.execute(query, [limit])]


def _listed(row: Row) -> ListedEntry:
    with intact(f"the listing of {row['entry_id']}", _CURE):
        return _LISTED.validate_json(row["listing"])
