# SPDX-License-Identifier: Apache-2.0
"""An API server with Argo's kinds, and Otakube's roles on it, each with a token of its own."""

import secrets
import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from charts import ValueSet, render
from control_plane import ControlPlane
from otakube_cluster import binaries, settings

MONITORING = ("ServiceMonitor", "PrometheusRule")
"""Kinds of the Prometheus operator that the chart makes objects of."""

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
    "planner": "otakube-planner",
    "reviewer": "a-reviewer",
    "curator": "a-curator",
    "author": "an-author",
    "Argo": "a-controller",
}
"""Role -> service account. The last two are no roles of the chart: somebody else gave them rights."""

GARBAGE_COLLECTOR, CONTROLLER_MANAGER = "garbage collector", "controller manager"
"""Controllers of Kubernetes: one by its account in kube-system, one by the program's own name."""

GARBAGE_COLLECTOR_ACCOUNT, CONTROLLER_MANAGER_USER = (
    "generic-garbage-collector",
    "system:kube-controller-manager",
)

OTHERS = {
    "an-author": [
        {"apiGroups": ["argoproj.io"], "resources": ["workflows"], "verbs": ["create", "update", "patch"]}
    ],
    CONTROLLER_MANAGER_USER: [
        {"apiGroups": ["argoproj.io"], "resources": ["workflows"], "verbs": ["get", "patch"]}
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


def stand_in(kind: str) -> dict[str, Any]:
    """A definition that takes any content: the Prometheus operator's own are not ours to ship."""
    group, plural = "monitoring.coreos.com", f"{kind.lower()}s"
    anything = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "names": {"kind": kind, "plural": plural},
            "scope": "Namespaced",
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": anything}],
        },
    }


@pytest.fixture(scope="session")
def helm() -> Path:
    return binaries.program("helm", settings.load().cache)


@pytest.fixture(scope="session")
def with_argo(otakube_api: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> ControlPlane:
    """The API server with our kinds, Argo's own and the stand-ins for the Prometheus operator's."""
    argo = binaries.program("argo", settings.load().cache)
    monitor = tmp_path_factory.mktemp("crds") / "monitoring.yaml"
    monitor.write_text(yaml.safe_dump_all([stand_in(kind) for kind in MONITORING]))
    otakube_api.apply(*sorted((argo.parents[1] / "crds").glob("argoproj.io_*.yaml")), monitor)
    kinds = ("workflows", "workflowtemplates", "cronworkflows", "workflowtaskresults")
    otakube_api.wait_for_crds(
        *(f"{kind}.argoproj.io" for kind in kinds),
        *(stand_in(kind)["metadata"]["name"] for kind in MONITORING),
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
    with installed(with_argo, server, helm, tmp_path_factory.mktemp("values"), RIGHTS) as roles:
        yield roles


@contextmanager
def installed(
    with_argo: ControlPlane, server: httpx2.Client, helm: Path, folder: Path, kinds: set[str]
) -> Iterator[Installation]:
    """A new namespace with the chart's objects of these kinds, and a token for each role."""
    namespace = f"roles-{secrets.token_hex(4)}"
    server.post("/api/v1/namespaces", json={"metadata": {"name": namespace}}).raise_for_status()
    values = folder / "roles.yaml"
    values.write_text(yaml.safe_dump(_values(namespace)))
    documents = [
        each for each in render(helm, ValueSet("otakube", values), namespace) if each["kind"] in kinds
    ]
    documents += [part for account in OTHERS for part in _granted(account, namespace)]
    documents += [_account(account) for account in ("a-reviewer", "a-curator")]
    documents.append(_account(GARBAGE_COLLECTOR_ACCOUNT, "kube-system"))
    _apply(with_argo, namespace, documents)
    with ExitStack() as stack:
        clients = {role: _client(with_argo, namespace, account) for role, account in ACCOUNTS.items()}
        clients[GARBAGE_COLLECTOR] = _client(with_argo, "kube-system", GARBAGE_COLLECTOR_ACCOUNT)
        clients[CONTROLLER_MANAGER] = with_argo.client()
        clients[CONTROLLER_MANAGER].headers["Impersonate-User"] = CONTROLLER_MANAGER_USER
        yield Installation(
            namespace, server, {role: stack.enter_context(one) for role, one in clients.items()}
        )


def _apply(plane: ControlPlane, namespace: str, documents: list[dict[str, Any]]) -> None:
    for place in ("kube-system", namespace):
        own = [each for each in documents if each["metadata"].get("namespace", namespace) == place]
        applied = plane.kubectl("-n", place, "apply", "-f", "-", stdin=yaml.safe_dump_all(own))
        assert applied.returncode == 0, applied.stderr


def _values(namespace: str) -> dict[str, Any]:
    def subjects(name: str) -> list[dict[str, str]]:
        return [{"kind": "ServiceAccount", "name": name, "namespace": namespace}]

    return {
        "stores": {"existingSecret": "otakube-stores", "qdrant": {"url": "http://qdrant:6333"}},
        "review": {"reviewers": subjects("a-reviewer")},
        "curation": {"curators": subjects("a-curator")},
    }


def _account(name: str, namespace: str | None = None) -> dict[str, Any]:
    place = {"namespace": namespace} if namespace else {}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, **place}}


def _granted(who: str, namespace: str) -> list[dict[str, Any]]:
    """An account, or a user of that name, with a Role of its own, which is none of the chart's."""
    group, meta = "rbac.authorization.k8s.io", {"name": who}
    account = {"kind": "ServiceAccount", "name": who, "namespace": namespace}
    user = {"kind": "User", "name": who, "apiGroup": group}
    binding = {
        "roleRef": {"apiGroup": group, "kind": "Role", "name": who},
        "subjects": [user if who == CONTROLLER_MANAGER_USER else account],
    }
    return [
        *([] if who == CONTROLLER_MANAGER_USER else [_account(who)]),
        {"apiVersion": f"{group}/v1", "kind": "Role", "metadata": meta, "rules": OTHERS[who]},
        {"apiVersion": f"{group}/v1", "kind": "RoleBinding", "metadata": meta, **binding},
    ]


def _client(plane: ControlPlane, namespace: str, account: str) -> httpx2.Client:
    made = plane.kubectl("-n", namespace, "create", "token", account)
    assert made.returncode == 0, made.stderr
    return httpx2.Client(
        base_url=plane.url,
        headers={"Authorization": f"Bearer {made.stdout.strip()}"},
        verify=ssl.create_default_context(cafile=str(plane.authority)),
        timeout=60,
        trust_env=False,
    )
