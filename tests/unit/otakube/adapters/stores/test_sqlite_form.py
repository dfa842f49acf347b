# SPDX-License-Identifier: Apache-2.0
"""A file of documents that an older release made."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from otakube.adapters.stores.sqlite import connection
from otakube.adapters.stores.sqlite.catalogue import SqliteIdentities
from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.adapters.stores.sqlite.ledger import SqliteLedger
from otakube.adapters.stores.sqlite.listings import SqliteListings, SqliteSyncHistory
from otakube.errors import Fatal
from otakube.ports.catalogue import Binding
from otakube.ports.ledger import Lease

PAGE = "https://anilist.co/anime/1"
FIRST_FORM = """
CREATE TABLE animes (
  entry_id TEXT PRIMARY KEY, next_version INTEGER NOT NULL, live_version INTEGER, commit_key TEXT,
  digest TEXT, model TEXT, record TEXT, committed_at TEXT, blobs TEXT NOT NULL DEFAULT '[]',
  points INTEGER NOT NULL DEFAULT 0, collection TEXT, lease_token INTEGER, lease_owner TEXT, lease_until TEXT
);
CREATE TABLE identities (source_url TEXT PRIMARY KEY, entry_id TEXT NOT NULL);
INSERT INTO identities VALUES ('https://anilist.co/anime/1', 'ani_a');
CREATE TABLE outbox (id TEXT PRIMARY KEY, entry_id TEXT NOT NULL, event TEXT NOT NULL);
INSERT INTO animes (entry_id, next_version, lease_token, lease_owner, lease_until)
  VALUES ('ani_a', 3, 3, 'work/gone/1-1', '2026-11-20T12:00:00.000000+00:00');
PRAGMA user_version = 1;
"""


async def test_a_file_of_the_form_before_is_upgraded_with_what_is_in_it(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / connection.FILE)) as older:
        older.executescript(FIRST_FORM)
    async with SqliteDocuments(tmp_path) as documents:
        ledger = SqliteLedger(documents)
        state = await ledger.state("ani_a")
        assert state is not None
        assert state.lease is not None
        assert (state.lease.token, state.lease.nonce) == (3, "")
        now = datetime(2026, 11, 26, tzinfo=UTC)
        stale = Lease(token=3, nonce="a", owner="b", until=now + timedelta(minutes=1))
        assert not await ledger.take_lease("ani_a", stale, now=now)
        assert await ledger.next_version("ani_a") == 4
        identities = SqliteIdentities(documents)
        assert await identities.bindings([PAGE]) == {PAGE: Binding(entry_id="ani_a", since=None, token=0)}
        assert await identities.bind(PAGE, Binding(entry_id="ani_a", since=now, token=4)) == "ani_a"
        assert not await identities.release(PAGE, owner="ani_a", token=4)
    async with SqliteDocuments(tmp_path) as again:
        assert await SqliteLedger(again).next_version("ani_a") == 5


async def test_a_file_of_a_later_release_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / connection.FILE)) as later:
        later.execute(f"PRAGMA user_version = {connection.SCHEMA_VERSION + 1}")
    async with SqliteDocuments(tmp_path) as documents:
        with pytest.raises(Fatal, match="name another folder"):
            await SqliteLedger(documents).state("ani_a")


async def test_an_upgraded_file_has_the_tables_of_a_new_one(tmp_path: Path) -> None:
    older, newer = tmp_path / "older", tmp_path / "newer"
    older.mkdir()
    with closing(sqlite3.connect(older / connection.FILE)) as file:
        file.executescript(FIRST_FORM)
    columns = []
    for folder in (older, newer):
        async with SqliteDocuments(folder) as documents:
            await SqliteListings(documents).put([])
            with documents.statement("looking") as rows:
                found = rows.execute("SELECT name FROM pragma_table_info('listings')").fetchall()
                assert await SqliteSyncHistory(documents).newest(1) == []
        columns.append([row["name"] for row in found])
    assert columns[0] == columns[1]


async def test_after_a_bulk_write_each_change_is_on_the_disk_before_it_is_acknowledged(
    tmp_path: Path,
) -> None:
    async with SqliteDocuments(tmp_path) as documents:

        def synchronous() -> int:
            with documents.statement("looking") as rows:
                return int(rows.execute("PRAGMA synchronous").fetchone()[0])

        with documents.bulk():
            assert (await SqliteLedger(documents).next_version("ani_a"), synchronous()) == (1, 1)
        assert synchronous() == 2
        assert (tmp_path / f"{connection.FILE}-wal").stat().st_size == 0  # all of it is in the file itself
