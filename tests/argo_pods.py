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
        node, name = pod["metadata"]["annotations"][f"{ARGO}/node-id"], pod["metadata"]["name"]
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
        ended = {"exitCode": 0, "startedAt": "2026-04-01T12:00:00Z", "finishedAt": "2026-04-01T12:00:01Z"}
        containers = [
            {"name": each["name"], "image": each["image"], "imageID": "", "ready": False, "restartCount": 0}
            | {"state": {"terminated": ended}}
            for each in pod["spec"]["containers"]
        ]
        status = {"status": {"phase": "Succeeded", "containerStatuses": containers}}
        path = f"/api/v1/namespaces/{self.namespace}/pods/{name}/status"
        self.api.patch(path, json=status, headers=MERGE).raise_for_status()

    def pod(self, workflow: str, step: str) -> dict[str, Any]:
        """The pod of a step's first attempt, once the controller has made it."""
        selector = {"labelSelector": f"{ARGO}/workflow={workflow}"}
        deadline = time.monotonic() + PATIENCE
        while True:
            pods = self.api.get(f"/api/v1/namespaces/{self.namespace}/pods", params=selector).json()["items"]
            for pod in pods:
                if pod["metadata"]["annotations"][f"{ARGO}/node-name"] == f"{workflow}.{step}(0)":
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
