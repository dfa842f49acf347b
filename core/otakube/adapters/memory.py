# SPDX-License-Identifier: Apache-2.0
"""Memory of this pod for what others send: files and answers as they arrive, and what they turn into.

One number, the pod's limit, bounds them all. Nobody waits in a circle: a task asks once for the bytes that
arrive; those who hold parsed answers never wait for more.
"""

import asyncio
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

UNCOUNTED = 512 * 1024
"""Bytes of a file or an answer for which nobody waits: nearly all are smaller."""


class MemoryExceeded(Exception):
    """More bytes than there are for one."""


class MemoryBudget:
    """Bytes that tasks hold at the same time; who asks first is served first."""

    def __init__(self, total: int) -> None:
        self.total = total
        self._held = 0
        self._queue = asyncio.Lock()
        self._released = asyncio.Event()

    @asynccontextmanager
    async def reserve(self, size: int) -> AsyncIterator[None]:
        """Take `size` bytes within the block, as soon as they are free. A task holds no two at once."""
        if size > self.total:
            raise MemoryExceeded(f"{size} bytes are more than the {self.total} that there are")
        async with self._queue:
            while self._held + size > self.total:
                self._released.clear()
                await self._released.wait()
            self._held += size
        try:
            yield
        finally:
            self._release(size)

    def keep(self, owner: object, size: int) -> None:
        """Take `size` bytes while `owner` lives: at once, and at most half of what is free, or not at all."""
        free = self.total - self._held
        if size > free // 2:
            raise MemoryExceeded(f"{size} bytes are more than half of the {free} that are free")
        self._held += size
        weakref.finalize(owner, self._release, size)

    def _release(self, size: int) -> None:
        self._held -= size
        self._released.set()


class PodMemory:
    """Shares of a pod whose memory is limited to `limit` bytes.

    A fifth is given to others; the rest is the process itself, copies in passing, and what is not returned.
    """

    def __init__(self, limit: int) -> None:
        whole = limit // 5
        self.arriving = MemoryBudget(whole // 4)
        self.contents = MemoryBudget(whole - whole // 4)
        """Decoded images or parsed answers."""
