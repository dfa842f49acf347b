# SPDX-License-Identifier: Apache-2.0
"""Kubelet and executor for pods that nobody runs: ends a step's pod with the outputs that a test gives it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

ARGO = "workflows.argoproj.io"
MERGE = {"Content-Type": "application/merge-patch+json"}
PATIENCE = 120.0
OLD = 11.0
"""Age from which a pod that is gone is lost; a younger one Argo makes anew, as the same attempt."""
FETCHED = {"entry-id": "ani_1"}
ASSEMBLED = {"review": "Required", "digest": "d1", "suggestions-digest": "", "suggestions": "[]"}


@dataclass(frozen=True, slots=True)
class Pods:
    """The pods of a namespace that Argo's controller serves; requests are cluster-admin's."""

    api: httpx2.Client
    namespace: str

    def to_the_review(self, workflow: str) -> dict[str, Any]:
        """Let a new run come to its review; the node."""
        for step, outputs in (("fetch", FETCHED), ("stage", {}), ("assemble", ASSEMBLED)):
            self.end(workflow, step, outputs)
        return self.node(workflow, "review", "Running")

    def end(self, workflow: str, step: str, outputs: Mapping[str, str]) -> None:
        """End the first attempt of a step well."""
        pod = self.pod(workflow, step)
        self._report(workflow, pod, outputs)
        ended = {"exitCode": 0, "startedAt": "2026-04-01T12:00:00Z", "finishedAt": "2026-04-01T12:00:01Z"}
        self.set_status(pod, {"phase": "Succeeded", "containerStatuses": containers(pod, ended)})

    def fail(self, workflow: str, step: str, status: Mapping[str, Any]) -> None:
        """End the first attempt of a step badly, with that status of its pod."""
        pod = self.pod(workflow, step)
        self._report(workflow, pod, {})
        self.set_status(pod, {"phase": "Failed", **status})

    def _report(self, workflow: str, pod: Mapping[str, Any], outputs: Mapping[str, str]) -> None:
        """Argo's own container reports the outputs, and that there are no more."""
        node = pod["metadata"]["annotations"][f"{ARGO}/node-id"]
        result = {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "WorkflowTaskResult",
            "metadata": {
                "name": node,
                "labels": {f"{ARGO}/workflow": workflow, f"{ARGO}/report-outputs-completed": "true"},
            },
            "outputs": {"parameters": [{"name": key, "value": value} for key, value in outputs.items()]},
        }
        group = f"/apis/argoproj.io/v1alpha1/namespaces/{self.namespace}"
        self.api.post(f"{group}/workflowtaskresults", json=result).raise_for_status()

    def set_status(self, pod: Mapping[str, Any], status: Mapping[str, Any]) -> None:
        """Write a pod's status, as a kubelet does."""
        path = f"/api/v1/namespaces/{self.namespace}/pods/{pod['metadata']['name']}/status"
        self.api.patch(path, json={"status": status}, headers=MERGE).raise_for_status()

    def lose(self, workflow: str, step: str) -> None:
        """Delete the running pod of a step's first attempt at once, as with its node."""
        pod = self.pod(workflow, step)
        self.set_status(pod, {"phase": "Running"})
        self.node(workflow, f"{step}(0)", "Running")
        time.sleep(OLD)
        path = f"/api/v1/namespaces/{self.namespace}/pods/{pod['metadata']['name']}"
        self.api.delete(path, params={"gracePeriodSeconds": "0"}).raise_for_status()

    def pod(self, workflow: str, step: str, attempt: int = 0) -> dict[str, Any]:
        """The pod of an attempt at a step, once the controller has made it."""
        selector = {"labelSelector": f"{ARGO}/workflow={workflow}"}
        deadline = time.monotonic() + PATIENCE
        while True:
            pods = self.api.get(f"/api/v1/namespaces/{self.namespace}/pods", params=selector).json()["items"]
            for pod in pods:
                if pod["metadata"]["annotations"][f"{ARGO}/node-name"] == f"{workflow}.{step}({attempt})":
                    return dict(pod)
            assert time.monotonic() < deadline, f"{workflow} makes no pod for {step}: {pods}"
            time.sleep(0.1)

    def node(self, workflow: str, name: str, *phases: str) -> dict[str, Any]:
        """A task's node, once it has one of these phases."""
        path = f"/apis/argoproj.io/v1alpha1/namespaces/{self.namespace}/workflows/{workflow}"
        deadline = time.monotonic() + PATIENCE
        while True:
            nodes = self.api.get(path).raise_for_status().json().get("status", {}).get("nodes", {})
            found = next((node for node in nodes.values() if node["displayName"] == name), {})
            if found.get("phase") in phases:
                return dict(found)
            assert time.monotonic() < deadline, f"{name} of {workflow} does not become {phases}: {nodes}"
            time.sleep(0.1)


def containers(pod: Mapping[str, Any], terminated: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Statuses of a pod's containers, all ended so."""
    return [status_of(each, {"terminated": dict(terminated)}) for each in pod["spec"]["containers"]]


def status_of(container: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
    """Status of one container."""
    fixed = {"imageID": "", "ready": False, "restartCount": 0}
    return {"name": container["name"], "image": container["image"], **fixed, "state": dict(state)}
