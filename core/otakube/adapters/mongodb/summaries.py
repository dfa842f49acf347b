# SPDX-License-Identifier: Apache-2.0
"""Live entries in one line each: one query, and only the fields that a list shows."""

from collections.abc import Sequence
from typing import Any

from otakube.adapters.mongodb.connection import Documents, translated
from otakube.ports.search import Summary

_SHOWN = {
    "live_version": 1,
    "record.entry.titles.main": 1,
    "record.entry.type": 1,
    "record.entry.season": 1,
}


class MongoSummaries:
    """The `Summaries` port."""

    def __init__(self, documents: Documents) -> None:
        self._animes = documents["animes"]

    async def of(self, entry_ids: Sequence[str]) -> dict[str, Summary]:
        """The live entries among these, by id."""
        wanted = {"_id": {"$in": list(entry_ids)}, "live_version": {"$ne": None}}
        async with translated("reading entries"):
            return {d["_id"]: _summary(d) async for d in self._animes.find(wanted, _SHOWN)}


def _summary(document: dict[str, Any]) -> Summary:
    entry = document["record"]["entry"]
    return Summary(
        entry_id=document["_id"],
        version=document["live_version"],
        title=entry["titles"]["main"],
        type=entry["type"],
        year=(entry.get("season") or {}).get("year"),
    )
