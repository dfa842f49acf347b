# SPDX-License-Identifier: Apache-2.0
"""Bring one entry back, under its lease and in the commit's order: blobs and points first, then the version.

Readers see the old state or the restored version, whole. Each step can be repeated; cut off anywhere, the
next call goes on. Points of versions of a lost history are invisible to readers, and the scrub's to delete.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from otakube.commit.lease import Clock, Fenced, Held, fenced, letting_go, renew, take
from otakube.commit.pages import bind_pages, check_locks
from otakube.commit.recovery import (
    CommitStores,
    audit_copy,
    audit_key,
    end_older,
    project,
    supersede,
    vectors_key,
)
from otakube.commit.saga import commit
from otakube.domain.record import handover
from otakube.domain.record.handover import Commit, VectorSet
from otakube.errors import Damaged, Fatal
from otakube.maintenance.snapshots.blobs import Blobs
from otakube.maintenance.snapshots.counted_points import CountedPoints
from otakube.maintenance.snapshots.entry_rows import check_digest
from otakube.maintenance.snapshots.redacted import without_refused
from otakube.maintenance.snapshots.restore_plan import (
    EntryFound,
    RestoreAction,
    RestoreOutcome,
    RestoreReport,
    action,
    numbered_as_live,
)
from otakube.maintenance.vectors import insert_missing, recovered
from otakube.ports.catalogue import LiveEntry
from otakube.ports.embedding import TextEmbedder
from otakube.ports.rows import RowCollection, StoredEntry, StoredRows
from otakube.ports.take_downs import NOTHING_REFUSED, Refusals
from otakube_api.contract import Decision, FailureReason

OWNER = "restore"


@dataclass(slots=True, kw_only=True)
class EntryRestorer:
    """Restores entries of one snapshot; `run` names this restore in reviews and events."""

    stores: CommitStores
    rows: StoredRows
    clock: Clock
    lease_seconds: float
    collection: str
    run: str
    embedder: Callable[[], TextEmbedder] | None = None
    images: Blobs | None = None  # copies them from the snapshot's place
    replace: bool = False
    dry_run: bool = False
    refusals: Refusals = NOTHING_REFUSED  # images that were taken down, before the snapshot or after it
    report: RestoreReport = field(default_factory=RestoreReport)
    _ensured: set[tuple[str, int]] = field(default_factory=set)
    _ensuring: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def count_points(self) -> None:
        """Count all points once, in place of a question or two an entry; for a restore of most entries."""
        self.stores = replace(self.stores, vectors=await CountedPoints.of(self.stores.vectors))

    async def restore(self, stored: StoredEntry) -> None:
        """Bring it back, and note what became of it; Retriable if a store is away."""
        entry_id = stored.state.entry_id
        try:
            outcome, detail = await self._restored(stored)
        except Fenced as error:
            outcome, detail = RestoreOutcome.HELD, str(error)
        except Fatal as error:
            outcome, detail = RestoreOutcome.FAILED, str(error)
        self.report.note(entry_id, outcome, detail)

    async def _restored(self, stored: StoredEntry) -> tuple[RestoreOutcome, str]:
        check_digest(stored)
        whole, stored = stored, without_refused(stored, self.refusals)
        found = await self.found(stored.state.entry_id)
        stored = numbered_as_live(stored, found)
        wanted = action(stored, found, newer_too=self.replace)
        if wanted is RestoreAction.REINSTATE and stored.state.digest != whole.state.digest:
            wanted = RestoreAction.COMMIT  # the number that it had is that of the record with the image
        if wanted is RestoreAction.LEAVE:
            return _left(stored, found)
        if wanted is RestoreAction.COMPLETE and not await self._missing(stored):
            return RestoreOutcome.SAME, ""
        outcome = _OUTCOMES[wanted]
        if self.dry_run:
            return outcome, ""
        missing = await self._copy_images(stored)
        if wanted is RestoreAction.COMMIT:
            await self._commit(stored, whole)
        else:
            await self._bring_back(stored)
        if not missing:
            return outcome, ""
        self.report.without_images += 1
        return outcome, f"its images are gone: {', '.join(missing)}; enrich it again"

    async def found(self, entry_id: str) -> EntryFound:
        """The entry as the catalogue has it now."""
        state = await self.stores.ledger.state(entry_id)
        try:
            live = await self.stores.catalogue.entry(entry_id)
        except Damaged:
            return EntryFound(state=state, intact=False)
        intact = live is not None and handover.digest(live.record) == live.digest
        return EntryFound(state=state, intact=intact)

    async def _missing(self, stored: StoredEntry) -> bool:
        """True if something that belongs to the live version is not there."""
        live, state = _live(stored), stored.state
        counts = {"episodes": len(live.record.episodes), "characters": len(live.record.characters)}
        projected = {name: {live.version: count} if count else {} for name, count in counts.items()}
        stored_points = await self.stores.vectors.count(
            live.entry_id, version=live.version, digest=live.digest
        )
        shown = await self.stores.ledger.projected([live.entry_id])
        return not (
            stored_points == state.points
            and await self.stores.objects.exists(vectors_key(live))
            and shown[live.entry_id] == projected
            and await self.stores.ledger.event(_event_id(live))
            and all([await self.stores.objects.exists(key) for key in state.blobs])
        )

    async def _copy_images(self, stored: StoredEntry) -> list[str]:
        """Copy the images that the bucket lacks; those that cannot be had."""
        await self.stores.blob_uses.claim(stored.state.blobs, at=self.clock())
        if self.images:
            return await self.images.copy(stored.state.blobs)
        return [key for key in stored.state.blobs if not await self.stores.objects.exists(key)]

    async def _bring_back(self, stored: StoredEntry) -> None:
        """Make the version live under its own number, with all that belongs to it."""
        live, stores = _live(stored), self.stores
        held = await take(
            stores.ledger, live.entry_id, owner=OWNER, seconds=self.lease_seconds, clock=self.clock
        )
        async with letting_go(stores.ledger, held):
            await end_older(stores, held, clock=self.clock)
            found = await self.found(live.entry_id)
            wanted = action(stored, found, newer_too=self.replace)
            if wanted not in (RestoreAction.REINSTATE, RestoreAction.COMPLETE):
                raise await fenced(stores.ledger, live.entry_id)  # another went live meanwhile
            await check_locks(stores, live.record.entry)
            await bind_pages(stores, live.record.entry, token=held.lease.token, at=self.clock())
            await self._put_vectors(stored)
            await renew(stores.ledger, held, clock=self.clock)
            if wanted is RestoreAction.REINSTATE:
                await self._reinstate(stored, held, found)
            await project(stores, live.entry_id)
            await supersede(stores, live)
            await self._publish(stored)

    async def _put_vectors(self, stored: StoredEntry) -> None:
        """The vectors in the bucket, and the points: from what is left of either, or embedded anew."""
        live, stores = _live(stored), self.stores
        vectors = await recovered(stores, self.embedder, live, points=stored.state.points)
        if not await stores.objects.exists(vectors_key(live)):
            await stores.objects.put(vectors_key(live), vectors.model_dump_json().encode())
        await self._ensure(vectors)
        there = await stores.vectors.count(live.entry_id, version=live.version, digest=live.digest)
        if there < stored.state.points:
            await insert_missing(stores, live, vectors)

    async def _ensure(self, vectors: VectorSet) -> None:
        async with self._ensuring:  # a collection is made once
            if (made := (vectors.model, vectors.dimension)) not in self._ensured:
                await self.stores.vectors.ensure(model=vectors.model, dimension=vectors.dimension)
                self._ensured.add(made)

    async def _reinstate(self, stored: StoredEntry, held: Held, found: EntryFound) -> None:
        expected = found.state.live_version if found.state else None
        if await self.rows.reinstate(stored, expected=expected, lease=held.lease):
            return
        now = await self.stores.ledger.state(held.entry_id)  # an answer that was lost looks like a lost race
        if now is None or (now.live_version, now.digest) != (stored.state.live_version, stored.state.digest):
            raise await fenced(self.stores.ledger, held.entry_id)

    async def _publish(self, stored: StoredEntry) -> None:
        """Events that were in the outbox, and the audit copy of the live version."""
        live, ledger = _live(stored), self.stores.ledger
        await self.rows.insert(RowCollection.EVENTS, stored.state.outbox)
        event = await ledger.event(_event_id(live))
        if event is None:
            message = f"the snapshot has no event of version {live.version}: enrich {live.entry_id} again"
            raise Fatal(FailureReason.INPUT_MISSING, message)
        if not await self.stores.objects.exists(audit_key(event)):
            await self.stores.objects.put(audit_key(event), audit_copy(event, live))

    async def _commit(self, stored: StoredEntry, whole: StoredEntry) -> None:
        """Commit the content as a new version, by the commit's own protocol, with the vectors of `whole`."""
        live = _live(stored)
        vectors = await recovered(self.stores, self.embedder, _live(whole), points=stored.state.points)
        request = Commit(
            record=live.record,
            vectors=vectors.model_copy(update={"golden_digest": live.digest}),
            digest=live.digest,
            run=f"{self.run}/{live.entry_id}",
            decision=Decision.AUTOMATIC.value,
            note=f"version {live.version} was brought back from a snapshot",
            reviewer=OWNER,
        )
        await commit(
            self.stores,
            request,
            collection=self.collection,
            lease_seconds=self.lease_seconds,
            clock=self.clock,
        )


_OUTCOMES = {
    RestoreAction.COMPLETE: RestoreOutcome.COMPLETED,
    RestoreAction.REINSTATE: RestoreOutcome.RESTORED,
    RestoreAction.COMMIT: RestoreOutcome.REPLACED,
}


def _left(stored: StoredEntry, found: EntryFound) -> tuple[RestoreOutcome, str]:
    """The outcome of an entry that is left as it is."""
    if found.state is None or found.state.digest == stored.state.digest:
        return RestoreOutcome.SAME, ""
    detail = f"version {found.state.live_version} is live, the snapshot has {stored.state.live_version}"
    return RestoreOutcome.NEWER, f"{detail}; --replace takes the snapshot's"


def _live(stored: StoredEntry) -> LiveEntry:
    assert stored.live is not None
    return stored.live


def _event_id(live: LiveEntry) -> str:
    return f"{live.entry_id}/{live.version}-{live.commit_key}"
