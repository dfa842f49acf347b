# SPDX-License-Identifier: Apache-2.0
"""The commit step: makes one golden record live in all three stores, whole or not at all.

A saga with one linearisation point, S5; docs/commit.md has the protocol. Before S5 everything can be taken
back, after it everything goes forward, by this process, by the next attempt or by the scrubber.
"""

from dataclasses import replace
from datetime import datetime

from otakube.commit.lease import Clock, Fenced, Held, fenced, letting_go, renew, take
from otakube.commit.pages import bind_pages, check_locks
from otakube.commit.recovery import (
    CommitStores,
    compensate,
    end_older,
    event_of,
    is_live,
    roll_forward,
    vectors_key,
)
from otakube.commit.request import check, check_size, commit_key, image_keys, payload
from otakube.domain.record.handover import Commit
from otakube.domain.record.images import images_of
from otakube.errors import Fatal, Retriable
from otakube.failpoints import fp
from otakube.ports.catalogue import LiveEntry, ReviewDecision
from otakube.ports.ledger import Intent, IntentState
from otakube.ports.take_downs import Refusals
from otakube.ports.vectors import Version
from otakube_api.contract import FailureReason, Output

DECISIONS = ("approve", "automatic")


async def commit(  # noqa: PLR0913 - the request, and the settings of the process that carries it out
    stores: CommitStores,
    request: Commit,
    *,
    collection: str,
    lease_seconds: float,
    clock: Clock,
    claim: bool = True,
    replaces: int | None = None,
) -> dict[Output, str]:
    """Make the record live; a commit that was finished before gives the same outputs.

    With `claim=False` it is made of the live record and claims none of its pages. `replaces` is the version
    that it was made of: Fenced if another is live by now.
    """
    check(request)
    check_size(stores.ledger.record_bytes(request.record))
    key = commit_key(request)
    await stores.ledger.prepare()
    await stores.vectors.ensure(model=request.vectors.model, dimension=request.vectors.dimension)
    await record_review(stores, request, at=clock())
    done = await finished(stores, request, key)
    if done:
        return outputs(done)
    held = await take_lease(stores, request, lease_seconds=lease_seconds, clock=clock)
    async with letting_go(stores.ledger, held):
        await end_older(stores, held, clock=clock)
        done = await finished(stores, request, key)
        if done is None:
            await look_at_review(stores, request)
            held = await _expected(stores, held, request, claim=claim, at=clock())
            if replaces not in (None, held.expected):
                raise await fenced(stores.ledger, held.entry_id)
            done = await _carry_out(stores, request, held, _intent(request, held, collection, clock()), clock)
    fp("S8.after")
    return outputs(done)


async def record_review(stores: CommitStores, request: Commit, *, at: datetime) -> None:
    """S0: the decision, once and for all, before anything of the record is written."""
    fp("S0.before")
    standing = await stores.reviews.record(
        ReviewDecision(
            run=request.run,
            decision=request.decision,
            note=request.note,
            reviewer=request.reviewer,
            digest=request.digest,
            decided_at=at,
        )
    )
    fp("S0.after")
    _approved(standing, request)


async def look_at_review(stores: CommitStores, request: Commit) -> None:
    """Look, under the lease, that the decision is still there: a store that was restored since lacks it.

    Whoever makes a version live needs the lease that was stored before this look: so its decision is stored
    in every backup that has the lease.
    """
    standing = await stores.reviews.of(request.run)
    if standing is None:
        message = (
            f"the decision on {request.run} is gone: the document store was restored; run the step again"
        )
        raise Fenced(FailureReason.COMMIT_FENCED, message)
    _approved(standing, request)


def _approved(standing: ReviewDecision, request: Commit) -> None:
    """Fatal unless the decision that stands lets this record go live."""
    if standing.decision not in DECISIONS:
        message = (
            f"the decision on {request.run} is {standing.decision!r}, by {standing.reviewer or 'nobody'}"
        )
        raise Fatal(FailureReason.REVIEW_REJECTED, message)
    if standing.digest != request.digest:
        message = f"{request.run} was decided on the record {standing.digest}, not on {request.digest}"
        raise Fatal(FailureReason.REVIEW_REJECTED, message)


async def finished(stores: CommitStores, request: Commit, key: str) -> Intent | None:
    """The intent of this commit if it is done: by this run, or by any run whose content is still live."""
    intent = await stores.ledger.intent(key)
    if intent is None or intent.state is not IntentState.DONE:
        return None
    state = await stores.ledger.state(intent.entry_id)
    if state and state.commit_key == key:
        return intent if await _whole(stores, intent) else None
    return intent if intent.run == request.run else None


async def _whole(stores: CommitStores, intent: Intent) -> bool:
    """True if all that readers need of a live version is there: else the same content is committed again."""
    stored = await stores.vectors.count(intent.entry_id, version=intent.version, digest=intent.digest)
    return stored == intent.points and await stores.objects.exists(vectors_key(intent))


async def take_lease(stores: CommitStores, request: Commit, *, lease_seconds: float, clock: Clock) -> Held:
    """S1: draw a fencing token and hold the entry under it."""
    fp("S1.before")
    held = await take(
        stores.ledger, request.record.entry.id, owner=request.run, seconds=lease_seconds, clock=clock
    )
    fp("S1.after")
    return held


async def _expected(stores: CommitStores, held: Held, request: Commit, *, claim: bool, at: datetime) -> Held:
    """The version that S5 replaces; Fatal if the pages were given to another entry meanwhile."""
    entry = request.record.entry
    if claim:
        await check_locks(stores, entry)
        await bind_pages(stores, entry, token=held.lease.token, at=at)
    state = await stores.ledger.state(entry.id)
    return replace(held, expected=state.live_version if state else None)


async def _carry_out(
    stores: CommitStores, request: Commit, held: Held, intent: Intent, clock: Clock
) -> Intent:
    """S2 to S8; what fails for good before S5 is taken back at once, what may succeed later is left."""
    fp("S2.before")
    if not await stores.ledger.open_intent(intent):
        raise await fenced(stores.ledger, intent.entry_id)
    fp("S2.after")
    try:
        await put_blobs(stores, request, intent)
        await renew(stores.ledger, held, clock=clock)
        await insert_points(stores, request, intent)
        live = await make_live(stores, request, held, intent, at=clock())
    except (Fatal, Fenced):
        await compensate(stores, intent, by=intent.version)
        raise
    await stores.ledger.move_intent(intent, IntentState.COMMITTED, by=intent.version)
    committed = replace(intent, state=IntentState.COMMITTED)
    await roll_forward(stores, committed, by=intent.version, live=live)
    return committed


async def put_blobs(stores: CommitStores, request: Commit, intent: Intent) -> None:
    """S3: the images were mirrored before; here each must be there, and the vectors are kept beside them.

    Orders to take an image down are looked at under the open intent: an order that comes later finds it.
    """
    fp("S3.before")
    refusals = Refusals.of(await stores.take_downs.all())
    for shown in filter(refusals.covers, images_of(request.record)):
        message = f"image {shown.source_url} was taken down; apply again, so that the record goes without it"
        raise Fatal(FailureReason.INPUT_MISSING, message)
    await stores.objects.put(vectors_key(intent), request.vectors.model_dump_json().encode())
    for image in intent.blobs:
        if not await stores.objects.exists(image):
            message = f"{image} is not in the bucket; apply again, so that its image is mirrored anew"
            raise Fatal(FailureReason.INPUT_MISSING, message)
    fp("S3.after")


async def insert_points(stores: CommitStores, request: Commit, intent: Intent) -> None:
    """S4: points of a version that no reader joins on yet; what the store acknowledged is counted."""
    fp("S4.before")
    version = Version(entry_id=intent.entry_id, version=intent.version, digest=intent.digest)
    await stores.vectors.insert(version, request.vectors.points, payload=payload(request.record.entry))
    stored = await stores.vectors.count(intent.entry_id, version=intent.version, digest=intent.digest)
    if stored != intent.points:
        message = (
            f"the vector store acknowledged {intent.points} points of {intent.entry_id} version "
            f"{intent.version} and has {stored}"
        )
        raise Retriable(FailureReason.STORE_UNAVAILABLE, message)
    fp("S4.after")


async def make_live(
    stores: CommitStores, request: Commit, held: Held, intent: Intent, *, at: datetime
) -> LiveEntry:
    """S5: one compare-and-set; from here on only forward."""
    live = LiveEntry(
        entry_id=intent.entry_id,
        version=intent.version,
        commit_key=intent.commit_key,
        digest=intent.digest,
        model=request.vectors.model,
        record=request.record,
        committed_at=at,
    )
    event = event_of(intent, decision=request.decision, note=request.note, reviewer=request.reviewer, at=at)
    fp("S5.before")
    made = await stores.ledger.make_live(expected=held.expected, live=live, intent=intent, event=event)
    fp("S5.after")
    if made:
        return live
    # An answer that was lost and a request that the driver repeated look like a lost race: read what stands.
    if is_live(await stores.ledger.state(intent.entry_id), intent):
        return live
    raise await fenced(stores.ledger, intent.entry_id)


def outputs(done: Intent) -> dict[Output, str]:
    """Outputs for the workflow and the operator."""
    return {
        Output.ENTRY_ID: done.entry_id,
        Output.VERSION: str(done.version),
        Output.DIGEST: done.digest,
    }


def _intent(request: Commit, held: Held, collection: str, now: datetime) -> Intent:
    return Intent(
        commit_key=commit_key(request),
        entry_id=request.record.entry.id,
        version=held.lease.token,
        state=IntentState.PREPARED,
        digest=request.digest,
        run=request.run,
        collection=collection,
        blobs=image_keys(request.record),
        points=len(request.vectors.points),
        prepared_at=now,
        fence=held.lease.token,
        nonce=held.lease.nonce,
    )
