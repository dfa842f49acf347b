# SPDX-License-Identifier: Apache-2.0
"""Live entries in one line each, or without their rows: one query, and only the fields that are shown."""

from collections.abc import Sequence
from typing import Any

import orjson
from pydantic import TypeAdapter

from otakube.adapters.stores.damage import all_intact
from otakube.adapters.stores.mongodb.connection import Documents, translated
from otakube.domain.record.golden import GoldenRecord
from otakube.ports.search import EntrySummary

_SHOWN = {
    "live_version": 1,
    "digest": 1,
    "record.entry.titles.main": 1,
    "record.entry.type": 1,
    "record.entry.season": 1,
}
_SUMMARY = TypeAdapter(EntrySummary)
_ENTRY = {"record.entry": 1, "record.attributions": 1, "record.assembled_at": 1}


class MongoSummaries:
    """The `Summaries` port."""

    def __init__(self, documents: Documents) -> None:
        self._animes = documents["animes"]

    async def of(self, entry_ids: Sequence[str]) -> dict[str, EntrySummary]:
        """The live entries among these, by id."""
        wanted = {"_id": {"$in": list(entry_ids)}, "live_version": {"$ne": None}}
        async with translated("reading entries"):
            found = [document async for document in self._animes.find(wanted, _SHOWN)]
        return {one.entry_id: one for one in all_intact(found, "_id", _summary)}


class MongoRelatives:
    """The `Relatives` port."""

    def __init__(self, documents: Documents) -> None:
        self._animes = documents["animes"]

    async def of_pages(self, source_urls: Sequence[str]) -> list[GoldenRecord]:
        """The live entries that show any of these pages."""
        wanted = {"record.entry.sources": {"$in": list(source_urls)}, "live_version": {"$ne": None}}
        async with translated("reading related entries"):
            found = [document async for document in self._animes.find(wanted, _ENTRY)]
        return all_intact(found, "_id", _relative)


def _summary(document: dict[str, Any]) -> EntrySummary:
    entry = document["record"]["entry"]
    return _SUMMARY.validate_python(
        {
            "entry_id": document["_id"],
            "version": document["live_version"],
            "digest": document["digest"],
            "title": entry["titles"]["main"],
            "type": entry["type"],
            "year": (entry.get("season") or {}).get("year"),
        }
    )


def _relative(document: dict[str, Any]) -> GoldenRecord:
    return GoldenRecord.model_validate_json(orjson.dumps(document["record"]))
