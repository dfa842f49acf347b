# SPDX-License-Identifier: Apache-2.0
"""The same work for many items, some at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

Item = TypeVar("Item")


async def each(items: AsyncIterator[Item], work: Callable[[Item], Awaitable[None]], *, lanes: int) -> None:
    """Do the work for each item, `lanes` at a time; an item is taken only when a lane is free for it.

    After an error nothing new begins; the first one is raised once all that was begun has ended, so that
    nothing is cut off within a change.
    """
    errors: list[Exception] = []
    taking = asyncio.Lock()

    async def lane() -> None:
        try:
            while not errors:
                async with taking:  # a generator yields to one at a time
                    item = await anext(items)
                await work(item)
        except StopAsyncIteration:
            return
        except Exception as error:  # raised below, when the other lanes have ended
            errors.append(error)

    await asyncio.gather(*(lane() for _ in range(lanes)))
    if errors:
        raise errors[0]
