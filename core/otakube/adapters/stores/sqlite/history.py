# SPDX-License-Identifier: Apache-2.0
"""Earlier answers of providers: a row a title and provider, and one a provider."""

from collections.abc import Sequence

from pydantic import TypeAdapter

from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.domain.checks.plausibility import OUTCOMES_KEPT, READINGS_KEPT, Health, Reading, TitleOutcome
from otakube_api.contract import Provider

_READINGS, _OUTCOMES = TypeAdapter(list[Reading]), TypeAdapter(list[TitleOutcome])
_OUTCOMES_OF = "SELECT outcomes FROM provider_health WHERE provider = ?"


class SqliteHistory:
    """The `History` port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def readings(self, provider: Provider, title: str) -> list[Reading]:
        """A title's last readings."""
        with self._documents.statement(f"reading what {provider} answered") as rows:
            query = "SELECT readings FROM provider_titles WHERE provider = ? AND title = ?"
            row = rows.execute(query, [provider.value, title]).fetchone()
        return _READINGS.validate_json(row["readings"]) if row else []

    async def add(self, provider: Provider, title: str, reading: Reading) -> None:
        """Keep a reading."""
        with self._documents.transaction(f"keeping what {provider} answered") as rows:
            kept = [*await self.readings(provider, title), reading][-READINGS_KEPT:]
            values = (provider.value, title, _READINGS.dump_json(kept).decode())
            rows.execute("INSERT OR REPLACE INTO provider_titles VALUES (?, ?, ?)", values)

    async def outcomes(self, provider: Provider, new: Sequence[TitleOutcome] = ()) -> list[TitleOutcome]:
        """The provider's last outcomes, with the new ones."""
        doing = f"keeping what became of {provider}'s answers"
        with self._documents.transaction(doing) if new else self._documents.statement(doing) as rows:
            row = rows.execute(_OUTCOMES_OF, [provider.value]).fetchone()
            known = _OUTCOMES.validate_json(row["outcomes"]) if row else []
            kept = [*known, *new][-OUTCOMES_KEPT:]
            if new:
                set_ = (
                    "INSERT INTO provider_health (provider, outcomes) VALUES (?, ?) "
                    "ON CONFLICT DO UPDATE SET outcomes = excluded.outcomes"
                )
                rows.execute(set_, [provider.value, _OUTCOMES.dump_json(kept).decode()])
        return kept

    async def health(self, provider: Provider) -> Health:
        """The health that was set last."""
        with self._documents.statement(f"reading what is thought of {provider}") as rows:
            query = "SELECT health FROM provider_health WHERE provider = ? AND health IS NOT NULL"
            row = rows.execute(query, [provider.value]).fetchone()
        return Health.model_validate_json(row["health"]) if row else Health()

    async def set_health(self, provider: Provider, health: Health) -> None:
        """Keep what is thought of a provider."""
        set_ = (
            "INSERT INTO provider_health (provider, health) VALUES (?, ?) "
            "ON CONFLICT DO UPDATE SET health = excluded.health"
        )
        with self._documents.statement(f"keeping what is thought of {provider}") as rows:
            rows.execute(set_, [provider.value, health.model_dump_json()])
