# SPDX-License-Identifier: Apache-2.0
"""Limit of how often runs of one AnimeEnrichment start: pure, and from what the API server holds alone.

The limit ends any loop, whoever closes it: a fight over the spec, Workflows that are deleted as they come, a
fault of ours. A restart of the operator does not reset it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from otakube_operator.enrichment.observed import Enrichment, WorkflowRun

LIMIT = 10
WINDOW = timedelta(minutes=10)


def recent_starts(enrichment: Enrichment, runs: Iterable[WorkflowRun], now: datetime) -> list[datetime]:
    """The latest starts within the window, oldest first: those in the status, and runs that it missed."""
    record = enrichment.status.workflow
    recorded = (record.generation, record.attempt) if record is not None else (0, 0)
    missed = [run.created_at for run in runs if run.created_at is not None and run.order > recorded]
    starts = sorted(min(start, now) for start in [*enrichment.status.recent_starts, *missed])
    return [start for start in starts if start > now - WINDOW][-LIMIT:]


def next_start(starts: list[datetime]) -> datetime | None:
    """The moment from which the next run may start; None if at once."""
    return starts[-LIMIT] + WINDOW if len(starts) >= LIMIT else None


def with_start(starts: list[datetime], now: datetime) -> tuple[datetime, ...]:
    """The starts to record with one that is made now."""
    return (*starts, now)[-LIMIT:]


def explained(due: datetime) -> str:
    """The sentence for people who wait for that moment."""
    minutes = round(WINDOW.total_seconds() / 60)
    return f"{LIMIT} Workflows were started within {minutes} minutes; the next starts at {due:%H:%M:%S} UTC."
