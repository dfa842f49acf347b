# SPDX-License-Identifier: Apache-2.0
"""The Role and the admission policy of the chart let the operator do all of its work."""

from pathlib import Path

import pytest
import yaml

from charts import CHARTS, ValueSet, render
from control_plane import ControlPlane
from integration.otakube_operator.conftest import World
from integration.otakube_operator.test_schedules import MERGE, apply, conditions, path
from operator_builders import committed, fetched, imaged
from operator_process import running_operator
from otakube_cli.doctor.policy import forbidden
from otakube_cluster import binaries, settings

VALUES = ValueSet("otakube", CHARTS / "otakube/ci/inline-secrets-values.yaml")
RIGHTS = {"ServiceAccount", "Role", "RoleBinding"}
POLICY = {"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}


@pytest.fixture
def token(plane: ControlPlane, world: World) -> str:
    """A token of the chart's service account, bound as the chart binds it, once the policy holds for it."""
    documents = render(binaries.program("helm", settings.load().cache), VALUES, world.namespace)
    own = [
        each
        for each in documents
        if each["kind"] in POLICY
        or (each["kind"] in RIGHTS and each["metadata"]["name"] == "otakube-operator")
    ]
    assert {each["kind"] for each in own} == RIGHTS | POLICY
    applied = plane.kubectl("-n", world.namespace, "apply", "-f", "-", stdin=yaml.safe_dump_all(own))
    assert applied.returncode == 0, applied.stderr
    made = plane.kubectl("-n", world.namespace, "create", "token", "otakube-operator")
    assert made.returncode == 0, made.stderr
    token = made.stdout.strip()
    world.eventually(lambda: "otakube-workflows-" in forbidden_creation(plane, world.namespace, token))
    return token


def forbidden_creation(plane: ControlPlane, namespace: str, token: str) -> str:
    """The API server's answer to a Workflow that changes its pods."""
    path = f"/apis/argoproj.io/v1alpha1/namespaces/{namespace}/workflows"
    with plane.client() as client:
        client.headers["Authorization"] = f"Bearer {token}"
        return client.post(path, json=forbidden(), params={"dryRun": "All"}).text


def ask(world: World, token: str, **spec: object) -> None:
    """Have the schedule create an enrichment now."""
    body = {"metadata": {"annotations": {"otakube.dev/requested-at": token}}, "spec": spec}
    world.api.patch(f"{path(world)}/episode-schedule", json=body, headers=MERGE).raise_for_status()


def outcomes(world: World) -> list[str]:
    """Outcomes of the schedule's recent ticks."""
    status = world.api.get(f"{path(world)}/episode-schedule").json().get("status", {})
    return [each["outcome"] for each in status.get("recentTicks", [])]


def test_the_chart_s_role_and_policy_suffice_for_a_whole_life(
    plane: ControlPlane, world: World, token: str, tmp_path: Path
) -> None:
    world.apply(successfulWorkflowsHistoryLimit=0)
    apply(world)
    with running_operator(plane, tmp_path, namespace=world.namespace, token=token) as operator:
        world.eventually(lambda: conditions(world).get("Ready", ("", ""))[0] == "True")
        world.eventually_ready("Unknown", "WorkflowStarting")
        first = world.workflow()["metadata"]["name"]
        world.argo(fetched())
        world.eventually(lambda: "finalizers" in (world.enrichment() or {})["metadata"])
        world.edit(review={"policy": "Never"})
        world.eventually(lambda: world.workflow()["spec"].get("shutdown") == "Terminate")
        world.argo(phase="Failed", workflow=first)
        world.eventually_workflows(2)
        world.argo(fetched(), imaged(), committed(), phase="Succeeded")
        world.eventually_ready("True", "Published")
        world.eventually(lambda: [each["metadata"]["name"] for each in world.workflows()] == [first])
        world.eventually(lambda: "finalizers" not in (world.enrichment() or {})["metadata"])
        ask(world, "once", concurrencyPolicy="Replace")
        world.eventually(lambda: len(world.enrichments()) == 2)
        ask(world, "again")
        world.eventually(lambda: outcomes(world) == ["Replaced", "Created"])
        world.eventually(lambda: {"Requested", "Published"} <= set(world.events()))
        assert operator.metric("otakube_operator_reconciles_total", result="RequestRefused") == 0
        assert operator.metric("otakube_operator_events_lost_total") == 0
