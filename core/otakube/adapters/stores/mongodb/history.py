# SPDX-License-Identifier: Apache-2.0
"""Earlier answers of providers: a document a title and provider, and one a provider.

Times are text: strict types read them from JSON as they were written.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from pymongo import ReturnDocument

from otakube.adapters.stores.mongodb.connection import Documents, translated
from otakube.domain.checks.plausibility import (
    OUTCOMES_KEPT,
    READINGS_KEPT,
    Health,
    Reading,
    TitleOutcome,
    read_evidence,
)
from otakube_api.contract import Provider


class MongoHistory:
    """The `History` port, in `provider_titles` and `provider_health`."""

    def __init__(self, documents: Documents) -> None:
        self._titles = documents["provider_titles"]
        self._health = documents["provider_health"]

    async def readings(self, provider: Provider, title: str) -> list[Reading]:
        """A title's last readings."""
        async with translated(f"reading what {provider} answered"):
            found = await self._titles.find_one({"_id": _title_key(provider, title)})
        return read_evidence(Reading, map(orjson.dumps, found["readings"])) if found else []

    async def add(self, provider: Provider, title: str, reading: Reading) -> None:
        """Keep a reading."""
        pushed = {"$each": [reading.model_dump(mode="json")], "$slice": -READINGS_KEPT}
        async with translated(f"keeping what {provider} answered"):
            await self._titles.update_one(
                {"_id": _title_key(provider, title)}, {"$push": {"readings": pushed}}, upsert=True
            )

    async def outcomes(self, provider: Provider, new: Sequence[TitleOutcome] = ()) -> list[TitleOutcome]:
        """The provider's last outcomes, with the new ones."""
        which = {"_id": provider.value}
        pushed = {"$each": [one.model_dump(mode="json") for one in new], "$slice": -OUTCOMES_KEPT}
        async with translated(f"keeping what became of {provider}'s answers"):
            if not new:
                found = await self._health.find_one(which, {"outcomes": 1})
            else:
                found = await self._health.find_one_and_update(
                    which,
                    {"$push": {"outcomes": pushed}},
                    upsert=True,
                    return_document=ReturnDocument.AFTER,
                )
        return read_evidence(TitleOutcome, map(orjson.dumps, (found or {}).get("outcomes", [])))

    async def health(self, provider: Provider) -> Health:
        """The health that was set last."""
        async with translated(f"reading what is thought of {provider}"):
            found: dict[str, Any] | None = await self._health.find_one({"_id": provider.value}, {"health": 1})
        stored = [found["health"]] if found and "health" in found else []
        return next(iter(read_evidence(Health, stored)), Health())

    async def set_health(self, provider: Provider, health: Health) -> None:
        """Keep what is thought of a provider."""
        async with translated(f"keeping what is thought of {provider}"):
            await self._health.update_one(
                {"_id": provider.value}, {"$set": {"health": health.model_dump_json()}}, upsert=True
            )


def _title_key(provider: Provider, title: str) -> str:
    return f"{provider.value}/{title}"
