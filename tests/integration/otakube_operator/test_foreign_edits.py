# SPDX-License-Identifier: Apache-2.0
"""Labels, owners and arguments of a run in other hands, in each phase of the run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from control_plane import ControlPlane
from integration.otakube_operator.conftest import Body, World
from integration.otakube_operator.history import PATCHES
from integration.otakube_operator.test_life import AT_THE_GATE, DONE, bring_to, end, spec_of
from operator_builders import fetched
from operator_process import OperatorProcess, running_operator
from otakube_api import labels

MARKS = ("relabels", "takes", "gives")
EDITS = [name for name in PATCHES if name.startswith(MARKS) and "argument" not in name]


def suspended(world: World) -> str:
    name = bring_to(world, "waiting for review")
    world.edit(suspend=True)
    world.eventually(lambda: spec_of(world, name).get("suspend") is True)
    return name


def finished(world: World) -> str:
    name = bring_to(world, "fetched")
    world.argo(*DONE, phase="Succeeded")
    world.eventually_ready("True", "Published")
    return name


def deleting(world: World) -> str:
    name = bring_to(world, "fetched")
    world.delete()
    world.eventually(lambda: spec_of(world, name).get("shutdown") == "Stop")
    return name


PHASES: dict[str, Callable[[World], str]] = {
    "not started": lambda world: bring_to(world, "pending"),
    "running": lambda world: bring_to(world, "fetched"),
    "at the gate": lambda world: bring_to(world, "waiting for review"),
    "suspended at the gate": suspended,
    "finished": finished,
    "deleting": deleting,
}


def marks(world: World, name: str) -> Body:
    """What says which run a Workflow is, as it stands."""
    [meta] = [each["metadata"] for each in world.workflows() if each["metadata"]["name"] == name]
    tags, uids = meta.get("labels") or {}, [each["uid"] for each in meta.get("ownerReferences") or ()]
    ours = {key: tags.get(key) for key in (labels.ENRICHMENT_UID, labels.GENERATION, labels.ATTEMPT)}
    return {**ours, "managed": tags.get(labels.MANAGED_BY), "owned": ours[labels.ENRICHMENT_UID] in uids}


def edit(world: World, name: str, what: str) -> None:
    """Lay that hand on a Workflow."""
    [workflow] = [each for each in world.workflows() if each["metadata"]["name"] == name]
    assert world.send("PATCH", "workflows", name, PATCHES[what](workflow)) == 200


@pytest.mark.parametrize("phase", PHASES)
def test_marks_are_restored_in_every_phase_and_the_run_stays_the_only_one(
    world: World, operator: OperatorProcess, phase: str
) -> None:
    name = PHASES[phase](world)
    whole = marks(world, name)
    for what in EDITS:
        edit(world, name, what)
        world.eventually(lambda: marks(world, name) == whole)
    assert [each["metadata"]["name"] for each in world.workflows()] == [name]
    if phase == "deleting":
        end(world, name)
        world.eventually(lambda: world.enrichment() is None)
    elif phase != "finished":
        world.edit(suspend=False)
        world.argo(*AT_THE_GATE, workflow=name)
        world.eventually_ready("Unknown", "AwaitingDecision")
        world.argo(*DONE, phase="Succeeded", workflow=name)
        world.eventually_ready("True", "Published")
    assert operator.process.poll() is None


@pytest.mark.parametrize("phase", PHASES)
def test_a_run_that_lost_all_marks_while_no_operator_was_there_is_found_again(
    plane: ControlPlane, world: World, operator: OperatorProcess, tmp_path: Path, phase: str
) -> None:
    name = PHASES[phase](world)
    whole = marks(world, name)
    operator.kill()
    edit(world, name, "takes labels and owner off")
    with running_operator(plane, tmp_path, namespace=world.namespace):
        world.eventually(lambda: marks(world, name) == whole)
        assert [each["metadata"]["name"] for each in world.workflows()] == [name]


def test_a_relabelled_generation_and_an_edit_start_one_workflow(
    world: World, operator: OperatorProcess
) -> None:
    name = finished(world)
    edit(world, name, "relabels the generation")
    world.edit(review={"policy": "Never"})
    world.eventually_workflows(2)
    world.argo(fetched())
    world.eventually_ready("Unknown", "WorkflowRunning")
    assert len(world.workflows()) == 2
    assert operator.metric("otakube_operator_objects_created_total", kind="Workflow") == 2


@pytest.mark.usefixtures("operator")
def test_a_relabelled_attempt_answers_no_request(world: World) -> None:
    name = finished(world)
    edit(world, name, "relabels the attempt")
    world.edit(annotations={labels.REQUESTED_AT: "today"})
    second = world.eventually_workflows(2)[-1]
    assert second["metadata"]["labels"][labels.ATTEMPT] == "2"
