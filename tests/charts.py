# SPDX-License-Identifier: Apache-2.0
"""The charts with every set of values that they are tested with, rendered by the real helm."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

CHARTS = Path(__file__).parents[1] / "charts"


class ValueSet(NamedTuple):
    """A chart, and a values file for it."""

    chart: str
    values: Path

    @property
    def name(self) -> str:
        return f"{self.chart} {self.values.stem}"


SETS = [
    *(ValueSet("otakube", path) for path in sorted((CHARTS / "otakube/ci").glob("*.yaml"))),
    ValueSet("otakube", CHARTS / "otakube/values-dev.yaml"),
    ValueSet("otakube-dev", CHARTS / "otakube-dev/values.yaml"),
]


def render(helm: Path, chosen: ValueSet, namespace: str = "otakube") -> list[dict[str, Any]]:
    """The manifests, without asking a cluster."""
    command = [str(helm), "template", chosen.chart, str(CHARTS / chosen.chart), "--kube-version", "1.34.0"]
    command += ["--namespace", namespace, "--values", str(chosen.values)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def pods(documents: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, Pod manifest) of everything that will become a pod, the workflows' steps as Argo builds them."""
    for document in documents:
        name, spec = document["metadata"]["name"], document.get("spec", {})
        if document["kind"] in {"Deployment", "StatefulSet"}:
            yield name, _replica(spec)
        elif document["kind"] == "WorkflowTemplate":
            for template in (t for t in spec["templates"] if "container" in t):
                yield f"{name}-{template['name']}", _step(spec, template)


def _replica(spec: dict[str, Any]) -> dict[str, Any]:
    """A pod of a workload, with the claims that its controller adds."""
    names = [claim["metadata"]["name"] for claim in spec.get("volumeClaimTemplates", [])]
    claims = [{"name": name, "persistentVolumeClaim": {"claimName": f"{name}-0"}} for name in names]
    template = spec["template"]
    volumes = [*template["spec"]["volumes"], *claims]
    return {"metadata": template["metadata"], "spec": template["spec"] | {"volumes": volumes}}


def _step(spec: dict[str, Any], template: dict[str, Any]) -> dict[str, Any]:
    """A step's pod without the containers that Argo adds to it."""
    pod = {
        "serviceAccountName": spec["serviceAccountName"],
        "automountServiceAccountToken": spec["automountServiceAccountToken"],
        "securityContext": spec["securityContext"],
        "volumes": template["volumes"],
        "restartPolicy": "Never",
        "containers": [{"name": "main", **template["container"]}],
    }
    return {
        "metadata": {"labels": spec["podMetadata"]["labels"] | template["metadata"]["labels"]},
        "spec": pod,
    }


def containers(documents: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """(pod spec, container) of every container."""
    for _, pod in pods(documents):
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]:
            yield pod["spec"], container
