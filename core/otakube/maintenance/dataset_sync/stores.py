# SPDX-License-Identifier: Apache-2.0
"""Stores that a sync reads and writes, and how it says how far it is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from otakube.commit.claims import PageClaims
from otakube.ports.catalogue import Identities
from otakube.ports.flags import Flags
from otakube.ports.listings import Listings, SyncHistory
from otakube.ports.locks import Locks

Item = TypeVar("Item")

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


class SyncProgress(NamedTuple):
    """Entries written so far, of all that the week changes."""

    done: int
    total: int


Report = Callable[[SyncProgress], None]


def chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Parts of at most CHUNK items, in order."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
