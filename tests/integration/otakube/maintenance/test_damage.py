# SPDX-License-Identifier: Apache-2.0
"""The damage drill: every kind at once, in a catalogue of listed and enriched entries, and nothing else."""

from collections import Counter
from datetime import timedelta

import pytest

from damages import DAMAGES, a_change_of_locks_was_cut_off, a_run_lost_its_exit_handler, collection
from dataset_world import World, sync_stores
from otakube.bootstrap.stores.choice import SERVERS
from otakube.maintenance.audit import audit
from otakube.maintenance.expire import Expiry
from otakube.maintenance.scrub import Finding, Outcome, Scrub, finish
from shop import Shop
from unit.otakube.domain.dataset.weeks import row

WEEK = [row(f"No. {one}", str(one), f"https://kitsu.app/anime/{one}") for one in range(1, 31)]


async def scrubbed(shop: Shop, *, dry_run: bool = False) -> list[Finding]:
    scrub = Scrub(stores=shop.stores, clock=shop.clock, dry_run=dry_run)
    await finish(scrub)
    expiry = Expiry(scrub=scrub, unstorable=(), collection=collection(shop), lease_seconds=60)
    await audit(scrub, blobs_older_than=timedelta(days=-1), expiry=expiry)
    return scrub.report.findings


@pytest.fixture
async def whole(shop: Shop) -> set[str]:
    """Entries that nobody damages: listed ones, enriched ones, and three that are both."""
    world = World(await sync_stores(shop.ports))
    await shop.stores.ledger.prepare()
    for number in (1, 2, 3):
        pages = [f"https://{site}/anime/{number}" for site in ("anidb.net", "kitsu.app")]
        await shop.commit(await shop.wanted(f"both {number}", sources=pages))
    await shop.commit(await shop.wanted("enriched alone"))
    await world.sync(WEEK)
    await world.sync(WEEK[:-3], "2026-11-22")  # three are orphaned
    states = {one.entry_id async for one in shop.stores.ledger.states() if one.live_version is not None}
    return states | {one.entry_id for one in (await world.entries()).values()}


async def test_a_catalogue_of_listed_and_enriched_entries_is_clean(shop: Shop, whole: set[str]) -> None:
    assert len(whole) == 31
    assert await scrubbed(shop) == []


async def test_every_damage_at_once_is_found_and_nothing_else(shop: Shop, whole: set[str]) -> None:
    planted = [
        one for one in DAMAGES if shop.uri == SERVERS or one.plant is not a_change_of_locks_was_cut_off
    ]
    planted.sort(key=lambda one: one.plant is not a_run_lost_its_exit_handler)  # it moves the clock
    requests = [await shop.wanted(f"damaged {number}", number + 10) for number in range(len(planted))]
    for request in requests:
        await shop.commit(request)
    for one, request in zip(planted, requests, strict=True):
        await one.plant(shop, request)
    expected = [pair for one in planted for pair in one.expected.items()]
    assert Counter(one.damage for one in await scrubbed(shop, dry_run=True)) == Counter(
        damage for damage, _ in expected
    )
    found = await scrubbed(shop)
    assert Counter((one.damage, one.outcome) for one in found) == Counter(expected)
    assert not whole & {one.subject for one in found}
    left = Counter(one.damage for one in await scrubbed(shop))
    assert left == Counter(damage for damage, outcome in expected if outcome is Outcome.FAILED)
