# SPDX-License-Identifier: Apache-2.0
"""The scrubber against damage made by hand in every store."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from damages import (
    DAMAGES,
    _insert,
    a_commit_was_cut_off,
    a_licence_ended,
    collection,
    live,
    points_of_another_version_appeared,
    points_were_lost,
    the_vectors_were_lost,
    until,
)
from drill import records
from otakube.commit.embedding import vectors_of
from otakube.commit.recovery import vectors_key
from otakube.commit.saga import commit
from otakube.domain.record import handover
from otakube.domain.record.handover import Commit, VectorSet
from otakube.maintenance.audit import audit
from otakube.maintenance.audit_entry import audit_entry
from otakube.maintenance.expire import Expiry, expire
from otakube.maintenance.scrub import Damage, Finding, Outcome, Scrub, entry_lease, finish
from otakube.ports.ledger import EntryState, Intent, Ledger
from otakube.ports.objects import ObjectStore, Prefix
from otakube.ports.vectors import VectorStore
from otakube_api.contract import Output, Provider
from shop import Shop


async def scrubbed(shop: Shop, *, dry_run: bool = False, embedder: "Embedder | None" = None) -> list[Finding]:
    load = (lambda: embedder) if embedder else None
    scrub = Scrub(stores=shop.stores, clock=shop.clock, dry_run=dry_run, embedder=load)
    await finish(scrub)
    expiry = Expiry(scrub=scrub, unstorable=(), collection=collection(shop), lease_seconds=60)
    await audit(scrub, blobs_older_than=timedelta(days=-1), expiry=expiry)
    return scrub.report.findings


def test_every_kind_of_damage_is_made_here() -> None:
    assert {kind for _, expected in DAMAGES for kind in expected} == set(Damage)


async def test_nothing_is_found_in_a_clean_catalogue(shop: Shop) -> None:
    await shop.commit(await shop.wanted("first"))
    await shop.commit(await shop.wanted("second"))
    await shop.commit(await shop.wanted("second", 2))
    assert await scrubbed(shop, dry_run=True) == []


@pytest.mark.parametrize(("damage", "expected"), [pytest.param(*row, id=row[0].__name__) for row in DAMAGES])
async def test_damage_is_found_and_repaired_or_reported(
    shop: Shop, damage: Callable[..., Awaitable[None]], expected: dict[Damage, Outcome]
) -> None:
    wanted = await shop.wanted("damaged")
    await shop.commit(wanted)
    await damage(shop, wanted)
    assert {f.damage for f in await scrubbed(shop, dry_run=True)} == set(expected)
    assert {f.damage: f.outcome for f in await scrubbed(shop)} == expected
    left = [f.damage for f in await scrubbed(shop)]
    assert left == [kind for kind, outcome in expected.items() if outcome is Outcome.FAILED]


async def test_a_dry_run_changes_nothing(shop: Shop) -> None:
    wanted = await shop.wanted("dry")
    await shop.commit(wanted)
    await points_of_another_version_appeared(shop, wanted)
    first = await scrubbed(shop, dry_run=True)
    assert first == await scrubbed(shop, dry_run=True)
    assert first[0].outcome is Outcome.FOUND


async def test_a_commit_at_work_is_left_alone(shop: Shop) -> None:
    wanted = await shop.wanted("at work")
    await shop.commit(wanted)
    await a_commit_was_cut_off(shop, wanted)
    entry_id, _ = await live(shop, wanted)
    await shop.raw.hold(entry_id, shop.now + timedelta(seconds=60))
    assert [(f.damage, f.outcome) for f in await scrubbed(shop)] == [(Damage.INTENT_OPEN, Outcome.HELD)]
    shop.later(61)
    assert [(f.damage, f.outcome) for f in await scrubbed(shop)] == [(Damage.INTENT_OPEN, Outcome.REPAIRED)]


async def test_a_scrub_that_fails_while_it_holds_an_entry_lets_go_of_it(shop: Shop) -> None:
    wanted = await shop.wanted("let go")
    await shop.commit(wanted)
    await a_commit_was_cut_off(shop, wanted)
    scrub = Scrub(stores=shop.stores, clock=shop.clock)
    entry_id, _ = await live(shop, wanted)
    with pytest.raises(RuntimeError):
        async with entry_lease(scrub, entry_id):
            raise RuntimeError
    assert (await shop.stores.ledger.state(entry_id)).lease is None
    await shop.commit(await shop.wanted("let go", 2))


@pytest.mark.parametrize("left", [0, 2])
async def test_vectors_that_are_lost_with_their_points_are_embedded_anew(shop: Shop, left: int) -> None:
    embedder = Embedder()
    record = (await shop.wanted("anew")).record
    digest = handover.digest(record)
    vectors = vectors_of(record, embedder, digest=digest)
    wanted = (await shop.wanted("anew")).model_copy(update={"vectors": vectors})
    await shop.commit(wanted)
    await points_were_lost(shop, wanted)
    await _insert(shop, _with_points(wanted, left), 1)
    await the_vectors_were_lost(shop, wanted)
    found = await scrubbed(shop)
    assert {(f.damage, f.outcome) for f in found} == {
        (Damage.VECTORS_MISSING, Outcome.FAILED),
        (Damage.POINTS_MISSING, Outcome.FAILED),
    }
    assert all("enrich the entry again" in one.detail for one in found)
    assert all(one.outcome is Outcome.REPAIRED for one in await scrubbed(shop, embedder=embedder))
    assert await scrubbed(shop) == []
    live = await shop.stores.catalogue.entry(wanted.record.entry.id)
    assert live is not None
    assert VectorSet.model_validate_json(await shop.stores.objects.get(vectors_key(live))) == vectors


def _with_points(wanted: Commit, left: int) -> Commit:
    """The same commit with a part of its points."""
    some = wanted.vectors.model_copy(update={"points": wanted.vectors.points[:left]})
    return wanted.model_copy(update={"vectors": some})


async def test_points_of_a_lost_history_never_pass_for_the_restored_one(shop: Shop) -> None:
    """The counter reached the number once more: other points under the live version are told apart."""
    lost, wanted = await shop.wanted("restored", 2), await shop.wanted("restored")
    await shop.stores.vectors.ensure(model=lost.vectors.model, dimension=lost.vectors.dimension)
    await _insert(shop, lost, 1)
    await shop.commit(wanted)
    entry_id, version = await live(shop, wanted)
    assert version == 1
    assert await shop.stores.vectors.count(entry_id, digest=wanted.digest) == len(wanted.vectors.points)
    found = await scrubbed(shop)
    assert Damage.POINTS_ORPHANED in {one.damage for one in found}
    assert await shop.stores.vectors.count(entry_id) == len(wanted.vectors.points)


async def test_enriching_again_repairs_a_version_that_is_not_whole(shop: Shop) -> None:
    wanted = await shop.wanted("cure")
    await shop.commit(wanted)
    await points_were_lost(shop, wanted)
    await the_vectors_were_lost(shop, wanted)
    again = wanted.model_copy(update={"run": "work/cure/2-1"})
    assert (await shop.commit(again))[Output.VERSION] == "2"
    assert await scrubbed(shop) == []


class Reads:
    """A ledger at whose nth look at one entry something else happens."""

    def __init__(self, ledger: Ledger, nth: int, then: Callable[[], Awaitable[None]]) -> None:
        self._ledger, self._left, self._then = ledger, nth, then

    def __getattr__(self, name: str) -> object:
        return getattr(self._ledger, name)

    async def _looked(self) -> None:
        self._left -= 1
        if self._left == 0:
            await self._then()

    async def state(self, entry_id: str) -> EntryState | None:
        found = await self._ledger.state(entry_id)
        await self._looked()
        return found

    async def open_intents(self, entry_id: str | None = None) -> AsyncIterator[Intent]:
        found = [intent async for intent in self._ledger.open_intents(entry_id)]
        await self._looked()
        for intent in found:
            yield intent


class Waits:
    """A ledger whose compare-and-set waits for a word."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self.reached, self.go = ledger, asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> object:
        return getattr(self._ledger, name)

    async def make_live(self, **given: Any) -> bool:
        self.reached.set()
        await self.go.wait()
        return await self._ledger.make_live(**given)


@pytest.mark.parametrize("nth", range(1, 9))
async def test_a_commit_that_ends_between_two_looks_of_the_audit_keeps_its_points(
    shop: Shop, nth: int
) -> None:
    await shop.commit(await shop.wanted("between"))
    wanted = await shop.wanted("between", 2)
    waits = Waits(shop.stores.ledger)
    request = commit(
        replace(shop.stores, ledger=waits),  # type: ignore[arg-type]  # only what is called
        wanted,
        collection=collection(shop),
        lease_seconds=60,
        clock=shop.clock,
    )
    at_work = asyncio.create_task(request)
    await waits.reached.wait()

    async def ends() -> None:
        waits.go.set()
        await at_work

    reads = Reads(shop.stores.ledger, nth, ends)
    stores = replace(shop.stores, ledger=reads)  # type: ignore[arg-type]  # only what is called
    await audit(Scrub(stores=stores, clock=shop.clock), blobs_older_than=timedelta(days=-1))
    await ends()
    entry_id, version = await live(shop, wanted)
    assert version == 2
    assert await shop.stores.vectors.count(entry_id, version=2) == len(wanted.vectors.points)
    left = [one.subject for one in await scrubbed(shop)]
    assert left in ([], [f"images/{1:064x}.png"]), "the first version's image alone"


class Counts:
    """A vector store before whose first count something happens."""

    def __init__(self, vectors: VectorStore, first: Callable[[], Awaitable[object]]) -> None:
        self._vectors, self._first = vectors, [first]

    def __getattr__(self, name: str) -> object:
        return getattr(self._vectors, name)

    async def count(self, entry_id: str, **which: Any) -> int:
        while self._first:
            await self._first.pop()()
        return await self._vectors.count(entry_id, **which)


async def test_an_entry_that_a_commit_replaces_while_it_is_looked_at_is_left_alone(shop: Shop) -> None:
    """Read with the first version, its points are gone by the count: the second one's commit deleted them."""
    await shop.commit(await shop.wanted("looked at"))
    wanted = await shop.wanted("looked at", 2)
    entry_id, _ = await live(shop, wanted)
    vectors = Counts(shop.stores.vectors, lambda: shop.commit(wanted))
    stores = replace(shop.stores, vectors=vectors)  # type: ignore[arg-type]  # only what is called
    scrub = Scrub(stores=stores, clock=shop.clock)
    await audit_entry(scrub, entry_id)
    assert scrub.report.findings == []
    assert (await live(shop, wanted))[1] == 2
    assert await shop.stores.vectors.count(entry_id) == len(wanted.vectors.points)


class Embedder:
    """A text model of one vector."""

    name, dimension, max_tokens = records.MODEL, records.DIMENSION, 100

    def count(self, text: str) -> int:
        return len(text.split())

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [[1.0] + [0.0] * (self.dimension - 1) for _ in texts]


async def test_what_a_licence_ends_is_gone_from_every_store(shop: Shop) -> None:
    wanted = await shop.wanted("timed")
    await a_licence_ended(shop, wanted)
    await scrubbed(shop)
    now = await shop.stores.catalogue.entry(wanted.record.entry.id)
    assert now is not None
    assert now.record.entry.synopsis is None
    assert "synopsis" not in now.record.entry.provenance
    assert now.record.entry.titles == wanted.record.entry.titles
    vectors = VectorSet.model_validate_json(await shop.stores.objects.get(vectors_key(now)))
    assert {point.kind for point in vectors.points} == {"title", "character", "episode"}
    assert await shop.stores.vectors.count(now.entry_id) == len(vectors.points)
    kept = [await shop.stores.objects.get(key) async for key in shop.stores.objects.list("")]
    assert len(kept) > 3
    assert not any(b"story about a fire drill" in body for body in kept)
    [event] = await shop.raw.find("events", version=now.version)
    assert (event["decision"], event["reviewer"]) == ("automatic", "licence")


class Gets:
    """A bucket in which something happens once vectors were read, or asked for."""

    def __init__(
        self, objects: ObjectStore, meanwhile: Callable[[], Awaitable[object]], *, late: bool
    ) -> None:
        self._objects, self._meanwhile, self._late = objects, [meanwhile], late

    def __getattr__(self, name: str) -> object:
        return getattr(self._objects, name)

    async def get(self, key: str) -> bytes:
        if not self._late or not key.startswith(Prefix.VECTORS):
            await self._happens(key)
            return await self._objects.get(key)
        found = await self._objects.get(key)
        await self._happens(key)
        return found

    async def _happens(self, key: str) -> None:
        while key.startswith(Prefix.VECTORS) and self._meanwhile:
            await self._meanwhile.pop()()


@pytest.mark.parametrize("late", [False, True], ids=["before its vectors are read", "after"])
async def test_a_version_that_goes_live_while_values_are_removed_is_not_replaced(
    shop: Shop, late: bool
) -> None:
    await a_licence_ended(shop, await shop.wanted("newer"))
    newer = await shop.wanted("newer", 2)
    objects = Gets(shop.stores.objects, lambda: shop.commit(newer), late=late)
    stores = replace(shop.stores, objects=objects)  # type: ignore[arg-type]  # only what is called
    scrub = Scrub(stores=stores, clock=shop.clock)
    [stored] = [one async for one in shop.stores.rows.entries()]
    await expire(Expiry(scrub=scrub, unstorable=(), collection=collection(shop), lease_seconds=60), stored)
    assert [(f.damage, f.outcome) for f in scrub.report.findings] == [(Damage.LICENCE_EXPIRED, Outcome.HELD)]
    now = await shop.stores.catalogue.entry(newer.record.entry.id)
    assert now is not None
    assert now.digest == newer.digest
    assert {one.damage for one in await scrubbed(shop, dry_run=True)} <= {Damage.BLOB_ORPHANED}


async def test_an_entry_that_only_the_ended_licence_names_is_reported(shop: Shop) -> None:
    await shop.commit(until(shop.now, await shop.wanted("nameless"), "title"))
    found = await scrubbed(shop)
    assert [(f.damage, f.outcome) for f in found] == [(Damage.LICENCE_EXPIRED, Outcome.FAILED)]
    assert "enrich it again" in found[0].detail


async def test_a_provider_that_may_not_be_stored_any_more_goes_at_once(shop: Shop) -> None:
    wanted = until(shop.now + timedelta(days=90), await shop.wanted("banned"))
    await shop.commit(wanted)
    scrub = Scrub(stores=shop.stores, clock=shop.clock)
    banned = [Provider.ANILIST]
    expiry = Expiry(scrub=scrub, unstorable=banned, collection=collection(shop), lease_seconds=60)
    await audit(scrub, blobs_older_than=timedelta(days=-1), expiry=expiry)
    now = await shop.stores.catalogue.entry(wanted.record.entry.id)
    assert now is not None
    assert now.record.entry.synopsis is None
