# SPDX-License-Identifier: Apache-2.0
"""Live entries in one line each, or without their rows: only the fields that are shown are read."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from sqlite3 import Row

from pydantic import TypeAdapter

from otakube.adapters.stores.damage import all_intact
from otakube.adapters.stores.live_entry import names_of
from otakube.adapters.stores.sqlite.connection import SqliteDocuments, as_list, as_text, as_time
from otakube.domain.record.golden import AnimeStatus, GoldenRecord
from otakube.ports.search import EntrySummary, EntryTitles

_SUMMARY = TypeAdapter(EntrySummary)
_SUMMARIES = """
SELECT animes.entry_id, live_version AS version, digest, json_extract(record, '$.entry.titles.main') AS title,
       json_extract(record, '$.entry.type') AS type, json_extract(record, '$.entry.season.year') AS year,
       coalesce(system_status, 'ACTIVE') AS system_status
FROM animes LEFT JOIN listings USING (entry_id)
WHERE live_version IS NOT NULL AND animes.entry_id IN (SELECT value FROM json_each(:ids))
UNION ALL
SELECT entry_id, NULL, '', json_extract(listing, '$.listing.title'), json_extract(listing, '$.listing.type'),
       json_extract(listing, '$.listing.season.year'), system_status
FROM listings WHERE entry_id IN (SELECT value FROM json_each(:ids))
  AND entry_id NOT IN (SELECT entry_id FROM animes WHERE live_version IS NOT NULL)
"""
_TITLES = """
SELECT entry_id, live_version, json_extract(record, '$.entry.titles') AS titles, committed_at
FROM animes WHERE live_version IS NOT NULL AND committed_at >= :moment
UNION ALL
SELECT entry_id, NULL, json_object('main', json_extract(listing, '$.listing.title'),
                                   'synonyms', json_extract(listing, '$.listing.synonyms')), updated_at
FROM listings WHERE updated_at >= :moment
  AND entry_id NOT IN (SELECT entry_id FROM animes WHERE live_version IS NOT NULL)
"""
_RELATIVES = """
SELECT entry_id,
       json_object('entry', json_extract(record, '$.entry'),
                   'attributions', json_extract(record, '$.attributions'),
                   'assembled_at', json_extract(record, '$.assembled_at')) AS record
FROM animes WHERE live_version IS NOT NULL AND entry_id IN
  (SELECT entry_id FROM pages WHERE source_url IN (SELECT value FROM json_each(?)))
"""

_BY_STATUS = """
SELECT entry_id,
       json_object('entry', json_extract(record, '$.entry'), 'episodes', json_extract(record, '$.episodes'),
                   'attributions', json_extract(record, '$.attributions'),
                   'assembled_at', json_extract(record, '$.assembled_at')) AS record
FROM animes WHERE live_version IS NOT NULL
  AND json_extract(record, '$.entry.status') IN (SELECT value FROM json_each(?))
"""


class SqliteSummaries:
    """The `Summaries` port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def of(self, entry_ids: Sequence[str]) -> dict[str, EntrySummary]:
        """The live and listed entries among these, by id."""
        with self._documents.statement("reading entries") as rows:
            found = rows.execute(_SUMMARIES, {"ids": as_list(entry_ids)}).fetchall()
        return {row["entry_id"]: _SUMMARY.validate_python(dict(row)) for row in found}


class SqliteLiveTitles:
    """The `LiveTitles` port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def since(self, moment: datetime | None) -> list[EntryTitles]:
        """The live and listed entries that were written at `moment` or later."""
        with self._documents.statement("reading titles") as rows:
            found = rows.execute(_TITLES, {"moment": as_text(moment) if moment else ""}).fetchall()
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


class SqliteEntriesByStatus:
    """The `EntriesByStatus` port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def with_status(self, statuses: Collection[AnimeStatus]) -> AsyncIterator[GoldenRecord]:
        """The live entries of these statuses."""
        with self._documents.statement("reading entries by status") as rows:
            found = rows.execute(_BY_STATUS, [as_list([str(one) for one in statuses])]).fetchall()
        for record in all_intact(
            found, "entry_id", lambda row: GoldenRecord.model_validate_json(row["record"])
        ):
            yield record


def _titles(row: Row) -> EntryTitles:
    return EntryTitles(
        entry_id=row["entry_id"],
        version=row["live_version"],
        titles=names_of(row["titles"]),
        committed_at=as_time(row["committed_at"]),
    )
