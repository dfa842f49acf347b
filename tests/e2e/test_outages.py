# SPDX-License-Identifier: Apache-2.0
"""Two outages that strike no other run: `make test-outages` has the rest, and measures them."""

import pytest

from e2e import kube, observer, titles
from outages import signs
from outages.kinds import OUTAGES, Outage

GPU = Outage(
    name="gpu",
    what="no GPU where one is asked for",
    title=55,
    breaks=lambda: pytest.fail("there is no GPU anyhow"),
    reason="Unschedulable",
    spec={"accelerator": "GPU"},
)
REFUSING = next(each for each in OUTAGES if each.name == "refusing")


def test_a_gpu_that_is_not_there_is_said_and_the_documented_cure_ends_it(name: str) -> None:
    spec = {"anime": titles.generated(GPU.title), "review": {"policy": "Never"}}
    before = signs.samples(GPU)
    kube.apply(name, {**spec, **GPU.spec})
    signs.watch(name, GPU, before)
    kube.apply(name, {**spec, "accelerator": "CPU"})
    observer.wait(name, observer.is_true("Ready"))


def test_a_provider_that_refuses_is_named_and_the_run_ends_ready_with_the_others(name: str) -> None:
    before = signs.samples(REFUSING)
    with REFUSING.breaks():
        kube.apply(name, {"anime": titles.generated(REFUSING.title), "review": {"policy": "Never"}})
        signs.watch(name, REFUSING, before)
    observer.wait(name, observer.is_true("Ready"))
    states = {each["provider"]: each["state"] for each in observer.status(name)["sources"]}
    assert states.pop("Kitsu") == "Failed"
    assert set(states.values()) == {"Answered"}
