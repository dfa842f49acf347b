# SPDX-License-Identifier: Apache-2.0
"""Argo's own controller under `templateReferencing: Secure`, as the local cluster runs it."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from control_plane import ControlPlane
from integration.charts.argo_namespace import Argo, ended, new, served_namespace
from integration.charts.workflow_requests import OWN_SPEC, STORED, Body, changed
from otakube_api.contract import PLANNER_CRON_WORKFLOW
from otakube_workflows.planner import ACCOUNT_FOLDER


@pytest.fixture(scope="module")
def argo(
    with_argo: ControlPlane, server: httpx2.Client, helm: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Argo]:
    with served_namespace(with_argo, server, helm, tmp_path_factory.mktemp("argo")) as served:
        yield served


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


@pytest.mark.parametrize(
    ("annotations", "time"),
    [({"workflows.argoproj.io/scheduled-time": "2027-01-01T00:05:00Z"}, "2027-01-01T00:05:00Z"), ({}, "now")],
    ids=["by its schedule", "by hand"],
)
def test_the_planner_s_pod_has_its_account_and_the_time_that_it_was_scheduled_for(
    argo: Argo, annotations: dict[str, str], time: str
) -> None:
    name = f"plan-{len(time)}"
    body = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": name, "annotations": annotations},
        "spec": {"workflowTemplateRef": {"name": PLANNER_CRON_WORKFLOW}},
    }
    path = argo.create(body)
    argo.eventually(path, lambda _: argo.images(path))
    selector = {"labelSelector": f"workflows.argoproj.io/workflow={name}"}
    [pod] = argo.api.get(f"/api/v1/namespaces/{argo.namespace}/pods", params=selector).json()["items"]
    [main] = [each for each in pod["spec"]["containers"] if each["name"] == "main"]
    assert main["args"] == [f"--namespace={argo.namespace}", f"--scheduled-time={time}"]
    assert pod["spec"]["serviceAccountName"] == "otakube-planner"
    assert ACCOUNT_FOLDER in {mount["mountPath"] for mount in main["volumeMounts"]}
