# SPDX-License-Identifier: Apache-2.0
"""Work away from the event loop, with a deadline that holds while it goes on."""

import asyncio
import threading

import pytest

from otakube import away as module
from otakube.away import away
from otakube.errors import SourceError
from otakube_api.contract import SourceReason


async def test_the_loop_goes_on_meanwhile() -> None:
    going = threading.Event()

    async def tick() -> None:
        going.set()

    ticking = asyncio.create_task(tick())
    assert await away(going.wait, 30), "the loop stood still until the work gave up"
    await ticking


async def test_after_the_deadline_nobody_waits_for_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.05)
    ended = threading.Event()
    try:
        with pytest.raises(SourceError, match=r"took longer than 0\.05 s") as caught:
            await away(ended.wait, 60)
        assert (caught.value.reason, ended.is_set()) == (SourceReason.ANSWER_TOO_LARGE, False)
    finally:
        ended.set()


async def test_its_result_and_its_error_come_back() -> None:
    assert await away(int, "7", base=8) == 7
    with pytest.raises(ValueError, match="invalid literal"):
        await away(int, "x")
