# SPDX-License-Identifier: Apache-2.0
"""Syncs of the dataset beside each other, beside commits and beside a full scrub, in every document store."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from dataset_world import NOW, World, sync_stores
from otakube.commit.lease import Fenced
from otakube.errors import Fatal, Retriable
from otakube.maintenance.audit import audit
from otakube.maintenance.dataset_sync import joins, stores
from otakube.maintenance.dataset_sync.stores import SyncStores
from otakube.maintenance.scrub import Finding, Outcome, Scrub, finish
from otakube.ports.listings import ListedEntry
from otakube_api.contract import FailureReason
from shop import Shop
from unit.otakube.domain.dataset.weeks import row

ROWS = [row(f"No. {one}", str(one), f"https://kitsu.app/anime/{one}") for one in range(1, 41)]
MERGED = [
    one | {"sources": one["sources"] + two["sources"]}
    for one, two in zip(ROWS[:10:2], ROWS[1:10:2], strict=True)
]
SECOND = [*MERGED, *(one | {"episodes": 13} for one in ROWS[10:30]), row("New", "900")]
THIRD = [*(one | {"episodes": 14} for one in ROWS[:35]), row("Newer", "901")]


class Yielding:
    """A port whose calls let others go first, as those to a server do; `before` meets each of them."""

    def __init__(self, port: Any, before: Callable[[str], Awaitable[None]]) -> None:
        self._port, self._before = port, before

    def __getattr__(self, name: str) -> Any:
        called = getattr(self._port, name)
        if not inspect.iscoroutinefunction(called):
            return called

        async def call(*args: Any, **options: Any) -> Any:
            await self._before(name)
            return await called(*args, **options)

        return call


async def others_first(name: str) -> None:
    await asyncio.sleep(0)


def yielding(sync: SyncStores, before: Callable[[str], Awaitable[None]] = others_first) -> SyncStores:
    ports = {name: Yielding(getattr(sync, name), before) for name in ("listings", "identities", "flags")}
    return replace(sync, **ports)  # type: ignore[arg-type]  # a Yielding port passes every method on


@pytest_asyncio.fixture
async def world(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(stores, "CHUNK", 5)
    monkeypatch.setattr(joins, "CHUNK", 5)
    await shop.stores.ledger.prepare()
    shop.now = NOW  # that of the syncs
    made = World(await sync_stores(shop.ports))
    await made.sync(ROWS, "2026-11-20")
    return made


async def active(world: World) -> list[str]:
    """Titles that readers see."""
    return sorted([one.listing.title async for one in world.stores.listings.all() if one.orphaned is None])


async def scrubbed(shop: Shop) -> list[Finding]:
    reads = {
        field.name: Yielding(getattr(shop.stores, field.name), others_first) for field in fields(shop.stores)
    }
    scrub = Scrub(stores=replace(shop.stores, **reads), clock=shop.clock)  # type: ignore[arg-type]  # as above
    await finish(scrub)
    await audit(scrub, blobs_older_than=timedelta())
    return scrub.report.findings


@pytest.mark.parametrize("put", range(1, 9))
async def test_a_sync_asleep_while_the_next_week_comes_in_writes_no_more(world: World, put: int) -> None:
    asleep, go, puts = asyncio.Event(), asyncio.Event(), 0

    async def sleep(name: str) -> None:
        nonlocal puts
        puts += name == "put"
        if name == "put" and puts == put:
            asleep.set()
            await go.wait()

    sleeper = asyncio.create_task(World(yielding(world.stores, sleep)).sync(SECOND, "2026-11-21"))
    await asleep.wait()
    await world.sync(THIRD, "2026-11-22")
    go.set()
    with pytest.raises(Fenced):
        await sleeper
    assert (await world.sync(THIRD, "2026-11-22")).written <= stores.CHUNK, "one write was on its way"
    assert (await world.sync(THIRD, "2026-11-22")).written == 0
    assert await active(world) == sorted(one["title"] for one in THIRD)


async def test_of_two_syncs_at_once_one_is_told_and_the_week_is_in(world: World) -> None:
    both = [World(yielding(world.stores)).sync(SECOND, "2026-11-21") for _ in range(2)]
    ends = await asyncio.gather(*both, return_exceptions=True)
    assert all(isinstance(end, Fenced) for end in ends if isinstance(end, BaseException)), ends
    await world.sync(SECOND, "2026-11-21")
    assert (await world.sync(SECOND, "2026-11-21")).written == 0
    assert await active(world) == sorted(one["title"] for one in SECOND)


async def persist(attempt: Callable[[], Awaitable[object]]) -> object:
    """Repeat what others keep from its entry, as Argo's retries do; a run whose pages went is told so."""
    for _ in range(20):
        try:
            return await attempt()
        except Retriable:
            await asyncio.sleep(0)
        except Fatal as error:
            if error.reason is not FailureReason.COMMIT_FENCED:
                raise
            return None
    return None


async def enrich(shop: Shop, one: ListedEntry) -> None:
    """Claim the pages of a listed entry, and commit if it keeps them."""
    entry_id, _ = await shop.claim(one.pages, one.entry_id)
    if entry_id == one.entry_id:
        await shop.commit(await shop.wanted(one.listing.title, sources=one.pages, entry_id=entry_id))


async def test_a_sync_beside_commits_leaves_every_page_with_its_entry(shop: Shop, world: World) -> None:
    wanted = {f"No. {number}" for number in range(2, 12, 2)}  # to be merged
    chosen = [one for one in (await world.entries()).values() if one.listing.title in wanted]
    syncs = World(yielding(world.stores))
    await asyncio.gather(
        persist(lambda: syncs.sync(SECOND, "2026-11-21")),
        *(persist(partial(enrich, shop, one)) for one in chosen),
    )
    await world.sync(SECOND, "2026-11-21")
    assert (await world.sync(SECOND, "2026-11-21")).written == 0
    assert await scrubbed(shop) == []
    lives = [await shop.stores.catalogue.entry(one.entry_id) for one in chosen]
    owners = [await shop.owners(*live.record.entry.sources) for live in lives if live]
    assert all(len(set(owner.values())) == 1 for owner in owners)


async def test_a_full_scrub_beside_a_sync_finds_no_damage(shop: Shop, world: World) -> None:
    for number in (1, 12, 25):
        pages = ROWS[number]["sources"]
        entry_id = await world.owner(pages[0])
        assert entry_id is not None
        await shop.commit(await shop.wanted(f"No. {number + 1}", sources=pages, entry_id=entry_id))
    found: list[Finding] = []

    async def scrub_on() -> None:
        for _ in range(4):
            found.extend(await scrubbed(shop))

    await asyncio.gather(scrub_on(), World(yielding(world.stores)).sync(SECOND, "2026-11-21"))
    assert [one for one in found if one.outcome is not Outcome.HELD] == []
    assert (await world.sync(SECOND, "2026-11-21")).written == 0
