# SPDX-License-Identifier: Apache-2.0
"""A real API server admits what the charts render, pods under `restricted`, without a warning."""

import json
import secrets
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from charts import SETS, ValueSet, pods, render
from control_plane import ControlPlane


@pytest.fixture(scope="session")
def restricted(server: httpx2.Client) -> str:
    """A namespace that enforces `restricted`, with the accounts that the pods name."""
    name = restricted_namespace(server)
    for account in ("default", "otakube-step", "otakube-operator", "otakube-catalogue"):
        accounts = f"/api/v1/namespaces/{name}/serviceaccounts"
        server.post(accounts, json={"metadata": {"name": account}}).raise_for_status()
    return name


def restricted_namespace(server: httpx2.Client) -> str:
    name = f"restricted-{secrets.token_hex(4)}"
    labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    server.post("/api/v1/namespaces", json={"metadata": {"name": name, "labels": labels}}).raise_for_status()
    return name


@pytest.mark.parametrize("chosen", SETS, ids=lambda chosen: chosen.name)
def test_everything_that_a_chart_renders_is_admitted_without_a_warning(
    with_argo: ControlPlane, server: httpx2.Client, helm: Path, chosen: ValueSet
) -> None:
    empty = restricted_namespace(server)
    documents = render(helm, chosen, empty)
    for document in documents:  # the stand-ins' chart writes one Secret into Otakube's namespace
        if not document["kind"].startswith("ValidatingAdmissionPolicy"):
            document["metadata"]["namespace"] = empty
    dry_run = ("create", "--dry-run=server", "--validate=strict", "-o", "name", "-f", "-")
    done = with_argo.kubectl(*dry_run, stdin=yaml.safe_dump_all(documents))
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    assert len(done.stdout.split()) == len(documents)


@pytest.mark.parametrize("chosen", SETS, ids=lambda chosen: chosen.name)
def test_every_pod_is_admitted_under_restricted_without_a_warning(
    server: httpx2.Client, restricted: str, helm: Path, chosen: ValueSet
) -> None:
    found = list(pods(render(helm, chosen, restricted)))
    assert found
    for name, pod in found:
        answer = create(server, restricted, name, pod)
        assert answer.status_code == 201, f"{name}: {answer.text}"
        assert "warning" not in answer.headers, f"{name}: {answer.headers['warning']}"


def test_the_same_api_server_refuses_a_step_that_may_run_as_root(
    server: httpx2.Client, restricted: str, helm: Path
) -> None:
    name, pod = next((n, p) for n, p in pods(render(helm, SETS[0], restricted)) if n.endswith("-fetch"))
    loose = json.loads(json.dumps(pod))
    del loose["spec"]["containers"][0]["securityContext"]
    answer = create(server, restricted, name, loose)
    assert answer.status_code == 403
    assert "restricted" in answer.json()["message"]


def create(server: httpx2.Client, namespace: str, name: str, pod: dict[str, Any]) -> httpx2.Response:
    metadata = {"name": name[:60], "labels": pod["metadata"].get("labels", {})}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod["spec"]}
    query = {"dryRun": "All", "fieldValidation": "Strict"}
    return server.post(f"/api/v1/namespaces/{namespace}/pods", json=body, params=query)
