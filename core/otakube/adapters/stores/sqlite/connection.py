# SPDX-License-Identifier: Apache-2.0
"""One connection a process to the file of documents, and its failures in the port's words."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Self

from otakube.errors import Fatal, Retriable
from otakube_api.contract import FailureReason

FILE = "documents.sqlite3"
SCHEMA_VERSION = 6
_UPGRADES = {
    2: (
        "ALTER TABLE animes ADD COLUMN lease_nonce TEXT",
        "ALTER TABLE animes ADD COLUMN fence INTEGER",
        "ALTER TABLE animes ADD COLUMN nonce TEXT",
        "ALTER TABLE identities ADD COLUMN since TEXT",
        "ALTER TABLE identities ADD COLUMN token INTEGER NOT NULL DEFAULT 0",
    ),
    3: ("CREATE TABLE merge_lock_changes (id INTEGER PRIMARY KEY, number INTEGER NOT NULL)",),
    4: (
        "CREATE TABLE listings (entry_id TEXT PRIMARY KEY, system_status TEXT NOT NULL, "
        "updated_at TEXT NOT NULL, listing TEXT NOT NULL)",
        "CREATE INDEX listings_updated ON listings (updated_at)",
        "CREATE TABLE flags (id TEXT PRIMARY KEY, entry_id TEXT NOT NULL, state TEXT NOT NULL, "
        "flag TEXT NOT NULL)",
        "CREATE INDEX flags_state ON flags (state)",
        "CREATE TABLE syncs (revision TEXT, started_at TEXT, sync TEXT NOT NULL, "
        "PRIMARY KEY (revision, started_at))",
    ),
    5: (
        "CREATE TABLE blob_uses (key TEXT PRIMARY KEY, used_at TEXT, unused_since TEXT, removal TEXT, "
        "removal_at TEXT)",
        "CREATE TABLE image_dead_letters (anime_id TEXT, image_url TEXT, letter TEXT NOT NULL, "
        "PRIMARY KEY (anime_id, image_url))",
        "CREATE TABLE take_downs (id TEXT PRIMARY KEY, lifted INTEGER NOT NULL, take_down TEXT NOT NULL)",
    ),
    6: (
        "CREATE TABLE processing_locks (entry_id TEXT PRIMARY KEY, owner TEXT NOT NULL, until TEXT NOT NULL)",
    ),
}
"""The statements that make a file of the form before into one of this form."""
_WAIT_SECONDS = 10.0  # for another process that writes
# Primary result codes; the extended ones of Python's exceptions have them in their low byte.
_REFUSED = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)
_SPOILT = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
Row = sqlite3.Row


class SqliteDocuments:
    """The file below `folder`, made if it is missing.

    Calls are not handed to threads: each takes a millisecond, and a process has the folder for itself.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._connection: sqlite3.Connection | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._connection:
            self._connection.close()

    @contextmanager
    def statement(self, doing: str) -> Iterator[sqlite3.Connection]:
        """The connection, for one statement: each is a transaction of its own."""
        with _translated(self.path, doing):
            yield self._connected()

    @contextmanager
    def transaction(self, doing: str) -> Iterator[sqlite3.Connection]:
        """Several statements as one change that meets no other writer; rolled back if the body raises."""
        with self.statement(doing) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """Many changes that a power failure may take back in part; at the end all are on the disk."""
        with self.statement("writing in bulk") as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            with self.statement("flushing") as connection:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self.path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.row_factory = sqlite3.Row
            try:
                _prepare(connection, self.path)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Write-ahead log, each commit on the disk before it is acknowledged, and the tables."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if _version(connection) < SCHEMA_VERSION:
        connection.execute("BEGIN IMMEDIATE")
        for statement in _missing(_version(connection)):  # none if another process was faster
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {max(SCHEMA_VERSION, _version(connection))}")
        connection.execute("COMMIT")
    if (found := _version(connection)) != SCHEMA_VERSION:
        message = f"{path} has the form {found}, this release reads {SCHEMA_VERSION}: name another folder"
        raise Fatal(FailureReason.SETTINGS_INVALID, message)


def _missing(found: int) -> list[str]:
    """The statements from the form found to this release's; all tables for an empty file."""
    if found == 0:
        return files("otakube.adapters.stores.sqlite").joinpath("schema.sql").read_text().split(";\n")
    return [statement for form, upgrade in sorted(_UPGRADES.items()) if form > found for statement in upgrade]


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def _translated(path: Path, doing: str) -> Iterator[None]:
    """Turn SQLite's exceptions into Retriable (busy, full) or Fatal (no database, no permission)."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in _REFUSED:
            message = f"{doing}: {path}: {error}; name a folder that this user may write"
            raise Fatal(FailureReason.SETTINGS_INVALID, message) from error
        message = f"{doing}: {path}: {error}"
        raise Retriable(FailureReason.STORE_UNAVAILABLE, message) from error
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in _SPOILT:
            raise
        message = f"{doing}: {path} is no database any more ({error}); restore it, or remove its folder"
        raise Fatal(FailureReason.SETTINGS_INVALID, message) from error
    except OSError as error:
        message = f"{doing}: {path}: {error.strerror}; name a folder that this user may write"
        raise Fatal(FailureReason.SETTINGS_INVALID, message) from error


def as_list(values: Iterable[str]) -> str:
    """The parameter of `IN (SELECT value FROM json_each(?))`, however many values there are."""
    return json.dumps(list(values))


def as_text(moment: datetime) -> str:
    """A time whose text sorts as it does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def as_time(text: str) -> datetime:
    """Read `as_text`."""
    return datetime.fromisoformat(text)
