# SPDX-License-Identifier: Apache-2.0
"""Work on answers away from the event loop, so that the other providers' requests and deadlines go on.

A thread cannot be ended: it is the caps on what is read that end its work. After the deadline nobody waits
for it any more.
"""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from otakube.errors import SourceError
from otakube_api.contract import SourceReason

SECONDS = 60.0  # of one piece of work; the caps end it within ten seconds of CPU time

P = ParamSpec("P")
Value = TypeVar("Value")


async def away(work: Callable[P, Value], *args: P.args, **kwargs: P.kwargs) -> Value:
    """Its result; AnswerTooLarge after the deadline."""
    try:
        async with asyncio.timeout(SECONDS):
            return await asyncio.to_thread(work, *args, **kwargs)
    except TimeoutError as error:
        said = f"the answer took longer than {SECONDS:g} s to read"
        raise SourceError(SourceReason.ANSWER_TOO_LARGE, said) from error
