# SPDX-License-Identifier: Apache-2.0
"""Runs of this machine, a row each: written after every step, so that a run that was cut off goes on."""

from pydantic import TypeAdapter

from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.ports.runs import LocalRun

_RUN = TypeAdapter(LocalRun)


class SqliteRuns:
    """The `LocalRuns` port."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents

    async def latest(self, enrichment: str) -> LocalRun | None:
        """The run that was started last, or None."""
        with self._documents.statement(f"reading the runs of {enrichment}") as rows:
            query = "SELECT run FROM runs WHERE enrichment = ? ORDER BY rowid DESC LIMIT 1"
            row = rows.execute(query, [enrichment]).fetchone()
        return _RUN.validate_json(row["run"]) if row else None

    async def put(self, run: LocalRun) -> None:
        """Insert, or replace what is known of it."""
        set_ = "INSERT INTO runs VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET run = excluded.run"
        with self._documents.statement(f"keeping the run {run.work}") as rows:
            rows.execute(set_, [run.work, run.enrichment, _RUN.dump_json(run).decode()])
