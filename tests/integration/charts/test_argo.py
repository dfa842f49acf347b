# SPDX-License-Identifier: Apache-2.0
"""Argo's own controller under `templateReferencing: Secure`, as the local cluster runs it."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from argo_controller import running_controller
from charts import SETS, render
from control_plane import ControlPlane
from integration.charts.workflow_requests import OWN_SPEC, STORED, Body, changed, run

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

    def eventually(self, path: str, check: Callable[[Body], object]) -> Body:
        """The status, once `check` holds for it."""
        deadline = time.monotonic() + PATIENCE
        while not check(status := self.status(path)):
            assert time.monotonic() < deadline, status
            time.sleep(0.1)
        return status


@pytest.fixture(scope="module")
def argo(
    with_argo: ControlPlane, server: httpx2.Client, helm: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Argo]:
    namespace = f"argo-{secrets.token_hex(4)}"
    server.post("/api/v1/namespaces", json={"metadata": {"name": namespace}}).raise_for_status()
    wanted = {"ServiceAccount", "WorkflowTemplate"}
    documents = [each for each in render(helm, SETS[0], namespace) if each["kind"] in wanted]
    applied = with_argo.kubectl("-n", namespace, "apply", "-f", "-", stdin=yaml.safe_dump_all(documents))
    assert applied.returncode == 0, applied.stderr
    with running_controller(with_argo, tmp_path_factory.mktemp("argo"), namespace):
        yield Argo(server, namespace)


def ended(status: Body) -> bool:
    return status.get("phase") in {"Succeeded", "Failed", "Error"}


def new(argo: Argo, name: str, **changes: Any) -> Body:
    """A run of the operator without the owner, which nobody made here."""
    body = changed(run(argo.namespace), "metadata.name", name)
    del body["metadata"]["ownerReferences"]
    return {**body, **changes}


def test_a_run_starts_and_goes_on_while_it_is_suspended_and_resumed(argo: Argo) -> None:
    path = argo.create(new(argo, "sound"))
    argo.eventually(path, lambda status: status.get("nodes") and argo.images(path) == ["otakube-steps:0.1.0"])
    for suspend in (True, None):
        argo.patch(path, {"spec": {"suspend": suspend}})
        argo.eventually(path, lambda status, now=suspend: status[STORED].get("suspend") == now)
    looked_at = argo.api.get(path).json()["metadata"]["resourceVersion"]
    argo.patch(path, {"metadata": {"annotations": {"look": "again"}}})
    argo.create(new(argo, "later"))  # the controller has one queue: once this one has begun, it has looked
    argo.eventually(f"{path.rpartition('/')[0]}/later", lambda status: status.get("nodes"))
    assert argo.api.get(path).json()["metadata"]["resourceVersion"] != looked_at
    assert argo.status(path)["phase"] == "Running"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"spec": OWN_SPEC}, "must use workflowTemplateRef"),
        ({"status": {STORED: OWN_SPEC}}, "may not change during execution"),
    ],
    ids=["its own template", "a stored template"],
)
def test_a_workflow_that_brings_its_template_ends_without_a_pod(
    argo: Argo, changes: Body, words: str
) -> None:
    path = argo.create(new(argo, f"own-{next(iter(changes))}", **changes))
    status = argo.eventually(path, ended)
    assert status["phase"] == "Error"
    assert words in status["message"]
    assert argo.images(path) == []


def test_a_patch_of_its_spec_with_a_pod_patch_ends_a_run(argo: Argo) -> None:
    path = argo.create(new(argo, "patched"))
    argo.eventually(path, lambda status: status.get("nodes"))
    argo.patch(path, {"spec": {"podSpecPatch": '{"serviceAccountName": "otakube-operator"}'}})
    assert "not permitted" in argo.eventually(path, ended)["message"]


def test_argo_alone_lets_a_stored_template_through_that_comes_with_a_suspend(argo: Argo) -> None:
    """Why the chart's admission policy refuses both: Argo takes the stored template for its own."""
    smuggled = changed(new(argo, "smuggled", status={STORED: OWN_SPEC}), "spec.suspend", False)
    path = argo.create(smuggled)
    status = argo.eventually(path, lambda status: status.get("nodes"))
    assert status["phase"] == "Running"
    assert {node["templateName"] for node in status["nodes"].values()} == {"own"}
