# SPDX-License-Identifier: Apache-2.0
"""Reading a submitted Workflow."""

from typing import Any

import pytest

from curation import a_run
from otakube_api.contract import Cause, FailureReason, Output, PodReason
from otakube_cli.workflow import WorkflowState, manifest, read_state


def at(second: int) -> str:
    return f"2026-04-01T12:00:0{second}Z"


def test_a_submission_names_its_template_and_arguments_and_nothing_that_strict_mode_refuses() -> None:
    made = manifest("otakube-merge-locks", {"payload": "H4sI"})
    assert made["metadata"]["generateName"] == "otakube-merge-locks-"
    assert made["spec"] == {
        "workflowTemplateRef": {"name": "otakube-merge-locks"},
        "arguments": {"parameters": [{"name": "payload", "value": "H4sI"}]},
    }


@pytest.mark.parametrize(
    ("workflow", "shown"),
    [
        ({}, "Pending"),
        ({"status": {"phase": ""}}, "Pending"),
        (
            {"status": {"phase": "Pending", "message": "Waiting for the lock"}},
            "Pending: Waiting for the lock",
        ),
        (a_run("w", "Running", {"message": "0/1 nodes\nare available"}), "Running: 0/1 nodes are available"),
    ],
)
def test_what_has_not_ended_says_what_it_waits_for(workflow: dict[str, Any], shown: str) -> None:
    state = read_state(workflow)
    assert (state.ended, state.failure, str(state)) == (False, None, shown)


def test_the_report_is_that_of_a_good_node() -> None:
    said = {"outputs": {"parameters": [{"name": Output.REPORT.value, "value": "[]"}]}}
    assert read_state(a_run("w", "Succeeded", said)) == WorkflowState(phase="Succeeded", report="[]")
    assert read_state(a_run("w", "Failed", said)).report is None


def test_a_failure_is_the_step_s_own_reason_and_of_retries_the_last() -> None:
    workflow = a_run(
        "w", "Failed", {"message": "Error (exit code 75): StoreUnavailable: away", "finishedAt": at(1)}
    )
    nodes = workflow["status"]["nodes"]
    nodes["w-2"] = nodes["w-1"] | {"message": "Error (exit code 65): RecordInvalid: no", "finishedAt": at(2)}
    nodes["w-0"] = nodes["w-1"] | {"type": "Retry", "message": "No more retries left", "finishedAt": at(3)}
    failure = read_state(workflow).failure
    assert failure == (FailureReason.RECORD_INVALID, "no")


@pytest.mark.parametrize(
    ("workflow", "expected"),
    [
        (a_run("w", "Error", {"message": "pod deleted"}), (PodReason.LOST, "pod deleted")),
        (
            {"status": {"phase": "Error", "message": "template x not found"}},
            (FailureReason.UNEXPECTED, "template x not found"),
        ),
        ({"status": {"phase": "Failed"}}, (FailureReason.UNEXPECTED, "no reason was given")),
    ],
)
def test_a_failure_that_no_step_explains_is_argo_s_word(
    workflow: dict[str, Any], expected: tuple[Cause, str]
) -> None:
    assert read_state(workflow).failure == expected
