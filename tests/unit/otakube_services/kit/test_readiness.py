# SPDX-License-Identifier: Apache-2.0
import asyncio

import pytest
from prometheus_client import CollectorRegistry

from otakube_services.kit import readiness as subject
from otakube_services.kit.readiness import Dependency, Readiness


class Store:
    """A dependency that is there, away or silent."""

    def __init__(self) -> None:
        self.state = "there"
        self.looks: asyncio.Queue[None] = asyncio.Queue()

    async def check(self) -> None:
        self.looks.put_nowait(None)
        if self.state == "away":
            raise ConnectionError("nobody listens")
        if self.state == "silent":
            await asyncio.Event().wait()

    async def looked_at_again(self) -> None:
        """Return once a look has begun and ended after this call."""
        while not self.looks.empty():
            self.looks.get_nowait()
        for _ in range(2):
            await self.looks.get()


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "INTERVAL_SECONDS", 0.001)
    monkeypatch.setattr(subject, "DEADLINE_SECONDS", 0.05)


@pytest.mark.parametrize(("state", "fault"), [("away", "nobody listens"), ("silent", "no answer in 0.05 s")])
async def test_a_store_that_goes_away_is_missing_until_it_is_back(state: str, fault: str) -> None:
    store, readiness = Store(), Readiness("x", CollectorRegistry())
    async with readiness.watching([Dependency("documents", store.check, essential=True)]):
        assert (readiness.ready, readiness.missing) == (True, {})
        store.state = state
        await store.looked_at_again()
        assert (readiness.ready, readiness.missing) == (False, {"documents": fault})
        store.state = "there"
        await store.looked_at_again()
        assert (readiness.ready, readiness.missing) == (True, {})


async def test_what_is_not_essential_leaves_the_service_ready() -> None:
    store, readiness = Store(), Readiness("x", CollectorRegistry())
    store.state = "away"
    async with readiness.watching([Dependency("vectors", store.check, essential=False)]):
        assert (readiness.ready, readiness.missing) == (True, {"vectors": "nobody listens"})


async def test_a_change_is_one_line_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    store, readiness = Store(), Readiness("x", CollectorRegistry())
    async with readiness.watching([Dependency("documents", store.check, essential=True)]):
        store.state = "away"
        await store.looked_at_again()
        await store.looked_at_again()
        store.state = "there"
        await store.looked_at_again()
    written = capsys.readouterr()
    text = written.out + written.err
    assert (text.count("dependency away"), text.count("dependency back")) == (1, 1)
