# SPDX-License-Identifier: Apache-2.0
"""Damage made by hand in every store, and what the scrubber is to make of it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from otakube.commit.recovery import vectors_key
from otakube.domain.record import handover
from otakube.domain.record.golden import Provenance
from otakube.domain.record.handover import Commit
from otakube.maintenance.scrub import Damage, Outcome
from otakube.ports.ledger import IntentState, Lease
from otakube.ports.vectors import Version
from otakube_api.contract import Provider
from shop import Shop


def collection(shop: Shop) -> str:
    return shop.settings.qdrant_collection


async def live(shop: Shop, wanted: Commit) -> tuple[str, int]:
    state = await shop.stores.ledger.state(wanted.record.entry.id)
    return state.entry_id, state.live_version


async def a_commit_was_cut_off(shop: Shop, wanted: Commit) -> None:
    entry_id, _ = await live(shop, wanted)
    token = await shop.stores.ledger.next_version(entry_id)
    lease = Lease(token=token, owner="work/gone/1-1", until=shop.now - timedelta(seconds=1))
    assert await shop.stores.ledger.take_lease(entry_id, lease, now=shop.now)
    key = (await shop.stores.ledger.state(entry_id)).commit_key
    intent = await shop.stores.ledger.intent(key)
    other = replace(
        intent, commit_key="f" * 64, version=token, state=IntentState.PREPARED, run="work/gone/1-1"
    )
    assert await shop.stores.ledger.open_intent(other)
    await _insert(shop, wanted, token)


async def a_lease_was_left(shop: Shop, wanted: Commit) -> None:
    entry_id, _ = await live(shop, wanted)
    token = await shop.stores.ledger.next_version(entry_id)
    lease = Lease(token=token, owner="work/gone/1-1", until=shop.now - timedelta(seconds=1))
    assert await shop.stores.ledger.take_lease(entry_id, lease, now=shop.now)


async def an_event_was_not_relayed(shop: Shop, wanted: Commit) -> None:
    event = await shop.raw.unrelay()
    await shop.stores.objects.delete(f"audit/{event['id']}.json")


async def the_record_was_edited(shop: Shop, wanted: Commit) -> None:
    await shop.raw.edit_synopsis("edited by hand")


async def points_of_another_version_appeared(shop: Shop, wanted: Commit) -> None:
    await _insert(shop, wanted, 77)


async def points_were_lost(shop: Shop, wanted: Commit) -> None:
    entry_id, version = await live(shop, wanted)
    await shop.stores.vectors.delete(entry_id, version=version)


async def the_vectors_were_lost(shop: Shop, wanted: Commit) -> None:
    live = await shop.stores.catalogue.entry(wanted.record.entry.id)
    assert live is not None
    await shop.stores.objects.delete(vectors_key(live))


async def points_of_no_entry_appeared(shop: Shop, wanted: Commit) -> None:
    version = Version(entry_id="ani_" + "0" * 26, version=1, digest=wanted.digest)
    await shop.stores.vectors.insert(version, wanted.vectors.points, payload={})


async def a_point_too_many_appeared(shop: Shop, wanted: Commit) -> None:
    entry_id, version = await live(shop, wanted)
    extra = wanted.vectors.points[0].model_copy(update={"number": 999})
    await shop.stores.vectors.insert(
        Version(entry_id=entry_id, version=version, digest=wanted.digest), [extra], payload={}
    )


async def an_episode_was_lost(shop: Shop, wanted: Commit) -> None:
    await shop.raw.delete("episodes")


async def characters_of_no_entry_appeared(shop: Shop, wanted: Commit) -> None:
    await shop.raw.add_character("ani_gone")


async def an_image_was_lost(shop: Shop, wanted: Commit) -> None:
    await shop.stores.objects.delete(wanted.record.entry.images[0].key)


async def an_image_was_left(shop: Shop, wanted: Commit) -> None:
    await shop.stores.objects.put(f"images/{'e' * 64}.png", b"png", content_type="image/png")


async def vectors_of_an_aborted_commit_were_left(shop: Shop, wanted: Commit) -> None:
    await shop.stores.objects.put(f"vectors/{wanted.record.entry.id}/77-{'b' * 64}.json", b"{}")


async def the_audit_copy_was_lost(shop: Shop, wanted: Commit) -> None:
    [event] = await shop.raw.find("events")
    await shop.stores.objects.delete(f"audit/{event['id']}.json")


async def the_event_was_lost(shop: Shop, wanted: Commit) -> None:
    await shop.raw.delete("events")


async def _insert(shop: Shop, wanted: Commit, version: int) -> None:
    stamp = Version(entry_id=wanted.record.entry.id, version=version, digest=wanted.digest)
    await shop.stores.vectors.insert(stamp, wanted.vectors.points, payload={})


async def a_run_lost_its_exit_handler(shop: Shop, wanted: Commit) -> None:
    for name in ("fetch/summary.json", "golden.json"):
        await shop.stores.objects.put(f"work/gone/1-1/{name}", b"{}")
    shop.later(46 * 86_400)
    await shop.stores.objects.put("dead-letters/gone-1-1.json", b"{}")


async def a_licence_ended(shop: Shop, wanted: Commit) -> None:
    await shop.commit(until(shop.now + timedelta(seconds=1), wanted))
    shop.later(2)


def until(end: datetime, wanted: Commit, field: str = "synopsis") -> Commit:
    """The same anime, with a field that only AniList says, until then."""
    source = Provenance(
        provider=Provider.ANILIST,
        providers=[Provider.ANILIST],
        fetched_at=end - timedelta(days=90),
        licence="AniList terms of use",
        expires_at=end,
        confidence=0.7,
    )
    entry = wanted.record.entry
    entry = entry.model_copy(update={"provenance": {**entry.provenance, field: source}})
    record = wanted.record.model_copy(update={"entry": entry})
    digest = handover.digest(record)
    vectors = wanted.vectors.model_copy(update={"golden_digest": digest})
    return wanted.model_copy(
        update={"record": record, "digest": digest, "vectors": vectors, "run": f"{wanted.run}-timed"}
    )


DAMAGES: list[tuple[Callable[..., Awaitable[None]], Damage, Outcome]] = [
    (a_commit_was_cut_off, Damage.INTENT_OPEN, Outcome.REPAIRED),
    (a_lease_was_left, Damage.LEASE_STALE, Outcome.REPAIRED),
    (an_event_was_not_relayed, Damage.OUTBOX_PENDING, Outcome.REPAIRED),
    (the_record_was_edited, Damage.RECORD_CHANGED, Outcome.FAILED),
    (points_of_another_version_appeared, Damage.POINTS_ORPHANED, Outcome.REPAIRED),
    (points_of_no_entry_appeared, Damage.POINTS_ORPHANED, Outcome.REPAIRED),
    (points_were_lost, Damage.POINTS_MISSING, Outcome.REPAIRED),
    (the_vectors_were_lost, Damage.VECTORS_MISSING, Outcome.REPAIRED),
    (a_point_too_many_appeared, Damage.POINTS_EXTRA, Outcome.FAILED),
    (an_episode_was_lost, Damage.PROJECTION_STALE, Outcome.REPAIRED),
    (characters_of_no_entry_appeared, Damage.PROJECTION_ORPHANED, Outcome.REPAIRED),
    (an_image_was_lost, Damage.BLOB_MISSING, Outcome.FAILED),
    (an_image_was_left, Damage.BLOB_ORPHANED, Outcome.REPAIRED),
    (vectors_of_an_aborted_commit_were_left, Damage.BLOB_ORPHANED, Outcome.REPAIRED),
    (a_run_lost_its_exit_handler, Damage.WORK_LEFT, Outcome.REPAIRED),
    (the_audit_copy_was_lost, Damage.AUDIT_MISSING, Outcome.REPAIRED),
    (the_event_was_lost, Damage.EVENT_MISSING, Outcome.REPAIRED),
    (a_licence_ended, Damage.LICENCE_EXPIRED, Outcome.REPAIRED),
]
