# SPDX-License-Identifier: Apache-2.0
"""Stores that a sync reads and writes, and how it says how far it is."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple, Self, TypeVar

from otakube.commit.claims import PageClaims
from otakube.commit.lease import Held, letting_go, renew, take
from otakube.ports.catalogue import Identities
from otakube.ports.flags import Flags
from otakube.ports.listings import Listings, SyncHistory
from otakube.ports.locks import Locks

Item = TypeVar("Item")

SYNC_LEASE = "dataset-sync"
"""The lease of all syncs lies in the document of this name, beside those of entries."""
CHUNK = 500
"""Entries of one write: some 500 kB, and what is done twice at most after a cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncStores:
    """All that a sync touches; no object, no vector, and of entries that are live nothing but their pages."""

    listings: Listings
    identities: Identities
    locks: Locks
    history: SyncHistory
    flags: Flags
    claims: PageClaims
    held: Held | None = None  # the lease under which this sync writes

    @asynccontextmanager
    async def leased(self) -> AsyncIterator[Self]:
        """Hold the lease of all syncs: one that is at work is overtaken, and ends before its next write."""
        claims = self.claims
        held = await take(
            claims.ledger, SYNC_LEASE, owner=claims.run, seconds=claims.lease_seconds, clock=claims.clock
        )
        async with letting_go(claims.ledger, held):
            yield replace(self, held=held)

    async def renew_lease(self) -> None:
        """Look, before a write, that no other sync has begun since; Fenced if one has."""
        if self.held:
            await renew(self.claims.ledger, self.held, clock=self.claims.clock)


class SyncProgress(NamedTuple):
    """Entries written so far, of all that the week changes."""

    done: int
    total: int


Report = Callable[[SyncProgress], None]


def chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Parts of at most CHUNK items, in order."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
