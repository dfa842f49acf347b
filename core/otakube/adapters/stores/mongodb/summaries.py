# SPDX-License-Identifier: Apache-2.0
"""Entries in one line each, or without their rows: one query, and only the fields that are shown."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from pydantic import TypeAdapter

from otakube.adapters.stores.damage import all_intact
from otakube.adapters.stores.live_entry import names_of
from otakube.adapters.stores.mongodb.connection import Documents, translated
from otakube.domain.record.golden import AnimeStatus, GoldenRecord
from otakube.domain.record.listing import SystemStatus
from otakube.ports.search import EntrySummary, EntryTitles

_SHOWN = {
    "live_version": 1,
    "digest": 1,
    "record.entry.titles.main": 1,
    "record.entry.type": 1,
    "record.entry.season": 1,
}
_TITLES = {"live_version": 1, "committed_at": 1, "record.entry.titles": 1}
_LISTED = {
    "system_status": 1,
    "entry.listing.title": 1,
    "entry.listing.type": 1,
    "entry.listing.season": 1,
}
_LISTED_TITLES = {"updated_at": 1, "entry.listing.title": 1, "entry.listing.synonyms": 1}
_SUMMARY = TypeAdapter(EntrySummary)
_ENTRY = {"record.entry": 1, "record.attributions": 1, "record.assembled_at": 1}

_WITH_EPISODES = _ENTRY | {"record.episodes": 1}


class MongoSummaries:
    """The `Summaries` port."""

    def __init__(self, documents: Documents) -> None:
        self._animes = documents["animes"]
        self._listings = documents["listings"]

    async def of(self, entry_ids: Sequence[str]) -> dict[str, EntrySummary]:
        """The live and listed entries among these, by id."""
        among = {"_id": {"$in": list(entry_ids)}}
        async with translated("reading entries"):
            live = {"live_version": {"$ne": None}}
            found = [document async for document in self._animes.find(among | live, _SHOWN)]
            listed = [document async for document in self._listings.find(among, _LISTED)]
        orphaned = {one["_id"] for one in listed if one["system_status"] != SystemStatus.ACTIVE}
        summaries = {one["_id"]: _listed(one) for one in listed}
        for one in all_intact(found, "_id", _summary):
            hidden = SystemStatus.ORPHANED if one.entry_id in orphaned else SystemStatus.ACTIVE
            summaries[one.entry_id] = replace(one, system_status=hidden)
        return summaries


class MongoLiveTitles:
    """The `LiveTitles` port."""

    def __init__(self, documents: Documents) -> None:
        self._animes = documents["animes"]
        self._listings = documents["listings"]

    async def since(self, moment: datetime | None) -> list[EntryTitles]:
        """The live and listed entries that were written at `moment` or later."""
        later = {} if moment is None else {"$gte": moment}
        live: dict[str, Any] = {"live_version": {"$ne": None}} | ({"committed_at": later} if later else {})
        listed = {"updated_at": later} if later else {}
        async with translated("reading titles"):
            rows = [document async for document in self._listings.find(listed, _LISTED_TITLES)]
            found = [document async for document in self._animes.find(live, _TITLES)]
            enriched = {one["_id"] for one in found} | await self._live(rows if later else [])
        names = [_listed_names(one) for one in rows if one["_id"] not in enriched]
        return [*names, *all_intact(found, "_id", _names)]

    async def _live(self, listed: Sequence[dict[str, Any]]) -> set[str]:
        """Those that are live since longer ago: their names are the record's."""
        wanted = {"_id": {"$in": [one["_id"] for one in listed]}, "live_version": {"$ne": None}}
        return {one["_id"] async for one in self._animes.find(wanted, {"_id": 1})} if listed else set()


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


class MongoEntriesByStatus:
    """The `EntriesByStatus` port: one query, read as it comes."""

    def __init__(self, documents: Documents) -> None:
        self._animes = documents["animes"]

    async def with_status(self, statuses: Collection[AnimeStatus]) -> AsyncIterator[GoldenRecord]:
        """The live entries of these statuses."""
        wanted = {
            "record.entry.status": {"$in": [str(one) for one in statuses]},
            "live_version": {"$ne": None},
        }
        async with translated("reading entries by status"):
            async for document in self._animes.find(wanted, _WITH_EPISODES):
                for record in all_intact([document], "_id", _relative):
                    yield record


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
    return EntryTitles(
        entry_id=document["_id"],
        version=document["live_version"],
        titles=names_of(orjson.dumps(document["record"]["entry"]["titles"])),
        committed_at=document["committed_at"],
    )


def _listed(document: dict[str, Any]) -> EntrySummary:
    listing = document["entry"]["listing"]
    return _SUMMARY.validate_python(
        {
            "entry_id": document["_id"],
            "version": None,
            "digest": "",
            "title": listing["title"],
            "type": listing["type"],
            "year": (listing.get("season") or {}).get("year"),
            "system_status": document["system_status"],
        }
    )


def _listed_names(document: dict[str, Any]) -> EntryTitles:
    listing = document["entry"]["listing"]
    return EntryTitles(
        entry_id=document["_id"],
        version=None,
        titles=(listing["title"], *listing["synonyms"]),
        committed_at=document["updated_at"],
    )


def _relative(document: dict[str, Any]) -> GoldenRecord:
    return GoldenRecord.model_validate_json(orjson.dumps(document["record"]))
