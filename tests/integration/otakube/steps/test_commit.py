# SPDX-License-Identifier: Apache-2.0
"""The commit step in one process: what it gives back, what it refuses, what it undoes."""

import pytest

from otakube.domain.record.handover import Commit
from otakube.errors import Fatal, Retriable
from otakube.ports.ledger import IntentState, Lease
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
    await shop.stores.identities.claim(wanted.record.entry.sources, "ani_" + "0" * 26)
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


async def test_what_another_run_left_half_done_is_ended_first(shop: Shop) -> None:
    first, second = await shop.wanted("half"), await shop.wanted("half", 2)
    await shop.commit(first)
    entry_id = first.record.entry.id
    await shop.raw.set_intents(IntentState.COMMITTED.value)
    await shop.commit(second)
    states = [intent["state"] for intent in await shop.raw.find("intents", entry_id=entry_id)]
    assert states == ["Done", "Done"]
