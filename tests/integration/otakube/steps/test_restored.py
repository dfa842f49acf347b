# SPDX-License-Identifier: Apache-2.0
"""Processes that slept while the document store was erased or restored under them."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from drill.records import made_id
from otakube.commit import saga
from otakube.errors import Retriable
from otakube.ports.catalogue import Binding
from otakube_api.contract import Output
from shop import LEASE_SECONDS, Shop

MAL, ANILIST = "https://myanimelist.net/anime/1", "https://anilist.co/anime/1"


@dataclass
class AnsweredSleeper:
    """A port that sleeps once the `nth` call of one method has been answered, until somebody wakes it."""

    port: Any
    method: str
    nth: int = 1
    asleep: asyncio.Event = field(default_factory=asyncio.Event)
    awake: asyncio.Event = field(default_factory=asyncio.Event)

    def __getattr__(self, name: str) -> Any:
        called = getattr(self.port, name)
        if name != self.method:
            return called

        async def slept(*args: Any, **options: Any) -> Any:
            answer = await called(*args, **options)
            self.nth -= 1
            if not self.nth:
                self.asleep.set()
                await self.awake.wait()
            return answer

        return slept


async def test_a_commit_whose_decision_was_lost_records_it_again_before_it_goes_live(shop: Shop) -> None:
    wanted = await shop.wanted("undecided", decision="approve")
    sleeper = AnsweredSleeper(shop.stores.reviews, "record")
    slept = asyncio.create_task(
        saga.commit(
            replace(shop.stores, reviews=sleeper),  # type: ignore[arg-type]  # passes every method on
            wanted,
            collection=shop.settings.qdrant_collection,
            lease_seconds=LEASE_SECONDS,
            clock=shop.clock,
        )
    )
    await sleeper.asleep.wait()
    await shop.raw.erase()
    sleeper.awake.set()
    with pytest.raises(Retriable, match="the decision on work/undecided/1-1 is gone"):
        await slept
    assert await shop.stores.catalogue.entry(wanted.record.entry.id) is None
    assert await shop.commit(wanted)
    assert [one["decision"] for one in await shop.raw.find("reviews")] == ["approve"]


async def test_a_version_of_the_same_number_is_not_the_sleeper_s_own(shop: Shop) -> None:
    """It takes no lost race for a lost answer: another record went live under the number since."""
    slept, other = await shop.wanted("numbered"), await shop.wanted("numbered", 2)
    sleeper = AnsweredSleeper(shop.stores.vectors, "count")
    commit = asyncio.create_task(
        saga.commit(
            replace(shop.stores, vectors=sleeper),  # type: ignore[arg-type]  # passes every method on
            slept,
            collection=shop.settings.qdrant_collection,
            lease_seconds=LEASE_SECONDS,
            clock=shop.clock,
        )
    )
    await sleeper.asleep.wait()
    await shop.raw.erase()
    assert (await shop.commit(other))[Output.VERSION] == "1"
    sleeper.awake.set()
    with pytest.raises(Retriable, match="changed by a newer run"):
        await commit
    live = await shop.stores.catalogue.entry(other.record.entry.id)
    assert live is not None
    assert live.digest == other.digest
    assert await shop.stores.vectors.count(live.entry_id) == len(other.vectors.points)


async def test_a_claim_of_a_lost_history_takes_no_page_of_a_live_entry(shop: Shop) -> None:
    """Its token is greater than that of the commit since, whose numbers began again."""
    wanted = await shop.wanted("mine", sources=[MAL])
    mine, older = wanted.record.entry.id, made_id("ani", "older")
    await shop.claim([MAL], mine)
    await shop.stores.identities.bind(ANILIST, Binding(entry_id=older, since=shop.now - timedelta(hours=1)))
    for _ in range(3):
        await shop.stores.ledger.next_version(mine)
    # It looks at both owners, then at the one that gives, under that one's lease.
    sleeper = AnsweredSleeper(shop.stores.ledger, "state", nth=3)
    claims = shop.claims("work/lost/1-1", ledger=sleeper)
    claim = asyncio.create_task(claims.claim([MAL, ANILIST], made_id("ani", "lost")))
    await sleeper.asleep.wait()
    await shop.raw.erase()
    assert (await shop.commit(wanted))[Output.VERSION] == "1"
    sleeper.awake.set()
    with pytest.raises(Retriable, match="changed by a newer run"):
        await claim
    assert await shop.owners(MAL) == {MAL: mine}
