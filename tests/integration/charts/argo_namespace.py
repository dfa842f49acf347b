# SPDX-License-Identifier: Apache-2.0
"""A namespace of the API server that Argo's own controller serves, with the chart's templates."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import yaml

from argo_controller import running_controller
from charts import SETS, render
from control_plane import ControlPlane
from integration.charts.workflow_requests import Body, changed, run

PATIENCE = 120.0
MERGE = {"Content-Type": "application/merge-patch+json"}


@dataclass(frozen=True, slots=True)
class Argo:
    """A namespace that Argo's controller serves, with the chart's templates; requests are cluster-admin's."""

    api: httpx2.Client
    namespace: str

    def create(self, body: Body) -> str:
        """Create a Workflow; its path."""
        path = f"/apis/argoproj.io/v1alpha1/namespaces/{self.namespace}/workflows"
        answer = self.api.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return f"{path}/{answer.json()['metadata']['name']}"

    def patch(self, path: str, body: Body) -> None:
        """Apply a merge patch."""
        self.api.patch(path, json=body, headers=MERGE).raise_for_status()

    def status(self, path: str) -> Body:
        """The status that the controller wrote."""
        return dict(self.api.get(path).raise_for_status().json().get("status", {}))

    def images(self, path: str) -> list[str]:
        """Image of the main container of each pod of the Workflow."""
        selector = {"labelSelector": f"workflows.argoproj.io/workflow={path.rpartition('/')[2]}"}
        pods = self.api.get(f"/api/v1/namespaces/{self.namespace}/pods", params=selector).json()["items"]
        return [each["image"] for pod in pods for each in pod["spec"]["containers"] if each["name"] == "main"]

    def until(self, holds: Callable[[], object]) -> None:
        """Return once it holds."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def eventually(self, path: str, check: Callable[[Body], object]) -> Body:
        """The status, once `check` holds for it."""
        deadline = time.monotonic() + PATIENCE
        while not check(status := self.status(path)):
            assert time.monotonic() < deadline, status
            time.sleep(0.1)
        return status


@contextmanager
def served_namespace(plane: ControlPlane, server: httpx2.Client, helm: Path, folder: Path) -> Iterator[Argo]:
    """A new one, while the controller runs."""
    namespace = f"argo-{secrets.token_hex(4)}"
    server.post("/api/v1/namespaces", json={"metadata": {"name": namespace}}).raise_for_status()
    wanted = {"ServiceAccount", "WorkflowTemplate"}
    documents = [each for each in render(helm, SETS[0], namespace) if each["kind"] in wanted]
    applied = plane.kubectl("-n", namespace, "apply", "-f", "-", stdin=yaml.safe_dump_all(documents))
    assert applied.returncode == 0, applied.stderr
    with running_controller(plane, folder, namespace):
        yield Argo(server, namespace)


def ended(status: Body) -> bool:
    return status.get("phase") in {"Succeeded", "Failed", "Error"}


def new(argo: Argo, name: str, **changes: Any) -> Body:
    """A run of the operator without the owner, which nobody made here."""
    body = changed(run(argo.namespace), "metadata.name", name)
    del body["metadata"]["ownerReferences"]
    return {**body, **changes}
