# SPDX-License-Identifier: Apache-2.0
"""Store of merge locks: reads, and one way to change them, in which all changes meet."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from otakube.domain.locks.change import LockChange
from otakube.domain.locks.lock import Lock, lock_id

PAGE = 500
"""Locks of one read; the longest lock has some 20 kB."""


class Locks(Protocol):
    async def prepare(self) -> None:
        """Create what runs read by, if it is not there."""

    async def generation(self) -> int:
        """Number of the latest change, 0 before the first; one that was cut off is finished first."""

    async def unfinished(self) -> bool:
        """True if the latest change is not carried out: it was cut off, or is at work."""

    async def apply(self, change: LockChange, *, after: int) -> bool:
        """Carry out the change, all of it, if it is the next one after a generation; False if another is."""

    async def get(self, lock_ids: Sequence[str]) -> list[Lock]:
        """Those of these ids that there are."""

    async def about(self, pages: Sequence[str]) -> list[Lock]:
        """All that concern the anime with these pages, of pages that belong by a lock too."""

    async def after(self, lock_id: str, limit: int) -> list[Lock]:
        """The next ones in the order of their ids; "" begins."""


async def every(locks: Locks) -> AsyncIterator[Lock]:
    """All locks, in the order of their ids."""
    last = ""
    while found := await locks.after(last, PAGE):
        for lock in found:
            yield lock
        last = lock_id(found[-1])
