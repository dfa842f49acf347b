# SPDX-License-Identifier: Apache-2.0
"""The step that a run is at, read from nodes as Argo's controller writes them while a step is retried."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otakube_api import labels
from otakube_api.argo import PendingPod, StepProgress, read_progress, read_workflow
from otakube_api.contract import Failure, FailureReason, PodReason, WaitingCause, format_waiting

AT = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
STORE = "main: Error (exit code 75): StoreUnavailable: no answer"
AWAY = Failure(FailureReason.STORE_UNAVAILABLE, "no answer")
NO_NODE = "Unschedulable: 0/1 nodes are available: 1 Insufficient cpu."
STRATEGY = {
    "limit": "6",
    "backoff": {"duration": "2s", "factor": "2", "cap": "60s", "maxDuration": "1h"},
}


def at(seconds: int) -> str:
    return f"{AT + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


def task(name: str, phase: str = "Running", **fields: Any) -> dict[str, Any]:
    """The node above a step's attempts."""
    return {"displayName": name, "type": "Retry", "phase": phase, "startedAt": at(0)} | fields


def attempt(
    name: str, number: int, phase: str, message: str = "", *, start: int = 0, end: int | None = None
) -> dict[str, Any]:
    times = {"startedAt": at(start), "finishedAt": None if end is None else at(end)}
    node = {"displayName": f"{name}({number})", "type": "Pod", "phase": phase, "message": message}
    return node | times


def progress(*nodes: dict[str, Any], phase: str = "Running", strategy: Any = STRATEGY) -> StepProgress | None:
    stored = {"templates": [{"name": name, "retryStrategy": strategy} for name in ("fetch", "embed")]}
    status = {"phase": phase, "storedWorkflowTemplateSpec": stored}
    by_id = {str(number): node for number, node in enumerate(nodes)}
    return read_progress(read_workflow({"status": status | {"nodes": by_id}}))


def sure(found: StepProgress | None) -> StepProgress:
    assert found is not None
    return found


def test_before_the_first_step_there_is_none() -> None:
    assert progress() is None
    assert progress({"displayName": "bebop-1", "type": "DAG", "phase": "Running"}) is None


def test_a_step_that_runs_well_has_no_cause() -> None:
    found = sure(progress(task("fetch"), attempt("fetch", 0, "Running")))
    assert (found.step, found.attempt, found.attempts, found.cause) == ("fetch", 1, 7, None)
    assert found.since == AT


@pytest.mark.parametrize("message", ["", "PodInitializing"])
def test_a_pod_that_starts_is_no_trouble(message: str) -> None:
    assert sure(progress(task("fetch"), attempt("fetch", 0, "Pending", message))).cause is None


def test_a_pod_that_has_not_started_bears_the_name_that_argo_gave_it() -> None:
    pod = attempt("fetch", 0, "Pending") | {"id": "bebop-1-2406351839", "templateName": "fetch"}
    status = {"phase": "Running", "nodes": {"1": task("fetch"), "bebop-1-2406351839": pod}}
    found = sure(read_progress(read_workflow({"metadata": {"name": "bebop-1"}, "status": status})))
    assert found.pod == PendingPod("bebop-1-fetch-2406351839", AT, silent=True)
    assert not found.started


def test_a_pod_that_waited_until_its_deadline_failed_for_what_it_waited_for() -> None:
    late = attempt(
        "embed", 0, "Failed", "Pod was active on the node longer than the specified deadline", end=9
    )
    other = attempt("fetch", 0, "Failed", "Step exceeded its deadline", end=9)
    notes = {
        labels.WAITING_CAUSE: format_waiting(WaitingCause("embed", Failure(PodReason.UNSCHEDULABLE, "none")))
    }
    for nodes, reason in (
        ([task("embed"), late], "Unschedulable"),
        ([task("fetch"), other], "DeadlineExceeded"),
    ):
        status = {"phase": "Failed", "nodes": {str(number): node for number, node in enumerate(nodes)}}
        seen = read_workflow({"metadata": {"annotations": notes}, "status": status})
        found = sure(read_progress(seen))
        assert found.cause is not None
        assert seen.failure == found.cause
        assert (found.cause.reason, [each.reason for each in found.failures]) == (reason, [reason])


@pytest.mark.parametrize(
    "text", ["", "fetch", "fetch: no such reason: x", "fetch: StoreUnavailable: x", "{}"]
)
def test_what_somebody_else_noted_is_no_cause(text: str) -> None:
    body = {"metadata": {"annotations": {labels.WAITING_CAUSE: text}}}
    assert read_workflow(body).waited is None


def test_the_first_failed_attempt_is_seen_with_the_time_of_the_next() -> None:
    found = sure(
        progress(task("fetch", message="Backoff for 2 seconds"), attempt("fetch", 0, "Failed", STORE, end=40))
    )
    assert (found.attempt, found.cause, found.running) == (1, AWAY, False)
    assert found.since == AT + timedelta(seconds=40)
    assert found.next_attempt == AT + timedelta(seconds=42)
    assert found.gives_up == AT + timedelta(hours=1)


@pytest.mark.parametrize(("failed", "pause"), [(1, 2), (2, 4), (3, 8), (5, 32), (6, 60)])
def test_the_pause_grows_up_to_its_cap(failed: int, pause: int) -> None:
    nodes = [attempt("fetch", number, "Failed", STORE, end=100 + number) for number in range(failed)]
    found = sure(progress(task("fetch"), *nodes))
    assert found.next_attempt == AT + timedelta(seconds=99 + failed + pause)


def test_after_the_last_attempt_none_follows() -> None:
    nodes = [attempt("fetch", number, "Failed", STORE, end=number) for number in range(7)]
    assert sure(progress(task("fetch"), *nodes)).next_attempt is None


def test_an_attempt_that_would_come_after_the_end_of_patience_is_not_announced() -> None:
    found = sure(progress(task("fetch"), attempt("fetch", 0, "Failed", STORE, end=3600)))
    assert found.next_attempt is None


def test_while_the_next_attempt_runs_the_cause_of_the_one_before_stays() -> None:
    found = sure(
        progress(
            task("fetch"),
            attempt("fetch", 1, "Running", start=42),
            attempt("fetch", 0, "Failed", STORE, end=40),
        )
    )
    assert (found.attempt, found.cause, found.running, found.next_attempt) == (2, AWAY, True, None)
    assert found.since == AT + timedelta(seconds=40)


def test_a_cause_is_as_old_as_the_first_of_the_attempts_that_it_ended() -> None:
    found = sure(
        progress(
            task("fetch"),
            attempt("fetch", 0, "Failed", "main: OOMKilled (exit code 137)", end=10),
            attempt("fetch", 1, "Failed", STORE, end=20),
            attempt("fetch", 2, "Failed", STORE, end=30),
        )
    )
    assert found.cause == AWAY
    assert found.since == AT + timedelta(seconds=20)
    assert [each.reason for each in found.failures] == [
        PodReason.OOM_KILLED,
        FailureReason.STORE_UNAVAILABLE,
        FailureReason.STORE_UNAVAILABLE,
    ]


def test_a_pod_that_cannot_be_scheduled_waits_and_announces_no_attempt() -> None:
    found = sure(progress(task("embed"), attempt("embed", 0, "Pending", NO_NODE, start=5)))
    assert found.cause == Failure(PodReason.UNSCHEDULABLE, NO_NODE)
    assert (found.waiting, found.next_attempt, found.gives_up) == (True, None, None)
    assert found.since == AT + timedelta(seconds=5)


def test_a_waiting_pod_tells_more_than_the_attempt_that_failed_before_it() -> None:
    found = sure(
        progress(
            task("embed"),
            attempt("embed", 0, "Error", "pod deleted", end=10),
            attempt("embed", 1, "Pending", NO_NODE, start=12),
        )
    )
    assert found.cause is not None
    assert (found.cause.reason, found.attempt) == (PodReason.UNSCHEDULABLE, 2)


def test_a_step_that_recovered_is_forgotten() -> None:
    found = sure(
        progress(
            task("fetch", "Succeeded"),
            attempt("fetch", 0, "Failed", STORE, end=10),
            attempt("fetch", 1, "Succeeded", end=20),
            task("stage"),
            attempt("stage", 0, "Running", start=21),
        )
    )
    assert (found.step, found.cause) == ("stage", None)


def test_the_gate_is_a_step() -> None:
    gate = task("review", type="Suspend")
    assert sure(progress(task("assemble", "Succeeded"), gate)).step == "review"


def test_the_exit_handler_is_the_step_conclude() -> None:
    handler = task("bebop-1-1.onExit")
    nodes = [task("commit", "Failed"), handler, attempt("bebop-1-1.onExit", 0, "Failed", STORE, end=9)]
    found = sure(progress(*nodes))
    assert (found.step, found.cause) == ("conclude", AWAY)


def test_a_run_that_ended_well_is_at_no_step() -> None:
    assert progress(task("commit", "Succeeded"), phase="Succeeded") is None


def test_a_run_that_failed_names_the_step_that_broke_it_and_nothing_to_come() -> None:
    failed = task("embed", "Failed", message="No more retries left")
    found = sure(
        progress(
            failed, attempt("embed", 0, "Failed", "main: OOMKilled (exit code 137)", end=9), phase="Failed"
        )
    )
    assert found.cause is not None
    assert (found.step, found.cause.reason) == ("embed", PodReason.OOM_KILLED)
    assert (found.next_attempt, found.gives_up, found.running) == (None, None, False)


@pytest.mark.parametrize(
    "strategy",
    [
        None,
        7,
        {"limit": {"a": 1}, "backoff": "soon"},
        {"limit": 6, "backoff": {"duration": "99999h", "factor": 99999, "maxDuration": "99999h"}},
        {"limit": "6", "backoff": {"duration": "2 weeks", "factor": "-1", "cap": "x"}},
    ],
)
def test_a_spoilt_strategy_does_no_harm(strategy: Any) -> None:
    nodes = [attempt("fetch", number, "Failed", STORE, end=number) for number in range(4)]
    nodes[0]["startedAt"] = nodes[3]["finishedAt"] = "9999-12-31T23:59:59Z"
    assert sure(progress(task("fetch"), *nodes, strategy=strategy)).cause == AWAY
