# SPDX-License-Identifier: Apache-2.0
"""Runs that wait for their turn, at a real API server, while a test writes what Argo would."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from control_plane import ControlPlane
from integration.otakube_operator.conftest import Body, World
from operator_builders import fetched, node
from operator_process import OperatorProcess, running_operator
from otakube_api import labels
from otakube_api.contract import Node

AT_ONCE = 2


@pytest.fixture
def operator(plane: ControlPlane, world: World, tmp_path: Path) -> Iterator[OperatorProcess]:
    """An operator that lets two runs ask at once."""
    with serving(plane, world, tmp_path) as process:
        yield process


@contextmanager
def serving(plane: ControlPlane, world: World, folder: Path) -> Iterator[OperatorProcess]:
    with running_operator(plane, folder, namespace=world.namespace, concurrent_runs=AT_ONCE) as process:
        yield process


def started(world: World) -> list[str]:
    """Objects that have a Workflow, in the order of their starts."""
    return [each["metadata"]["ownerReferences"][0]["name"] for each in world.workflows()]


def queue_of(world: World, name: str) -> Body:
    found: Body = (world.enrichment(name) or {}).get("status", {}).get("queue", {})
    return found


def end_fetch(world: World, name: str) -> None:
    """Write that the fetch of an object's latest run has ended, as Argo would."""
    runs = [each for each in world.workflows() if each["metadata"]["ownerReferences"][0]["name"] == name]
    world.argo(fetched(), node(Node.STAGE, "Running"), workflow=runs[-1]["metadata"]["name"])


def eventually_queued(world: World, *names: str) -> None:
    for name in names:
        world.eventually(lambda name=name: world.condition("Reconciling", name) == ("True", "Queued"))
        assert 1 <= queue_of(world, name)["place"] <= 5


def fill(world: World) -> None:
    """Two runs that ask."""
    for name in ("first", "second"):
        world.apply(name)
    world.eventually(lambda: sorted(started(world)) == ["first", "second"])


@pytest.mark.usefixtures("operator")
def test_the_next_starts_as_soon_as_a_fetch_has_ended(world: World) -> None:
    fill(world)
    world.apply("c-third")
    eventually_queued(world, "c-third")
    world.apply("d-fourth")
    eventually_queued(world, "c-third", "d-fourth")
    assert len(started(world)) == AT_ONCE
    end_fetch(world, "first")
    world.eventually(lambda: "c-third" in started(world))
    assert "d-fourth" not in started(world)
    world.eventually(lambda: not queue_of(world, "c-third"))
    end_fetch(world, "second")
    world.eventually(lambda: "d-fourth" in started(world))


@pytest.mark.usefixtures("operator")
def test_a_higher_priority_goes_first_and_whoever_leaves_frees_the_place(world: World) -> None:
    fill(world)
    world.apply("waits")
    eventually_queued(world, "waits")
    world.apply("held")
    world.apply("urgent", priority=10)
    eventually_queued(world, "urgent", "waits", "held")
    world.edit("waits", suspend=True)
    world.eventually_ready("Unknown", "Suspended", "waits")
    end_fetch(world, "first")
    world.eventually(lambda: "urgent" in started(world))
    world.delete("held")
    world.apply("last")
    eventually_queued(world, "last")
    world.edit("waits", suspend=False)
    end_fetch(world, "second")
    world.eventually(lambda: len(started(world)) == 4)
    assert "held" not in started(world)


@pytest.mark.usefixtures("operator")
def test_a_run_asked_for_again_waits_too(world: World) -> None:
    world.apply("first")
    world.eventually(lambda: started(world) == ["first"])
    first = world.workflow()["metadata"]["name"]
    world.argo(fetched(), phase="Failed", workflow=first)
    world.eventually_ready("False", "UnexpectedError", "first")
    world.apply("second")
    world.apply("c-third")
    world.eventually(lambda: len(started(world)) == 3)
    world.edit("first", annotations={labels.REQUESTED_AT: "now"})
    eventually_queued(world, "first")
    end_fetch(world, "second")
    world.eventually(lambda: started(world).count("first") == 2)


def test_a_restart_keeps_the_order(plane: ControlPlane, world: World, tmp_path: Path) -> None:
    with serving(plane, world, tmp_path) as operator:
        fill(world)
        made = [world.apply(name)["metadata"] for name in "cab"]
        eventually_queued(world, *"cab")
        operator.kill()
    names = [
        each["name"] for each in sorted(made, key=lambda each: (each["creationTimestamp"], each["name"]))
    ]
    end_fetch(world, "first")
    for done, name in zip(["second", *names], names, strict=False):
        with serving(plane, world, tmp_path) as operator:
            world.eventually(lambda name=name: name in started(world))
            operator.kill()
        assert len(started(world)) == 3 + names.index(name)
        end_fetch(world, done)


def test_a_restart_over_a_queue_writes_nothing(plane: ControlPlane, world: World, tmp_path: Path) -> None:
    with serving(plane, world, tmp_path):
        fill(world)
        world.apply("c-third")
        eventually_queued(world, "c-third")
    before = (world.enrichment("c-third") or {})["metadata"]["resourceVersion"]
    with serving(plane, world, tmp_path) as operator:
        world.eventually(lambda: operator.metric("otakube_operator_reconcile_seconds_count") >= 3)
        assert operator.metric("otakube_operator_api_writes_total") == 0
    assert (world.enrichment("c-third") or {})["metadata"]["resourceVersion"] == before
