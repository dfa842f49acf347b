# SPDX-License-Identifier: Apache-2.0
"""The scrubber finishes what commits left behind; `otakube.maintenance.audit` compares the stores in full."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from otakube.commit.lease import Clock, Fenced, Held, letting_go, take
from otakube.commit.recovery import CommitStores, end_older, relay
from otakube.errors import StepError
from otakube.ports.embedding import TextEmbedder
from otakube.ports.ledger import EntryState, Intent
from otakube.ports.listings import Listings
from otakube.ports.rows import StoredRows

OWNER = "scrub"
LEASE_SECONDS = 120


class Damage(StrEnum):
    """Damages that the scrubber looks for."""

    INTENT_OPEN = "IntentOpen"  # a commit was cut off
    LEASE_STALE = "LeaseStale"  # held by nobody
    OUTBOX_PENDING = "OutboxPending"  # live, not relayed
    RECORD_CHANGED = "RecordChanged"  # the record is not what its digest says
    POINTS_ORPHANED = "PointsOrphaned"  # of a version that is neither live nor in hand
    POINTS_MISSING = "PointsMissing"
    POINTS_EXTRA = "PointsExtra"
    VECTORS_MISSING = "VectorsMissing"  # the bucket's copy, from which points are put back
    PROJECTION_STALE = "ProjectionStale"
    PROJECTION_ORPHANED = "ProjectionOrphaned"
    BLOB_MISSING = "BlobMissing"
    BLOB_ORPHANED = "BlobOrphaned"
    WORK_LEFT = "WorkLeft"  # of a run that ended without its exit handler, or of an old dead letter
    AUDIT_MISSING = "AuditMissing"
    EVENT_MISSING = "EventMissing"
    LICENCE_EXPIRED = "LicenceExpired"  # values that may not be kept any longer
    LOCK_CHANGE_UNFINISHED = "LockChangeUnfinished"  # merge locks of which a part is set
    ROW_UNREADABLE = "RowUnreadable"  # of a collection that is read row by row
    LISTING_CHANGED = "ListingChanged"  # its pages are not those of its sources
    SUCCESSOR_MISSING = "SuccessorMissing"  # an entry was merged into one that is not there
    PAGE_UNBOUND = "PageUnbound"  # a source of an entry that leads to no entry
    PAGE_ELSEWHERE = "PageElsewhere"  # a source of a live entry that leads to another one
    PAGE_ORPHANED = "PageOrphaned"  # leads to an entry that is not there
    IMAGE_UNMAPPED = "ImageUnmapped"  # an image of a live entry that the image map does not know
    IMAGE_MAP_STALE = "ImageMapStale"  # maps to an image that is gone
    FLAG_ORPHANED = "FlagOrphaned"  # asks about an entry that is not there
    SYNC_UNFINISHED = "SyncUnfinished"  # a week of the dataset of which a part is in
    SNAPSHOT_DAMAGED = "SnapshotDamaged"


class Outcome(StrEnum):
    FOUND = "Found"  # a dry run
    REPAIRED = "Repaired"
    HELD = "Held"  # a commit is at work; the next run looks again
    FAILED = "Failed"  # a person must act; the detail says how


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One damage and what became of it."""

    damage: Damage
    subject: str  # entry id, or bucket key
    detail: str
    outcome: Outcome


@dataclass(slots=True)
class Report:
    """All findings of a run."""

    findings: list[Finding] = field(default_factory=list)
    entries: int = 0

    @property
    def clean(self) -> bool:
        """True if nothing is left that a person or a further run must repair."""
        return all(found.outcome in {Outcome.REPAIRED, Outcome.HELD} for found in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrubStores(CommitStores):
    """Those of the commit, and what a full scrub compares them with."""

    rows: StoredRows
    listings: Listings


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrub:
    """One run's settings and its report."""

    stores: ScrubStores
    clock: Clock
    older_than: timedelta = timedelta()  # beyond the end of a lease
    dry_run: bool = False
    embedder: Callable[[], TextEmbedder] | None = None  # loads the text model of the settings
    report: Report = field(default_factory=Report)

    def found(self, damage: Damage, subject: str, detail: str, outcome: Outcome) -> None:
        """Note a finding."""
        self.report.findings.append(Finding(damage=damage, subject=subject, detail=detail, outcome=outcome))

    @asynccontextmanager
    async def repairing(self, damage: Damage, subject: str, detail: str) -> AsyncIterator[bool]:
        """Note what became of a repair: its body runs unless this is a dry run (False)."""
        if self.dry_run:
            self.found(damage, subject, detail, Outcome.FOUND)
            yield False
            return
        try:
            yield True
        except Fenced:
            self.found(damage, subject, detail, Outcome.HELD)
        except StepError as error:
            self.found(damage, subject, f"{detail}; {error}", Outcome.FAILED)
        else:
            self.found(damage, subject, detail, Outcome.REPAIRED)


async def finish(scrub: Scrub) -> None:
    """End every intent whose lease is over, relay what was not, clear leases, finish changes of locks."""
    await scrub.stores.ledger.prepare()
    intents: dict[str, list[Intent]] = {}
    async for intent in scrub.stores.ledger.open_intents():
        intents.setdefault(intent.entry_id, []).append(intent)
    for entry_id, open_ in intents.items():
        await _end_intents(scrub, entry_id, open_)
    scrub.report.entries = await scrub.stores.ledger.entries()
    async for state in scrub.stores.ledger.unsettled():
        if state.entry_id not in intents:
            await _tidy(scrub, state)
    await _finish_locks(scrub)


async def _finish_locks(scrub: Scrub) -> None:
    """Carry out what a change of many merge locks left: whoever reads the generation does."""
    if await scrub.stores.locks.unfinished():
        detail = "a change of them was cut off"
        async with scrub.repairing(Damage.LOCK_CHANGE_UNFINISHED, "merge locks", detail) as go:
            if go:
                await scrub.stores.locks.generation()


async def _end_intents(scrub: Scrub, entry_id: str, intents: list[Intent]) -> None:
    """Take the entry over and end its intents, in the order of their versions."""
    detail = ", ".join(f"version {i.version} of {i.run} is {i.state}" for i in intents)
    if not _lease_is_over(scrub, await scrub.stores.ledger.state(entry_id)):
        return scrub.found(Damage.INTENT_OPEN, entry_id, detail, Outcome.HELD)
    async with scrub.repairing(Damage.INTENT_OPEN, entry_id, detail) as go:
        if go:
            async with entry_lease(scrub, entry_id) as held:
                await end_older(scrub.stores, held, clock=scrub.clock)
    return None


async def _tidy(scrub: Scrub, state: EntryState) -> None:
    """Relay what is left in the outbox; letting go of the entry afterwards clears the lease."""
    damage = Damage.OUTBOX_PENDING if state.outbox else Damage.LEASE_STALE
    detail = f"{len(state.outbox)} events, leased to {state.lease.owner if state.lease else 'nobody'}"
    if not _lease_is_over(scrub, state):
        return scrub.found(damage, state.entry_id, detail, Outcome.HELD)
    async with scrub.repairing(damage, state.entry_id, detail) as go:
        if go:
            async with entry_lease(scrub, state.entry_id):
                if live := await scrub.stores.catalogue.entry(state.entry_id):
                    await relay(scrub.stores, state.entry_id, live=live)
    return None


@asynccontextmanager
async def entry_lease(scrub: Scrub, entry_id: str) -> AsyncIterator[Held]:
    """Hold an entry as any commit does, so that nobody who held it before can change it any more."""
    ledger = scrub.stores.ledger
    held = await take(ledger, entry_id, owner=OWNER, seconds=LEASE_SECONDS, clock=scrub.clock)
    async with letting_go(ledger, held):
        yield held


def _lease_is_over(scrub: Scrub, state: EntryState | None) -> bool:
    if state is None or state.lease is None or state.lease.owner == OWNER:
        return True
    return state.lease.until + scrub.older_than < scrub.clock()
