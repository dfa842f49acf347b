# SPDX-License-Identifier: Apache-2.0
"""Removes images that nothing names any more: marked by one sweep, removed by a later one.

A blob that a commit in the making will name stays: docs/images.md has the argument.
"""

import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from otakube.commit.recovery import CommitStores
from otakube.domain.record import handover
from otakube.maintenance.snapshots.shelf import held_images
from otakube.ports.blob_uses import BlobRemoval
from otakube.ports.clock import Clock
from otakube.ports.objects import Prefix

DELETE_WITHIN = timedelta(minutes=5)
"""A deletion is sent so soon after its removal began, or not at all."""
ABANDONED = timedelta(hours=1)
"""A removal this old is of a process that died: its deletion was sent long ago, or never will be."""
YOUNG = timedelta(days=1)
"""A blob that was written since then is not looked at: its run may not have named it yet."""

_KEY = re.compile(rb"images/[0-9a-f]{64}\.[a-z0-9]+")


@dataclass(slots=True)
class OrphanCount:
    """Blobs by what became of them."""

    looked_at: int = 0
    marked: int = 0
    taken_up: int = 0  # they were marked, and something names them again
    removed: int = 0
    in_use: int = 0  # they were taken up at the last moment


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanCollector:
    """One collection; `unused_for` is the time between the mark and the removal."""

    stores: CommitStores
    clock: Clock
    unused_for: timedelta
    dry_run: bool = False

    async def collect(self) -> OrphanCount:
        """Mark and remove; Fatal, before anything is removed, if a snapshot cannot be read."""
        count, now = OrphanCount(), self.clock()
        if not self.dry_run:
            await self._finish_left()
        named = {fingerprint(key) async for key in named_images(self.stores)}
        marks = {one.key: one.since for one in await self.stores.blob_uses.unused()}
        marked, taken_up = list[str](), list[str]()
        async for key, written in self.stores.objects.aged(Prefix.IMAGES):
            count.looked_at += 1
            if fingerprint(key) in named:
                taken_up += [key] if key in marks else []
            elif key not in marks:
                marked += [key] if written + YOUNG <= now else []
            elif marks[key] + self.unused_for <= now and written <= marks[key]:
                await self._remove(key, marks[key], count)
        count.marked, count.taken_up = len(marked), len(taken_up)
        if not self.dry_run:
            await self.stores.blob_uses.mark_unused(marked, at=now)
            await self.stores.blob_uses.claim(taken_up, at=now)
        return count

    async def _remove(self, key: str, since: datetime, count: OrphanCount) -> None:
        if self.dry_run or await remove_blob(self.stores, key, unless_used_after=since, clock=self.clock):
            count.removed += 1
        else:
            count.in_use += 1

    async def _finish_left(self) -> None:
        """Removals that a process left: nobody could show those blobs since."""
        now = self.clock()
        for left in await self.stores.blob_uses.removals(before=now - ABANDONED):
            await remove_blob(self.stores, left.key, unless_used_after=now, clock=self.clock)


async def remove_blob(stores: CommitStores, key: str, *, unless_used_after: datetime, clock: Clock) -> bool:
    """Remove one image and forget its URLs; False if it was taken up since, or another removes it."""
    began = clock()
    removal = BlobRemoval(key=key, nonce=secrets.token_hex(8), at=began)
    if not await stores.blob_uses.begin_removal(
        removal, unless_used_after=unless_used_after, stale_before=began - ABANDONED
    ):
        return False
    rows = await stores.image_map.of_content(key.removeprefix(Prefix.IMAGES).partition(".")[0])
    await stores.image_map.delete([row.source_url for row in rows])
    if clock() - began > DELETE_WITHIN:
        return False  # it slept: the next sweep takes the removal over
    await stores.objects.delete(key)
    await stores.blob_uses.end_removal(removal)
    return True


async def named_images(stores: CommitStores) -> AsyncIterator[str]:
    """Keys that something shows, or is about to, in the order in which a run hands them on.

    A run's record is in its work objects until after its commit, its intent is open until after the version
    is live: what left one place before it was read is seen in the next.
    """
    async for key in _in_work(stores):
        yield key
    async for intent in stores.ledger.open_intents():
        for key in intent.blobs:
            yield key
    async for state in stores.ledger.states():
        for key in state.blobs:
            yield key
    async for key in held_images(stores.objects):
        yield key


async def _in_work(stores: CommitStores) -> AsyncIterator[str]:
    """Keys in the records that runs have assembled and not committed yet."""
    async for work in stores.objects.list(Prefix.WORK):
        if work.endswith(f"/{handover.GOLDEN}"):
            for key in await keys_in(stores, work):
                yield key


async def keys_in(stores: CommitStores, work: str) -> set[str]:
    """Keys of images within one object; none if it went meanwhile, as its run ended."""
    try:
        return {key.decode() for key in _KEY.findall(await stores.objects.get(work))}
    except KeyError:
        return set()


def fingerprint(key: str) -> int:
    """Eight bytes of an image's hash: a set of millions fits a pod, and two that are alike keep an orphan."""
    digits = key.removeprefix(Prefix.IMAGES)[:16]
    return int(digits, 16) if re.fullmatch("[0-9a-f]{16}", digits) else hash(key)
