# SPDX-License-Identifier: Apache-2.0
"""The operator as a process of its own, for tests and benchmarks against a real API server."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import yaml
from prometheus_client.parser import text_string_to_metric_families

from control_plane import ControlPlane
from ports import free_ports

LAUNCHER = Path(__file__).with_name("operator_launcher.py")

WORKFLOW_CRD: Mapping[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "workflows.argoproj.io"},
    "spec": {
        "group": "argoproj.io",
        "scope": "Namespaced",
        "names": {"kind": "Workflow", "plural": "workflows", "singular": "workflow", "shortNames": ["wf"]},
        "versions": [
            {
                "name": "v1alpha1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
                },
            }
        ],
    },
}
"""A stand-in for Argo's CRD: the same names, any content, no status subresource, as Argo's own has none."""


@dataclass(frozen=True, slots=True)
class OperatorProcess:
    """A running operator."""

    process: "subprocess.Popen[bytes]"
    probes: str
    log: Path

    def is_ready(self) -> bool:
        return self._answers("/readyz") == 200

    def health(self) -> int:
        """The status code of /healthz."""
        return self._answers("/healthz")

    def metric(self, name: str, **labels: str) -> float:
        """The sum of the samples of that name whose labels agree."""
        page = httpx2.get(self.probes + "/metrics", timeout=10).text
        samples = [each for family in text_string_to_metric_families(page) for each in family.samples]
        return sum(
            each.value for each in samples if each.name == name and labels.items() <= each.labels.items()
        )

    def resident_bytes(self) -> int:
        """Resident memory as the kernel counts it."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE")

    def kill(self) -> None:
        """As if the machine took it: no clean-up runs."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def _answers(self, path: str) -> int:
        try:
            return httpx2.get(self.probes + path, timeout=10).status_code
        except httpx2.TransportError:
            return 0


@contextmanager
def running_operator(
    plane: ControlPlane,
    folder: Path,
    *,
    namespace: str,
    server: str = "",
    token: str = "",
    controllers: str = "",
    concurrent_runs: int = 100_000,
    **options: object,
) -> Iterator[OperatorProcess]:
    """Start the operator, wait until it serves, end it; through the proxy `server`, as the user of `token`.

    `controllers` names a function, as module:name, that makes other controllers than the operator's own.
    `concurrent_runs` is no limit, since most tests have no Argo to end a fetch.
    """
    port = free_ports(1)[0]
    given = {"probe_host": "127.0.0.1", "probe_port": port} | options
    environment = {
        "OTAKUBE_OPERATOR_NAMESPACES": namespace,
        "OTAKUBE_OPERATOR_CONCURRENT_RUNS": str(concurrent_runs),
        "KUBECONFIG": str(_kubeconfig(plane, folder, server, token)),
    }
    log = folder / f"operator-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(LAUNCHER), json.dumps(given), controllers],
            env=os.environ | environment,
            stdout=output,
            stderr=output,
        )
    operator = OperatorProcess(process, f"http://127.0.0.1:{port}", log)
    try:
        await_ready(operator)
        yield operator
    finally:
        _end(process)


def await_ready(operator: OperatorProcess, seconds: float = 60) -> None:
    """Return once it has listed everything; raise with its log if that does not come."""
    deadline = time.monotonic() + seconds
    while not operator.is_ready():
        if operator.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the operator did not start: {operator.log.read_text()[-3000:]}")
        time.sleep(0.05)


def install_workflow_crd(plane: ControlPlane, folder: Path) -> None:
    """Have the API server store Workflows."""
    manifest = folder / "workflow-crd.yaml"
    manifest.write_text(yaml.safe_dump(dict(WORKFLOW_CRD)))
    plane.apply(manifest)
    plane.wait_for_crds("workflows.argoproj.io")


def _kubeconfig(plane: ControlPlane, folder: Path, server: str, token: str) -> Path:
    if not server and not token:
        return plane.kubeconfig
    config = yaml.safe_load(plane.kubeconfig.read_text())
    if server:
        config["clusters"][0]["cluster"] = {"server": server}
    if token:
        config["users"][0]["user"] = {"token": token}
    path = folder / f"kubeconfig-{server.rsplit(':', 1)[-1]}"
    path.write_text(yaml.safe_dump(config))
    return path


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGCONT)
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
