# SPDX-License-Identifier: Apache-2.0
"""Measures an enrichment's workflow against any Argo workflow of its shape.

Runs on the cluster of the current context. Alternates, run by run: Otakube's workflow on the stand-in
upstream, no-op pods in the same shape, and the same stages one a pod, under the cluster's own controller and
under one with Argo's default requeue time. Every gate is approved as soon as it waits. Wall times are this
process's clock. In-container work is the time in which at least one main container of the run ran, by the
pods' statuses (whole seconds; the error averages out); overhead is the wall time without the wait at the gate
and without that work.
"""

import argparse
import json
import os
import signal
import ssl
import statistics
import sys
import tempfile
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import workflow_shapes as shapes
import yaml

from otakube_api.contract import TEMPLATE, Parameter

TITLE = "Hoshi no Toudaimori"
WALL_BAR, OVERHEAD_BAR = 1.5, 0.25
INSTANCE = "workflows.argoproj.io/controller-instanceid"
SLOW = "bench-default-requeue"


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds of one run; `work` by pod."""

    to_gate: float
    to_end: float
    busy: float
    work: Mapping[str, float]

    @property
    def wall(self) -> float:
        return self.to_gate + self.to_end

    @property
    def overhead(self) -> float:
        return self.wall - self.busy


class Cluster:
    """The API server of the current kubeconfig context, in one namespace."""

    def __init__(self, namespace: str) -> None:
        self._client = _client(Path(os.environ.get("KUBECONFIG", Path.home() / ".kube/config")))
        self.namespace = namespace

    def argo(self, plural: str, name: str = "", query: str = "") -> str:
        return f"/apis/argoproj.io/v1alpha1/namespaces/{self.namespace}/{plural}/{name}{query}".rstrip("/")

    def pods(self, workflow: str) -> list[dict[str, Any]]:
        selector = f"?labelSelector=workflows.argoproj.io/workflow={workflow}"
        return self.call("GET", f"/api/v1/namespaces/{self.namespace}/pods{selector}")["items"]

    def call(self, method: str, path: str, body: Any = None, *, missing: bool = False) -> Any:
        patch = method == "PATCH"
        kind = "application/json-patch+json" if patch else "application/json"
        content = None if body is None else json.dumps(body)
        answer = self._client.request(method, path, content=content, headers={"Content-Type": kind})
        if missing and answer.status_code == 404:
            return None
        if answer.is_error:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json()

    def replace(self, collection: str, body: dict[str, Any]) -> None:
        """Create, after removing what an interrupted run left."""
        self.call("DELETE", f"{collection}/{body['metadata']['name']}", missing=True)
        wait(lambda: self.call("GET", f"{collection}/{body['metadata']['name']}", missing=True) is None)
        self.call("POST", collection, body)


def _client(kubeconfig: Path) -> httpx2.Client:
    config = yaml.safe_load(kubeconfig.read_text())

    def named(kind: str, name: str) -> dict[str, Any]:
        return next(item[kind] for item in config[f"{kind}s"] if item["name"] == name)

    context = named("context", config["current-context"])
    cluster, user = named("cluster", context["cluster"]), named("user", context["user"])
    with tempfile.TemporaryDirectory() as folder:
        files = {key: _material(source, key, Path(folder)) for source, key in _KEYS(cluster, user)}
        tls = ssl.create_default_context(cafile=files["certificate-authority"])
        if files["client-certificate"]:
            tls.load_cert_chain(files["client-certificate"], files["client-key"])
    headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
    return httpx2.Client(base_url=cluster["server"], verify=tls, headers=headers, timeout=60, trust_env=False)


def _KEYS(cluster: dict[str, Any], user: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    return [(cluster, "certificate-authority"), (user, "client-certificate"), (user, "client-key")]


def _material(source: Mapping[str, str], key: str, folder: Path) -> str | None:
    if data := source.get(f"{key}-data"):
        (folder / key).write_bytes(b64decode(data))
        return str(folder / key)
    return source.get(key)


def wait(done: Callable[[], Any], seconds: float = 600) -> Any:
    """Poll four times a second; raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := done():
            return found
        time.sleep(0.25)
    raise TimeoutError(f"nothing within {seconds} s")


def measure(cluster: Cluster, manifest: dict[str, Any]) -> Run:
    """Run a workflow to its end, approving its gate at once."""
    started = time.monotonic()
    name = cluster.call("POST", cluster.argo("workflows"), manifest)["metadata"]["name"]
    path = cluster.argo("workflows", name)
    gate = wait(lambda: _gate(cluster.call("GET", path)))
    reached = time.monotonic()
    cluster.call("PATCH", path, _approval(gate))
    approved = time.monotonic()
    ended = wait(lambda: _ended(cluster.call("GET", path)))
    finished = time.monotonic()
    if ended["phase"] != "Succeeded":
        raise RuntimeError(f"{name} ended {ended['phase']}: {ended.get('message')} {_messages(ended)}")
    work = {pod["step"]: pod["interval"] for pod in map(_main, cluster.pods(name))}
    cluster.call("DELETE", path)
    lengths = {step: end - start for step, (start, end) in work.items()}
    return Run(reached - started, finished - approved, covered(list(work.values())), lengths)


def _gate(workflow: dict[str, Any]) -> dict[str, Any] | None:
    _fail_early(workflow)
    nodes = workflow.get("status", {}).get("nodes", {}).values()
    return next((n for n in nodes if n["displayName"] == shapes.GATE and n["phase"] == "Running"), None)


def _fail_early(workflow: dict[str, Any]) -> None:
    status = workflow.get("status", {})
    if status.get("phase") in {"Failed", "Error"}:
        raise RuntimeError(f"{workflow['metadata']['name']}: {status.get('message')} {_messages(status)}")


def _messages(status: dict[str, Any]) -> list[str]:
    return [node["message"] for node in status.get("nodes", {}).values() if node.get("message")]


def _ended(workflow: dict[str, Any]) -> dict[str, Any] | None:
    status = workflow.get("status", {})
    return status if status.get("phase") in {"Succeeded", "Failed", "Error"} else None


def _approval(gate: dict[str, Any]) -> list[dict[str, Any]]:
    node = f"/status/nodes/{gate['id']}"
    patch = [
        {"op": "test", "path": f"{node}/phase", "value": "Running"},
        {"op": "replace", "path": f"{node}/phase", "value": "Succeeded"},
    ]
    if "outputs" in gate:
        answers = {"decision": "approve", "note": "", "reviewer": "bench"}
        outputs = {"parameters": [{"name": name, "value": value} for name, value in answers.items()]}
        patch.append({"op": "replace", "path": f"{node}/outputs", "value": outputs})
    return patch


def _main(pod: dict[str, Any]) -> dict[str, Any]:
    """The step of a pod and when its main container ran."""
    (state,) = (s["state"] for s in pod["status"]["containerStatuses"] if s["name"] == "main")
    ran = state["terminated"]
    start, end = (datetime.fromisoformat(ran[key]).timestamp() for key in ("startedAt", "finishedAt"))
    node = pod["metadata"]["annotations"]["workflows.argoproj.io/node-name"]
    step = node.rpartition(".")[2].partition("(")[0]
    return {"step": "conclude" if step == "onExit" else step, "interval": (start, end)}


def covered(intervals: list[tuple[float, float]]) -> float:
    """Seconds that at least one interval covers."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(intervals):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


@contextmanager
def default_requeue(cluster: Cluster) -> Iterator[None]:
    """A second controller with the default requeue of ten seconds, for workflows labelled for it."""
    deployments, configs = "/apis/apps/v1/namespaces/argo/deployments", "/api/v1/namespaces/argo/configmaps"
    config = cluster.call("GET", f"{configs}/workflow-controller-configmap")
    config["metadata"] = {"name": SLOW}
    config["data"]["config"] += f"\ninstanceID: {SLOW}\n"
    own = cluster.call("GET", f"{deployments}/workflow-controller")
    spec = own["spec"]
    spec["selector"] = {"matchLabels": {"app": SLOW}}
    spec["template"]["metadata"] = {"labels": {"app": SLOW}}
    container = spec["template"]["spec"]["containers"][0]
    container["args"] += ["--configmap", SLOW]
    container["env"] = [item for item in container["env"] if item["name"] != "DEFAULT_REQUEUE_TIME"]
    cluster.replace(configs, config)
    cluster.replace(deployments, {"metadata": {"name": SLOW}, "spec": spec})
    try:
        yield
    finally:
        cluster.call("DELETE", f"{deployments}/{SLOW}")
        cluster.call("DELETE", f"{configs}/{SLOW}")


def requeue_time(cluster: Cluster) -> str:
    """The settings of the cluster's own controller."""
    own = cluster.call("GET", "/apis/apps/v1/namespaces/argo/deployments/workflow-controller")
    environment = own["spec"]["template"]["spec"]["containers"][0].get("env", [])
    return next(
        (i["value"] for i in environment if i["name"] == "DEFAULT_REQUEUE_TIME"), "10s (Argo's default)"
    )


def images(cluster: Cluster) -> dict[str, str]:
    """The images that the installed template names, so that every pod of the benchmark has the same."""
    template = cluster.call("GET", cluster.argo("workflowtemplates", TEMPLATE))
    named = {t["name"]: t["container"]["image"] for t in template["spec"]["templates"] if "container" in t}
    return {"steps": named["fetch"], shapes.EMBED: named["embed"]}


def bench(cluster: Cluster, *, rounds: int, title: str) -> dict[str, list[Run]]:
    """Alternate the workflows `rounds` times after one round that is thrown away."""
    used, templates = images(cluster), cluster.argo("workflowtemplates")
    cluster.replace(templates, shapes.no_op("bench-no-op", used))
    results: dict[str, list[Run]] = {"otakube": [], "no-op": [], "one-a-pod": [], "one-a-pod-10s": []}
    for number in range(rounds + 1):
        arguments = {
            Parameter.ENRICHMENT: f"{cluster.namespace}/bench",
            Parameter.UID: f"bench-{time.time_ns()}",
            Parameter.GENERATION: "1",
            Parameter.TITLE: title,
            Parameter.REVIEW_POLICY: "Required",
        }
        ours = measure(cluster, shapes.workflow(TEMPLATE, arguments, {}))
        cluster.replace(templates, shapes.step_per_pod("bench-one-a-pod", used, shapes.spread(ours.work)))
        found = {
            "otakube": ours,
            "no-op": measure(cluster, shapes.workflow("bench-no-op", {}, {})),
            "one-a-pod": measure(cluster, shapes.workflow("bench-one-a-pod", {}, {})),
            "one-a-pod-10s": measure(cluster, shapes.workflow("bench-one-a-pod", {}, {INSTANCE: SLOW})),
        }
        for name, run in found.items():
            print(f"round {number} {name:14} to gate {run.to_gate:6.1f} s, to end {run.to_end:6.1f} s, "
                  f"work {run.busy:5.1f} s", flush=True)  # fmt: skip
            if number:
                results[name].append(run)
    for name in ("bench-no-op", "bench-one-a-pod"):
        cluster.call("DELETE", f"{templates}/{name}")
    return results


def report(results: Mapping[str, list[Run]], requeue: str) -> bool:
    """Print the table of medians and the ratios; whether both bars hold."""

    def median(name: str, value: Callable[[Run], float]) -> float:
        return statistics.median(value(run) for run in results[name])

    print(
        f"\nmedians of {len(results['otakube'])} rounds, "
        f"load {os.getloadavg()[0]:.1f}, controller requeue {requeue}"
    )
    print(f"{'':16}{'pods':>5}{'to gate':>9}{'to end':>9}{'wall':>9}{'work':>9}{'overhead':>9}   seconds")
    for name, runs in results.items():
        columns = (
            Run.to_gate.__get__,
            Run.to_end.__get__,
            Run.wall.__get__,
            Run.busy.__get__,
            Run.overhead.__get__,
        )
        values = "".join(f"{median(name, lambda run, get=get: get(run)):9.1f}" for get in columns)
        print(f"{name:16}{len(runs[0].work):5}{values}")
    steps = results["otakube"][0].work
    by_step = {step: statistics.mean(run.work[step] for run in results["otakube"]) for step in steps}
    print("in-container work of ours, mean: " + ", ".join(f"{s} {v:.1f} s" for s, v in by_step.items()))
    wall = median("otakube", lambda r: r.wall) / median("no-op", lambda r: r.wall)
    same = median("otakube", lambda r: r.overhead) / median("one-a-pod", lambda r: r.overhead)
    default = median("otakube", lambda r: r.overhead) / median("one-a-pod-10s", lambda r: r.overhead)
    print(f"\noverhead against one step a pod, both at requeue {requeue}: {same:.2f}")
    print(f"wall against no-op pods in the same shape: {wall:.2f} (bar {WALL_BAR})")
    print(f"overhead against one step a pod as Argo defaults it: {default:.2f} (bar {OVERHEAD_BAR})")
    return wall <= WALL_BAR and default <= OVERHEAD_BAR


def main() -> int:
    """Exit status 1 if a bar is missed."""
    arguments = argparse.ArgumentParser(prog="workflow_bench", description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--namespace", default="otakube")
    arguments.add_argument("--title", default=TITLE)
    given = arguments.parse_args()
    cluster = Cluster(given.namespace)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the second controller goes
    with default_requeue(cluster):
        results = bench(cluster, rounds=given.rounds, title=given.title)
    return 0 if report(results, requeue_time(cluster)) else 1


if __name__ == "__main__":
    sys.exit(main())
