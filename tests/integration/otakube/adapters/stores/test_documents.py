# SPDX-License-Identifier: Apache-2.0
"""What every document store promises: identities, leases, intents, compare-and-set."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from drill.records import made_id
from otakube.adapters.stores.mongodb.catalogue import MongoCatalogue
from otakube.adapters.stores.mongodb.connection import Documents
from otakube.commit.recovery import event_of
from otakube.domain.record.golden import AnimeStatus
from otakube.errors import Fatal, Retriable
from otakube.ports.catalogue import DeadLetter, LiveEntry, MirroredImage, ReviewDecision
from otakube.ports.ledger import Event, Intent, IntentState, Lease
from otakube.settings import Settings
from ports import free_port
from shop import Shop
from stores import Stores

FIRST, SECOND, THIRD = (made_id("ani", name) for name in ("1", "2", "3"))
MAL, ANILIST, KITSU = (
    "https://myanimelist.net/anime/1",
    "https://anilist.co/anime/1",
    "https://kitsu.io/anime/1",
)


async def test_new_sources_get_the_proposed_id(shop: Shop) -> None:
    assert await shop.claim([ANILIST, MAL], FIRST) == (FIRST, False)
    assert await shop.owners(MAL, ANILIST, KITSU) == {MAL: FIRST, ANILIST: FIRST}


async def test_one_known_source_decides_for_all(shop: Shop) -> None:
    await shop.claim([MAL], FIRST)
    assert await shop.claim([KITSU, MAL], SECOND) == (FIRST, False)
    assert await shop.owners(KITSU) == {KITSU: FIRST}


async def test_runs_that_claim_at_once_agree(shop: Shop) -> None:
    ids = [made_id("ani", f"racer {n}") for n in range(12)]
    claims = [shop.claim([*[KITSU, MAL, ANILIST][n % 3 :], MAL], i) for n, i in enumerate(ids)]
    await asyncio.gather(*claims, return_exceptions=True)
    last = await shop.claim([MAL, ANILIST, KITSU], THIRD)
    owners = await shop.owners(MAL, ANILIST, KITSU)
    assert set(owners.values()) == {last[0]}


async def test_a_live_owner_beats_an_older_one_that_never_went_live(shop: Shop) -> None:
    wanted = await shop.wanted("live")
    await shop.commit(wanted)
    entry_id = wanted.record.entry.id
    await shop.claim(wanted.record.entry.sources, entry_id)
    await shop.claim([KITSU], "ani_" + "0" * 26)
    both = [KITSU, *wanted.record.entry.sources]
    assert await shop.claim(both, THIRD) == (entry_id, True)


async def test_pages_are_released_by_their_own_entry_alone(shop: Shop) -> None:
    identities = shop.stores.identities
    await shop.claim([MAL, ANILIST], FIRST)
    await shop.claim([KITSU], SECOND)
    assert await identities.pages_of(FIRST) == sorted([MAL, ANILIST])
    await shop.claims().release([ANILIST, KITSU], FIRST)
    assert await shop.owners(MAL, ANILIST, KITSU) == {MAL: FIRST, KITSU: SECOND}
    assert await shop.claim([ANILIST], THIRD) == (THIRD, False)


async def test_sources_of_two_live_entries_are_a_conflict(shop: Shop) -> None:
    sources = []
    for name in ("one", "two"):
        wanted = await shop.wanted(name)
        await shop.commit(wanted)
        await shop.claim(wanted.record.entry.sources, wanted.record.entry.id)
        sources += wanted.record.entry.sources
    with pytest.raises(Fatal, match="belong to 2 entries"):
        await shop.claim(sources, THIRD)


async def test_the_catalogue_shows_what_is_live(shop: Shop) -> None:
    wanted = await shop.wanted("shown")
    entry_id, source = wanted.record.entry.id, wanted.record.entry.sources[0]
    assert await shop.stores.catalogue.entry(entry_id) is None
    await shop.commit(wanted)
    await shop.claim([source], entry_id)
    live = await shop.stores.catalogue.by_source(source)
    assert live is not None
    assert (live.record, live.digest, live.version) == (wanted.record, wanted.digest, 1)
    assert await shop.stores.catalogue.by_source(KITSU) is None


async def test_titles_are_listed_of_what_was_committed_since(shop: Shop) -> None:
    titles = await shop.ports.live_titles()
    assert await titles.since(None) == []
    first, second = await shop.wanted("first"), await shop.wanted("second")
    await shop.commit(first)
    began = shop.now
    shop.later(100)
    await shop.commit(second)
    everything, recent = await titles.since(None), await titles.since(began + timedelta(seconds=50))
    assert {one.entry_id for one in everything} == {first.record.entry.id, second.record.entry.id}
    assert [(one.entry_id, one.version, one.titles, one.committed_at) for one in recent] == [
        (second.record.entry.id, 1, second.record.entry.titles.names(), shop.now)
    ]


async def test_entries_are_listed_by_status_with_their_episodes_and_without_their_characters(
    shop: Shop,
) -> None:
    entries, wanted = await shop.ports.entries_by_status(), await shop.wanted("listed")
    status = wanted.record.entry.status
    assert [one async for one in entries.with_status([status])] == []
    await shop.commit(wanted)
    [found] = [one async for one in entries.with_status([status, AnimeStatus.HIATUS])]
    assert (found.entry, found.episodes) == (wanted.record.entry, wanted.record.episodes)
    assert (found.characters, found.staff) == ([], [])
    assert [one async for one in entries.with_status([AnimeStatus.HIATUS])] == []


async def test_the_image_map_keeps_blobs_and_failures(shop: Shop) -> None:
    good = MirroredImage(source_url="https://cdn.example.org/1.png", sha256="a" * 64, key="images/a.png")
    bad = MirroredImage(
        source_url="https://cdn.example.org/2.png",
        error="404",
        retry_after=shop.now + timedelta(hours=1),
        fetched_at=shop.now,
    )
    await shop.stores.image_map.put([good, bad])
    await shop.stores.image_map.put([good])
    found = await shop.stores.image_map.get_many([good.source_url, bad.source_url, "https://absent"])
    assert found == {good.source_url: good, bad.source_url: bad}
    assert [key async for key in shop.stores.image_map.blobs()] == ["images/a.png"]


async def test_the_first_decision_stands(shop: Shop) -> None:
    first = ReviewDecision(
        run="r", decision="reject", note="no", reviewer="ada", digest="d", decided_at=shop.now
    )
    assert await shop.stores.reviews.record(first) == first
    assert await shop.stores.reviews.record(replace(first, decision="approve")) == first


async def test_a_dead_letter_is_kept_once_a_run(shop: Shop) -> None:
    letter = DeadLetter(
        run="r", enrichment="default/a", step="fetch", title="T", reason="AnimeUnknown", message="m",
        attempt=1, inputs="s3://b/r", at=shop.now,
    )  # fmt: skip
    letters = await shop.ports.dead_letters()
    await letters.put(letter)
    await letters.put(replace(letter, message="again"))
    assert [letter["message"] for letter in await shop.raw.find("dead_letters")] == ["again"]


async def test_the_newest_dead_letters_come_first(shop: Shop) -> None:
    letters = await shop.ports.dead_letters()
    first = DeadLetter(
        run="work/u/1-1", enrichment="default/a", step="fetch", title="T", reason="AnimeUnknown", message="m",
        attempt=1, inputs="s3://b/r", at=shop.now,
    )  # fmt: skip
    newer = replace(first, run="work/u/1-2", attempt=2, at=shop.now + timedelta(minutes=1))
    for letter in (newer, first):
        await letters.put(letter)
    assert await letters.newest(10) == [newer, first]
    assert await letters.newest(1) == [newer]


async def lease(shop: Shop, owner: str, seconds: float = 10) -> tuple[Lease, bool]:
    token = await shop.stores.ledger.next_version(FIRST)
    made = Lease(token=token, owner=owner, until=shop.now + timedelta(seconds=seconds))
    return made, await shop.stores.ledger.take_lease(FIRST, made, now=shop.now)


async def test_a_lease_is_taken_once_until_it_is_over(shop: Shop) -> None:
    mine, taken = await lease(shop, "mine")
    _, theirs = await lease(shop, "theirs")
    assert (taken, theirs) == (True, False)
    shop.later(11)
    _, later = await lease(shop, "theirs")
    assert later
    assert not await shop.stores.ledger.renew_lease(FIRST, mine)


async def test_the_same_owner_takes_over_at_once(shop: Shop) -> None:
    first, _ = await lease(shop, "mine")
    _, again = await lease(shop, "mine")
    assert again
    assert not await shop.stores.ledger.renew_lease(FIRST, first)


async def test_an_older_token_never_takes_over(shop: Shop) -> None:
    old = await shop.stores.ledger.next_version(FIRST)
    new, _ = await lease(shop, "new")
    await shop.stores.ledger.release_lease(FIRST, new)
    newer, taken = await lease(shop, "newer", seconds=0)
    stale = Lease(token=old, owner="newer", until=shop.now + timedelta(seconds=10))
    assert taken
    assert newer.token > old
    assert not await shop.stores.ledger.take_lease(FIRST, stale, now=shop.now + timedelta(seconds=60))


async def test_a_token_that_is_not_the_newest_never_takes_a_released_entry(shop: Shop) -> None:
    old = await shop.stores.ledger.next_version(FIRST)
    new, _ = await lease(shop, "new")
    await shop.stores.ledger.release_lease(FIRST, new)
    for token in (old, new.token):  # drawn before; sent a second time
        stale = replace(new, token=token, owner="stale")
        assert not await shop.stores.ledger.take_lease(FIRST, stale, now=shop.now)
    _, taken = await lease(shop, "newer")
    assert taken


async def test_a_token_that_a_restored_store_has_not_drawn_yet_keeps_nobody_out_after_it(shop: Shop) -> None:
    drawn = await shop.stores.ledger.next_version(FIRST)
    lost = Lease(token=drawn + 7, owner="lost", until=shop.now)
    assert await shop.stores.ledger.take_lease(FIRST, lost, now=shop.now)
    await shop.stores.ledger.release_lease(FIRST, lost)
    newer, taken = await lease(shop, "newer")
    assert (newer.token, taken) == (drawn + 8, True)


async def test_a_lease_is_its_holder_s_alone_to_renew_and_to_release(shop: Shop) -> None:
    mine, _ = await lease(shop, "mine")
    other = replace(mine, nonce="of another history")
    assert not await shop.stores.ledger.renew_lease(FIRST, other)
    await shop.stores.ledger.release_lease(FIRST, other)
    assert await shop.stores.ledger.renew_lease(FIRST, mine)


def intent(shop: Shop, version: int) -> Intent:
    return Intent(
        commit_key="k", entry_id=FIRST, version=version, state=IntentState.PREPARED, digest="d", run="r",
        collection="anime", blobs=[], points=1, prepared_at=shop.now,
    )  # fmt: skip


async def test_an_intent_is_opened_once_and_reopened_when_it_ended(shop: Shop) -> None:
    ledger = shop.stores.ledger
    first, second = intent(shop, 1), intent(shop, 2)
    assert await ledger.open_intent(first)
    assert not await ledger.open_intent(second)
    assert await ledger.move_intent(first, IntentState.ABORTED, by=1)
    assert await ledger.open_intent(second)
    assert not await ledger.move_intent(first, IntentState.DONE, by=9), "an older version moves nothing"
    assert [i.version async for i in ledger.open_intents(FIRST)] == [2]
    assert await ledger.intent("k") == second


async def test_an_intent_that_a_newer_token_moved_is_moved_by_no_older_one(shop: Shop) -> None:
    ledger, first = shop.stores.ledger, intent(shop, 1)
    assert await ledger.open_intent(first)
    assert await ledger.move_intent(first, IntentState.ABORTING, by=5)
    for older in (1, 4):
        assert not await ledger.move_intent(first, IntentState.COMMITTED, by=older)
        assert not await ledger.move_intent(first, IntentState.ABORTING, by=older)
    assert await ledger.move_intent(first, IntentState.ABORTING, by=5), "it is there already"
    assert await ledger.move_intent(first, IntentState.ABORTING, by=6)


async def the_next_version(shop: Shop, name: str) -> tuple[LiveEntry, Intent, Event]:
    """A version after the one that is live, under its lease."""
    request = await shop.wanted(name)
    await shop.commit(request)
    entry_id = request.record.entry.id
    live = await shop.stores.catalogue.entry(entry_id)
    assert live is not None
    known = await shop.stores.ledger.intent(live.commit_key)
    assert known is not None
    token = await shop.stores.ledger.next_version(entry_id)
    held = Lease(token=token, owner="next", until=shop.now + timedelta(seconds=10))
    assert await shop.stores.ledger.take_lease(entry_id, held, now=shop.now)
    intent = replace(known, version=token, nonce="")
    event = event_of(intent, decision="automatic", note="", reviewer="", at=shop.now)
    return replace(live, version=token), intent, event


async def test_a_version_goes_live_only_over_the_one_that_was_seen(shop: Shop) -> None:
    ledger = shop.stores.ledger
    live, intent, event = await the_next_version(shop, "expected")
    for wrong in (None, live.version):
        assert not await ledger.make_live(expected=wrong, live=live, intent=intent, event=event)
    assert await ledger.make_live(expected=live.version - 1, live=live, intent=intent, event=event)
    state = await ledger.state(live.entry_id)
    assert state is not None
    assert (state.live_version, [one.id for one in state.outbox]) == (live.version, [event.id])


async def test_a_version_goes_live_under_its_own_lease_alone(shop: Shop) -> None:
    """The same number of another history: the document was erased or restored meanwhile."""
    live, intent, event = await the_next_version(shop, "nonce")
    other = replace(intent, nonce="of another history")
    before = live.version - 1
    assert not await shop.stores.ledger.make_live(expected=before, live=live, intent=other, event=event)


async def test_an_intent_of_another_history_is_not_moved(shop: Shop) -> None:
    mine = replace(intent(shop, 1), nonce="a")
    assert await shop.stores.ledger.open_intent(mine)
    other = replace(mine, nonce="b")
    assert not await shop.stores.ledger.move_intent(other, IntentState.ABORTING, by=9)
    assert await shop.stores.ledger.move_intent(mine, IntentState.ABORTING, by=9)


async def test_projections_never_go_back(shop: Shop) -> None:
    ledger = shop.stores.ledger
    live, _, _ = await the_next_version(shop, "projected")
    await ledger.project(live)
    await ledger.project(replace(live, version=live.version - 1))
    versions = (await ledger.projected([live.entry_id]))[live.entry_id]
    assert versions["episodes"] == {live.version: len(live.record.episodes)}


async def test_an_unreachable_document_store_is_retriable(own_settings: Settings, stores: Stores) -> None:
    uri = f"mongodb://127.0.0.1:{free_port()}/?serverSelectionTimeoutMS=200"
    gone = own_settings.model_copy(update={"mongodb_uri": type(own_settings.mongodb_uri)(uri)})
    async with Documents(gone) as documents:
        with pytest.raises(Retriable, match="the document store is away"):
            await MongoCatalogue(documents).entry(FIRST)


async def test_a_wrong_connection_string_is_named_without_its_password(own_settings: Settings) -> None:
    wrong = own_settings.model_copy(
        update={"mongodb_uri": type(own_settings.mongodb_uri)("http://user:hunter2@host/")}
    )
    with pytest.raises(Fatal, match="mongodb_uri") as refused:
        Documents(wrong)
    assert "hunter2" not in str(refused.value)
