# SPDX-License-Identifier: Apache-2.0
"""Identities, live entries, reviews and dead letters, each change one transaction."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from otakube.adapters.stores.damage import intact_record
from otakube.adapters.stores.live_entry import Bookkeeping, live_entry
from otakube.adapters.stores.sqlite.connection import Row, SqliteDocuments, as_list, as_text, as_time
from otakube.ports.catalogue import Binding, DeadLetter, LiveEntry, ReviewDecision

_REVIEW, _LETTER = TypeAdapter(ReviewDecision), TypeAdapter(DeadLetter)

_BIND = """
INSERT INTO identities (source_url, entry_id, since, token) VALUES (:source_url, :entry_id, :since, :token)
ON CONFLICT DO UPDATE SET token = max(token, excluded.token) WHERE entry_id = excluded.entry_id
"""
_BIND_FREE = """
INSERT INTO identities (source_url, entry_id, since, token) VALUES (:source_url, :entry_id, :since, :token)
ON CONFLICT DO NOTHING
"""
_MOVE = """
UPDATE identities SET entry_id = :entry_id, since = :since, token = :token
WHERE source_url = :source_url AND entry_id = :owner AND token < :fence
"""
_RELEASE = "DELETE FROM identities WHERE source_url = :source_url AND entry_id = :owner AND token < :fence"


class SqliteIdentities:
    """The `Identities` port: one row a URL."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def bindings(self, source_urls: Sequence[str]) -> dict[str, Binding]:
        """By URL, of those that are bound."""
        query = "SELECT * FROM identities WHERE source_url IN (SELECT value FROM json_each(?))"
        with self._documents.statement("reading identities") as rows:
            return {row["source_url"]: _binding(row) for row in rows.execute(query, [as_list(source_urls)])}

    async def pages_of(self, entry_id: str) -> list[str]:
        """The URLs that are bound to an entry."""
        with self._documents.statement(f"reading the identities of {entry_id}") as rows:
            query = "SELECT source_url FROM identities WHERE entry_id = ? ORDER BY source_url"
            return [row["source_url"] for row in rows.execute(query, [entry_id])]

    async def bind(self, source_url: str, binding: Binding) -> str:
        """Insert, raise the token of a page that is the entry's, or see whose it is."""
        with self._documents.transaction(f"binding {source_url}") as rows:
            rows.execute(_BIND, _values(source_url, binding))
            query = "SELECT entry_id FROM identities WHERE source_url = ?"
            return str(rows.execute(query, [source_url]).fetchone()["entry_id"])

    async def bind_free(self, bindings: Mapping[str, Binding]) -> None:
        """Insert what is not there, in one transaction."""
        values = [_values(url, binding) for url, binding in bindings.items()]
        with self._documents.transaction("binding pages") as rows:
            rows.executemany(_BIND_FREE, values)

    async def move(self, source_url: str, to: Binding, *, owner: str, token: int) -> bool:
        """Compare owner and token, and set."""
        values = _values(source_url, to) | {"owner": owner, "fence": token}
        with self._documents.statement(f"moving {source_url} from {owner} to {to.entry_id}") as rows:
            return rows.execute(_MOVE, values).rowcount > 0

    async def release(self, source_url: str, *, owner: str, token: int) -> bool:
        """Compare owner and token, and delete."""
        values = {"source_url": source_url, "owner": owner, "fence": token}
        with self._documents.statement(f"releasing {source_url} of {owner}") as rows:
            return rows.execute(_RELEASE, values).rowcount > 0


def _values(source_url: str, binding: Binding) -> dict[str, Any]:
    since = binding.since and as_text(binding.since)
    return {
        "source_url": source_url, "entry_id": binding.entry_id, "since": since, "token": binding.token
    }  # fmt: skip


def _binding(row: Row) -> Binding:
    since = row["since"] and as_time(row["since"])
    return Binding(entry_id=row["entry_id"], since=since, token=row["token"])


class SqliteCatalogue:
    """The `Catalogue` port: entries that are live."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def entry(self, entry_id: str) -> LiveEntry | None:
        """The live version, or None."""
        with self._documents.statement(f"reading {entry_id}") as rows:
            query = "SELECT * FROM animes WHERE entry_id = ? AND live_version IS NOT NULL"
            row = rows.execute(query, [entry_id]).fetchone()
        return read_live_entry(row) if row else None

    async def by_source(self, source_url: str) -> LiveEntry | None:
        """The live version of the URL's entry, or None."""
        with self._documents.statement(f"reading the entry of {source_url}") as rows:
            query = (
                "SELECT animes.* FROM animes JOIN identities USING (entry_id) "
                "WHERE source_url = ? AND live_version IS NOT NULL"
            )
            row = rows.execute(query, [source_url]).fetchone()
        return read_live_entry(row) if row else None


class SqliteReviews:
    """One decision a run: inserted, never changed."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def record(self, review: ReviewDecision) -> ReviewDecision:
        """Insert, or return what was decided before."""
        values = (review.run, _REVIEW.dump_json(review).decode())
        with self._documents.statement(f"recording the review of {review.run}") as rows:
            rows.execute("INSERT OR IGNORE INTO reviews VALUES (?, ?)", values)
        return await self.of(review.run) or review

    async def of(self, run: str) -> ReviewDecision | None:
        """The run's decision."""
        with self._documents.statement(f"reading the review of {run}") as rows:
            row = rows.execute("SELECT review FROM reviews WHERE run = ?", [run]).fetchone()
        return _REVIEW.validate_json(row["review"]) if row else None


class SqliteDeadLetters:
    """Runs that ended badly, one row each."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def put(self, letter: DeadLetter) -> None:
        """Insert or replace by run."""
        values = (letter.run, _LETTER.dump_json(letter).decode())
        with self._documents.statement(f"writing the dead letter of {letter.run}") as rows:
            rows.execute("INSERT OR REPLACE INTO dead_letters VALUES (?, ?)", values)

    async def newest(self, limit: int) -> list[DeadLetter]:
        """The latest, the newest first."""
        with self._documents.statement("reading the dead letters") as rows:
            found = rows.execute("SELECT letter FROM dead_letters").fetchall()
        letters = [_LETTER.validate_json(row["letter"]) for row in found]
        return sorted(letters, key=lambda letter: (letter.at, letter.run), reverse=True)[:limit]


def read_live_entry(row: Row) -> LiveEntry:
    """A row of `animes` with a live version; Damaged if it cannot be read."""
    with intact_record(row["entry_id"]):
        beside = json.dumps({name: row[name] for name in Bookkeeping.model_fields})
        return live_entry(row["entry_id"], Bookkeeping.model_validate_json(beside), row["record"])
