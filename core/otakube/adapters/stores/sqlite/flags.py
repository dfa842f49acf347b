# SPDX-License-Identifier: Apache-2.0
"""The flags, a row each."""

from collections.abc import Collection, Sequence

from pydantic import TypeAdapter

from otakube.adapters.stores.sqlite.connection import SqliteDocuments, as_list
from otakube.ports.flags import Flag, FlagState

_FLAG = TypeAdapter(Flag)


class SqliteFlags:
    """The `Flags` port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def get(self, flag_ids: Collection[str]) -> dict[str, Flag]:
        """Those that there are, by id."""
        query = "SELECT id, flag FROM flags WHERE id IN (SELECT value FROM json_each(?))"
        with self._documents.statement("reading flags") as rows:
            found = rows.execute(query, [as_list(flag_ids)]).fetchall()
        return {row["id"]: _FLAG.validate_json(row["flag"]) for row in found}

    async def put(self, flags: Sequence[Flag]) -> None:
        """Insert or replace each, in one transaction."""
        values = [(one.id, one.entry_id, one.state, _FLAG.dump_json(one).decode()) for one in flags]
        with self._documents.transaction("writing flags") as rows:
            rows.executemany("INSERT OR REPLACE INTO flags VALUES (?, ?, ?, ?)", values)

    async def newest(self, state: FlagState | None, limit: int) -> list[Flag]:
        """Those in a state, or all; the newest first."""
        query = (
            "SELECT flag FROM flags WHERE :state IS NULL OR state = :state "
            "ORDER BY json_extract(flag, '$.flagged_at') DESC, id LIMIT :limit"
        )
        with self._documents.statement("reading flags") as rows:
            found = rows.execute(query, {"state": state, "limit": limit}).fetchall()
        return [_FLAG.validate_json(row["flag"]) for row in found]
