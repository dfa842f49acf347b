# SPDX-License-Identifier: Apache-2.0
"""Memory of this pod for what others send: files and answers as they arrive, and what they turn into.

One number, the pod's limit, bounds them all. Nobody waits in a circle: a task asks once for the bytes that
arrive; those who hold parsed answers never wait for more.
"""

import asyncio
import sys
import weakref
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

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

    @property
    def free(self) -> int:
        """Bytes that nobody holds."""
        return self.total - self._held

    @asynccontextmanager
    async def reserve(self, size: int) -> AsyncIterator[None]:
        """Take `size` bytes within the block, as soon as they are free. A task holds no two at once."""
        if size > self.total:
            raise MemoryExceeded(f"{size} bytes are more than the {self.total} that there are")
        async with self._queue:
            while size > self.free:
                self._released.clear()
                await self._released.wait()
            self._held += size
        try:
            yield
        finally:
            self._release(size)

    async def reserve_within(self, deadline: asyncio.Timeout, size: int, held: AsyncExitStack) -> None:
        """Reserve for as long as `held` is open; how long that takes is no part of the deadline."""
        now = asyncio.get_running_loop().time
        left = (deadline.when() or now()) - now()
        deadline.reschedule(None)
        await held.enter_async_context(self.reserve(size))
        deadline.reschedule(now() + left)

    def keep(self, owner: object, size: int) -> None:
        """Take `size` bytes while `owner` lives: at once, and no more than two thirds of what is free.

        So no provider starves the others: small answers find memory beside the largest ones.
        """
        if size > self.free * 2 // 3:
            raise MemoryExceeded(f"{size} bytes are more than two thirds of the {self.free} that are free")
        self._held += size
        weakref.finalize(owner, self._release, size)

    def _release(self, size: int) -> None:
        self._held -= size
        self._released.set()


class PodMemory:
    """Shares of a pod whose memory is limited to `limit` bytes.

    A fifth is given to others; the rest is the process itself, copies in passing, and what is not returned.
    """

    def __init__(self, limit: int = sys.maxsize) -> None:
        whole = limit // 5
        self.arriving = MemoryBudget(whole // 4)
        self.contents = MemoryBudget(whole - whole // 4)
        """Decoded images or parsed answers."""
