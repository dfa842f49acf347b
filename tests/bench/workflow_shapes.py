# SPDX-License-Identifier: Apache-2.0
"""The workflows that Otakube's is measured against: as many no-op pods in its shape, and one step a pod."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

GATE = "review"
FETCHES = ("fetch-jikan", "fetch-anilist", "fetch-kitsu")
STAGES = ("metadata", "episodes", "relationships", "statistics", "characters")
BEFORE_GATE = (*(f"stage-{name}" for name in STAGES), "images", "assemble", "validate")
EMBED = "embed"

Manifest = dict[str, Any]


def no_op(name: str, images: Mapping[str, str]) -> Manifest:
    """Our shape, pod for pod and gate for gate, with /bin/true in each pod and none of our extras."""
    chain = ["fetch", "stage", "assemble", GATE, EMBED, "commit"]
    return _template(name, _tasks(chain), [*chain, "conclude"], images, seconds={})


def step_per_pod(name: str, images: Mapping[str, str], seconds: Mapping[str, float]) -> Manifest:
    """Each fetch, stage and act a pod of its own, which sleeps `seconds` of its name instead of working."""
    chain = [*BEFORE_GATE, GATE, EMBED, "commit"]
    tasks = [{"name": fetch, "template": fetch} for fetch in FETCHES]
    rest = _tasks(chain)
    rest[0]["dependencies"] = list(FETCHES)
    return _template(name, [*tasks, *rest], [*FETCHES, *chain, "conclude"], images, seconds)


def spread(work: Mapping[str, float]) -> dict[str, float]:
    """Our steps' in-container seconds, laid out over the pods of `step_per_pod`."""
    shared = dict.fromkeys(FETCHES, work["fetch"])  # they run at the same time, here and there
    shared |= {f"stage-{name}": work["stage"] / len(STAGES) for name in STAGES}
    shared |= dict.fromkeys(("images", "assemble", "validate"), work["assemble"] / 3)
    return shared | {name: work[name] for name in (EMBED, "commit", "conclude")}


def workflow(template: str, parameters: Mapping[str, str], labels: Mapping[str, str]) -> Manifest:
    """A run of a template."""
    given = [{"name": name, "value": value} for name, value in parameters.items()]
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": f"{template}-", "labels": dict(labels)},
        "spec": {"workflowTemplateRef": {"name": template}, "arguments": {"parameters": given}},
    }


def _tasks(chain: Sequence[str]) -> list[Manifest]:
    tasks: list[Manifest] = [{"name": name, "template": name} for name in chain]
    for before, task in zip(chain, tasks[1:], strict=False):
        task["dependencies"] = [before]
    return tasks


def _template(
    name: str,
    tasks: list[Manifest],
    pods: Iterable[str],
    images: Mapping[str, str],
    seconds: Mapping[str, float],
) -> Manifest:
    gate = {"name": GATE, "suspend": {}}
    steps = [_pod(pod, images, seconds.get(pod)) for pod in pods if pod != GATE]
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "WorkflowTemplate",
        "metadata": {"name": name},
        "spec": {
            "entrypoint": "graph",
            "onExit": "conclude",
            "serviceAccountName": "otakube-step",
            "executor": {"serviceAccountName": "otakube-executor"},
            "automountServiceAccountToken": False,
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            "podMetadata": {
                "labels": {"app.kubernetes.io/part-of": "otakube", "app.kubernetes.io/component": "step"}
            },
            "templates": [{"name": "graph", "dag": {"tasks": tasks}}, gate, *steps],
        },
    }


def _pod(name: str, images: Mapping[str, str], seconds: float | None) -> Manifest:
    return {
        "name": name,
        "container": {
            "image": images[EMBED if name == EMBED else "steps"],
            "imagePullPolicy": "IfNotPresent",
            "command": ["/bin/true"] if seconds is None else ["/bin/sleep", f"{seconds:.2f}"],
            "resources": {"requests": {"cpu": "50m", "memory": "32Mi"}},
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "runAsUser": 65532,
            },
        },
    }
