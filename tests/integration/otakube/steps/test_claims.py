# SPDX-License-Identifier: Apache-2.0
"""Claims and commits of one page: at every point at which one of the two can sleep, one of them is told."""

import asyncio
import random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from drill.records import made_id
from lock_builders import DECISION, add, remove
from otakube.commit import saga
from otakube.domain.locks.lock import Different, Same, lock_id
from otakube.domain.record.handover import Commit
from otakube.errors import Fatal, Retriable
from otakube.ports.catalogue import Binding
from otakube_api.contract import FailureReason, Output
from shop import LEASE_SECONDS, Shop

MAL, ANILIST, KITSU = (
    "https://myanimelist.net/anime/1", "https://anilist.co/anime/1", "https://kitsu.app/anime/1"
)  # fmt: skip
SEED = 20261126


@dataclass
class Sleeper:
    """A port of which one method sleeps when it is called, until somebody wakes it."""

    port: Any
    method: str
    asleep: asyncio.Event = field(default_factory=asyncio.Event)
    awake: asyncio.Event = field(default_factory=asyncio.Event)

    def __getattr__(self, name: str) -> Any:
        called = getattr(self.port, name)
        if name != self.method:
            return called

        async def slept(*args: Any, **options: Any) -> Any:
            self.asleep.set()
            await self.awake.wait()
            return await called(*args, **options)

        return slept


async def commit(shop: Shop, wanted: Commit, **ports: Any) -> dict[Output, str]:
    return await saga.commit(
        replace(shop.stores, **ports),
        wanted,
        collection=shop.settings.qdrant_collection,
        lease_seconds=LEASE_SECONDS,
        clock=shop.clock,
    )


async def live_entries(shop: Shop, url: str) -> list[str]:
    """The live entries whose record has the page."""
    entries = await shop.raw.find("animes")
    return [one["_id"] for one in entries if one.get("record") and url in one["record"]["entry"]["sources"]]


async def an_older_entry(shop: Shop) -> str:
    """An entry that has a page since an hour ago, so that it gets the pages of all younger ones."""
    older = made_id("ani", "older")
    await shop.stores.identities.bind(ANILIST, Binding(entry_id=older, since=shop.now - timedelta(hours=1)))
    return older


async def test_a_claim_that_slept_takes_no_page_of_a_commit_since(shop: Shop) -> None:
    wanted = await shop.wanted("mine", sources=[MAL])
    mine = wanted.record.entry.id
    await shop.claim([MAL], mine)
    await an_older_entry(shop)
    sleeper = Sleeper(shop.stores.identities, "move")
    claims = shop.claims("work/sleeper/1-1", identities=sleeper)
    claim = asyncio.create_task(claims.claim([MAL, ANILIST], made_id("ani", "sleeper")))
    await sleeper.asleep.wait()
    shop.later(LEASE_SECONDS + 1)
    await shop.commit(wanted)
    sleeper.awake.set()
    assert await claim == (mine, True)
    assert await shop.owners(MAL, ANILIST) == {MAL: mine, ANILIST: mine}


@pytest.mark.parametrize(
    ("port", "method"), [("identities", "bindings"), ("identities", "bind"), ("vectors", "insert"),
                         ("ledger", "make_live")],
)  # fmt: skip
async def test_a_commit_that_slept_goes_not_live_with_a_page_that_was_taken(
    shop: Shop, port: str, method: str
) -> None:
    wanted = await shop.wanted("slept", sources=[MAL])
    await shop.claim([MAL], wanted.record.entry.id)
    older = await an_older_entry(shop)
    sleeper = Sleeper(getattr(shop.stores, port), method)
    slept = asyncio.create_task(commit(shop, wanted, **{port: sleeper}))
    await sleeper.asleep.wait()
    shop.later(LEASE_SECONDS + 1)
    assert await shop.claim([MAL, ANILIST], made_id("ani", "new")) == (older, False)
    sleeper.awake.set()
    with pytest.raises((Fatal, Retriable)) as told:
        await slept
    assert told.value.reason is FailureReason.COMMIT_FENCED
    with pytest.raises(Fatal, match=f"belong to {older} by now, such as {MAL}; apply again"):
        await shop.commit(wanted)
    assert await live_entries(shop, MAL) == []


async def test_a_claim_that_slept_before_it_drew_a_token_sees_what_went_live_since(shop: Shop) -> None:
    wanted = await shop.wanted("mine", sources=[MAL])
    mine = wanted.record.entry.id
    await shop.claim([MAL], mine)
    await an_older_entry(shop)
    sleeper = Sleeper(shop.stores.ledger, "next_version")
    claims = shop.claims("work/sleeper/1-1", ledger=sleeper)
    claim = asyncio.create_task(claims.claim([MAL, ANILIST], made_id("ani", "sleeper")))
    await sleeper.asleep.wait()
    await shop.commit(wanted)
    sleeper.awake.set()
    assert await claim == (mine, True)
    assert await live_entries(shop, MAL) == [mine]


async def test_a_claim_waits_for_a_commit_that_is_at_work(shop: Shop) -> None:
    wanted = await shop.wanted("at work", sources=[MAL])
    await shop.claim([MAL], wanted.record.entry.id)
    await an_older_entry(shop)
    sleeper = Sleeper(shop.stores.ledger, "make_live")
    at_work = asyncio.create_task(commit(shop, wanted, ledger=sleeper))
    await sleeper.asleep.wait()
    with pytest.raises(Retriable, match=f"held by {wanted.run} until") as told:
        await shop.claim([MAL, ANILIST], made_id("ani", "new"))
    assert told.value.reason is FailureReason.COMMIT_FENCED
    sleeper.awake.set()
    await at_work
    assert await live_entries(shop, MAL) == [wanted.record.entry.id]
    assert await shop.claim([MAL, ANILIST], made_id("ani", "new")) == (wanted.record.entry.id, True)


async def test_pages_are_released_from_no_commit_that_is_at_work(shop: Shop) -> None:
    wanted = await shop.wanted("released", sources=[MAL, KITSU])
    sleeper = Sleeper(shop.stores.ledger, "make_live")
    at_work = asyncio.create_task(commit(shop, wanted, ledger=sleeper))
    await sleeper.asleep.wait()
    with pytest.raises(Retriable, match="held by work/released/1-1 until"):
        await shop.claims().release([KITSU], wanted.record.entry.id)
    shop.later(LEASE_SECONDS + 1)
    await shop.claims().release([KITSU], wanted.record.entry.id)
    sleeper.awake.set()
    with pytest.raises(Retriable):
        await at_work
    assert await shop.owners(MAL, KITSU) == {MAL: wanted.record.entry.id}


async def test_a_different_lock_that_is_set_during_the_review_stops_the_commit(shop: Shop) -> None:
    wanted = await shop.wanted("reviewed", sources=[MAL, KITSU, "https://example.org/official"])
    entry_id = wanted.record.entry.id
    await shop.claim(wanted.record.entry.sources, entry_id)
    lock = Different(pages=[ANILIST, KITSU], **DECISION)
    await add(shop.stores.locks, Same(pages=[ANILIST, MAL], **DECISION))
    await add(shop.stores.locks, lock)
    with pytest.raises(Fatal, match=f"{KITSU} of {entry_id} is another anime by {lock_id(lock)}") as told:
        await shop.commit(wanted)
    assert told.value.reason is FailureReason.PAGES_LOCKED_APART
    assert await live_entries(shop, KITSU) == []
    state = await shop.stores.ledger.state(entry_id)
    assert state is not None
    assert state.lease is None
    assert [one async for one in shop.stores.ledger.open_intents()] == []
    assert await remove(shop.stores.locks, lock_id(lock))
    await shop.commit(wanted)


async def test_pages_that_nobody_has_are_the_commit_s_from_then_on(shop: Shop) -> None:
    wanted = await shop.wanted("unclaimed", sources=[MAL, KITSU])
    await shop.commit(wanted)
    entry_id = wanted.record.entry.id
    bound = await shop.stores.identities.bindings([MAL, KITSU])
    assert bound == dict.fromkeys([MAL, KITSU], Binding(entry_id=entry_id, since=shop.now, token=1))


async def test_the_entry_that_had_a_page_first_gets_those_of_later_ones(shop: Shop) -> None:
    first, second = sorted([made_id("ani", "a"), made_id("ani", "b")], reverse=True)
    await shop.claim([MAL], first)
    shop.later(1)
    await shop.claim([KITSU], second)
    shop.later(1)
    await shop.claim([ANILIST, KITSU], second)
    assert await shop.claim([ANILIST, MAL], made_id("ani", "c")) == (first, False)
    assert await shop.owners(MAL, ANILIST, KITSU) == {MAL: first, ANILIST: first, KITSU: second}


async def test_an_entry_of_an_older_release_is_older_than_all_others(shop: Shop) -> None:
    known, new = made_id("ani", "known"), made_id("ani", "new")
    await shop.stores.identities.bind(MAL, Binding(entry_id=known))
    await shop.claim([ANILIST], new)
    assert await shop.claim([MAL, ANILIST], made_id("ani", "c")) == (known, False)


@pytest.mark.parametrize("number", range(6))
async def test_of_runs_that_race_for_overlapping_pages_no_two_go_live_with_one(
    shop: Shop, number: int
) -> None:
    source = random.Random(f"{SEED}/{number}")

    async def run(name: str) -> None:
        urls = source.sample([MAL, ANILIST, KITSU], source.randint(1, 3))
        try:
            for _ in range(source.randint(0, 4)):
                await asyncio.sleep(0)
            entry_id, _ = await shop.claims(f"work/{name}/1-1").claim(urls, made_id("ani", name))
            wanted = await shop.wanted(name, sources=urls)
            entry = wanted.record.entry.model_copy(update={"id": entry_id})
            record = wanted.record.model_copy(update={"entry": entry})
            await shop.commit(wanted.model_copy(update={"record": record}))
        except (Fatal, Retriable):
            return

    await asyncio.gather(*(run(f"racer {number} {n}") for n in range(8)))
    found = [await live_entries(shop, url) for url in (MAL, ANILIST, KITSU)]
    assert any(found), "nobody went live"
    assert all(len(entries) <= 1 for entries in found), found
