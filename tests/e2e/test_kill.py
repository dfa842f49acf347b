# SPDX-License-Identifier: Apache-2.0
"""Each party killed with -9 while a title is enriched: the title ends as it would have, with one workflow."""

import os
import signal
import subprocess

import pytest

from e2e import kills, kube, observer, titles
from e2e.people import OTAKUBE

pytestmark = pytest.mark.kill

PODS = {
    "the operator": kills.OPERATOR,
    "the Argo controller": kills.ARGO,
    "the document store": (kills.DEV, "app.kubernetes.io/component=documents"),
    "the vector store": (kills.DEV, "app.kubernetes.io/component=vectors"),
    "the bucket": (kills.DEV, "app.kubernetes.io/component=objects"),
    "the upstream": (kills.DEV, "app.kubernetes.io/component=upstream"),
}
CONTROL_PLANE = {"the API server": "kube-apiserver", "the kubelet": "kubelet", "etcd": "etcd"}


def finish(name: str) -> None:
    """Bring the title to Ready from the gate and check that nothing ran twice."""
    observer.wait(name, observer.is_true("AwaitingReview"), seconds=300)
    subprocess.run([OTAKUBE, "review", "approve", name, "--note", "after the fault"], check=True, timeout=120)
    observer.wait(name, observer.is_true("Ready"), seconds=300)
    assert len(observer.workflows(name)) == 1
    assert not observer.condition(name, "Stalled")


def begin(name: str) -> None:
    kube.apply(name, {"anime": titles.SERIES, "review": {"policy": "Required", "timeout": "1h"}})
    observer.wait(name, lambda body: body.get("status", {}).get("workflow", {}).get("phase") == "Running")


@pytest.mark.matrix(every=3)
@pytest.mark.parametrize("victim", PODS)
def test_an_enrichment_survives_the_kill_of(victim: str, name: str, daemons: dict[str, int]) -> None:
    begin(name)
    kills.kill_pod(*PODS[victim])
    finish(name)


@pytest.mark.matrix(every=3)
@pytest.mark.parametrize("victim", CONTROL_PLANE)
def test_an_enrichment_survives_the_kill_of_the_clusters_own(
    victim: str, name: str, daemons: dict[str, int]
) -> None:
    begin(name)
    os.kill(daemons[CONTROL_PLANE[victim]], signal.SIGKILL)
    subprocess.run([OTAKUBE, "cluster", "up"], check=True, timeout=300)
    finish(name)
