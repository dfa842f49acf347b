# SPDX-License-Identifier: Apache-2.0
"""The last shape of each provider's answers: one row a provider and title."""

from pydantic import TypeAdapter

from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.ports.checks import CheckedShape
from otakube_api.contract import Provider

_CHECKED = TypeAdapter(CheckedShape)


class SqliteCheckHistory:
    """The `CheckHistory` port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def last(self, provider: Provider, title: str) -> CheckedShape | None:
        """The last one, if there is one."""
        with self._documents.statement("reading a provider's last check") as rows:
            query = "SELECT checked FROM provider_checks WHERE provider = ? AND title = ?"
            row = rows.execute(query, [provider.value, title]).fetchone()
        return _CHECKED.validate_json(row["checked"]) if row else None

    async def put(self, checked: CheckedShape) -> None:
        """Insert or replace."""
        values = (checked.provider.value, checked.title, _CHECKED.dump_json(checked).decode())
        with self._documents.statement("keeping a provider's check") as rows:
            rows.execute("INSERT OR REPLACE INTO provider_checks VALUES (?, ?, ?)", values)
