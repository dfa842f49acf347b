# SPDX-License-Identifier: Apache-2.0
"""`otakube rerun --stalled`: it speaks to every object of the namespace, so nothing else runs beside it."""

from collections.abc import Callable

import pytest

from e2e import kube, observer, titles
from e2e.people import otakube

pytestmark = pytest.mark.alone
QUALIFIED = "animeenrichment.otakube.dev"


def test_what_stalled_runs_again_and_nothing_else_does(names: Callable[[], str]) -> None:
    stalled, ready = names(), names()
    kube.apply(stalled, {"anime": titles.generated(37), "review": {"policy": "Required", "timeout": "1h"}})
    kube.apply(ready, {"anime": titles.generated(38), "review": {"policy": "Never"}})
    observer.wait(stalled, observer.is_true("AwaitingReview"))
    otakube("stop", stalled)
    observer.wait(stalled, observer.is_true("Stalled"))
    observer.wait(ready, observer.is_true("Ready"))
    dry = otakube("rerun", "--stalled", "--dry-run").stdout.splitlines()
    assert f"{QUALIFIED}/{stalled} would run again" in dry
    assert not any(ready in line for line in dry)
    assert len(observer.workflows(stalled)) == 1

    assert f"{QUALIFIED}/{stalled} runs again" in otakube("rerun", "--stalled").stdout.splitlines()
    observer.wait(stalled, observer.is_true("AwaitingReview"))
    assert observer.condition(stalled, "Stalled") == {}
    otakube("review", "approve", stalled, "--note", "seen")
    observer.wait(stalled, observer.is_true("Ready"))
    assert len(observer.workflows(ready)) == 1
