# SPDX-License-Identifier: Apache-2.0
"""Each party killed with -9 while a title is enriched: the title ends as it would have, with one workflow."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from e2e import kube, observer, titles

pytestmark = pytest.mark.kill

OTAKUBE = str(Path(sys.executable).with_name("otakube"))
DEV = "otakube-dev"

PODS = {
    "the operator": (kube.NAMESPACE, "app.kubernetes.io/component=operator"),
    "the Argo controller": ("argo", "app=workflow-controller"),
    "the document store": (DEV, "app.kubernetes.io/component=documents"),
    "the vector store": (DEV, "app.kubernetes.io/component=vectors"),
    "the bucket": (DEV, "app.kubernetes.io/component=objects"),
    "the upstream": (DEV, "app.kubernetes.io/component=upstream"),
}
CONTROL_PLANE = {"the API server": "kube-apiserver", "the kubelet": "kubelet", "etcd": "etcd"}


@pytest.fixture
def daemons() -> dict[str, int]:
    """Process ids of the local cluster's own processes."""
    done = subprocess.run([OTAKUBE, "cluster", "status", "--output", "json"], capture_output=True, text=True)
    report = json.loads(done.stdout)
    if report["node"] is None:
        pytest.skip("not the local cluster: its processes cannot be killed from here")
    assert report["running"], f"a process of the cluster does not run: {report['daemons']}"
    return report["daemons"]


def pids_of_pod(uid: str) -> list[int]:
    """Processes in a pod's containers, the pause process excepted."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            inside = uid in (folder / "cgroup").read_text()
            command = (folder / "cmdline").read_text()
        except OSError:
            continue
        if inside and not command.startswith("/pause"):
            found.append(int(folder.name))
    return found


def kill_pod(namespace: str, selector: str) -> None:
    killed = [pid for uid in observer.pod_uids(namespace, selector) for pid in pids_of_pod(uid)]
    assert killed, f"no process of {selector} in {namespace}"
    for pid in killed:
        os.kill(pid, signal.SIGKILL)


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


@pytest.mark.parametrize("victim", PODS)
def test_an_enrichment_survives_the_kill_of(victim: str, name: str, daemons: dict[str, int]) -> None:
    begin(name)
    kill_pod(*PODS[victim])
    finish(name)


@pytest.mark.parametrize("victim", CONTROL_PLANE)
def test_an_enrichment_survives_the_kill_of_the_clusters_own(
    victim: str, name: str, daemons: dict[str, int]
) -> None:
    begin(name)
    os.kill(daemons[CONTROL_PLANE[victim]], signal.SIGKILL)
    subprocess.run([OTAKUBE, "cluster", "up"], check=True, timeout=300)
    finish(name)
