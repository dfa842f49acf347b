# SPDX-License-Identifier: Apache-2.0
"""The commit's bookkeeping in the document store: leases, intents, the outbox, projections.

Every method is one atomic change of one document (or a read): the commit needs no transaction.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from otakube.domain.record.golden import GoldenRecord
from otakube.ports.catalogue import LiveEntry


class IntentState(StrEnum):
    """PREPARED -> COMMITTED -> DONE, or PREPARED -> ABORTING -> ABORTED."""

    PREPARED = "Prepared"
    COMMITTED = "Committed"
    DONE = "Done"
    ABORTING = "Aborting"
    ABORTED = "Aborted"


OPEN_STATES = (IntentState.PREPARED, IntentState.ABORTING, IntentState.COMMITTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """Intent of one commit: what it is about to make live. It outlives the process that wrote it."""

    commit_key: str
    entry_id: str
    version: int
    state: IntentState
    digest: str
    run: str
    collection: str
    blobs: list[str]  # keys that the version needs
    points: int
    prepared_at: datetime
    fence: int = 0  # the token that moved it last: an older one moves it no more
    nonce: str = ""  # of the lease that it was opened under


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Right to commit to an entry; `token` fences, `until` only saves waiting.

    `nonce` makes the token one of a kind, whatever happens to the counter that it is drawn from.
    """

    token: int
    owner: str
    until: datetime
    nonce: str = ""  # empty: by a release that drew none


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A business event in an entry's outbox; one a commit."""

    id: str  # <entry>/<version>-<commit_key>
    entry_id: str
    version: int
    commit_key: str
    digest: str
    run: str
    decision: str
    note: str
    reviewer: str
    committed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryState:
    """An entry's bookkeeping, without its record."""

    entry_id: str
    live_version: int | None
    commit_key: str | None
    digest: str | None
    next_version: int
    lease: Lease | None
    blobs: list[str] = field(default_factory=list)
    points: int = 0
    collection: str | None = None
    outbox: list[Event] = field(default_factory=list)


class Ledger(Protocol):
    """The commit's own bookkeeping; each write names the token that it is done under."""

    async def prepare(self) -> None:
        """Create what reads need."""

    def record_bytes(self, record: GoldenRecord) -> int:
        """Size of a record in the form in which the store keeps it."""

    async def state(self, entry_id: str) -> EntryState | None: ...

    def states(self) -> AsyncIterator[EntryState]:
        """Every entry's bookkeeping."""

    def unsettled(self) -> AsyncIterator[EntryState]:
        """The bookkeeping of entries that are leased, or have events in the outbox."""

    async def entries(self) -> int:
        """Number of entries that have bookkeeping."""

    async def next_version(self, entry_id: str) -> int:
        """Draw a fencing token: strictly increasing per entry."""

    async def take_lease(self, entry_id: str, lease: Lease, *, now: datetime) -> bool:
        """Hold the entry if nobody does, or the holder's time is over, or the holder has the same owner.

        A token that is not newer than every one that held the entry before never takes it, free or not.
        The next one to be drawn is newer than this one, though a restored store may not know of its drawing.
        """

    async def renew_lease(self, entry_id: str, lease: Lease) -> bool:
        """False if another token holds the entry."""

    async def release_lease(self, entry_id: str, lease: Lease) -> None:
        """Let go, if this token holds the entry."""

    async def open_intent(self, intent: Intent) -> bool:
        """Write the intent, or reopen a finished one of the same key under a newer version.

        False if it is open, so in another's hands.
        """

    async def intent(self, commit_key: str) -> Intent | None: ...

    def open_intents(self, entry_id: str | None = None) -> AsyncIterator[Intent]:
        """Intents that are neither Done nor Aborted."""

    async def move_intent(self, intent: Intent, to: IntentState, *, by: int) -> bool:
        """Compare state, version and fence, then set state and fence; True as well if it is there already.

        `by` is the token that the entry is held under: False if a newer one moved the intent before.
        """

    async def make_live(self, *, expected: int | None, live: LiveEntry, intent: Intent, event: Event) -> bool:
        """The linearisation point: set record, version, outbox if lease and live version are as expected."""

    async def project(self, live: LiveEntry) -> None:
        """Bring `episodes` and `characters` to the live version; never backwards."""

    async def projected(self, entry_ids: Sequence[str]) -> dict[str, dict[str, dict[int, int]]]:
        """Number of documents by version, by projection, by entry."""

    async def all_projected(self) -> dict[str, dict[str, dict[int, int]]]:
        """The same of every entry that has projections, in one pass."""

    async def drop_projections(self, entry_id: str) -> None: ...

    async def event(self, event_id: str) -> Event | None:
        """A published event."""

    async def published(self, event_ids: Sequence[str]) -> set[str]:
        """Those of these ids whose events are published."""

    async def publish(self, event: Event) -> None:
        """Insert into `events` unless it is there."""

    async def drop_event(self, entry_id: str, event_id: str) -> None:
        """Take a relayed event out of the outbox."""
