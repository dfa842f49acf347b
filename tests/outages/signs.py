# SPDX-License-Identifier: Apache-2.0
"""The places where a person looks for the cause of trouble, and when it stood there."""

import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kubernetes import client

from e2e import observer
from e2e.kube import NAMESPACE, kubectl
from e2e.observer import Body
from outages.kinds import Outage

METRICS = f"/api/v1/namespaces/{NAMESPACE}/services/otakube-operator:8080/proxy/metrics"
SAMPLE = re.compile(r"^(?P<name>otakube_operator_\w+)\{(?P<labels>[^}]*)\} (?P<value>\S+)$", re.MULTILINE)
WAITING = {"Unschedulable", "ImagePullFailed", "ContainerStartFailed", "PodRefused"}


@dataclass(slots=True)
class Signs:
    """Moments at which the cause was first seen, by place, and that of the first failed attempt."""

    failed_at: datetime | None = None
    step: str = ""
    message: str = ""
    seen: dict[str, datetime] = field(default_factory=dict)

    def after(self, place: str) -> float:
        """Seconds from the first failed attempt."""
        assert self.failed_at is not None
        return max(0.0, (self.seen[place] - self.failed_at).total_seconds())


PLACES = ("get", "describe", "log", "metric")


def watch(name: str, outage: Outage, before: dict[str, float], *, seconds: float = 420) -> Signs:
    """Wait until the cause stands in every place; what was seen by then is the message where it does not."""
    found, deadline = Signs(), time.monotonic() + seconds
    while set(found.seen) < set(PLACES) or found.failed_at is None:
        _look(name, outage, before, found)
        assert time.monotonic() < deadline, f"{outage.reason} of {name} stands in {found}: {_story(name)}"
        time.sleep(0.5)
    return found


def _look(name: str, outage: Outage, before: dict[str, float], found: Signs) -> None:
    body = observer.enrichment(name)
    condition = observer.condition_in(body, outage.condition)
    if "get" not in found.seen and _is_told(condition, outage):
        if outage.names and outage.names not in condition["message"]:
            return
        _note(found, "get")
        found.message = condition["message"]
        # What a provider did not answer shows once fetch has ended; the run is at a later step by then.
        at = body["status"].get("step", {}).get("name", "")
        found.step = at if outage.condition == "Ready" else "fetch"
        assert (outage.names or outage.reason) in kubectl(
            "get", "animeenrichment", name, "-o", "wide"
        ) + found.message
    if found.failed_at is None and "get" in found.seen:
        found.failed_at = first_failure(name, outage, found.step)
    if "describe" not in found.seen and outage.reason in observer.event_reasons(name):
        _note(found, "describe")
        assert outage.reason in kubectl("describe", "animeenrichment", name).partition("Events:")[2]
    if "metric" not in found.seen and any(
        value > before.get(key, 0) for key, value in samples(outage).items()
    ):
        _note(found, "metric")
    if "get" in found.seen and "log" not in found.seen and (at := logged_at(name, outage.reason)):
        found.seen["log"] = at


def _is_told(condition: Body, outage: Outage) -> bool:
    if outage.condition != "Ready":
        return condition.get("status") == "True"
    return bool(condition.get("reason") == outage.reason)


def _note(found: Signs, place: str) -> None:
    found.seen[place] = datetime.now(UTC)


def first_failure(name: str, outage: Outage, step: str) -> datetime | None:
    """When the first attempt failed, or the pod was created that waits; by Argo's nodes."""
    flows = observer.workflows(name)
    nodes = [node for flow in flows for node in flow.get("status", {}).get("nodes", {}).values()]
    pods = [node for node in nodes if node.get("type") == "Pod"]
    if outage.condition == "SourceFailed":
        return _first(node.get("finishedAt") for node in pods if node["displayName"].startswith("fetch("))
    if outage.reason in WAITING:
        waiting = (node for node in pods if node["displayName"].startswith(f"{step}("))
        return _first(node["startedAt"] for node in waiting)
    failed = _first(node.get("finishedAt") for node in pods if node["phase"] in {"Failed", "Error"})
    refused = (flow["status"] for flow in flows if flow.get("status", {}).get("phase") in {"Failed", "Error"})
    return failed or _first(status.get("finishedAt") for status in refused)


def _first(moments: Iterable[str | None]) -> datetime | None:
    return min((datetime.fromisoformat(each) for each in moments if each), default=None)


def samples(outage: Outage) -> dict[str, float]:
    """The operator's samples that bear the reason."""
    text = kubectl("get", "--raw", METRICS)
    wanted = f'reason="{outage.reason}"'
    return {
        f"{each['name']}{{{each['labels']}}}": float(each["value"])
        for each in SAMPLE.finditer(text)
        if wanted in each["labels"]
    }


def logged_at(name: str, reason: str) -> datetime | None:
    """Time of the operator's first log line about the object that has the reason."""
    text = kubectl("logs", "deployment/otakube-operator", "--since=20m")
    lines = (json.loads(line) for line in text.splitlines() if name in line and reason in line)
    return _first(line.get("timestamp") for line in lines)


def _story(name: str) -> str:
    """What is known of a run that did not say what it should."""
    nodes = [
        (node["displayName"], node["phase"], node.get("message", ""))
        for flow in observer.workflows(name)
        for node in flow.get("status", {}).get("nodes", {}).values()
    ]
    return json.dumps({"status": observer.enrichment(name).get("status"), "nodes": nodes}, indent=1)


def operator_restarts() -> int:
    """Restarts of the operator's container, which would forget its counters."""
    pods = client.CoreV1Api(observer.api()).list_namespaced_pod(
        NAMESPACE, label_selector="app.kubernetes.io/component=operator"
    )
    return sum(each.restart_count for pod in pods.items for each in pod.status.container_statuses or [])
