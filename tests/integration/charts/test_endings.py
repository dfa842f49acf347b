# SPDX-License-Identifier: Apache-2.0
"""Each way in which a run can end, by Argo's own controller: what is left of it, and what is said of it.

The pods that the controller makes are ended by the test; the exit handler then runs with the very arguments
that the controller gave its pod.
"""

import json
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
from typer.testing import CliRunner

from argo_pods import Pods, containers, status_of
from control_plane import ControlPlane
from integration.charts.argo_namespace import Argo, ended, new, served_namespace
from operator_builders import enrichment
from otakube.commands.step import app
from otakube_api.contract import TEMPLATE
from otakube_operator.enrichment.assessment import assess
from otakube_operator.enrichment.observed import WorkflowRun
from otakube_operator.enrichment.pods import notes_of
from otakube_operator.enrichment.runs import read_run

ONCE, SHORT = "otakube-once", "otakube-short"
LATE = "Pod was active on the node longer than the specified deadline"


class End(NamedTuple):
    """The remains of a run: its objects below work/, and its dead letter."""

    work: list[str]
    letter: dict[str, Any] | None


class Site(NamedTuple):
    """A namespace with Argo's controller, and a folder for bucket and document store."""

    argo: Argo
    pods: Pods
    folder: Path

    def start(self, name: str, template: str = TEMPLATE) -> str:
        """A new run with an object in the bucket; its path."""
        body = new(self.argo, name)
        body["spec"]["workflowTemplateRef"]["name"] = template
        kept = self.folder / name / "objects" / self.work(body) / "fetch.json"
        kept.parent.mkdir(parents=True)
        kept.write_text("{}")
        return self.argo.create(body)

    def work(self, body: Mapping[str, Any]) -> str:
        """Prefix of the run's objects."""
        given = {each["name"]: each["value"] for each in body["spec"]["arguments"]["parameters"]}
        return f"work/{given['uid']}/{given['generation']}-{given['attempt']}"

    def run(self, path: str) -> WorkflowRun:
        """The run as the operator reads it."""
        run = read_run(self.argo.api.get(path).raise_for_status().json())
        assert run is not None
        return run

    def note(self, path: str) -> None:
        """Write what the operator notes of a waiting pod, once it stands in Argo's node."""
        self.argo.eventually(path, lambda _: notes_of([self.run(path)]))
        [note] = notes_of([self.run(path)])
        self.argo.patch(path, note.body)

    def conclude(self, path: str) -> End:
        """Run the exit handler as its pod would; the run ends with it."""
        name = path.rpartition("/")[2]
        pod = self.pods.pod(name, "onExit")
        [main] = [each for each in pod["spec"]["containers"] if each["name"] == "main"]
        places = [f"--objects=file:{self.folder / name}", f"--outputs={self.folder / name / 'outputs'}"]
        done = CliRunner().invoke(app, ["conclude", *main["args"], *places])
        assert done.exit_code == 0, (done.output, done.exception)
        self.pods.end(name, "onExit", {"version": ""})
        self.argo.eventually(path, ended)
        return self.left(name)

    def left(self, name: str) -> End:
        """The remains of a run."""
        objects = self.folder / name / "objects"
        letters = [json.loads(each.read_text()) for each in objects.glob("dead-letters/*.json")]
        work = [str(each.relative_to(objects)) for each in objects.glob("work/**/*") if each.is_file()]
        return End(work, letters[0] if letters else None)

    def is_noticed(self, path: str) -> bool:
        """True once the controller has looked at the run after its deadline: it does on an event alone."""
        self.argo.patch(path, {"metadata": {"annotations": {"look": secrets.token_hex(4)}}})
        time.sleep(1)
        return any(node.get("phase") == "Failed" for node in self.argo.status(path).get("nodes", {}).values())

    def said(self, path: str) -> str:
        """The reason that the operator gives."""
        return assess(enrichment(), self.run(path)).reason


@pytest.fixture(scope="module")
def site(
    with_argo: ControlPlane, server: httpx2.Client, helm: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with served_namespace(with_argo, server, helm, tmp_path_factory.mktemp("argo")) as argo:
        _add_templates(argo)
        folder = tmp_path_factory.mktemp("stores")
        yield Site(argo, Pods(server, argo.namespace), folder)
        shutil.rmtree(folder)


def _add_templates(argo: Argo) -> None:
    """The chart's template without second attempts, and with a deadline that is over when it starts."""
    path = f"/apis/argoproj.io/v1alpha1/namespaces/{argo.namespace}/workflowtemplates"
    body = argo.api.get(f"{path}/{TEMPLATE}").raise_for_status().json()
    body["metadata"] = {"name": ONCE}
    for template in body["spec"]["templates"]:
        if "retryStrategy" in template:
            template["retryStrategy"]["limit"] = "0"
    argo.api.post(path, json=body).raise_for_status()
    body["metadata"], body["spec"]["activeDeadlineSeconds"] = {"name": SHORT}, 2
    argo.api.post(path, json=body).raise_for_status()


def test_a_run_that_is_stopped_at_its_review_leaves_nothing(site: Site) -> None:
    path = site.start("stopped-at-review")
    site.pods.to_the_review("stopped-at-review")
    site.argo.patch(path, {"spec": {"shutdown": "Stop"}})
    assert site.conclude(path) == End([], None)
    assert site.said(path) == "WorkflowStopped"


def test_a_run_that_is_stopped_in_a_step_leaves_nothing(site: Site) -> None:
    path = site.start("stopped")
    site.pods.pod("stopped", "fetch")
    site.argo.patch(path, {"spec": {"shutdown": "Stop"}})
    assert site.conclude(path) == End([], None)
    assert site.said(path) == "WorkflowStopped"


def test_a_run_that_is_terminated_leaves_its_objects_and_no_letter(site: Site) -> None:
    path = site.start("terminated")
    site.pods.to_the_review("terminated")
    site.argo.patch(path, {"spec": {"shutdown": "Terminate"}})
    site.argo.eventually(path, ended)
    assert site.said(path) == "WorkflowStopped"
    assert "onExit" not in {
        node["displayName"].rpartition(".")[2] for node in site.argo.status(path)["nodes"].values()
    }
    left = site.left("terminated")
    assert (len(left.work), left.letter) == (1, None)


def test_a_run_that_is_deleted_leaves_its_objects_and_no_letter(site: Site) -> None:
    path = site.start("deleted")
    site.pods.pod("deleted", "fetch")
    site.argo.api.delete(path).raise_for_status()
    site.argo.until(lambda: site.argo.api.get(path).status_code == 404)
    left = site.left("deleted")
    assert (len(left.work), left.letter) == (1, None)


def test_a_run_past_its_deadline_leaves_its_objects_and_a_letter(site: Site) -> None:
    path = site.start("late", SHORT)
    site.pods.pod("late", "fetch")
    site.argo.until(lambda: site.is_noticed(path))
    left = site.conclude(path)
    assert len(left.work) == 1
    assert left.letter is not None
    assert left.letter["reason"] == site.said(path) == "DeadlineExceeded"


def test_a_pod_that_goes_with_its_node_is_started_again(site: Site) -> None:
    path = site.start("moved")
    site.pods.lose("moved", "fetch")
    site.pods.pod("moved", "fetch", attempt=1)
    site.pods.node("moved", "fetch(1)", "Pending")
    step = site.run(path).results.step
    assert step is not None
    assert ([each.reason for each in step.failures], step.attempt) == (["PodLost"], 2)
    assert site.said(path) == "PodLost"
    assert site.left("moved").letter is None


def _said(reason: str, code: int) -> dict[str, Any]:
    return {"exitCode": code, "reason": "Error", "message": f"{reason}: these words"}


def _killed(reason: str, code: int) -> dict[str, Any]:
    return {"exitCode": code, "reason": reason}


ENDED: Mapping[str, Mapping[str, Any]] = {
    "StoreUnavailable": _said("StoreUnavailable", 75),
    "QuorumNotReached": _said("QuorumNotReached", 75),
    "AnimeUnknown": _said("AnimeUnknown", 65),
    "SettingsMissing": _said("SettingsMissing", 75),
    "OOMKilled": _killed("OOMKilled", 137),
}
"""Reason -> how the step's container ended."""

REFUSED: Mapping[str, str] = {
    "Evicted": "The node was low on resource: memory. Threshold quantity: 100Mi, available: 40Mi.",
    "PodRefused": "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 110",
    "DeadlineExceeded": LATE,
}
"""Reason -> message of a pod that the kubelet ended."""

WAITS: Mapping[str, Mapping[str, Any]] = {
    "ImagePullFailed": {"reason": "ErrImagePull", "message": "otakube-steps:9 not found"},
    "ContainerStartFailed": {"reason": "CreateContainerConfigError", "message": 'configmap "c" not found'},
}
"""Reason -> what the step's container waits for until its deadline."""


def _letter(site: Site, path: str, words: str = "") -> str:
    left = site.conclude(path)
    assert left.letter is not None
    assert len(left.work) == 1
    assert site.said(path) == left.letter["reason"]
    assert words in left.letter["message"]
    assert left.letter["step"] == "fetch"
    return str(left.letter["reason"])


@pytest.mark.parametrize("reason", ENDED)
def test_a_dead_letter_names_what_the_step_said_or_the_kernel_did(site: Site, reason: str) -> None:
    name = f"ended-{reason.lower()}"
    path = site.start(name, ONCE)
    pod = site.pods.pod(name, "fetch")
    times = {"startedAt": "2026-04-01T12:00:00Z", "finishedAt": "2026-04-01T12:00:01Z"}
    statuses = containers(pod, {"exitCode": 0, **times})
    for status in statuses:
        if status["name"] == "main":
            status["state"] = {"terminated": {**ENDED[reason], **times}}
    site.pods.fail(name, "fetch", {"containerStatuses": statuses})
    assert _letter(site, path, ENDED[reason].get("message", "").partition(": ")[2]) == reason


@pytest.mark.parametrize("reason", REFUSED)
def test_a_dead_letter_names_why_the_kubelet_ended_the_pod(site: Site, reason: str) -> None:
    name = f"refused-{reason.lower()}"
    path = site.start(name, ONCE)
    site.pods.fail(name, "fetch", {"message": REFUSED[reason]})
    assert _letter(site, path, REFUSED[reason]) == reason


@pytest.mark.parametrize("reason", WAITS)
def test_a_dead_letter_names_what_a_pod_waited_for_until_its_deadline(site: Site, reason: str) -> None:
    name = f"waits-{reason.lower()}"
    path = site.start(name, ONCE)
    pod = site.pods.pod(name, "fetch")
    statuses = [
        status_of(each, {"waiting": dict(WAITS[reason])} if each["name"] == "main" else {})
        for each in pod["spec"]["containers"]
    ]
    site.pods.set_status(pod, {"phase": "Pending", "containerStatuses": statuses})
    site.note(path)
    site.pods.fail(name, "fetch", {"message": LATE})
    assert _letter(site, path, WAITS[reason]["message"]) == reason


def test_a_dead_letter_names_the_node_that_there_was_not(site: Site) -> None:
    path = site.start("nowhere", ONCE)
    pod = site.pods.pod("nowhere", "fetch")
    scheduled = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes"}
    site.pods.set_status(pod, {"phase": "Pending", "conditions": [scheduled]})
    site.note(path)
    site.pods.fail("nowhere", "fetch", {"message": LATE})
    assert _letter(site, path, "0/1 nodes") == "Unschedulable"


def test_a_dead_letter_names_a_pod_that_was_lost(site: Site) -> None:
    path = site.start("lost", ONCE)
    site.pods.lose("lost", "fetch")
    assert _letter(site, path) == "PodLost"
