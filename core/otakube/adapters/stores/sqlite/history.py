# SPDX-License-Identifier: Apache-2.0
"""Earlier answers of providers: a row a title and provider, and one a provider."""

from collections.abc import Sequence

import orjson

from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.domain.checks.plausibility import (
    OUTCOMES_KEPT,
    READINGS_KEPT,
    Health,
    Reading,
    TitleOutcome,
    read_evidence,
)
from otakube_api.contract import Provider

_READINGS_OF = "SELECT readings FROM provider_titles WHERE provider = ? AND title = ?"
_OUTCOMES_OF = "SELECT outcomes FROM provider_health WHERE provider = ?"


class SqliteHistory:
    """The `History` port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def readings(self, provider: Provider, title: str) -> list[Reading]:
        """A title's last readings."""
        with self._documents.statement(f"reading what {provider} answered") as rows:
            row = rows.execute(_READINGS_OF, [provider.value, title]).fetchone()
        return read_evidence(Reading, _split(row["readings"])) if row else []

    async def add(self, provider: Provider, title: str, reading: Reading) -> None:
        """Keep a reading."""
        with self._documents.transaction(f"keeping what {provider} answered") as rows:
            row = rows.execute(_READINGS_OF, [provider.value, title]).fetchone()
            kept = [*(_split(row["readings"]) if row else []), reading.model_dump_json()][-READINGS_KEPT:]
            values = (provider.value, title, _joined(kept))
            rows.execute("INSERT OR REPLACE INTO provider_titles VALUES (?, ?, ?)", values)

    async def outcomes(self, provider: Provider, new: Sequence[TitleOutcome] = ()) -> list[TitleOutcome]:
        """The provider's last outcomes, with the new ones."""
        doing = f"keeping what became of {provider}'s answers"
        with self._documents.transaction(doing) if new else self._documents.statement(doing) as rows:
            row = rows.execute(_OUTCOMES_OF, [provider.value]).fetchone()
            known = _split(row["outcomes"]) if row else []
            kept = [*known, *(outcome.model_dump_json() for outcome in new)][-OUTCOMES_KEPT:]
            if new:
                set_ = (
                    "INSERT INTO provider_health (provider, outcomes) VALUES (?, ?) "
                    "ON CONFLICT DO UPDATE SET outcomes = excluded.outcomes"
                )
                rows.execute(set_, [provider.value, _joined(kept)])
        return read_evidence(TitleOutcome, kept)

    async def health(self, provider: Provider) -> Health:
        """The health that was set last."""
        with self._documents.statement(f"reading what is thought of {provider}") as rows:
            query = "SELECT health FROM provider_health WHERE provider = ? AND health IS NOT NULL"
            row = rows.execute(query, [provider.value]).fetchone()
        return next(iter(read_evidence(Health, [row["health"]] if row else [])), Health())

    async def set_health(self, provider: Provider, health: Health) -> None:
        """Keep what is thought of a provider."""
        set_ = (
            "INSERT INTO provider_health (provider, health) VALUES (?, ?) "
            "ON CONFLICT DO UPDATE SET health = excluded.health"
        )
        with self._documents.statement(f"keeping what is thought of {provider}") as rows:
            rows.execute(set_, [provider.value, health.model_dump_json()])


def _split(rows: str) -> list[str]:
    """Elements of a JSON list, each as JSON."""
    return [orjson.dumps(row).decode() for row in orjson.loads(rows)]


def _joined(rows: Sequence[str]) -> str:
    """JSON list of elements that are JSON already."""
    return f"[{','.join(rows)}]"
