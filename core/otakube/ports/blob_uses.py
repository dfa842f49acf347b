# SPDX-License-Identifier: Apache-2.0
"""Uses of the bucket's images: a blob is removed only if nobody took it up meanwhile (docs/images.md).

A claim and the beginning of a removal meet in one document, each one atomic change of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol


class UnusedBlob(NamedTuple):
    """A blob that nothing names, and since when that is known."""

    key: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobRemoval:
    """A removal that has begun; `nonce` tells whose it is."""

    key: str
    nonce: str
    at: datetime


class BlobUses(Protocol):
    """An unreachable store raises Retriable."""

    async def claim(self, keys: Sequence[str], *, at: datetime) -> set[str]:
        """Note that a record is about to show these, and that they are not unused.

        Those in the answer are being removed: nobody may show them yet.
        """

    async def mark_unused(self, keys: Sequence[str], *, at: datetime) -> None:
        """Note that nothing names these; an earlier note stands."""

    async def unused(self) -> list[UnusedBlob]:
        """All that are marked."""

    async def begin_removal(
        self, removal: BlobRemoval, *, unless_used_after: datetime, stale_before: datetime
    ) -> bool:
        """Claim the right to delete the blob: False if it was used since, or another removes it.

        A removal that began before `stale_before` was left by a process that died: it is taken over.
        """

    async def removals(self, *, before: datetime) -> list[BlobRemoval]:
        """Removals that began before a time and have not ended."""

    async def end_removal(self, removal: BlobRemoval) -> None:
        """Forget a blob that is gone, unless the removal was taken over."""
