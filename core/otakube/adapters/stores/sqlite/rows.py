# SPDX-License-Identifier: Apache-2.0
"""Whole tables, for snapshots and restores: read in pages by key, filled where nothing is."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple

from otakube.adapters.stores.sqlite.catalogue import read_live_entry
from otakube.adapters.stores.sqlite.connection import Row, SqliteDocuments, as_text
from otakube.adapters.stores.sqlite.ledger import read_state, write_pages
from otakube.errors import Damaged
from otakube.ports.ledger import Lease
from otakube.ports.rows import ROW_FORMS, RowCollection, RowForm, StoredEntry, StoredRow, stored_row

_ENTRIES_OF_A_PAGE, _ROWS_OF_A_PAGE = 16, 500
_ENTRIES = """
SELECT *, (SELECT json_group_array(event) FROM outbox WHERE outbox.entry_id = animes.entry_id) AS outbox
FROM animes WHERE live_version IS NOT NULL AND entry_id > ? ORDER BY entry_id LIMIT ?
"""
_REINSTATE = """
UPDATE animes SET live_version = :version, commit_key = :commit_key, digest = :digest, model = :model,
  record = :record, committed_at = :committed_at, blobs = :blobs, points = :points, collection = :collection
WHERE entry_id = :entry_id AND lease_token = :token AND coalesce(lease_nonce, '') = :nonce
  AND live_version IS :expected
"""


class Table(NamedTuple):
    """A collection's table: the key of its rows, a row as JSON, and the statement that inserts one."""

    name: str
    key: str
    row: str
    insert: str


TABLES: Mapping[RowCollection, Table] = {
    RowCollection.COUNTERS: Table(
        "animes", "entry_id", "json_object('entry_id', entry_id, 'next_version', next_version)",
        "INSERT INTO animes (entry_id, next_version) VALUES (:key, :row ->> 'next_version') "
        "ON CONFLICT DO UPDATE SET next_version = max(next_version, excluded.next_version) ",
    ),
    RowCollection.IDENTITIES: Table(
        "identities", "source_url",
        "json_object('source_url', source_url, 'entry_id', entry_id, 'since', since)",
        "INSERT OR IGNORE INTO identities (source_url, entry_id, since) "
        "VALUES (:key, :row ->> 'entry_id', :since)",
    ),
    RowCollection.IMAGE_MAP: Table(
        "image_map", "source_url", "image",
        "INSERT OR IGNORE INTO image_map VALUES (:key, :row ->> 'key', :row)",
    ),
    RowCollection.REVIEWS: Table(
        "reviews", "run", "review", "INSERT OR IGNORE INTO reviews VALUES (:key, :row)"
    ),
    RowCollection.EVENTS: Table("events", "id", "event", "INSERT OR IGNORE INTO events VALUES (:key, :row)"),
    RowCollection.LISTINGS: Table(
        "listings", "entry_id", "listing",
        "INSERT OR IGNORE INTO listings VALUES (:key, :system_status, :updated_at, :row)",
    ),
    RowCollection.FLAGS: Table(
        "flags", "id", "flag",
        "INSERT OR IGNORE INTO flags VALUES (:key, :row ->> 'entry_id', :row ->> 'state', :row)",
    ),
    RowCollection.SYNCS: Table(
        "syncs", "started_at || ' ' || revision", "sync",
        "INSERT OR IGNORE INTO syncs VALUES (:row ->> 'revision', :started_at, :row)",
    ),
}  # fmt: skip


class SqliteRows:
    """The `StoredRows` port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def live_entries(self) -> int:
        """Number of live entries."""
        with self._documents.statement("counting entries") as rows:
            counted = "SELECT count(*) FROM animes WHERE live_version IS NOT NULL"
            return int(rows.execute(counted).fetchone()[0])

    async def entries(self, *, after: str = "") -> AsyncIterator[StoredEntry]:
        """Live entries by id; each page is one statement, so as of one instant."""
        while True:
            with self._documents.statement("reading entries") as rows:
                found = rows.execute(_ENTRIES, [after, _ENTRIES_OF_A_PAGE]).fetchall()
            for row in found:
                yield _entry(row)
            if not found:
                return
            after = found[-1]["entry_id"]

    async def rows(self, collection: RowCollection, *, after: str = "") -> AsyncIterator[StoredRow]:
        """Rows by their keys."""
        table = TABLES[collection]
        query = (
            f"SELECT {table.key} AS place, {table.row} AS row FROM {table.name} "  # noqa: S608 - of the table above
            f"WHERE {table.key} > ? ORDER BY {table.key} LIMIT ?"
        )
        while True:
            with self._documents.statement(f"reading {collection}") as rows:
                found = rows.execute(query, [after, _ROWS_OF_A_PAGE]).fetchall()
            for row in found:
                yield _stored(collection, row["place"], row["row"])
            if not found:
                return
            after = found[-1]["place"]

    async def insert(self, collection: RowCollection, rows: Sequence[Any]) -> int:
        """One transaction; a row that is there stays."""
        form, table = ROW_FORMS[collection], TABLES[collection]
        values = [_values(form, row) for row in rows]
        counted = f"SELECT count(*) FROM {table.name}"  # noqa: S608 - of the table above
        with self._documents.transaction(f"restoring {collection}") as connection:
            before = connection.execute(counted).fetchone()[0]
            connection.executemany(table.insert, values)
            return int(connection.execute(counted).fetchone()[0] - before)

    async def reinstate(self, stored: StoredEntry, *, expected: int | None, lease: Lease) -> bool:
        """Compare lease and live version, and set the version and its pages in one transaction."""
        live, state = stored.live, stored.state
        assert live is not None
        new = {
            "entry_id": live.entry_id,
            "expected": expected,
            "token": lease.token,
            "nonce": lease.nonce,
            "version": live.version,
            "commit_key": live.commit_key,
            "digest": live.digest,
            "model": live.model,
            "record": live.record.model_dump_json(),
            "committed_at": as_text(live.committed_at),
            "blobs": json.dumps(state.blobs),
            "points": state.points,
            "collection": state.collection,
        }
        with self._documents.transaction(f"restoring {live.entry_id}") as rows:
            if not rows.execute(_REINSTATE, new).rowcount:
                return False
            write_pages(rows, live)
        return True


def _stored(collection: RowCollection, place: str, text: str) -> StoredRow:
    return stored_row(collection, place, lambda form: form.validate_json(text))


def _values(form: RowForm, row: Any) -> dict[str, Any]:
    """A row as JSON, and what some tables have beside it."""
    moments = {name: getattr(row, name, None) for name in ("since", "updated_at", "started_at")}
    return {
        "key": form.key(row),
        "row": form.rows.dump_json(row).decode(),
        "system_status": getattr(row, "system_status", None),
        **{name: as_text(moment) if moment else None for name, moment in moments.items()},
    }


def _entry(row: Row) -> StoredEntry:
    state = read_state(row)
    try:
        return StoredEntry(state=state, live=read_live_entry(row))
    except Damaged as error:
        return StoredEntry(state=state, live=None, damage=str(error))
