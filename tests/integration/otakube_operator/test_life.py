# SPDX-License-Identifier: Apache-2.0
"""The operator against a real API server, while a test writes what Argo would."""

import time
from datetime import UTC, datetime

import httpx2
import pytest

from control_plane import ControlPlane
from integration.otakube_operator.conftest import Body, World
from operator_builders import committed, fetched, gate, imaged, node
from operator_process import OperatorProcess
from otakube_api import labels
from otakube_api.contract import TEMPLATE, Parameter

pytestmark = pytest.mark.usefixtures("operator")

DONE = (fetched(), imaged(), committed())
AT_THE_GATE = (fetched(), imaged("Required", ["title differs"]), gate())

PHASES: dict[str, tuple[Body, ...]] = {
    "pending": (),
    "fetched": (fetched(),),
    "waiting for review": AT_THE_GATE,
}


def bring_to(world: World, phase: str) -> str:
    """A run in that phase; returns its Workflow's name."""
    world.apply()
    world.eventually_ready("Unknown", "WorkflowStarting")
    name: str = world.workflow()["metadata"]["name"]
    if phase != "pending":
        world.argo(*PHASES[phase])
        expected = "AwaitingDecision" if phase == "waiting for review" else "WorkflowRunning"
        world.eventually_ready("Unknown", expected)
        world.eventually(lambda: labels.FINALIZER in finalizers(world))
    return name


def finalizers(world: World) -> list[str]:
    found: list[str] = (world.enrichment() or {"metadata": {}})["metadata"].get("finalizers", [])
    return found


def spec_of(world: World, name: str) -> Body:
    [spec] = [each["spec"] for each in world.workflows() if each["metadata"]["name"] == name]
    return dict(spec)


def end(world: World, name: str) -> None:
    """End a Workflow as Argo does once told to."""
    world.argo(phase="Failed", workflow=name, message="Stopped with strategy 'Terminate'")


AWAY = "main: Error (exit code 75): StoreUnavailable: bucket: no answer"


def an_attempt(number: int, phase: str, message: str = "") -> Body:
    return node(f"fetch({number})", phase, type="Pod") | {"message": message}


def test_a_step_that_fails_is_said_everywhere_with_one_event_for_its_cause(
    world: World, operator: OperatorProcess
) -> None:
    bring_to(world, "pending")
    world.argo(node("fetch", "Running"), an_attempt(0, "Failed", AWAY))
    world.eventually(lambda: world.condition("Reconciling") == ("True", "StoreUnavailable"))
    world.argo(node("fetch", "Running"), an_attempt(0, "Failed", AWAY), an_attempt(1, "Running"))
    world.eventually(lambda: (world.enrichment() or {})["status"]["step"]["attempt"] == 2)
    waiting = "Unschedulable: 0/1 nodes are available: 1 Insufficient cpu."
    world.argo(node("fetch", "Running"), an_attempt(0, "Failed", AWAY), an_attempt(1, "Pending", waiting))
    world.eventually_ready("Unknown", "Unschedulable")
    world.eventually(lambda: {"StoreUnavailable", "Unschedulable"} <= set(world.events()))
    assert [world.events().count(each) for each in ("StoreUnavailable", "Unschedulable")] == [1, 1]
    told = {each["reason"]: each["type"] for each in world.event_bodies()}
    assert (told["StoreUnavailable"], told["Unschedulable"]) == ("Warning", "Warning")
    page = httpx2.get(operator.probes + "/metrics", timeout=10).text
    assert 'otakube_operator_step_failures_total{reason="StoreUnavailable",step="fetch"} 1.0' in page
    assert 'otakube_operator_troubled_runs{reason="Unschedulable",step="fetch"} 1.0' in page
    world.argo(node("fetch"), node("stage", "Running"))
    world.eventually_ready("Unknown", "WorkflowRunning")
    assert (world.enrichment() or {})["status"]["step"]["name"] == "stage"


def test_a_run_cut_off_in_its_commit_is_ready_by_the_word_of_its_exit_handler(world: World) -> None:
    name = bring_to(world, "fetched")
    cut = node("commit", "Failed") | {"message": "Stopped with strategy 'Stop'"}
    handler = committed(3) | {"displayName": f"{name}.onExit"}
    world.argo(fetched(), imaged(), cut, handler, phase="Failed", workflow=name)
    world.eventually_ready("True", "Published")
    assert (world.enrichment() or {})["status"]["liveVersion"] == 3


def test_events_read_back_in_the_order_and_at_the_time_of_what_they_tell(
    world: World, plane: ControlPlane
) -> None:
    told: dict[str, datetime] = {}  # reason: earliest moment at which it can have become true
    world.apply()
    told["WorkflowStarting"] = now()
    world.eventually_ready("Unknown", "WorkflowStarting")
    time.sleep(1.1)  # Event times are whole seconds
    for reason, nodes in (("WorkflowRunning", (fetched(),)), ("AwaitingDecision", AT_THE_GATE)):
        told[reason] = now()
        world.argo(*nodes)
        world.eventually_ready("Unknown", reason)
        world.eventually(lambda reason=reason: reason in world.events())
        time.sleep(1.1)
    items = {item["reason"]: item for item in world.event_bodies()}
    assert items.keys() == told.keys()
    for reason, earliest in told.items():
        at = datetime.fromisoformat(items[reason]["lastTimestamp"])
        assert earliest.replace(microsecond=0) <= at <= now(), reason
    described = plane.kubectl("describe", "animeenrichments", "-n", world.namespace).stdout
    _, _, events = described.rpartition("Events:")
    assert [line.split()[1] for line in events.splitlines()[3:] if line.split()] == list(told)


def now() -> datetime:
    return datetime.now(UTC)


def test_a_whole_life_from_apply_to_published(world: World) -> None:
    world.apply()
    world.eventually_ready("Unknown", "WorkflowStarting")
    world.argo()
    world.eventually_ready("Unknown", "WorkflowRunning")
    world.argo(fetched(("AniList", "RateLimited")))
    world.eventually(lambda: world.condition("SourceFailed") == ("True", "SourceFailed"))
    world.argo(*AT_THE_GATE)
    world.eventually(lambda: world.condition("AwaitingReview") == ("True", "AwaitingDecision"))
    world.argo(fetched(), imaged("Required"), gate("Succeeded", "approve", reviewer="mai"), committed(4))
    world.eventually_ready("True", "Published")
    assert finalizers(world) == [labels.FINALIZER]  # the exit handler still runs
    world.argo(*DONE, phase="Succeeded")
    world.eventually(lambda: finalizers(world) == [])
    body = world.enrichment()
    assert body is not None
    assert body["status"]["workflow"]["phase"] == "Succeeded"
    assert body["status"]["observedGeneration"] == body["metadata"]["generation"]
    assert len(world.workflows()) == 1


def test_the_workflow_holds_reference_arguments_owner_and_labels_only(world: World) -> None:
    owner = world.apply(review={"policy": "Required", "timeout": "2h"})
    [workflow] = world.eventually_workflows(1)
    assert set(workflow["spec"]) == {"workflowTemplateRef", "arguments"}
    assert workflow["spec"]["workflowTemplateRef"] == {"name": TEMPLATE}
    given = {each["name"]: each["value"] for each in workflow["spec"]["arguments"]["parameters"]}
    assert set(given) == set(Parameter)
    assert (given["title"], given["review-policy"], given["review-timeout"]) == (
        "Cowboy Bebop",
        "Required",
        "2h",
    )
    [reference] = workflow["metadata"]["ownerReferences"]
    assert (reference["uid"], reference["controller"]) == (owner["metadata"]["uid"], True)


def test_events_tell_each_transition_once(world: World) -> None:
    bring_to(world, "waiting for review")
    world.argo(*DONE, phase="Succeeded")
    world.eventually_ready("True", "Published")
    world.eventually(
        lambda: (
            world.events() == ["AwaitingDecision", "Published", "WorkflowRunning", "WorkflowStarting"]
            or world.events() == ["AwaitingDecision", "Published", "WorkflowStarting"]
        )
    )


@pytest.mark.parametrize("phase", PHASES)
def test_suspending_and_resuming_in_every_phase(world: World, phase: str) -> None:
    name = bring_to(world, phase)
    world.edit(suspend=True)
    world.eventually(lambda: spec_of(world, name).get("suspend") is True)
    world.eventually_ready("Unknown", "Suspended")
    world.edit(suspend=False)
    world.eventually(lambda: "suspend" not in spec_of(world, name))
    world.eventually(lambda: world.ready()[1] != "Suspended")
    assert len(world.workflows()) == 1


def test_a_suspended_enrichment_starts_when_it_is_resumed(world: World) -> None:
    world.apply(suspend=True)
    world.eventually_ready("Unknown", "Suspended")
    assert world.workflows() == []
    world.edit(suspend=False)
    world.eventually_workflows(1)


@pytest.mark.parametrize("phase", PHASES)
def test_an_edit_in_every_phase_ends_the_old_run_before_the_new_one(world: World, phase: str) -> None:
    name = bring_to(world, phase)
    world.edit(review={"policy": "Never"})
    world.eventually(lambda: spec_of(world, name).get("shutdown") == "Terminate")
    world.eventually_ready("Unknown", "Superseded")
    assert len(world.workflows()) == 1
    end(world, name)
    world.eventually_workflows(2)
    given = {each["name"]: each["value"] for each in world.workflow()["spec"]["arguments"]["parameters"]}
    assert (given["generation"], given["review-policy"]) == ("2", "Never")


@pytest.mark.parametrize("phase", ["fetched", "waiting for review"])
def test_a_deletion_stops_the_run_and_ends_with_it(world: World, phase: str) -> None:
    name = bring_to(world, phase)
    world.delete()
    world.eventually(lambda: spec_of(world, name).get("shutdown") == "Stop")
    assert world.enrichment() is not None
    world.eventually_ready("Unknown", "Deleting")
    end(world, name)
    world.eventually(lambda: world.enrichment() is None)
    assert len(world.workflows()) == 1


def test_a_deletion_while_suspended_lets_the_run_end(world: World) -> None:
    name = bring_to(world, "fetched")
    world.edit(suspend=True)
    world.eventually(lambda: spec_of(world, name).get("suspend") is True)
    world.delete()
    world.eventually(lambda: spec_of(world, name).get("shutdown") == "Stop")
    assert "suspend" not in spec_of(world, name)
    end(world, name)
    world.eventually(lambda: world.enrichment() is None)


def test_a_deletion_before_or_after_the_run_is_not_delayed(world: World) -> None:
    bring_to(world, "pending")
    world.delete()
    assert world.enrichment() is None
    world.apply("second")
    world.eventually_ready("Unknown", "WorkflowStarting", "second")
    [name] = [
        each["metadata"]["name"]
        for each in world.workflows()
        if each["metadata"]["labels"][labels.ENRICHMENT_NAME] == "second"
    ]
    world.argo(*DONE, phase="Succeeded", workflow=name)
    world.eventually_ready("True", "Published", "second")
    world.eventually(lambda: "finalizers" not in (world.enrichment("second") or {})["metadata"])
    world.delete("second")
    assert world.enrichment("second") is None


def test_a_failure_stalls_with_its_reason_and_a_request_starts_again(world: World) -> None:
    name = bring_to(world, "fetched")
    broken = node("fetch(0)", "Failed", type="Pod")
    broken["message"] = "Error (exit code 65): AnimeUnknown: no provider knows it"
    world.argo(broken, phase="Failed")
    world.eventually(lambda: world.condition("Stalled") == ("True", "AnimeUnknown"))
    world.edit(annotations={labels.REQUESTED_AT: "2027-01-01T12:00:00Z"})
    second = world.eventually_workflows(2)[-1]["metadata"]
    assert second["name"] != name
    assert second["labels"][labels.ATTEMPT] == "2"
    world.eventually(lambda: (world.enrichment() or {})["status"].get("lastHandledRequest"))
    assert world.condition("Stalled") is None


def test_a_workflow_deleted_by_hand_is_replaced_until_the_generation_is_published(world: World) -> None:
    first = bring_to(world, "fetched")
    world.delete_workflow(first)
    world.eventually(lambda: [each["metadata"]["name"] for each in world.workflows()] not in ([], [first]))
    second = world.workflow()["metadata"]["name"]
    world.argo(*DONE, phase="Succeeded")
    world.eventually_ready("True", "Published")
    world.delete_workflow(second)
    world.edit(failedWorkflowsHistoryLimit=2)
    world.eventually(lambda: (world.enrichment() or {})["status"]["observedGeneration"] == 2)
    assert world.ready() == ("True", "Published")
    assert world.workflows() == []


def test_old_workflows_beyond_the_limit_go(world: World) -> None:
    world.apply(failedWorkflowsHistoryLimit=1)
    for attempt in range(1, 4):
        world.eventually(lambda: [each for each in world.workflows() if "status" not in each])
        world.argo(phase="Failed", message="Max duration limit exceeded")
        world.eventually(lambda: world.condition("Stalled") == ("True", "UnexpectedError"))
        world.edit(annotations={labels.REQUESTED_AT: str(attempt)})
    world.eventually(lambda: len(world.workflows()) == 2)  # one failed, one running


def test_the_probes_and_metrics_tell_the_truth(world: World, operator: OperatorProcess) -> None:
    bring_to(world, "fetched")
    assert operator.health() == 200
    assert operator.metric("otakube_operator_objects_created_total", kind="Workflow") == 1
    assert operator.metric("otakube_operator_watch_age_seconds", resource="workflows") < 60
    assert (
        operator.metric(
            "otakube_operator_condition_transitions_total", type="Ready", reason="WorkflowRunning"
        )
        == 1
    )
    assert httpx2.get(operator.probes + "/nothing").status_code == 404
