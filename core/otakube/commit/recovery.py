# SPDX-License-Identifier: Apache-2.0
"""Ends an intent: rolled forward once its version is live, compensated before; for commit and scrubber.

Everything here may be cut off and done again, by anybody who holds the entry's lease.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from otakube.commit.lease import Clock, Held, fenced, renew
from otakube.errors import Retriable
from otakube.failpoints import fp
from otakube.ports.blob_uses import BlobUses
from otakube.ports.catalogue import Catalogue, Identities, ImageMap, LiveEntry, ReviewDecisions
from otakube.ports.ledger import OPEN_STATES, EntryState, Event, Intent, IntentState, Ledger
from otakube.ports.locks import Locks
from otakube.ports.objects import AgedObjects, Prefix
from otakube.ports.take_downs import TakeDowns
from otakube.ports.vectors import VectorStore
from otakube_api.contract import FailureReason

# A roll-forward that meets ever newer versions gives way to their own.
_PROJECTION_ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitStores:
    """All that a commit touches."""

    ledger: Ledger
    catalogue: Catalogue
    identities: Identities
    reviews: ReviewDecisions
    image_map: ImageMap
    blob_uses: BlobUses
    take_downs: TakeDowns
    locks: Locks
    vectors: VectorStore
    objects: AgedObjects


def audit_key(event: Event) -> str:
    """Bucket key of the copy that outlives the catalogue."""
    return f"{Prefix.AUDIT}{event.id}.json"


def vectors_key(of: Intent | LiveEntry) -> str:
    """Bucket key of a version's vectors, from which the vector store can be rebuilt."""
    return f"{Prefix.VECTORS}{of.entry_id}/{of.version}-{of.commit_key}.json"


def version_of(key: str) -> int:
    """The version that a vectors' blob is of."""
    return int(key.rpartition("/")[2].partition("-")[0])


async def end_older(stores: CommitStores, held: Held, *, clock: Clock) -> None:
    """End what older attempts left open; Fenced, with nothing touched, for a holder that was overtaken."""
    found = [intent async for intent in stores.ledger.open_intents(held.entry_id)]
    if any(intent.version >= held.lease.token for intent in found):
        raise await fenced(stores.ledger, held.entry_id)
    for intent in sorted(found, key=lambda one: one.version):
        await end_intent(stores, intent, held, clock=clock)


async def end_intent(stores: CommitStores, intent: Intent, held: Held, *, clock: Clock) -> None:
    """End one older intent: forward if its version went live, else back.

    Its version cannot go live any more: S5 wants its token, which a newer one has replaced for ever. The
    intent is moved under the caller's token first, so that an ender that sleeps here is fenced too.
    """
    await renew(stores.ledger, held, clock=clock)
    state = await stores.ledger.state(intent.entry_id)
    forward = is_live(state, intent) or intent.state is IntentState.COMMITTED
    to, by = IntentState.COMMITTED if forward else IntentState.ABORTING, held.lease.token
    if not await stores.ledger.move_intent(intent, to, by=by):
        now = await stores.ledger.intent(intent.commit_key)
        if now and now.state in OPEN_STATES:
            raise await fenced(stores.ledger, intent.entry_id)
        return  # its own writer has ended it meanwhile
    moved = replace(intent, state=to)
    await (roll_forward(stores, moved, by=by) if forward else compensate(stores, moved, by=by))


def is_live(state: EntryState | None, intent: Intent) -> bool:
    """True if readers see this intent's version; of a lost history, another content had the same number."""
    return state is not None and (state.live_version, state.commit_key) == (intent.version, intent.commit_key)


async def compensate(stores: CommitStores, intent: Intent, *, by: int) -> None:
    """Undo a version that never went live and never will, whoever else is at it or has ended the intent."""
    now = await stores.ledger.intent(intent.commit_key)
    if now and now.version == intent.version and now.nonce != intent.nonce:
        return  # the document store was restored: the same content under the same number is another's
    await stores.ledger.move_intent(intent, IntentState.ABORTING, by=by)
    await withdraw(stores, intent)
    await stores.objects.delete(vectors_key(intent))
    await stores.ledger.move_intent(replace(intent, state=IntentState.ABORTING), IntentState.ABORTED, by=by)


async def withdraw(stores: CommitStores, intent: Intent) -> None:
    """Delete the points of a version that is not live, and look that they are gone."""
    await stores.vectors.delete(intent.entry_id, version=intent.version, digest=intent.digest)
    left = await stores.vectors.count(intent.entry_id, version=intent.version, digest=intent.digest)
    if left:
        message = (
            f"{left} points of {intent.entry_id} version {intent.version} are still there after deletion"
        )
        raise Retriable(FailureReason.COMMIT_FAILED, message)


async def roll_forward(
    stores: CommitStores, intent: Intent, *, by: int, live: LiveEntry | None = None
) -> None:
    """Finish a version that is live; `live` saves reading it when the caller just wrote it."""
    fp("S6.before")
    live = await project(stores, intent.entry_id, live=live)
    await supersede(stores, live)
    fp("S6.after")
    fp("S7.before")
    await relay(stores, intent.entry_id, live=live)
    fp("S7.after")
    fp("S8.before")
    await stores.ledger.move_intent(intent, IntentState.DONE, by=by)


async def project(stores: CommitStores, entry_id: str, *, live: LiveEntry | None = None) -> LiveEntry:
    """Bring the projections to the live version, again if a newer one went live meanwhile."""
    for _ in range(_PROJECTION_ROUNDS):
        live = live or await stores.catalogue.entry(entry_id)
        if live is None:
            break
        await stores.ledger.project(live)
        state = await stores.ledger.state(entry_id)
        if state and state.live_version == live.version:
            return live
        live = None
    raise Retriable(FailureReason.COMMIT_FENCED, f"{entry_id} changes faster than it can be projected")


async def supersede(stores: CommitStores, live: LiveEntry) -> None:
    """Delete points and vectors' blobs of older versions; images are shared, the audit sweeps them.

    A newer version's blob is a commit's in the making; one that an open intent names goes with its intent.
    """
    await stores.vectors.delete_before(live.entry_id, version=live.version)
    stored = [key async for key in stores.objects.list(f"{Prefix.VECTORS}{live.entry_id}/")]
    if older := [key for key in stored if version_of(key) < live.version]:
        named = {vectors_key(intent) async for intent in stores.ledger.open_intents(live.entry_id)}
        for key in sorted(set(older) - named):
            await stores.objects.delete(key)


async def relay(stores: CommitStores, entry_id: str, *, live: LiveEntry) -> None:
    """Copy each event of the outbox to the bucket and to `events`, then take it out."""
    state = await stores.ledger.state(entry_id)
    for event in state.outbox if state else []:
        await stores.objects.put(audit_key(event), audit_copy(event, live))
        await stores.ledger.publish(event)
        await stores.ledger.drop_event(entry_id, event.id)


def audit_copy(event: Event, live: LiveEntry) -> bytes:
    """The event and the record that it made live, as JSON."""
    record: dict[str, Any] | None = None
    if live.version == event.version:
        record = live.record.model_dump(mode="json")
    return orjson.dumps({"event": asdict(event), "record": record}, option=orjson.OPT_SORT_KEYS)


def event_in(copy: bytes) -> Event:
    """The event of an audit copy."""
    fields = orjson.loads(copy)["event"]
    return Event(**{**fields, "committed_at": datetime.fromisoformat(fields["committed_at"])})


def event_of(intent: Intent, *, decision: str, note: str, reviewer: str, at: datetime) -> Event:
    """The one business event of a commit."""
    return Event(
        id=f"{intent.entry_id}/{intent.version}-{intent.commit_key}",
        entry_id=intent.entry_id,
        version=intent.version,
        commit_key=intent.commit_key,
        digest=intent.digest,
        run=intent.run,
        decision=decision,
        note=note,
        reviewer=reviewer,
        committed_at=at,
    )
