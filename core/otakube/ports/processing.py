# SPDX-License-Identifier: Apache-2.0
"""Processing locks: the mark that a run works on an entry, so that a dataset sync passes it over."""

from datetime import datetime, timedelta
from typing import Protocol

LOCKED_FOR = timedelta(hours=24)
"""A lock whose run never let go of it ends by itself."""


class ProcessingLocks(Protocol):
    """One lock an entry; each call is one atomic change. An unreachable store raises Retriable."""

    async def take(self, entry_id: str, owner: str, *, now: datetime) -> bool:
        """Hold the entry for LOCKED_FOR, if nobody does, or this owner does, or the holder's time is over."""

    async def release(self, owner: str) -> None:
        """Let go of all that the owner holds."""
