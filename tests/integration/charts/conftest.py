# SPDX-License-Identifier: Apache-2.0
"""An API server with Argo's kinds, and Otakube's roles on it, each with a token of its own."""

import secrets
import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from charts import ValueSet, render
from control_plane import ControlPlane
from otakube_cluster import binaries, settings

SERVICE_MONITOR = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: servicemonitors.monitoring.coreos.com}
spec:
  group: monitoring.coreos.com
  names: {kind: ServiceMonitor, plural: servicemonitors}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""
"""A stand-in: the Prometheus operator's own definition is not ours to ship."""

RIGHTS = {
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
}

ACCOUNTS: Mapping[str, str] = {
    "operator": "otakube-operator",
    "step": "otakube-step",
    "executor": "otakube-executor",
    "catalogue": "otakube-catalogue",
    "reviewer": "a-reviewer",
    "curator": "a-curator",
    "author": "an-author",
    "Argo": "a-controller",
}
"""Role -> service account. The last two are no roles of the chart: somebody else gave them rights."""

OTHERS = {
    "an-author": [
        {"apiGroups": ["argoproj.io"], "resources": ["workflows"], "verbs": ["create", "update", "patch"]}
    ],
    "a-controller": [
        {"apiGroups": ["argoproj.io"], "resources": ["workflows"], "verbs": ["create", "update", "patch"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["create"]},
    ],
}


@dataclass(frozen=True, slots=True)
class Installation:
    """Otakube's roles in one namespace: a client for each, and one of cluster-admin."""

    namespace: str
    admin: httpx2.Client
    roles: Mapping[str, httpx2.Client]

    def path(self, plural: str, name: str = "", group: str = "argoproj.io/v1alpha1") -> str:
        """URL path of objects in the namespace."""
        path = f"/apis/{group}/namespaces/{self.namespace}/{plural}"
        return f"{path}/{name}" if name else path


@pytest.fixture(scope="session")
def helm() -> Path:
    return binaries.program("helm", settings.load().cache)


@pytest.fixture(scope="session")
def with_argo(otakube_api: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> ControlPlane:
    """The API server with our kinds, Argo's own and the stand-in for ServiceMonitor."""
    argo = binaries.program("argo", settings.load().cache)
    monitor = tmp_path_factory.mktemp("crds") / "servicemonitors.yaml"
    monitor.write_text(SERVICE_MONITOR)
    otakube_api.apply(*sorted((argo.parents[1] / "crds").glob("argoproj.io_*.yaml")), monitor)
    kinds = ("workflows", "workflowtemplates", "cronworkflows", "workflowtaskresults")
    otakube_api.wait_for_crds(
        *(f"{kind}.argoproj.io" for kind in kinds), "servicemonitors.monitoring.coreos.com"
    )
    return otakube_api


@pytest.fixture(scope="session")
def server(with_argo: ControlPlane) -> Iterator[httpx2.Client]:
    with with_argo.client() as client:
        yield client


@pytest.fixture(scope="session")
def installation(
    with_argo: ControlPlane, server: httpx2.Client, helm: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """The roles as the chart makes them, in a namespace of their own."""
    namespace = f"roles-{secrets.token_hex(4)}"
    server.post("/api/v1/namespaces", json={"metadata": {"name": namespace}}).raise_for_status()
    values = tmp_path_factory.mktemp("values") / "roles.yaml"
    values.write_text(yaml.safe_dump(_values(namespace)))
    documents = [
        each for each in render(helm, ValueSet("otakube", values), namespace) if each["kind"] in RIGHTS
    ]
    documents += [part for account in OTHERS for part in _granted(account, namespace)]
    documents += [_account(account) for account in ("a-reviewer", "a-curator")]
    applied = with_argo.kubectl("-n", namespace, "apply", "-f", "-", stdin=yaml.safe_dump_all(documents))
    assert applied.returncode == 0, applied.stderr
    with ExitStack() as stack:
        roles = {role: stack.enter_context(_client(with_argo, namespace, role)) for role in ACCOUNTS}
        yield Installation(namespace, server, roles)


def _values(namespace: str) -> dict[str, Any]:
    def subjects(name: str) -> list[dict[str, str]]:
        return [{"kind": "ServiceAccount", "name": name, "namespace": namespace}]

    return {
        "stores": {"existingSecret": "otakube-stores", "qdrant": {"url": "http://qdrant:6333"}},
        "review": {"reviewers": subjects("a-reviewer")},
        "curation": {"curators": subjects("a-curator")},
    }


def _account(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}


def _granted(account: str, namespace: str) -> list[dict[str, Any]]:
    """An account with a Role of its own, which is none of the chart's."""
    group, meta = "rbac.authorization.k8s.io", {"name": account}
    subject = {"kind": "ServiceAccount", "name": account, "namespace": namespace}
    role = {"apiGroup": group, "kind": "Role", "name": account}
    return [
        _account(account),
        {"apiVersion": f"{group}/v1", "kind": "Role", "metadata": meta, "rules": OTHERS[account]},
        {
            "apiVersion": f"{group}/v1",
            "kind": "RoleBinding",
            "metadata": meta,
            "roleRef": role,
            "subjects": [subject],
        },
    ]


def _client(plane: ControlPlane, namespace: str, role: str) -> httpx2.Client:
    made = plane.kubectl("-n", namespace, "create", "token", ACCOUNTS[role])
    assert made.returncode == 0, made.stderr
    return httpx2.Client(
        base_url=plane.url,
        headers={"Authorization": f"Bearer {made.stdout.strip()}"},
        verify=ssl.create_default_context(cafile=str(plane.authority)),
        timeout=60,
        trust_env=False,
    )
