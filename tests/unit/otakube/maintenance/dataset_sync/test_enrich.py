# SPDX-License-Identifier: Apache-2.0
"""The pace of a sync over a folder's documents: turns, locks, flags, limits, cuts, and the look ahead."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio

from dataset_world import World, no_settings, sync_stores
from otakube.bootstrap.stores.choice import choose
from otakube.commit.lease import Fenced, take
from otakube.domain.dataset.enrichment import EnrichmentCounts, EnrichmentOutcome, EnrichmentRequest
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import AnimeStatus
from otakube.errors import Retriable, SourceError
from otakube.maintenance.dataset_sync import enrich
from otakube.maintenance.dataset_sync.enrich import TitleEnd, TitleRuns, enrich_listed
from otakube.maintenance.dataset_sync.stores import SYNC_LEASE, SyncProgress
from otakube.ports.flags import FlagState
from otakube.ports.listings import ListedEntry
from otakube.ports.processing import LOCKED_FOR, ProcessingLocks
from otakube.ports.providers import ProviderAdapter
from otakube_api.contract import (
    AnimeType,
    EnrichmentOrder,
    EnrichmentPolicy,
    FailureReason,
    Provider,
    SourceReason,
)
from unit.otakube.domain.dataset.weeks import row

ROWS = [
    row(
        f"No. {one}",
        str(one),
        f"https://anilist.co/anime/{one}",
        animeSeason={"season": "SPRING", "year": 2021 - one},
    )
    for one in range(1, 9)
]
ENRICHED = TitleEnd(EnrichmentOutcome.ENRICHED)
AWAY = TitleEnd(EnrichmentOutcome.FAILED, "QuorumNotReached: away", passing=True)
ALL = EnrichmentRequest(policy=EnrichmentPolicy.ALL, order=EnrichmentOrder.BY_SEASON, most=100)
SILENT = SourceError(SourceReason.UNAVAILABLE, "away")


@dataclass
class Source:
    """A provider that describes what it is told to, then fails if it is told to."""

    provider: Provider
    titles: dict[str, str] = field(default_factory=dict)
    fails: SourceError | None = None
    asked: list[list[str]] = field(default_factory=list)
    batch: int = 50

    async def describe(self, provider_ids: Sequence[str]) -> AsyncIterator[Mapping[str, Metadata]]:
        self.asked.append(list(provider_ids))
        yield {one: self._about(one) for one in provider_ids if one in self.titles}
        if self.fails:
            raise self.fails

    def _about(self, number: str) -> Metadata:
        return Metadata(
            source_url=f"https://anilist.co/anime/{number}",
            title=self.titles[number],
            type=AnimeType.TV,
            status=AnimeStatus.FINISHED,
        )


@dataclass
class Pace:
    """Runs over a catalogue; `ends` has how each title ends, which is enriched otherwise."""

    world: World
    locks: ProcessingLocks
    ends: dict[str, TitleEnd | Exception] = field(default_factory=dict)
    turns: list[str] = field(default_factory=list)
    kept: list[EnrichmentCounts] = field(default_factory=list)
    progress: list[SyncProgress] = field(default_factory=list)
    anilist: Source | None = None
    before: Callable[[str], Awaitable[object]] | None = None
    live: set[str] = field(default_factory=set)

    async def run(self, begun: EnrichmentCounts = EnrichmentCounts(), **request: Any) -> EnrichmentCounts:
        return await enrich_listed(
            self.world.stores,
            TitleRuns(
                adapters=self.adapters(),
                locks=self.locks,
                owner_of=lambda entry_id: f"work/listed-{entry_id}/1-1",
                carry_out=self.carry_out,
                keep=self.keep,
            ),
            replace(ALL, **request),
            clock=lambda: self.world.now,
            report=self.progress.append,
            begun=begun,
        )

    def adapters(self) -> dict[Provider, ProviderAdapter]:
        sources = [Source(Provider.ANIDB, batch=1), *([self.anilist] if self.anilist else [])]
        return {one.provider: cast(ProviderAdapter, Adapter(one)) for one in sources}

    async def carry_out(self, entry: ListedEntry) -> TitleEnd:
        title = entry.listing.title
        self.turns.append(title)
        if self.before:
            await self.before(entry.entry_id)
        end = self.ends.get(title, ENRICHED)
        if isinstance(end, Exception):
            raise end
        if end.outcome is EnrichmentOutcome.ENRICHED:
            self.live.add(entry.entry_id)
        return end

    async def keep(self, counts: EnrichmentCounts) -> None:
        self.kept.append(counts)


@dataclass
class Adapter:
    source: Source


class LiveListings:
    """The listings, of which some entries are live: what a commit does is not looked at here."""

    def __init__(self, port: Any, entry_ids: set[str]) -> None:
        self._port, self._entry_ids = port, entry_ids

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    async def live(self, entry_ids: Sequence[str]) -> dict[str, Any]:
        return {one: None for one in entry_ids if one in self._entry_ids}


@pytest_asyncio.fixture
async def pace(tmp_path: Path) -> AsyncIterator[Pace]:
    async with AsyncExitStack() as stack:
        ports = choose(f"file:{tmp_path}", no_settings, stack)
        world = World(await sync_stores(ports))
        await world.sync(ROWS)
        pace = Pace(world, await ports.processing_locks())
        listings = LiveListings(world.stores.listings, pace.live)
        world.stores = replace(world.stores, listings=cast(Any, listings))
        yield pace


def names(*numbers: int) -> list[str]:
    return [f"No. {one}" for one in numbers]


async def open_flags(pace: Pace) -> dict[str, str]:
    return {one.title: one.ours for one in await pace.world.stores.flags.newest(FlagState.OPEN, 100)}


async def test_a_run_goes_as_far_as_it_may_and_the_next_goes_on_from_there(pace: Pace) -> None:
    first = await pace.run(most=3)
    assert (first.enriched, first.due, first.left) == (3, 8, 5)
    assert pace.progress[-1] == (3, 3)
    second = await pace.run()
    assert (second.enriched, second.due, second.left) == (5, 5, 0)
    assert pace.turns == names(*range(1, 9))
    [record] = await pace.world.stores.history.newest(5)
    assert record.enrichment == second.body()
    assert (await pace.run()).due == 0


async def test_only_what_the_week_listed_first_is_new(pace: Pace) -> None:
    week = [*ROWS[1:], ROWS[0] | {"episodes": 13}, row("New", "99")]
    await pace.world.sync(week, "2026-11-28")
    counts = await pace.run(policy=EnrichmentPolicy.NEW_ONLY)
    assert (pace.turns, counts.due) == (["New"], 1)
    assert (await pace.run(policy=EnrichmentPolicy.OFF)).due == 0


async def test_a_bad_title_ends_no_run_and_is_not_tried_again_before_its_flag_is_resolved(pace: Pace) -> None:
    pace.ends["No. 3"] = TitleEnd(EnrichmentOutcome.FAILED, "Unexpected: ValueError")
    pace.ends["No. 5"] = TitleEnd(EnrichmentOutcome.REFUSED, "Review: confidence 0.41")
    counts = await pace.run()
    assert (counts.enriched, counts.failed, counts.refused, counts.left) == (6, 1, 1, 0)
    flags = {"No. 3": "Unexpected: ValueError", "No. 5": "Review: confidence 0.41"}
    assert await open_flags(pace) == flags
    pace.turns.clear()
    assert (await pace.run()).due == 0
    pace.ends.clear()
    queue = await pace.world.stores.flags.newest(FlagState.OPEN, 100)
    await pace.world.stores.flags.put([replace(one, state=FlagState.RESOLVED) for one in queue])
    assert (await pace.run()).enriched == 2


async def test_a_title_that_another_run_works_on_is_passed_over_until_its_lock_is_over(pace: Pace) -> None:
    entries = await pace.world.entries()
    theirs = entries["No. 2"].entry_id
    assert await pace.locks.take(theirs, "work/u/1-1", now=pace.world.now)
    counts = await pace.run()
    assert (counts.enriched, counts.passed_over) == (7, 1)
    assert "No. 2" not in pace.turns
    assert await open_flags(pace) == {}
    pace.world.now += LOCKED_FOR
    assert (await pace.run()).enriched == 1


async def test_a_run_that_was_cut_off_takes_its_own_lock_over_and_stays_within_its_limit(pace: Pace) -> None:
    pace.ends["No. 3"] = Retriable(FailureReason.STORE_UNAVAILABLE, "the bucket is away")
    with pytest.raises(Retriable):
        await pace.run(most=5)
    assert (pace.kept[-1].enriched, pace.kept[-1].tried) == (2, 2)
    pace.ends.clear()
    counts = await pace.run(pace.kept[-1], most=5)
    assert (counts.enriched, counts.due, counts.left) == (5, 8, 3)
    assert pace.turns == names(1, 2, 3, 3, 4, 5)


async def test_providers_that_are_away_end_the_run_and_leave_no_flag(
    pace: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrich, "IN_VAIN", 3)
    pace.ends |= dict.fromkeys(names(*range(1, 9)), AWAY)
    counts = await pace.run()
    assert (counts.failed, counts.left) == (3, 5)
    assert await open_flags(pace) == {}
    pace.ends.clear()
    assert (await pace.run()).enriched == 8


async def test_a_sync_that_began_since_ends_this_run_before_its_next_title(pace: Pace) -> None:
    claims = pace.world.stores.claims

    async def another(entry_id: str) -> None:
        await take(claims.ledger, SYNC_LEASE, owner=claims.run, seconds=60, clock=claims.clock)

    pace.before = another
    with pytest.raises(Fenced):
        await pace.run()
    assert len(pace.turns) == 1


async def test_a_page_of_another_anime_or_of_none_costs_one_request_and_is_for_a_person(pace: Pace) -> None:
    await pace.world.sync([*ROWS, row("Only There", "https://anilist.co/anime/77")], "2026-11-28")
    known = {str(one): f"No. {one}" for one in range(1, 9)} | {"4": "Kagami no Kuni no Kikoushi"}
    pace.anilist = Source(Provider.ANILIST, titles=known)
    counts = await pace.run()
    assert (counts.enriched, counts.refused) == (7, 2)
    assert await open_flags(pace) == {
        "No. 4": "Identity: https://anilist.co/anime/4 shows 'Kagami no Kuni no Kikoushi'",
        "Only There": "AnimeUnknown: no provider has https://anilist.co/anime/77",
    }
    assert len(pace.anilist.asked) == 1


async def test_a_batch_that_fails_says_nothing_of_what_it_did_not_name(pace: Pace) -> None:
    await pace.world.sync([*ROWS, row("Only There", "https://anilist.co/anime/77")], "2026-11-28")
    pace.anilist = Source(Provider.ANILIST, titles={"1": "No. 1"}, fails=SILENT)
    assert (await pace.run()).enriched == 9
