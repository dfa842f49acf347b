# SPDX-License-Identifier: Apache-2.0
"""Enriches listed entries one after the other, as far as one run may go; cut off, the same call goes on.

Due is what is listed, has a page that a provider can be asked by, is not live, and has no open flag of an
earlier run. The document store alone says so: nothing is remembered but how many were tried.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from otakube import logs
from otakube.commit.lease import Clock
from otakube.domain.dataset.enrichment import (
    DueTitle,
    EnrichmentCounts,
    EnrichmentOutcome,
    EnrichmentRequest,
    due_title,
    first_of,
    is_due,
)
from otakube.domain.dataset.flags import FlaggedField
from otakube.maintenance.dataset_sync.joins import in_chunks
from otakube.maintenance.dataset_sync.preview import Adapters, asked_pages, doubts
from otakube.maintenance.dataset_sync.stores import Report, SyncProgress, SyncStores
from otakube.ports.flags import Flag, FlagState, flag_id
from otakube.ports.listings import ListedEntry, SyncRecord
from otakube.ports.processing import ProcessingLocks

TITLES = 50
"""Entries of one look ahead: a page of AniList's."""
IN_VAIN = 10
"""Failures one after the other that are the providers', after which the run leaves the rest to the next."""
HISTORY = 1000


class TitleEnd(NamedTuple):
    """End of one entry's enrichment; `why` is for a person, `passing` if the next run may fare better."""

    outcome: EnrichmentOutcome
    why: str = ""
    passing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleRuns:
    """Means by which an entry gets from its pages to its commit, under a lock."""

    adapters: Adapters
    locks: ProcessingLocks
    owner_of: Callable[[str], str]
    carry_out: Callable[[ListedEntry], Awaitable[TitleEnd]]
    keep: Callable[[EnrichmentCounts], Awaitable[None]]
    """Keeps the counts, so that a run that is cut off and goes on does not begin to count anew."""


async def enrich_listed(
    stores: SyncStores,
    runs: TitleRuns,
    request: EnrichmentRequest,
    *,
    clock: Clock,
    report: Report,
    begun: EnrichmentCounts = EnrichmentCounts(),
) -> EnrichmentCounts:
    """Enrich entries that are due; `begun` were tried before this run was cut off."""
    past = await stores.history.newest(HISTORY)
    week = next((one for one in past if one.finished_at), None)
    if week is None:
        return begun
    async with stores.leased() as holding:
        pace = _Pace(holding, runs, week, request, clock, report, begun)
        await pace.carry_out()
    return pace.counts


@dataclass(slots=True)
class _Pace:
    """One run on its way through the entries that are due."""

    stores: SyncStores
    runs: TitleRuns
    week: SyncRecord
    request: EnrichmentRequest
    clock: Clock
    report: Report
    counts: EnrichmentCounts
    in_vain: int = 0

    async def carry_out(self) -> None:
        chosen, due = await self._choose()
        self.counts = replace(self.counts, due=due + self.counts.tried)
        done, total = 0, len(chosen)  # of this attempt, as all steps tell it
        self.report(SyncProgress(done, total))
        await self._keep()
        for start in range(0, len(chosen), TITLES):
            ids = [one.entry_id for one in chosen[start : start + TITLES]]
            listed = await self.stores.listings.of(ids)
            entries = [listed[one] for one in ids if one in listed]
            doubted = await doubts(entries, self.runs.adapters)
            for entry in entries:
                if self.in_vain == IN_VAIN:
                    logs.logger().warning("providers are away: the rest is left to the next run")
                    return
                await self.stores.renew_lease()
                end = await self._enrich(entry, doubted.get(entry.entry_id, ""))
                self.counts = self.counts.plus(end.outcome)
                self.in_vain = self.in_vain + 1 if end.passing else 0
                await self._keep()
                done += 1
                self.report(SyncProgress(done, total))

    async def _choose(self) -> tuple[list[DueTitle], int]:
        """The first of the entries that are due, and how many are."""
        most, chosen, due = self.request.most - self.counts.tried, list[DueTitle](), 0
        async for part in self._due():
            due += len(part)
            chosen = first_of([*chosen, *part], self.request.order, most)
        return chosen, due

    async def _due(self) -> AsyncIterator[list[DueTitle]]:
        async for part in in_chunks(self.stores):
            wanted = [one for one in part if self._wanted(one)]
            ids = [one.entry_id for one in wanted]
            live = await self.stores.listings.live(ids)
            flags = await self.stores.flags.get([flag_id(one, FlaggedField.ENRICHMENT) for one in ids])
            held = {flag.entry_id for flag in flags.values() if flag.state is FlagState.OPEN}
            yield [
                due_title(one.entry_id, one.listing)
                for one in wanted
                if one.entry_id not in live.keys() | held
            ]

    def _wanted(self, one: ListedEntry) -> bool:
        if one.orphaned or not is_due(self.request.policy, one.listed_at, self.week.started_at):
            return False
        return bool(asked_pages(one.listing, self.runs.adapters))

    async def _enrich(self, entry: ListedEntry, doubt: str) -> TitleEnd:
        """One entry: passed over, flagged, or carried out."""
        owner = self.runs.owner_of(entry.entry_id)
        if await self.stores.listings.live([entry.entry_id]):
            return TitleEnd(EnrichmentOutcome.PASSED_OVER)
        if not await self.runs.locks.take(entry.entry_id, owner, now=self.clock()):
            return TitleEnd(EnrichmentOutcome.PASSED_OVER)
        if doubt:
            await self.runs.locks.release(owner)
            end = TitleEnd(EnrichmentOutcome.REFUSED, doubt)
        else:
            end = await self.runs.carry_out(entry)
        if end.why and not end.passing:
            await self._flag(entry, end.why)
        log = logs.logger()
        log.info("listed entry", entry_id=entry.entry_id, outcome=end.outcome, why=end.why)
        return end

    async def _flag(self, entry: ListedEntry, why: str) -> None:
        flag = Flag(
            id=flag_id(entry.entry_id, FlaggedField.ENRICHMENT),
            entry_id=entry.entry_id,
            title=entry.listing.title,
            field=FlaggedField.ENRICHMENT,
            ours=why[:1000],
            theirs="Listed",
            flagged_at=self.clock(),
        )
        await self.stores.flags.put([flag])

    async def _keep(self) -> None:
        """Note the counts for the run, and for those who ask for the sync's state."""
        await self.runs.keep(self.counts)
        await self.stores.history.put(replace(self.week, enrichment=self.counts.body()))
