# SPDX-License-Identifier: Apache-2.0
"""An API server with both CRDs, a person who applies, and a hand that writes what Argo would."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from control_plane import ControlPlane
from integration.otakube_operator.proxy import Proxy
from operator_process import OperatorProcess, install_workflow_crd, running_operator

Body = dict[str, Any]
PATIENCE = 60.0  # seconds; the operator needs well below one


@dataclass(frozen=True, slots=True)
class World:
    """One namespace, as a person and as Argo reach it."""

    api: httpx2.Client
    namespace: str

    def apply(self, name: str = "bebop", **spec: Any) -> Body:
        """Create an enrichment."""
        body = {
            "apiVersion": "otakube.dev/v1alpha1",
            "kind": "AnimeEnrichment",
            "metadata": {"name": name},
            "spec": {"anime": {"title": "Cowboy Bebop"}, **spec},
        }
        return self._answer(self.api.post(self._path("animeenrichments"), json=body))

    def edit(
        self, name: str = "bebop", *, annotations: Mapping[str, str | None] | None = None, **spec: Any
    ) -> Body:
        """Change spec fields or annotations."""
        body: Body = {"spec": spec} if spec else {}
        if annotations:
            body["metadata"] = {"annotations": dict(annotations)}
        return self._patch(self._path("animeenrichments", name), body)

    def delete(self, name: str = "bebop") -> None:
        """Ask for the enrichment's deletion."""
        self.api.delete(self._path("animeenrichments", name)).raise_for_status()

    def enrichment(self, name: str = "bebop") -> Body | None:
        """The enrichment, None once it is gone."""
        answer = self.api.get(self._path("animeenrichments", name))
        return None if answer.status_code == 404 else self._answer(answer)

    def enrichments(self) -> list[Body]:
        """Every enrichment of the namespace."""
        items: list[Body] = self._answer(self.api.get(self._path("animeenrichments")))["items"]
        return items

    def send(self, verb: str, plural: str, name: str, body: Body | None = None) -> int:
        """Send a request that may come too late; the code of the answer."""
        path = self._path(plural, "" if verb == "POST" else name)
        headers = {"Content-Type": f"application/{'merge-patch+' if verb == 'PATCH' else ''}json"}
        code: int = self.api.request(verb, path, json=body, headers=headers).status_code
        assert code < 300 or code in (404, 409), (verb, plural, name, code)
        return code

    def workflows(self) -> list[Body]:
        """Every Workflow of the namespace, oldest first."""
        items = self._answer(self.api.get(self._path("workflows")))["items"]
        return sorted(items, key=lambda item: int(item["metadata"]["resourceVersion"]))

    def workflow(self) -> Body:
        """The only Workflow that has not ended."""
        [found] = [each for each in self.workflows() if not _ended(each)]
        return found

    def argo(self, *nodes: Body, phase: str = "Running", workflow: str = "", message: str = "") -> None:
        """Write a Workflow's status as Argo's controller would."""
        name = workflow or self.workflow()["metadata"]["name"]
        status = {
            "phase": phase,
            "message": message or None,
            "startedAt": "2027-01-01T12:00:00Z",
            "nodes": {str(number): node for number, node in enumerate(nodes)} or None,
        }
        self._patch(self._path("workflows", name), {"status": status})

    def delete_workflow(self, name: str) -> None:
        """Delete a Workflow by hand."""
        self.api.delete(self._path("workflows", name)).raise_for_status()

    def ready(self, name: str = "bebop") -> tuple[str, str]:
        """Status and reason of the Ready condition."""
        return self.condition("Ready", name) or ("", "")

    def condition(self, type_: str, name: str = "bebop") -> tuple[str, str] | None:
        """Status and reason of a condition, None if it is absent."""
        body = self.enrichment(name) or {}
        conditions = body.get("status", {}).get("conditions", [])
        return next(((each["status"], each["reason"]) for each in conditions if each["type"] == type_), None)

    def events(self) -> list[str]:
        """Reasons of the Events told so far."""
        return sorted(item["reason"] for item in self.event_bodies())

    def event_bodies(self) -> list[Body]:
        """The Events told so far."""
        items: list[Body] = self._answer(self.api.get(f"/api/v1/namespaces/{self.namespace}/events"))["items"]
        return items

    def eventually(self, check: Callable[[], object], patience: float = PATIENCE) -> None:
        """Return once `check` holds; fail with what is there."""
        eventually(check, lambda: f"{self.enrichment()} {self.workflows()}", patience)

    def eventually_ready(self, status: str, reason: str, name: str = "bebop") -> None:
        """Wait for the Ready condition."""
        self.eventually(lambda: self.ready(name) == (status, reason))

    def eventually_workflows(self, count: int) -> list[Body]:
        """Wait for so many Workflows in all."""
        self.eventually(lambda: len(self.workflows()) == count)
        return self.workflows()

    def _path(self, plural: str, name: str = "") -> str:
        group = "argoproj.io" if plural == "workflows" else "otakube.dev"
        path = f"/apis/{group}/v1alpha1/namespaces/{self.namespace}/{plural}"
        return f"{path}/{name}" if name else path

    def _patch(self, path: str, body: Body) -> Body:
        headers = {"Content-Type": "application/merge-patch+json"}
        return self._answer(self.api.patch(path, json=body, headers=headers))

    def _answer(self, response: httpx2.Response) -> Body:
        assert response.status_code < 300, response.text
        body: Body = response.json()
        return body


def eventually(check: Callable[[], object], describe: Callable[[], str], patience: float = PATIENCE) -> None:
    """Return once `check` holds; fail with a description."""
    deadline = time.monotonic() + patience
    while not check():
        if time.monotonic() > deadline:
            pytest.fail(f"never came to be; {describe()}")
        time.sleep(0.05)


def _ended(workflow: Body) -> bool:
    return workflow.get("status", {}).get("phase") in {"Succeeded", "Failed", "Error"}


@pytest.fixture(scope="session")
def plane(otakube_api: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> ControlPlane:
    """The API server with our CRDs and a stand-in for Argo's."""
    install_workflow_crd(otakube_api, tmp_path_factory.mktemp("argo"))
    with otakube_api.client() as client:
        path = "/apis/argoproj.io/v1alpha1/workflows"  # established, and its storage still being made
        eventually(lambda: client.get(path).status_code == 200, lambda: client.get(path).text)
    return otakube_api


@pytest.fixture
def world(plane: ControlPlane, api: httpx2.Client, namespace: str) -> World:
    """A namespace without operator."""
    return World(api, namespace)


@pytest.fixture
def operator(plane: ControlPlane, world: World, tmp_path: Path) -> Iterator[OperatorProcess]:
    """An operator that serves the namespace."""
    with running_operator(plane, tmp_path, namespace=world.namespace) as process:
        yield process


@pytest.fixture
def proxy(plane: ControlPlane) -> Iterator[Proxy]:
    """A proxy before the API server."""
    with Proxy(plane).serving() as served:
        yield served
