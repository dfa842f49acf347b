# SPDX-License-Identifier: Apache-2.0
"""Processes of the local cluster's pods, and their end by SIGKILL."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from e2e import kube, observer

DEV = "otakube-dev"
OPERATOR = (kube.NAMESPACE, "app.kubernetes.io/component=operator")
ARGO = ("argo", "app=workflow-controller")
START_SECONDS = 120


def kill_pod(namespace: str, selector: str) -> None:
    """Kill the processes of the pods; of one that is about to start, as soon as it has some."""
    deadline = time.monotonic() + START_SECONDS
    while not (found := processes(namespace, selector)):
        assert time.monotonic() < deadline, f"no process of {selector} in {namespace}"
        time.sleep(0.3)
    for pid in found:
        with suppress(ProcessLookupError):  # it ended by itself
            os.kill(pid, signal.SIGKILL)


def processes(namespace: str, selector: str) -> list[int]:
    """Process ids of the pods that a label selector names."""
    return [pid for uid in observer.pod_uids(namespace, selector) for pid in _of_pod(uid)]


def replace_pod(namespace: str, selector: str) -> None:
    """Kill, and have a new pod at once: the kubelet starts one that was killed often after minutes."""
    kill_pod(namespace, selector)
    kube.kubectl(
        "delete", "pod", "-l", selector, "--force", "--grace-period=0", "--wait=false", namespace=namespace
    )


def _of_pod(uid: str) -> list[int]:
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
