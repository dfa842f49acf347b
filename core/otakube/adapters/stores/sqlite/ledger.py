# SPDX-License-Identifier: Apache-2.0
"""The commit's bookkeeping: lease and live version in the entry's row, the rest beside it."""

import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from otakube.adapters.stores.sqlite.connection import Row, SqliteDocuments, as_list, as_text, as_time
from otakube.domain.record.golden import GoldenRecord
from otakube.ports.catalogue import LiveEntry
from otakube.ports.ledger import OPEN_STATES, EntryState, Event, Intent, IntentState, Lease

_EVENT, _INTENT = TypeAdapter(Event), TypeAdapter(Intent)
_OPEN = as_list(OPEN_STATES)
_PROJECTIONS = ("episodes", "characters")
_STATES = """
SELECT entry_id, live_version, commit_key, digest, next_version,
       lease_token, lease_nonce, lease_owner, lease_until, blobs, points, collection,
       (SELECT json_group_array(event) FROM outbox WHERE outbox.entry_id = animes.entry_id) AS outbox
FROM animes
"""
_UNSETTLED = (
    "WHERE lease_token IS NOT NULL OR EXISTS (SELECT 1 FROM outbox WHERE outbox.entry_id = animes.entry_id)"
)
_TAKE_LEASE = """
UPDATE animes SET fence = :token, next_version = max(next_version, :token),
  lease_token = :token, lease_nonce = :nonce, lease_owner = :owner, lease_until = :until
WHERE entry_id = :entry_id
  AND max(coalesce(live_version, 0), coalesce(lease_token, 0), coalesce(fence, 0)) < :token
  AND (lease_token IS NULL OR lease_until < :now OR lease_owner = :owner)
"""
_MAKE_LIVE = """
UPDATE animes SET live_version = :version, commit_key = :commit_key, digest = :digest, model = :model,
  record = :record, committed_at = :committed_at, blobs = :blobs, points = :points, collection = :collection
WHERE entry_id = :entry_id AND lease_token = :version AND coalesce(lease_nonce, '') = :nonce
  AND live_version IS :expected
"""
_OPEN_INTENT = """
INSERT INTO intents VALUES (:commit_key, :entry_id, :version, :state, :intent)
ON CONFLICT DO UPDATE SET version = excluded.version, state = excluded.state, intent = excluded.intent
WHERE intents.version < excluded.version AND intents.state NOT IN (SELECT value FROM json_each(:open))
"""
_MOVE_INTENT = """
UPDATE intents SET state = :to, intent = json_set(intent, '$.fence', :by)
WHERE commit_key = :key AND version = :version AND state IN (:state, :to)
  AND coalesce(json_extract(intent, '$.fence'), 0) <= :by
  AND coalesce(json_extract(intent, '$.nonce'), '') = :nonce
"""
_RENEW_LEASE = """
UPDATE animes SET lease_until = :until
WHERE entry_id = :entry_id AND lease_token = :token AND coalesce(lease_nonce, '') = :nonce
"""
_RELEASE_LEASE = """
UPDATE animes SET lease_token = NULL, lease_nonce = NULL, lease_owner = NULL, lease_until = NULL
WHERE entry_id = :entry_id AND lease_token = :token AND coalesce(lease_nonce, '') = :nonce
"""
_UPSERT = """
INSERT INTO projections VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET version = excluded.version, record = excluded.record
WHERE projections.version < excluded.version
"""


class SqliteLedger:
    """The Ledger port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def prepare(self) -> None:
        """Nothing to do: the tables and their indexes are made with the file."""

    def record_bytes(self, record: GoldenRecord) -> int:
        """Bytes of JSON."""
        return len(record.model_dump_json().encode())

    async def state(self, entry_id: str) -> EntryState | None:
        """An entry's bookkeeping, or None."""
        with self._documents.statement(f"reading {entry_id}") as rows:
            row = rows.execute(_STATES + "WHERE entry_id = ?", [entry_id]).fetchone()
        return read_state(row) if row else None

    async def states(self) -> AsyncIterator[EntryState]:
        """Every entry's bookkeeping."""
        with self._documents.statement("reading entries") as rows:
            found = rows.execute(_STATES).fetchall()
        for row in found:
            yield read_state(row)

    async def unsettled(self) -> AsyncIterator[EntryState]:
        """Those that are leased, or have events in the outbox."""
        with self._documents.statement("reading entries") as rows:
            found = rows.execute(_STATES + _UNSETTLED).fetchall()
        for row in found:
            yield read_state(row)

    async def entries(self) -> int:
        """Number of rows."""
        with self._documents.statement("counting entries") as rows:
            return int(rows.execute("SELECT count(*) FROM animes").fetchone()[0])

    async def next_version(self, entry_id: str) -> int:
        """Draw a fencing token."""
        drawn = (
            "INSERT INTO animes (entry_id, next_version) VALUES (?, 1) "
            "ON CONFLICT DO UPDATE SET next_version = next_version + 1 RETURNING next_version"
        )
        with self._documents.transaction(f"drawing a version for {entry_id}") as rows:
            return int(rows.execute(drawn, [entry_id]).fetchall()[0]["next_version"])

    async def take_lease(self, entry_id: str, lease: Lease, *, now: datetime) -> bool:
        """Hold the entry if it is free, the holder's time is over or it is the same; tokens only grow."""
        wanted = _lease(lease) | {"entry_id": entry_id, "now": as_text(now)}
        return self._change(f"leasing {entry_id}", _TAKE_LEASE, wanted)

    async def renew_lease(self, entry_id: str, lease: Lease) -> bool:
        """Move the end; False if another token holds the entry."""
        held = _lease(lease) | {"entry_id": entry_id}
        return self._change(f"renewing the lease of {entry_id}", _RENEW_LEASE, held)

    async def release_lease(self, entry_id: str, lease: Lease) -> None:
        """Let go, if the token still holds."""
        self._change(f"releasing {entry_id}", _RELEASE_LEASE, _lease(lease) | {"entry_id": entry_id})

    async def open_intent(self, intent: Intent) -> bool:
        """Insert, or reopen a finished one of an older version."""
        values = {
            "commit_key": intent.commit_key,
            "entry_id": intent.entry_id,
            "version": intent.version,
            "state": intent.state.value,
            "intent": _INTENT.dump_json(intent).decode(),
            "open": _OPEN,
        }
        return self._change(f"preparing {intent.commit_key}", _OPEN_INTENT, values)

    async def intent(self, commit_key: str) -> Intent | None:
        """One intent."""
        with self._documents.statement(f"reading {commit_key}") as rows:
            row = rows.execute("SELECT * FROM intents WHERE commit_key = ?", [commit_key]).fetchone()
        return _intent(row) if row else None

    async def open_intents(self, entry_id: str | None = None) -> AsyncIterator[Intent]:
        """Intents that are neither Done nor Aborted."""
        query = (
            "SELECT * FROM intents WHERE state IN (SELECT value FROM json_each(?)) "
            "AND (? IS NULL OR entry_id = ?)"
        )
        with self._documents.statement("reading intents") as rows:
            found = rows.execute(query, [_OPEN, entry_id, entry_id]).fetchall()
        for row in found:
            yield _intent(row)

    async def move_intent(self, intent: Intent, to: IntentState, *, by: int) -> bool:
        """Compare and set; True as well if it has been moved there before."""
        values = {
            "key": intent.commit_key,
            "version": intent.version,
            "state": intent.state.value,
            "to": to.value,
            "by": by,
            "nonce": intent.nonce,
        }
        return self._change(f"moving {intent.commit_key} to {to}", _MOVE_INTENT, values)

    async def make_live(self, *, expected: int | None, live: LiveEntry, intent: Intent, event: Event) -> bool:
        """Compare and set of the entry, its pages and its outbox in one transaction."""
        new = {
            "entry_id": live.entry_id,
            "expected": expected,
            "version": live.version,
            "commit_key": live.commit_key,
            "digest": live.digest,
            "model": live.model,
            "record": live.record.model_dump_json(),
            "committed_at": as_text(live.committed_at),
            "blobs": json.dumps(intent.blobs),
            "points": intent.points,
            "collection": intent.collection,
            "nonce": intent.nonce,
        }
        queued = (event.id, event.entry_id, _EVENT.dump_json(event).decode())
        with self._documents.transaction(f"committing {live.entry_id}") as rows:
            if not rows.execute(_MAKE_LIVE, new).rowcount:
                return False
            write_pages(rows, live)
            rows.execute("INSERT INTO outbox VALUES (?, ?, ?)", queued)
        return True

    async def project(self, live: LiveEntry) -> None:
        """Bring the projections to the live version."""
        record = live.record.model_dump(mode="json", include=set(_PROJECTIONS))
        derived = [
            (name, live.entry_id, row["id"], live.version, json.dumps(row, ensure_ascii=False))
            for name in _PROJECTIONS
            for row in record[name]
        ]
        with self._documents.transaction(f"projecting {live.entry_id}") as rows:
            rows.executemany(_UPSERT, derived)
            older = "DELETE FROM projections WHERE entry_id = ? AND version < ?"
            rows.execute(older, [live.entry_id, live.version])

    async def projected(self, entry_ids: Sequence[str]) -> dict[str, dict[str, dict[int, int]]]:
        """Number of rows by version, by projection, by entry."""
        among = "WHERE entry_id IN (SELECT value FROM json_each(?))"
        found = self._projected(among, [as_list(entry_ids)])
        return {
            entry_id: found.get(entry_id) or {name: {} for name in _PROJECTIONS} for entry_id in entry_ids
        }

    async def all_projected(self) -> dict[str, dict[str, dict[int, int]]]:
        """The same of every entry that has projections."""
        return self._projected("", [])

    def _projected(self, where: str, values: list[str]) -> dict[str, dict[str, dict[int, int]]]:
        query = (
            f"SELECT entry_id, name, version, count(*) AS number FROM projections {where} "  # noqa: S608 - of the two above
            "GROUP BY entry_id, name, version"
        )
        found: dict[str, dict[str, dict[int, int]]] = {}
        with self._documents.statement("reading projections") as rows:
            for row in rows.execute(query, values):
                of_entry = found.setdefault(row["entry_id"], {name: {} for name in _PROJECTIONS})
                of_entry[row["name"]][row["version"]] = row["number"]
        return found

    async def drop_projections(self, entry_id: str) -> None:
        """Delete an entry's projections."""
        dropped = "DELETE FROM projections WHERE entry_id = :entry_id"
        self._change(f"dropping the projections of {entry_id}", dropped, {"entry_id": entry_id})

    async def event(self, event_id: str) -> Event | None:
        """A published event."""
        with self._documents.statement(f"reading {event_id}") as rows:
            row = rows.execute("SELECT event FROM events WHERE id = ?", [event_id]).fetchone()
        return _EVENT.validate_json(row["event"]) if row else None

    async def published(self, event_ids: Sequence[str]) -> set[str]:
        """Those of these ids whose events are published."""
        query = "SELECT id FROM events WHERE id IN (SELECT value FROM json_each(?))"
        with self._documents.statement("reading events") as rows:
            return {row["id"] for row in rows.execute(query, [as_list(event_ids)])}

    async def publish(self, event: Event) -> None:
        """Insert into `events` unless it is there."""
        published = "INSERT OR IGNORE INTO events VALUES (:id, :event)"
        values = {"id": event.id, "event": _EVENT.dump_json(event).decode()}
        self._change(f"publishing {event.id}", published, values)

    async def drop_event(self, entry_id: str, event_id: str) -> None:
        """Take an event out of the outbox."""
        dropped = "DELETE FROM outbox WHERE entry_id = :entry_id AND id = :id"
        self._change(f"relaying {event_id}", dropped, {"entry_id": entry_id, "id": event_id})

    def _change(self, doing: str, statement: str, values: dict[str, Any]) -> bool:
        """One statement that compares and sets; whether it did."""
        with self._documents.statement(doing) as rows:
            return rows.execute(statement, values).rowcount > 0


def write_pages(rows: sqlite3.Connection, live: LiveEntry) -> None:
    """Replace the entry's pages, by which it is found."""
    rows.execute("DELETE FROM pages WHERE entry_id = ?", [live.entry_id])
    pages = [(url, live.entry_id) for url in live.record.entry.sources]
    rows.executemany("INSERT OR IGNORE INTO pages VALUES (?, ?)", pages)


def _lease(lease: Lease) -> dict[str, Any]:
    return {
        "token": lease.token,
        "nonce": lease.nonce,
        "owner": lease.owner,
        "until": as_text(lease.until),
    }


def read_state(row: Row) -> EntryState:
    """A row of `animes`, with its outbox."""
    lease = None
    if row["lease_token"] is not None:
        lease = Lease(
            token=row["lease_token"],
            nonce=row["lease_nonce"] or "",
            owner=row["lease_owner"],
            until=as_time(row["lease_until"]),
        )
    return EntryState(
        entry_id=row["entry_id"],
        live_version=row["live_version"],
        commit_key=row["commit_key"],
        digest=row["digest"],
        next_version=row["next_version"],
        lease=lease,
        blobs=json.loads(row["blobs"]),
        points=row["points"],
        collection=row["collection"],
        outbox=[_EVENT.validate_json(event) for event in json.loads(row["outbox"])],
    )


def _intent(row: Row) -> Intent:
    fields = json.loads(row["intent"]) | {"state": row["state"]}
    return _INTENT.validate_python(fields)
