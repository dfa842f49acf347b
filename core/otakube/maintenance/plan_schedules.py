# SPDX-License-Identifier: Apache-2.0
"""The daily planner: keeps an EpisodeSchedule for every entry that is broadcast or about to be.

It goes by the time that it was scheduled for, so that a second run of the same day writes nothing. What a
person made for an anime stands, and fields that a person set in a schedule of the planner's stay theirs.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from otakube import logs
from otakube.domain.record.golden import GoldenRecord
from otakube.errors import StepError
from otakube.maintenance.planned_schedule import (
    ENDED,
    KEPT_CLOSED,
    ON_AIR,
    Body,
    NoSchedule,
    PlannerTerms,
    closed_schedule,
    end_of,
    is_as_planned,
    is_noted,
    planned_schedule,
    schedule_name,
)
from otakube.ports.catalogue import Catalogue, EntriesByStatus
from otakube.ports.schedules import Schedules, StoredSchedule

CONCURRENCY = 8


@dataclass(slots=True)
class PlannerReport:
    """The outcome of a run, by names of schedules and ids of entries."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    closed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    by_hand: dict[str, list[str]] = field(default_factory=dict)
    """By entry, the schedules that people made for it."""
    left_to_others: dict[str, list[str]] = field(default_factory=dict)
    """By schedule, the fields that somebody else set."""
    without_schedule: dict[str, str] = field(default_factory=dict)
    """By entry, why it gets none now."""
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Planner:
    """One run over all entries."""

    entries: EntriesByStatus
    catalogue: Catalogue
    schedules: Schedules
    terms: PlannerTerms
    report: PlannerReport = field(default_factory=PlannerReport)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONCURRENCY))

    async def run(self) -> PlannerReport:
        """Plan what is on air, then close what has ended; one entry's failure leaves the others alone."""
        stored = await self.schedules.all()
        managed = {each.name: each for each in stored if each.managed}
        hands = Hands([each for each in stored if not each.managed])
        on_air: set[str] = set()
        async with asyncio.TaskGroup() as group:
            async for record in self.entries.with_status(ON_AIR):
                on_air.add(schedule_name(record.entry.id))
                group.create_task(self._guarded(record.entry.id, self._keep, record, managed, hands))
        async with asyncio.TaskGroup() as group:
            for name, each in managed.items():
                if name not in on_air and each.anime_id is not None:
                    group.create_task(self._guarded(each.anime_id, self._end, each))
        return self.report

    async def _keep(
        self, record: GoldenRecord, managed: Mapping[str, StoredSchedule], hands: "Hands"
    ) -> None:
        entry_id, name = record.entry.id, schedule_name(record.entry.id)
        if made := hands.of(record):
            self.report.by_hand[entry_id] = made
            if name in managed:
                await self.schedules.delete(name)
                self.report.removed.append(name)
            return
        wanted = planned_schedule(record, self.terms)
        if isinstance(wanted, NoSchedule):
            self.report.without_schedule[entry_id] = wanted.reason
            return
        before = managed.get(name)
        await self._apply(wanted, before, self.report.created if before is None else self.report.changed)

    async def _end(self, stored: StoredSchedule) -> None:
        """Close the schedule of an ended entry, and remove it in the end; leave those that pause."""
        live = await self.catalogue.entry(stored.anime_id or "")
        if live is None or live.record.entry.status not in ENDED:
            self.report.unchanged += 1
        elif self.terms.now - end_of(live.record) > KEPT_CLOSED:
            await self.schedules.delete(stored.name)
            self.report.removed.append(stored.name)
        else:
            await self._apply(closed_schedule(live.record, self.terms), stored, self.report.closed)

    async def _apply(self, wanted: Body, before: StoredSchedule | None, outcome: list[str]) -> None:
        name = wanted["metadata"]["name"]
        if before is not None and is_as_planned(wanted, before):
            self.report.unchanged += 1
            return
        left = await self.schedules.apply(wanted)
        if left:
            self.report.left_to_others[name] = list(left)
        if before is not None and is_noted(wanted, before, left):
            self.report.unchanged += 1
        else:
            outcome.append(name)

    async def _guarded(self, entry_id: str, act: Callable[..., Awaitable[None]], *given: Any) -> None:
        async with self._slots:
            try:
                await act(*given)
            except StepError as error:
                self._note_failure(entry_id, str(error))
            except Exception as error:  # logged and in the report: one title's trouble is no other's
                self._note_failure(entry_id, f"{type(error).__name__}: {error}")

    def _note_failure(self, entry_id: str, message: str) -> None:
        logs.logger().error("schedule not planned", entry_id=entry_id, message=message)
        self.report.failed[entry_id] = message[:500]


class Hands:
    """The schedules that people made, by the anime that they name."""

    def __init__(self, schedules: Sequence[StoredSchedule]) -> None:
        self._names: dict[str, list[str]] = {}
        for each in schedules:
            for key in filter(None, (each.anime_id, *each.source_urls)):
                self._names.setdefault(key, []).append(each.name)

    def of(self, record: GoldenRecord) -> list[str]:
        """Those for this entry, by its id or one of its pages."""
        keys = (record.entry.id, *record.entry.sources)
        return sorted({name for key in keys for name in self._names.get(key, ())})
