# SPDX-License-Identifier: Apache-2.0
"""`otakube preflight` against a real API server, with Argo's ConfigMap and the policy as they may be."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from charts import CHARTS, ValueSet, render
from control_plane import ControlPlane
from otakube_cli.cluster import Cluster
from otakube_cli.preflight import PreflightState, template_referencing, workflow_policy
from otakube_cluster import binaries, settings

pytestmark = pytest.mark.usefixtures("argo_crds")

VALUES = ValueSet("otakube", CHARTS / "otakube/ci/dev-values.yaml")
CONFIG = "workflow-controller-configmap"
PATIENCE = 60.0


def configure(api: httpx2.Client, namespace: str, data: dict[str, str]) -> None:
    body = {"metadata": {"name": CONFIG}, "data": data}
    api.post(f"/api/v1/namespaces/{namespace}/configmaps", json=body).raise_for_status()


@pytest.mark.parametrize(
    ("data", "state"),
    [
        ({"config": "workflowRestrictions: {templateReferencing: Secure}\n"}, PreflightState.OK),
        ({"workflowRestrictions": "templateReferencing: Secure\n"}, PreflightState.OK),
        ({"workflowRestrictions": "templateReferencing: Strict\n"}, PreflightState.DIFFERS),
        ({"config": "parallelism: 10\n"}, PreflightState.DIFFERS),
        ({"workflowRestrictions": "a: [\n"}, PreflightState.DIFFERS),
        ({"workflowRestrictions": "Secure"}, PreflightState.DIFFERS),
        ({}, PreflightState.DIFFERS),
    ],
)
async def test_argo_is_safe_only_when_its_configuration_says_secure(
    cluster: Cluster, api: httpx2.Client, namespace: str, data: dict[str, str], state: PreflightState
) -> None:
    configure(api, namespace, data)
    assert (await template_referencing(cluster, namespace, CONFIG)).state is state


async def test_a_config_map_that_is_not_there_is_not_taken_for_safe(cluster: Cluster, namespace: str) -> None:
    report = await template_referencing(cluster, namespace, CONFIG)
    assert report.state is PreflightState.DIFFERS
    assert "--argo-namespace" in report.message


def installed(plane: ControlPlane, namespace: str, *kinds: str) -> list[dict[str, Any]]:
    """Apply the chart's objects of these kinds."""
    documents = render(binaries.program("helm", settings.load().cache), VALUES, namespace)
    own = [each for each in documents if each["kind"] in kinds]
    assert own
    done = plane.kubectl("-n", namespace, "apply", "-f", "-", stdin=yaml.safe_dump_all(own))
    assert done.returncode == 0, done.stderr
    return own


async def test_the_policy_is_found_by_what_it_refuses(
    cluster: Cluster, otakube_api: ControlPlane, namespace: str
) -> None:
    assert (await workflow_policy(cluster)).state is PreflightState.FORBIDDEN  # there is no operator yet
    installed(otakube_api, namespace, "ServiceAccount", "Role", "RoleBinding")
    report = await workflow_policy(cluster)
    assert (report.state, "workflowPolicy.enabled" in report.message) == (PreflightState.DIFFERS, True)
    installed(otakube_api, namespace, "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
    deadline = time.monotonic() + PATIENCE
    while (report := await workflow_policy(cluster)).state is not PreflightState.OK:
        assert time.monotonic() < deadline, report


def test_the_command_leaves_with_1_and_names_what_is_not_safe(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    installed(otakube_api, namespace, "ServiceAccount", "Role", "RoleBinding")
    configure(api, namespace, {"workflowRestrictions": "templateReferencing: Strict\n"})
    command = [str(Path(sys.executable).with_name("otakube")), "preflight", "--namespace", namespace]
    command += ["--kubeconfig", str(otakube_api.kubeconfig), "--argo-namespace", namespace]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "Argo's templateReferencing, admission policy on Workflows" in done.stderr
    assert "Strict: set workflowRestrictions.templateReferencing to Secure" in done.stdout
