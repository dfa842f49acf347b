# SPDX-License-Identifier: Apache-2.0
"""A CatalogRestore on the real cluster: planned, carried out through kills, verified, stalled, deleted."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import yaml
from kubernetes import client

from e2e import kube, observer, standins, titles
from e2e.observer import Body
from e2e.people import otakube

RESTORES = ("otakube.dev", "v1alpha1", kube.NAMESPACE, "catalogrestores")
TEMPLATE = "otakube-snapshot"
WAIT_SECONDS = 600
SOON_SECONDS = 30
ABSENT = "20200101T000000Z"


@dataclass(frozen=True, slots=True)
class Restore:
    """A CatalogRestore."""

    name: str

    def apply(self, **spec: Any) -> None:
        body = {
            "apiVersion": "otakube.dev/v1alpha1",
            "kind": "CatalogRestore",
            "metadata": {"name": self.name},
            "spec": spec,
        }
        kube.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(body))

    def delete(self) -> None:
        kube.kubectl("delete", "catalogrestore", self.name, "--ignore-not-found", "--timeout=120s")

    def status(self) -> Body:
        found = client.CustomObjectsApi(observer.api()).get_namespaced_custom_object(*RESTORES, self.name)
        status: Body = dict(found).get("status", {})
        return status

    def wait(self, holds: Callable[[Body], object]) -> Body:
        """The status once it is as wanted."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not holds(status := self.status()):
            assert time.monotonic() < deadline, json.dumps(status, indent=1)
            time.sleep(observer.POLL_SECONDS)
        return status

    def wait_ready(self, status: str, reason: str) -> Body:
        """The status once the condition Ready is so; at another end the test fails."""
        ends = {"Planned", "Restored", "Incomplete", "Failed"}
        found = self.wait(lambda seen: ready(seen) == (status, reason) or seen.get("phase") in ends)
        assert ready(found) == (status, reason), found
        return found


def ready(status: Body) -> tuple[str, str]:
    """Status and reason of the condition Ready."""
    found = observer.condition_in({"status": status}, "Ready")
    return found.get("status", ""), found.get("reason", "")


@pytest.fixture
def restore() -> Iterator[Restore]:
    """A restore whose object is gone after the test."""
    made = Restore(f"e2e-{uuid.uuid4().hex[:8]}")
    yield made
    made.delete()


@pytest.fixture(scope="module")
def entry() -> Iterator[str]:
    """An entry that the newest snapshot has."""
    name = f"e2e-{uuid.uuid4().hex[:8]}"
    kube.apply(name, {"anime": titles.QUARRELLED, "review": {"policy": "Never"}})
    observer.wait(name, observer.is_true("Ready"))
    take_snapshot()
    yield observer.status(name)["entryId"]
    kube.delete(name)


def take_snapshot() -> None:
    """Have the cluster write one."""
    name = f"{TEMPLATE}-e2e-{uuid.uuid4().hex[:8]}"
    body = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": name},
        "spec": {"workflowTemplateRef": {"name": TEMPLATE}},
    }
    kube.kubectl("create", "-f", "-", stdin=yaml.safe_dump(body))
    deadline = time.monotonic() + WAIT_SECONDS
    while (phase := workflow(name).get("phase")) not in {"Succeeded", "Failed", "Error"}:
        assert time.monotonic() < deadline, name
        time.sleep(observer.POLL_SECONDS)
    assert phase == "Succeeded", workflow(name)


def workflow(name: str) -> Body:
    """The status of a Workflow."""
    found = client.CustomObjectsApi(observer.api()).get_namespaced_custom_object(*observer.WORKFLOWS, name)
    status: Body = dict(found).get("status", {})
    return status


def lose(entry: str) -> Body:
    """Delete the entry from the document store; the document that it was."""
    with standins.documents() as documents:
        found: Body = documents.animes.find_one({"_id": entry})
        documents.animes.delete_one({"_id": entry})
    return found


def live(entry: str) -> Body:
    with standins.documents() as documents:
        found: Body = documents.animes.find_one({"_id": entry}) or {}
        return found


def test_an_entry_that_is_lost_is_planned_and_comes_back_though_pod_and_operator_are_killed(
    restore: Restore, entry: str
) -> None:
    lost = lose(entry)
    restore.apply(entries=[entry])
    status = restore.wait_ready("True", "Planned")
    assert status["counts"]["restored"] == 1
    assert status["snapshot"]["digest"].startswith("sha256:")
    assert live(entry) == {}, "a plan writes nothing"
    shown = otakube("restore", "status", restore.name).stdout
    assert "Planned" in shown
    otakube("restore", "start", restore.name)
    kill_pod_of(restore, "apply-restore")
    kube.kubectl("delete", "pod", "-l", "app.kubernetes.io/component=operator", "--wait=false")
    status = restore.wait_ready("True", "Restored")
    assert (status["counts"].get("failed", 0), status["verification"]["matching"]) == (0, 1)
    back = live(entry)
    assert (back["digest"], back["live_version"]) == (lost["digest"], lost["live_version"])
    assert [each["outcome"] for each in status["recentRuns"]] == ["Succeeded", "Succeeded"]
    assert "Restored" in kube.kubectl("get", "catalogrestore", restore.name)
    read = json.loads(otakube("entry", "show", entry, "--output", "json").stdout)
    assert read["version"] == lost["live_version"]


def kill_pod_of(restore: Restore, step: str) -> None:
    """Delete the pod of a step at once, whether it runs already or not."""
    status = restore.wait(
        lambda seen: [each["purpose"] for each in seen["recentRuns"]] == ["Plan", "Restore"]
    )
    selector = f"workflows.argoproj.io/workflow={status['workflow']['name']},otakube.dev/step={step}"
    deadline = time.monotonic() + WAIT_SECONDS
    while not (found := kube.kubectl("get", "pod", "-l", selector, "-o", "name").split()):
        assert time.monotonic() < deadline, selector
        time.sleep(observer.POLL_SECONDS)
    kube.kubectl("delete", found[0], "--grace-period=0", "--force")


def test_a_snapshot_that_is_missing_is_told_soon(restore: Restore) -> None:
    restore.apply(snapshot=ABSENT, dryRun=False)
    status = restore.wait_ready("False", "SnapshotMissing")
    assert ABSENT in observer.condition_in({"status": status}, "Stalled")["message"]
    nodes = workflow(status["workflow"]["name"])["nodes"].values()
    ended = max(
        datetime.fromisoformat(node["finishedAt"])
        for node in nodes
        if node["type"] == "Pod" and node.get("finishedAt")
    )
    told = datetime.fromisoformat(observer.condition_in({"status": status}, "Ready")["lastTransitionTime"])
    assert (told - ended).total_seconds() <= SOON_SECONDS


@pytest.mark.usefixtures("entry")
def test_the_deletion_of_a_restore_ends_its_workflow(restore: Restore) -> None:
    restore.apply()
    name = restore.wait(lambda seen: seen.get("workflow"))["workflow"]["name"]
    restore.delete()
    deadline = time.monotonic() + WAIT_SECONDS
    while kube.kubectl("get", "workflow", name, "--ignore-not-found", "-o", "name"):
        assert time.monotonic() < deadline, name
        time.sleep(observer.POLL_SECONDS)
    pods = f"workflows.argoproj.io/workflow={name}"
    while kube.kubectl("get", "pod", "-l", pods, "-o", "name"):
        assert time.monotonic() < deadline, name
        time.sleep(observer.POLL_SECONDS)
