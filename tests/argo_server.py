# SPDX-License-Identifier: Apache-2.0
"""Argo's own server at an API server on loopback, and the requests of its page with a person's token."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from argo_controller import configured
from control_plane import ControlPlane, wait_until
from otakube_cluster import binaries, settings
from ports import free_ports


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """The requests behind the page's RESUME, in one person's name."""

    client: httpx2.Client
    namespace: str

    def resume(self, workflow: str, node: str, chosen: Mapping[str, str]) -> httpx2.Response:
        """Answer a review: the values, then the node's end. The page stops at the first that is refused."""
        first = self.send("set", workflow, node, outputParameters=json.dumps({"decision": "reject"} | chosen))
        return self.send("resume", workflow, node) if first.is_success else first

    def send(self, action: str, workflow: str, node: str, **body: Any) -> httpx2.Response:
        """One of the two."""
        path = f"/api/v1/workflows/{self.namespace}/{workflow}/{action}"
        return self.client.put(path, json={"nodeFieldSelector": f"id={node}", **body})


@contextmanager
def running_server(plane: ControlPlane, folder: Path, namespace: str) -> Iterator[str]:
    """Start it for one namespace; yields its URL."""
    applied = plane.kubectl("apply", "-f", "-", stdin=configured(namespace))
    assert applied.returncode == 0, applied.stderr
    [port] = free_ports(1)
    command = [
        str(binaries.program("argo", settings.load().cache)), "server",
        "--namespace", namespace, "--namespaced", "--port", str(port),
        "--auth-mode", "client", "--secure=false",
    ]  # fmt: skip
    log = folder / "argo-server.log"
    environment = os.environ | {"HOME": str(folder), "KUBECONFIG": str(plane.kubeconfig)}
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        wait_until(lambda: _answers(url), process, log)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/", trust_env=False, timeout=10).status_code < 500
    except httpx2.TransportError:
        return False
