# SPDX-License-Identifier: Apache-2.0
"""Live entries in one line each, or without their rows: one query, and only the fields that are shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from pydantic import TypeAdapter

from otakube.adapters.stores.damage import all_intact
from otakube.adapters.stores.mongodb.connection import Documents, translated
from otakube.domain.record.golden import GoldenRecord, Titles
from otakube.ports.search import EntrySummary, EntryTitles

_SHOWN = {
    "live_version": 1,
    "digest": 1,
    "record.entry.titles.main": 1,
    "record.entry.type": 1,
    "record.entry.season": 1,
}
_TITLES = {"live_version": 1, "committed_at": 1, "record.entry.titles": 1}
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


class MongoLiveTitles:
    """The `LiveTitles` port."""

    def __init__(self, documents: Documents) -> None:
        self._animes = documents["animes"]

    async def since(self, moment: datetime | None) -> list[EntryTitles]:
        """The live entries that were committed at `moment` or later."""
        wanted: dict[str, Any] = {"live_version": {"$ne": None}}
        if moment is not None:
            wanted["committed_at"] = {"$gte": moment}
        async with translated("reading titles"):
            found = [document async for document in self._animes.find(wanted, _TITLES)]
        return all_intact(found, "_id", _names)


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


def _names(document: dict[str, Any]) -> EntryTitles:
    titles = Titles.model_validate_json(orjson.dumps(document["record"]["entry"]["titles"]))
    return EntryTitles(
        entry_id=document["_id"],
        version=document["live_version"],
        titles=titles.names(),
        committed_at=document["committed_at"],
    )


def _relative(document: dict[str, Any]) -> GoldenRecord:
    return GoldenRecord.model_validate_json(orjson.dumps(document["record"]))
