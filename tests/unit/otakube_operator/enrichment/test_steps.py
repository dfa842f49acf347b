# SPDX-License-Identifier: Apache-2.0
"""The step that a run is at, as a person reads it in the object."""

from dataclasses import replace
from typing import Any

import pytest

from operator_builders import (
    LATER,
    Planned,
    after,
    condition,
    enrichment,
    fetched,
    gate,
    imaged,
    planned,
    run_of,
    workflow,
)
from otakube_api.argo import read_workflow
from otakube_api.v1alpha1.anime_enrichment import StepStatus
from otakube_operator.enrichment.observed import Results
from otakube_operator.enrichment.runs import read_results

STORE = "main: Error (exit code 75): StoreUnavailable: bucket: no answer"
NO_NODE = "Unschedulable: 0/1 nodes are available: 1 Insufficient nvidia.com/gpu."
STRATEGY = {"limit": "6", "backoff": {"duration": "2s", "factor": "2", "cap": "60s", "maxDuration": "1h"}}
STORED = {"templates": [{"name": name, "retryStrategy": STRATEGY} for name in ("fetch", "stage", "embed")]}


def attempt(name: str, number: int, phase: str, message: str = "", second: int = 0) -> dict[str, Any]:
    at = f"2027-01-01T12:00:{second:02}Z"
    ended = at if phase in {"Failed", "Error"} else None
    node = {"displayName": f"{name}({number})", "type": "Pod", "phase": phase, "message": message}
    return node | {"startedAt": "2027-01-01T12:00:00Z", "finishedAt": ended}


def task(name: str, phase: str = "Running") -> dict[str, Any]:
    return {"displayName": name, "type": "Retry", "phase": phase, "startedAt": "2027-01-01T12:00:00Z"}


def results(*nodes: dict[str, Any], phase: str = "Running") -> Results:
    return read_results(read_workflow(workflow(nodes, phase=phase, storedWorkflowTemplateSpec=STORED)))


def at(*nodes: dict[str, Any], phase: str = "Running", **changes: Any) -> Planned:
    seen = enrichment()
    return planned(seen, run_of(seen, phase=phase, results=results(*nodes, phase=phase), **changes))


def step(made: Planned) -> StepStatus:
    assert made.status.step is not None
    return made.status.step


def message(made: Planned) -> str:
    [ready] = [each for each in made.status.conditions if each.type == "Ready"]
    return ready.message


def test_a_healthy_run_shows_the_step_that_it_is_at() -> None:
    made = at(fetched(), task("stage"), attempt("stage", 0, "Running"))
    assert (step(made).name, step(made).attempt, step(made).reason, step(made).next) == (
        "stage",
        1,
        None,
        None,
    )
    assert condition(made, "Reconciling") == ("True", "WorkflowRunning")
    assert message(made).endswith("runs: step stage.")


def test_a_failed_attempt_is_named_with_its_cause_and_what_follows() -> None:
    made = at(task("fetch"), attempt("fetch", 0, "Failed", STORE, 40))
    assert condition(made, "Ready") == ("Unknown", "StoreUnavailable")
    assert condition(made, "Reconciling") == ("True", "StoreUnavailable")
    assert message(made) == (
        "Step fetch, attempt 1 of 7, failed: StoreUnavailable: bucket: no answer. "
        "Attempt 2 follows about 12:00:42 UTC, none after 13:00:00 UTC."
    )
    assert step(made) == StepStatus(
        name="fetch",
        attempt=1,
        attempt_limit=7,
        reason="StoreUnavailable",
        message="bucket: no answer",
        since_time="2027-01-01T12:00:40Z",
        next="Attempt 2 follows about 12:00:42 UTC, none after 13:00:00 UTC.",
    )


def test_the_cause_stays_while_the_next_attempt_runs() -> None:
    made = at(task("fetch"), attempt("fetch", 0, "Failed", STORE), attempt("fetch", 1, "Running"))
    assert condition(made, "Reconciling") == ("True", "StoreUnavailable")
    assert "attempt 1 of 7, failed" in message(made)
    assert step(made).next == "Attempt 2 runs."


def test_a_pod_that_cannot_be_scheduled_is_said_to_wait() -> None:
    made = at(task("embed"), attempt("embed", 0, "Pending", NO_NODE))
    assert condition(made, "Reconciling") == ("True", "Unschedulable")
    assert (
        message(made) == f"Step embed, attempt 1 of 7, waits: {NO_NODE} It starts by itself once a node fits."
    )


def test_a_step_that_recovered_leaves_no_trace() -> None:
    failing = at(task("fetch"), attempt("fetch", 0, "Failed", STORE))
    seen = after(enrichment(), failing)
    well = results(
        fetched(), attempt("fetch", 0, "Failed", STORE), task("stage"), attempt("stage", 0, "Running")
    )
    made = planned(seen, run_of(seen, results=well), now=LATER)
    assert condition(made, "Ready") == ("Unknown", "WorkflowRunning")
    assert step(made).reason is None


def test_the_same_nodes_are_written_once() -> None:
    seen = enrichment()
    run = run_of(seen, results=results(task("fetch"), attempt("fetch", 0, "Failed", STORE)))
    for _ in range(2):
        seen = after(seen, planned(seen, run))
    assert planned(seen, run, now=LATER).changes_nothing(seen)


def test_a_held_run_is_suspended_whatever_its_step_lacks() -> None:
    seen = enrichment(suspend=True)
    waiting = results(task("embed"), attempt("embed", 0, "Pending", NO_NODE))
    made = planned(seen, run_of(seen, suspended=True, results=waiting))
    assert condition(made, "Ready") == ("Unknown", "Suspended")
    assert step(made).reason == "Unschedulable"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("main: OOMKilled (exit code 137)", "OOMKilled"),
        ("The node was low on resource: memory.", "Evicted"),
        ("pod deleted", "PodLost"),
        ("Step exceeded its deadline", "DeadlineExceeded"),
        ("main: Error (exit code 1)", "UnexpectedError"),
    ],
)
def test_a_run_that_ended_over_its_pod_stalls_with_the_reason_of_the_pod(words: str, reason: str) -> None:
    made = at(task("embed", "Failed"), attempt("embed", 0, "Failed", words), phase="Failed")
    assert condition(made, "Stalled") == ("True", reason)
    assert step(made).name == "embed"


def test_a_gate_that_fell_with_its_run_is_no_rejection() -> None:
    made = at(fetched(), imaged("Required"), gate("Failed", reviewer="mai"), phase="Failed")
    assert condition(made, "Stalled") == ("True", "WorkflowStopped")
    assert made.status.review is None


def test_a_run_that_is_retried_after_a_stop_at_the_gate_is_no_rejection() -> None:
    made = at(fetched(), imaged("Required"), gate("Failed"))
    assert condition(made, "Stalled") is None


def test_a_gate_that_a_deadline_ended_is_said_to_have_met_it() -> None:
    late = gate("Failed") | {"message": "Step exceeded its deadline"}
    made = at(fetched(), imaged("Required"), late, phase="Failed")
    assert condition(made, "Stalled") == ("True", "DeadlineExceeded")


def test_a_stopped_run_says_at_which_step() -> None:
    ended = attempt("embed", 0, "Failed", "workflow shutdown with strategy:  Stop")
    made = at(task("embed", "Failed"), ended, phase="Failed", shutdown="Stop")
    assert condition(made, "Stalled") == ("True", "WorkflowStopped")
    assert "stopped at the step embed" in message(made)


def test_a_plan_does_not_change_with_a_steps_progress() -> None:
    seen = enrichment()
    run = run_of(seen)
    failing = replace(run, results=results(task("fetch"), attempt("fetch", 0, "Failed", STORE)))
    assert planned(seen, failing).patches == planned(seen, run).patches == ()
