# SPDX-License-Identifier: Apache-2.0
"""The commit step in one process: what it gives back, what it refuses, what it undoes."""

from dataclasses import replace

import pytest

from otakube.commit.lease import Fenced, take
from otakube.commit.recovery import end_intent, supersede, vectors_key
from otakube.commit.saga import commit
from otakube.domain.record.handover import Commit, Point
from otakube.errors import Fatal, Retriable
from otakube.ports.ledger import IntentState, Lease
from otakube.ports.vectors import Version
from otakube_api.contract import FailureReason, Output
from shop import Shop


async def points(shop: Shop, wanted: Commit) -> int:
    return await shop.stores.vectors.count(wanted.record.entry.id)


async def test_a_finished_commit_gives_the_same_outputs_again(shop: Shop) -> None:
    wanted = await shop.wanted("again")
    first = await shop.commit(wanted)
    assert await shop.commit(wanted) == first
    assert first[Output.DIGEST] == wanted.digest
    assert len(await shop.raw.find("events")) == 1


async def test_the_same_content_from_another_run_is_the_same_commit(shop: Shop) -> None:
    wanted = await shop.wanted("same")
    first = await shop.commit(wanted)
    assert await shop.commit(wanted.model_copy(update={"run": "work/other/1-1"})) == first


async def test_content_that_was_superseded_can_come_back_as_a_new_version(shop: Shop) -> None:
    old, new = await shop.wanted("back"), await shop.wanted("back", 2)
    await shop.commit(old)
    await shop.commit(new)
    again = await shop.commit(old.model_copy(update={"run": "work/back/3-1"}))
    live = await shop.stores.catalogue.entry(old.record.entry.id)
    assert live is not None
    assert (live.digest, str(live.version)) == (old.digest, again[Output.VERSION])
    assert await points(shop, old) == len(old.vectors.points)


async def test_a_newer_version_replaces_points_projections_and_vectors(shop: Shop) -> None:
    for revision in (1, 2, 3):
        wanted = await shop.wanted("replaced", revision)
        await shop.commit(wanted)
    assert await points(shop, wanted) == len(wanted.vectors.points)
    assert len(await shop.raw.find("episodes")) == len(wanted.record.episodes)
    assert len([key async for key in shop.stores.objects.list("vectors/")]) == 1
    assert len([key async for key in shop.stores.objects.list("audit/")]) == 3


@pytest.mark.parametrize("decision", ["reject", "", "maybe"])
async def test_without_an_approval_nothing_is_committed(shop: Shop, decision: str) -> None:
    wanted = await shop.wanted("refused", decision=decision)
    with pytest.raises(Fatal) as refused:
        await shop.commit(wanted)
    assert refused.value.reason is FailureReason.REVIEW_REJECTED
    assert await shop.stores.ledger.state(wanted.record.entry.id) is None


async def test_an_approval_of_another_record_does_not_count(shop: Shop) -> None:
    approved, changed = await shop.wanted("changed"), await shop.wanted("changed", 2)
    await shop.commit(approved)
    with pytest.raises(Fatal, match="was decided on the record"):
        await shop.commit(changed.model_copy(update={"run": approved.run}))


async def test_a_missing_image_is_refused_and_the_attempt_is_undone(shop: Shop) -> None:
    wanted = await shop.wanted("no image")
    await shop.stores.objects.delete(wanted.record.entry.images[0].key or "")
    with pytest.raises(Fatal, match="mirrored anew"):
        await shop.commit(wanted)
    state = await shop.stores.ledger.state(wanted.record.entry.id)
    assert state is not None
    assert (state.live_version, state.lease) == (None, None)
    assert [i async for i in shop.stores.ledger.open_intents()] == []
    assert [key async for key in shop.stores.objects.list("vectors/")] == []


async def test_another_models_vectors_are_refused_before_anything_is_written(shop: Shop) -> None:
    await shop.commit(await shop.wanted("first"))
    other = await shop.wanted("second")
    vectors = other.vectors.model_copy(update={"model": "other@2"})
    with pytest.raises(Fatal, match="other@2"):
        await shop.commit(other.model_copy(update={"vectors": vectors}))
    assert await shop.stores.ledger.state(other.record.entry.id) is None
    assert await shop.stores.reviews.of(other.run) is None


async def test_sources_that_went_to_another_entry_stop_the_commit(shop: Shop) -> None:
    wanted = await shop.wanted("moved")
    await shop.claim(wanted.record.entry.sources, "ani_" + "0" * 26)
    with pytest.raises(Fatal, match="belong to ani_0"):
        await shop.commit(wanted)


async def test_an_entry_that_another_run_holds_is_for_later(shop: Shop) -> None:
    wanted = await shop.wanted("held")
    entry_id = wanted.record.entry.id
    token = await shop.stores.ledger.next_version(entry_id)
    lease = Lease(token=token, owner="work/other/1-1", until=shop.now.replace(year=2100))
    await shop.stores.ledger.take_lease(entry_id, lease, now=shop.now)
    with pytest.raises(Retriable, match="held by work/other/1-1"):
        await shop.commit(wanted)


async def test_an_intent_that_is_not_older_than_the_token_is_left_alone(shop: Shop) -> None:
    """A holder that meets one is overtaken: it changes nothing, and learns so."""
    first, newer = await shop.wanted("overtaken"), await shop.wanted("overtaken", 2)
    await shop.commit(first)
    ledger, entry_id = shop.stores.ledger, first.record.entry.id
    state = await ledger.state(entry_id)
    assert state is not None
    known = await ledger.intent(state.commit_key or "")
    assert known is not None
    ahead = replace(known, commit_key="f" * 64, version=2, state=IntentState.PREPARED, run="work/newer/1-1")
    assert await ledger.open_intent(ahead)
    stamp = Version(entry_id=entry_id, version=2, digest=newer.digest)
    await shop.stores.vectors.insert(stamp, newer.vectors.points, payload={})
    with pytest.raises(Retriable, match="this attempt changed nothing"):
        await shop.commit(newer)
    assert await ledger.intent("f" * 64) == ahead
    assert await shop.stores.vectors.count(entry_id, version=2) == len(newer.vectors.points)


async def test_an_ender_that_was_overtaken_at_an_intent_touches_no_store(shop: Shop) -> None:
    """It slept before the intent, which a newer one has moved since."""
    wanted = await shop.wanted("ender")
    await shop.commit(wanted)
    ledger, entry_id = shop.stores.ledger, wanted.record.entry.id
    state = await ledger.state(entry_id)
    assert state is not None
    known = await ledger.intent(state.commit_key or "")
    assert known is not None
    old = replace(known, commit_key="e" * 64, version=2, state=IntentState.PREPARED, fence=2)
    assert await ledger.next_version(entry_id) == 2
    assert await ledger.open_intent(old)
    held = await take(ledger, entry_id, owner="work/ender/2-1", seconds=60, clock=shop.clock)
    assert await ledger.move_intent(old, IntentState.ABORTING, by=held.lease.token + 1)
    untouched = replace(shop.stores, vectors=None, objects=None)  # type: ignore[arg-type]  # any use fails
    with pytest.raises(Fenced):
        await end_intent(untouched, old, held, clock=shop.clock)


async def test_superseding_leaves_newer_vectors_and_those_of_open_intents(shop: Shop) -> None:
    for revision in (1, 2):
        await shop.commit(wanted := await shop.wanted("superseding", revision))
    live = await shop.stores.catalogue.entry(wanted.record.entry.id)
    assert live is not None
    known = await shop.stores.ledger.intent(live.commit_key)
    assert known is not None
    open_ = replace(known, commit_key="c" * 64, version=1, state=IntentState.PREPARED)
    assert await shop.stores.ledger.open_intent(open_)
    gone = replace(known, commit_key="d" * 64, version=1)
    newer = replace(known, commit_key="e" * 64, version=3)
    for intent in (open_, gone, newer):
        await shop.stores.objects.put(vectors_key(intent), b"{}")
    await supersede(shop.stores, live)
    left = {key async for key in shop.stores.objects.list("vectors/")}
    assert left == {vectors_key(live), vectors_key(newer), vectors_key(open_)}


async def test_points_that_were_acknowledged_and_are_not_there_are_not_made_live(shop: Shop) -> None:
    wanted = await shop.wanted("unstored")
    insert = shop.stores.vectors.insert

    async def all_but_one(version: Version, points: list[Point], *, payload: dict[str, object]) -> None:
        await insert(version, points[1:], payload=payload)

    shop.stores.vectors.insert = all_but_one  # type: ignore[method-assign,assignment]  # loses one
    given = len(wanted.vectors.points)
    with pytest.raises(Retriable, match=rf"acknowledged {given} points of .* version 1 and has {given - 1}"):
        await shop.commit(wanted)
    shop.stores.vectors.insert = insert  # type: ignore[method-assign]  # as before
    assert (await shop.commit(wanted))[Output.VERSION] == "2"
    assert await points(shop, wanted) == len(wanted.vectors.points)


async def test_a_commit_that_fails_lets_go_of_its_entry(shop: Shop) -> None:
    wanted = await shop.wanted("lets go")

    class Away:
        def __getattr__(self, name: str) -> object:
            async def away(*_: object, **__: object) -> None:
                raise Retriable(FailureReason.STORE_UNAVAILABLE, "the bucket is away")

            return away

    with pytest.raises(Retriable, match="the bucket is away"):
        await commit(
            replace(shop.stores, objects=Away()),  # type: ignore[arg-type]  # only what is called
            wanted,
            collection=shop.settings.qdrant_collection,
            lease_seconds=60,
            clock=shop.clock,
        )
    state = await shop.stores.ledger.state(wanted.record.entry.id)
    assert state is not None
    assert state.lease is None
    assert await shop.commit(wanted.model_copy(update={"run": "work/other/1-1"}))


async def test_what_other_runs_left_half_done_is_ended_first(shop: Shop) -> None:
    """Rolled forward, both the live version and the one that it has superseded."""
    first, second, third = [await shop.wanted("half", revision) for revision in (1, 2, 3)]
    await shop.commit(first)
    await shop.commit(second)
    await shop.raw.set_intents(IntentState.COMMITTED.value)
    await shop.commit(third)
    states = [intent["state"] for intent in await shop.raw.find("intents", entry_id=first.record.entry.id)]
    assert states == ["Done", "Done", "Done"]
