# SPDX-License-Identifier: Apache-2.0
"""Pods that do not start: read where Argo is silent, and noted on the Workflow."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from operator_builders import NOW, condition, enrichment, planned, run_of
from otakube_api import labels
from otakube_api.argo import PendingPod, StepProgress
from otakube_api.contract import Failure, PodReason, WaitingCause
from otakube_operator.enrichment import pods
from otakube_operator.enrichment.observed import Results, WorkflowRun
from otakube_operator.runtime.owned import PodReport

SECOND = timedelta(seconds=1)
NO_NODE = Failure(PodReason.UNSCHEDULABLE, "Unschedulable: no node")


def starting(*, silent: bool = True, **changes: Any) -> WorkflowRun:
    """A run whose pod has not started."""
    pod = PendingPod("bebop-fetch-1", NOW, silent)
    step = StepProgress(step="fetch", attempt=1, attempts=7, running=True, since=NOW, pod=pod)
    return run_of(enrichment(), results=Results(step=replace(step, **changes)))


def waiting(reason: str, message: str = "", kind: str = "initContainerStatuses") -> dict[str, Any]:
    return {
        "status": {kind: [{"name": "init", "state": {"waiting": {"reason": reason, "message": message}}}]}
    }


def warning(reason: str, message: str, at: str = "2027-01-01T12:00:00Z") -> dict[str, Any]:
    return {"reason": reason, "message": message, "lastTimestamp": at}


def test_a_pod_is_read_only_after_a_while_and_where_argo_says_nothing() -> None:
    assert pods.to_be_read(starting(), NOW + 7 * SECOND) == ""
    assert pods.to_be_read(starting(), NOW + 8 * SECOND) == "bebop-fetch-1"
    assert pods.to_be_read(starting(silent=False), NOW + 60 * SECOND) == ""
    assert pods.to_be_read(starting(pod=None), NOW + 60 * SECOND) == ""
    assert pods.to_be_read(replace(starting(), phase="Failed"), NOW + 60 * SECOND) == ""


def test_the_run_is_looked_at_again_when_its_pod_should_have_started_and_until_it_has() -> None:
    seen = enrichment()
    assert planned(seen, starting(), now=NOW).plan.revisit_at == NOW + 8 * SECOND
    later = planned(seen, starting(), now=NOW + 60 * SECOND).plan.revisit_at
    assert later is not None
    assert NOW + 60 * SECOND < later <= NOW + 70 * SECOND
    assert planned(seen, starting(pod=None, started=True), now=NOW).plan.revisit_at is None


@pytest.mark.parametrize(
    ("body", "warnings", "reason", "words"),
    [
        (waiting("ErrImagePull", "argoexec:9 not found"), [], "ImagePullFailed", "argoexec:9"),
        (waiting("PodInitializing", kind="containerStatuses"), [], None, ""),
        (
            waiting("CreateContainerConfigError", 'configmap "otakube-steps" not found', "containerStatuses"),
            [],
            "ContainerStartFailed",
            "otakube-steps",
        ),
        (
            waiting("PodInitializing"),
            [
                warning("FailedMount", 'secret "a" not found'),
                warning("FailedMount", 'secret "b" not found', "z"),
            ],
            "ContainerStartFailed",
            'secret "b" not found',
        ),
        ({}, [warning("Unhealthy", "a probe failed")], None, ""),
        (
            {
                "status": {
                    "conditions": [{"type": "PodScheduled", "reason": "Unschedulable", "message": "0/1"}]
                }
            },
            [],
            "Unschedulable",
            "0/1",
        ),
        ({"status": {"initContainerStatuses": "what", "conditions": [7]}}, [{}], None, ""),
    ],
    ids=[
        "image of the init container",
        "starts",
        "ConfigMap",
        "Secret",
        "other warning",
        "no node",
        "nonsense",
    ],
)
def test_the_cause_is_that_of_init_containers_of_conditions_or_of_events(
    body: dict[str, Any], warnings: list[dict[str, Any]], reason: str | None, words: str
) -> None:
    cause = pods.read_pod(PodReport(body, tuple(warnings)))
    assert (cause and cause.reason) == reason
    assert cause is None or words in cause.message


def test_what_a_pod_waits_for_is_the_reason_of_the_object() -> None:
    made = planned(enrichment(), pods.waiting_for(NO_NODE, starting()))
    assert condition(made, "Ready") == ("Unknown", "Unschedulable")
    assert made.status.step is not None
    assert (made.status.step.reason, made.status.step.since_time) == ("Unschedulable", NOW)


def test_it_is_noted_on_the_workflow_once_and_taken_back_when_the_step_runs() -> None:
    run = pods.waiting_for(NO_NODE, starting())
    [note] = pods.notes_of([run])
    assert note.body == {
        "metadata": {"annotations": {labels.WAITING_CAUSE: "fetch: Unschedulable: Unschedulable: no node"}}
    }
    noted = replace(run, waited=WaitingCause("fetch", Failure(PodReason.UNSCHEDULABLE, "other words")))
    assert pods.notes_of([noted]) == ()
    assert pods.notes_of([replace(starting(), waited=noted.waited)]) == (), "the next attempt may wait again"
    runs = replace(starting(pod=None, started=True), waited=noted.waited)
    [taken] = pods.notes_of([runs])
    assert taken.body == {"metadata": {"annotations": {labels.WAITING_CAUSE: ""}}}
    assert pods.notes_of([replace(runs, phase="Failed")]) == ()
