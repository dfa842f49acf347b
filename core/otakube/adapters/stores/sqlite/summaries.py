# SPDX-License-Identifier: Apache-2.0
"""Live entries in one line each, or without their rows: only the fields that are shown are read."""

from collections.abc import Sequence
from datetime import datetime
from sqlite3 import Row

from otakube.adapters.stores.damage import all_intact
from otakube.adapters.stores.sqlite.connection import SqliteDocuments, as_list, as_text, as_time
from otakube.domain.record.golden import GoldenRecord, Titles
from otakube.ports.search import EntrySummary, EntryTitles

_SUMMARIES = """
SELECT entry_id, live_version AS version, digest, json_extract(record, '$.entry.titles.main') AS title,
       json_extract(record, '$.entry.type') AS type, json_extract(record, '$.entry.season.year') AS year
FROM animes WHERE live_version IS NOT NULL AND entry_id IN (SELECT value FROM json_each(?))
"""
_TITLES = """
SELECT entry_id, live_version, json_extract(record, '$.entry.titles') AS titles, committed_at
FROM animes WHERE live_version IS NOT NULL AND committed_at >= ?
"""
_RELATIVES = """
SELECT entry_id,
       json_object('entry', json_extract(record, '$.entry'),
                   'attributions', json_extract(record, '$.attributions'),
                   'assembled_at', json_extract(record, '$.assembled_at')) AS record
FROM animes WHERE live_version IS NOT NULL AND entry_id IN
  (SELECT entry_id FROM pages WHERE source_url IN (SELECT value FROM json_each(?)))
"""


class SqliteSummaries:
    """The `Summaries` port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def of(self, entry_ids: Sequence[str]) -> dict[str, EntrySummary]:
        """The live entries among these, by id."""
        with self._documents.statement("reading entries") as rows:
            found = [EntrySummary(**row) for row in rows.execute(_SUMMARIES, [as_list(entry_ids)])]
        return {summary.entry_id: summary for summary in found}


class SqliteLiveTitles:
    """The `LiveTitles` port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def since(self, moment: datetime | None) -> list[EntryTitles]:
        """The live entries that were committed at `moment` or later."""
        with self._documents.statement("reading titles") as rows:
            found = rows.execute(_TITLES, [as_text(moment) if moment else ""]).fetchall()
        return all_intact(found, "entry_id", _titles)


class SqliteRelatives:
    """The `Relatives` port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def of_pages(self, source_urls: Sequence[str]) -> list[GoldenRecord]:
        """The live entries that show any of these pages."""
        with self._documents.statement("reading related entries") as rows:
            found = rows.execute(_RELATIVES, [as_list(source_urls)]).fetchall()
        return all_intact(found, "entry_id", lambda row: GoldenRecord.model_validate_json(row["record"]))


def _titles(row: Row) -> EntryTitles:
    return EntryTitles(
        entry_id=row["entry_id"],
        version=row["live_version"],
        titles=Titles.model_validate_json(row["titles"]).names(),
        committed_at=as_time(row["committed_at"]),
    )
