# SPDX-License-Identifier: Apache-2.0
"""A run that ^C meets while a step swallows it: the run ends before its next step, and goes on from there."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from otakube.bootstrap.stores.choice import EMBEDDED
from otakube.bootstrap.stores.embedded import EmbeddedStores
from otakube.bootstrap.wiring import Wiring
from otakube.commands.step import STEPS
from otakube.commands.step_calls import ORDER
from otakube.errors import Retriable
from otakube.ports.runs import FinishedStep, LocalRun, RunPhase
from otakube_api.contract import FailureReason, Node
from otakube_cli.run.manifests import read
from otakube_cli.run.runner import Runner

KEY = "default/cowboy-bebop"


class Silent:
    """Prints no progress."""

    def started(self, name: str, node: Node) -> None: ...

    def finished(self, name: str, node: Node, step: FinishedStep) -> None: ...

    def resumed(self, name: str, steps: int) -> None: ...


@pytest.fixture(autouse=True)
def heeding() -> Iterator[None]:
    """^C raises KeyboardInterrupt, also where the tests run as a job in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


async def carry_out(stores: Path) -> LocalRun:
    async with Wiring(f"{EMBEDDED}{stores}") as wiring:
        assert isinstance(wiring.stores, EmbeddedStores)
        runner = Runner(wiring=wiring, runs=await wiring.stores.runs(), listener=Silent(), ask=approve)
        [enrichment] = read(["Cowboy Bebop"])
        return await runner.carry_out(enrichment, again=False)


async def approve(_: LocalRun) -> dict[str, str]:
    raise AssertionError("no review is needed here")


async def kept(stores: Path) -> LocalRun | None:
    async with Wiring(f"{EMBEDDED}{stores}") as wiring:
        assert isinstance(wiring.stores, EmbeddedStores)
        return await (await wiring.stores.runs()).latest(KEY)


class Step:
    """A step that ends in its own way, though ^C comes while it runs."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.calls = 0

    async def __call__(self, wiring: Wiring, run: Any) -> dict[str, str]:
        self.calls += 1
        os.kill(os.getpid(), signal.SIGINT)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if self.failure:
                raise self.failure from None
        return {}


async def done(wiring: Wiring, run: Any) -> dict[str, str]:
    return {}


@pytest.mark.parametrize("node", [node for node in ORDER if node is not Node.REVIEW])
def test_a_swallowed_interruption_ends_the_run_behind_the_step(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in STEPS:
        monkeypatch.setitem(STEPS, one, done)
    monkeypatch.setitem(STEPS, node, step := Step())
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(carry_out(tmp_path))
    run = asyncio.run(kept(tmp_path))
    assert run is not None
    assert {*run.steps} - {Node.REVIEW} == {*ORDER[: ORDER.index(node) + 1]} - {Node.REVIEW}
    assert asyncio.run(carry_out(tmp_path)).phase is RunPhase.SUCCEEDED
    assert step.calls == 1, "what ended well is not run again"


@pytest.mark.parametrize(
    "failure", [Retriable(FailureReason.STORE_UNAVAILABLE, "cut off"), OSError("closed")]
)
def test_what_an_interruption_breaks_is_no_failure_of_the_run(
    failure: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(STEPS, Node.FETCH, Step(failure))
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(carry_out(tmp_path))
    run = asyncio.run(kept(tmp_path))
    assert run is not None
    assert (run.phase, run.failure, run.steps) == (RunPhase.RUNNING, "", {})
