# SPDX-License-Identifier: Apache-2.0
"""Argo's own workflow-controller at an API server on loopback; nobody runs the pods that it creates."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from control_plane import ControlPlane
from otakube_cluster import binaries, settings

CONFIG_MAP = "workflow-controller-configmap"


def local_config() -> dict[str, Any]:
    """The controller's configuration in the local cluster."""
    text = (files("otakube_cluster") / "manifests/argo.yaml").read_text()
    [found] = [
        each
        for each in yaml.safe_load_all(text)
        if each["kind"] == "ConfigMap" and each["metadata"]["name"] == CONFIG_MAP
    ]
    return dict(yaml.safe_load(found["data"]["config"]))


def configured(namespace: str) -> str:
    """The ConfigMap that controller and server read, as YAML."""
    config = {**local_config(), "metricsConfig": {"enabled": False}, "telemetryConfig": {"enabled": False}}
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": CONFIG_MAP, "namespace": namespace},
        "data": {"config": yaml.safe_dump(config)},
    }
    return yaml.safe_dump(body)


@contextmanager
def running_controller(plane: ControlPlane, folder: Path, namespace: str) -> Iterator[Path]:
    """Start it for one namespace, configured as in the local cluster; yields its log."""
    applied = plane.kubectl("apply", "-f", "-", stdin=configured(namespace))
    assert applied.returncode == 0, applied.stderr
    home = binaries.built(binaries.ARGO_WORKFLOWS, settings.load().cache)
    command = [
        str(home / "bin/workflow-controller"),
        "--kubeconfig",
        str(plane.kubeconfig),
        "--namespace",
        namespace,
        "--namespaced",
        "--managed-namespace",
        namespace,
        "--executor-image",
        "argoexec",
        "--loglevel",
        "info",
    ]
    identity = {
        "LEADER_ELECTION_DISABLE": "true",
        "LEADER_ELECTION_IDENTITY": "test",
        "DEFAULT_REQUEUE_TIME": "1s",
    }
    log = folder / "workflow-controller.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=os.environ | identity, stdout=output, stderr=output)
    try:
        yield log
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
