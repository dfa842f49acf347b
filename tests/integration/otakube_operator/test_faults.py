# SPDX-License-Identifier: Apache-2.0
"""Kills, cuts and storms change nothing: the same end, with one Workflow per generation."""

import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest
import yaml

from control_plane import ControlPlane
from integration.otakube_operator.conftest import Body, World
from integration.otakube_operator.proxy import Proxy
from operator_builders import committed, fetched, imaged
from operator_process import OperatorProcess, running_operator
from otakube_operator.enrichment.observed import Enrichment, read_enrichment
from otakube_operator.enrichment.workflows import NewRun

SAMPLES = Path(__file__).parents[3] / "crds/samples"
DONE = (fetched(("Kitsu", "Unavailable")), imaged(), committed())


def _operator(
    plane: ControlPlane, world: World, folder: Path, proxy: Proxy | None = None
) -> AbstractContextManager[OperatorProcess]:
    server = proxy.url if proxy is not None else ""
    return running_operator(plane, folder, namespace=world.namespace, server=server)


def _revive(
    stack: ExitStack, operators: list[OperatorProcess], plane: ControlPlane, world: World, folder: Path
) -> None:
    """Start another operator once the first was killed, as its Deployment would."""
    if operators[0].process.wait() == -signal.SIGKILL:
        operators.append(stack.enter_context(_operator(plane, world, folder)))


def live(world: World) -> None:
    """One life with an edit in its middle, each step as soon as the one before is seen."""
    world.eventually_ready("Unknown", "WorkflowStarting")
    first = world.workflow()["metadata"]["name"]
    world.argo(fetched())
    world.eventually_ready("Unknown", "WorkflowRunning")
    world.edit(review={"policy": "Never"})
    world.eventually(lambda: _shut_down(world, first))
    world.argo(phase="Failed", workflow=first, message="Stopped with strategy 'Terminate'")
    world.eventually_workflows(2)
    world.argo(*DONE)
    world.eventually_ready("True", "Published")
    world.argo(*DONE, phase="Succeeded")
    world.eventually(lambda: "finalizers" not in (world.enrichment() or {})["metadata"])


def _shut_down(world: World, name: str) -> bool:
    return any(each["spec"].get("shutdown") for each in world.workflows() if each["metadata"]["name"] == name)


def outcome(world: World) -> Body:
    """The status that a person sees in the end, without names, times and versions."""
    body = world.enrichment()
    assert body is not None
    status = body["status"]
    workflow = {**status["workflow"], "name": "", "uid": ""}
    conditions = [(each["type"], each["status"], each["reason"]) for each in status["conditions"]]
    kept = ("entryId", "title", "liveVersion", "sources", "observedGeneration", "images", "confidence")
    generations = [each["metadata"]["labels"]["otakube.dev/generation"] for each in world.workflows()]
    return {
        **{name: status[name] for name in kept},
        "workflow": workflow,
        "conditions": conditions,
        "generations": generations,
    }


EXPECTED_WRITES = 11  # of `live`, Events aside; a change here is a change of what an enrichment costs


@pytest.mark.matrix(every=3)
@pytest.mark.parametrize("fatal", [0, *range(1, EXPECTED_WRITES + 1)])
def test_killed_after_any_write_the_end_is_the_same(
    plane: ControlPlane, world: World, proxy: Proxy, tmp_path: Path, fatal: int
) -> None:
    def strike(_: int) -> None:
        counted = [write for write in proxy.writes if not write.endswith("/events")]
        if len(counted) == fatal and not struck:
            struck.append(counted[-1])
            operators[-1].kill()

    struck: list[str] = []
    operators: list[OperatorProcess] = []
    proxy.after_write = strike
    world.apply()
    with ExitStack() as stack:
        operators.append(stack.enter_context(_operator(plane, world, tmp_path, proxy)))
        revival = threading.Thread(target=_revive, args=(stack, operators, plane, world, tmp_path))
        revival.start()
        live(world)
        operators[-1].process.terminate()
        revival.join()
    assert bool(struck) == bool(fatal)
    assert outcome(world) == {
        "entryId": "ani_1",
        "title": "Cowboy Bebop",
        "liveVersion": 1,
        "sources": outcome(world)["sources"],
        "observedGeneration": 2,
        "images": {"stored": 12, "failed": 1},
        "confidence": "0.91",
        "workflow": {
            "name": "", "uid": "", "generation": 2, "attempt": 1, "phase": "Succeeded",
            "startTime": "2027-01-01T12:00:00Z",
        },
        "conditions": [("Ready", "True", "Published"), ("SourceFailed", "True", "SourceFailed")],
        "generations": ["1", "2"],
    }  # fmt: skip
    if not fatal:
        counted = [write for write in proxy.writes if not write.endswith("/events")]
        assert len(counted) == EXPECTED_WRITES, counted


def test_a_restart_with_nothing_to_do_writes_nothing(
    plane: ControlPlane, world: World, proxy: Proxy, operator: OperatorProcess, tmp_path: Path
) -> None:
    world.apply()
    world.apply("resting", suspend=True)
    world.eventually_ready("Unknown", "Suspended", "resting")
    world.eventually_ready("Unknown", "WorkflowStarting")
    world.argo(*DONE, phase="Succeeded")
    world.eventually_ready("True", "Published")
    world.apply("pending")
    world.eventually_ready("Unknown", "WorkflowStarting", "pending")
    operator.kill()
    with running_operator(
        plane, tmp_path, namespace=world.namespace, server=proxy.url, resync_seconds=1
    ) as second:
        world.eventually(lambda: second.metric("otakube_operator_reconcile_seconds_count") >= 9)
    assert proxy.writes == []


def test_two_operators_by_mistake_make_one_workflow_a_generation(
    plane: ControlPlane, world: World, operator: OperatorProcess, tmp_path: Path
) -> None:
    with _operator(plane, world, tmp_path):
        names = [f"anime-{number}" for number in range(20)]
        for name in names:
            world.apply(name)
        for name in names:
            world.eventually_ready("Unknown", "WorkflowStarting", name)
        for name in names:
            world.edit(name, review={"policy": "Never"})
        world.eventually(lambda: sum(bool(each["spec"].get("shutdown")) for each in world.workflows()) == 20)
        for each in world.workflows():
            world.argo(phase="Failed", workflow=each["metadata"]["name"])
        world.eventually_workflows(40)
    tags = [each["metadata"]["labels"] for each in world.workflows()]
    runs = {(tag["otakube.dev/enrichment"], tag["otakube.dev/generation"]) for tag in tags}
    assert len(runs) == 40


def test_an_api_server_that_is_away_for_half_a_minute_is_waited_for(
    plane: ControlPlane, world: World, proxy: Proxy, tmp_path: Path
) -> None:
    with _operator(plane, world, tmp_path, proxy) as operator:
        world.apply()
        world.eventually_ready("Unknown", "WorkflowStarting")
        proxy.cut()
        world.argo(*DONE, phase="Succeeded")
        world.apply("meanwhile")
        away_until = time.monotonic() + 30
        world.eventually(lambda: time.monotonic() > away_until, patience=40)
        proxy.heal()
        world.eventually_ready("True", "Published")
        world.eventually_ready("Unknown", "WorkflowStarting", "meanwhile")
        assert operator.process.poll() is None
    assert len(world.workflows()) == 2


@pytest.mark.parametrize("status", [409, 429, 500, 503])
def test_a_storm_of_refusals_passes(
    plane: ControlPlane, world: World, proxy: Proxy, tmp_path: Path, status: int
) -> None:
    dice = random.Random(status)
    proxy.answer = lambda _: status if dice.random() < 0.25 else 0
    with _operator(plane, world, tmp_path, proxy) as operator:
        world.apply()
        live(world)
        assert operator.process.poll() is None
    assert outcome(world)["generations"] == ["1", "2"]


def test_a_refused_workflow_is_told_and_made_once_it_is_admitted(
    plane: ControlPlane, world: World, proxy: Proxy, tmp_path: Path
) -> None:
    proxy.answer = lambda _: 403 if proxy.writes[-1].endswith("/workflows") else 0
    with _operator(plane, world, tmp_path, proxy):
        world.apply()
        world.eventually(lambda: world.condition("Stalled") == ("True", "WorkflowRefused"))
        proxy.answer = lambda _: 0
        world.eventually_ready("Unknown", "WorkflowStarting")


def test_a_workflow_of_that_name_that_is_not_ours_is_told_and_left_alone(
    plane: ControlPlane, world: World, tmp_path: Path
) -> None:
    seen = read_enrichment(world.apply())
    assert isinstance(seen, Enrichment)
    foreign = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": NewRun(seen, 1).name},
    }
    path = f"/apis/argoproj.io/v1alpha1/namespaces/{world.namespace}/workflows"
    world.api.post(path, json=foreign).raise_for_status()
    with _operator(plane, world, tmp_path):
        world.eventually(lambda: world.condition("Stalled") == ("True", "WorkflowConflict"))
        [untouched] = world.workflows()
        assert "labels" not in untouched["metadata"]
        world.delete_workflow(untouched["metadata"]["name"])
        world.eventually_ready("Unknown", "WorkflowStarting")


def test_a_workflow_deleted_while_the_api_server_was_away_is_replaced(
    plane: ControlPlane, world: World, proxy: Proxy, tmp_path: Path
) -> None:
    with running_operator(plane, tmp_path, namespace=world.namespace, server=proxy.url, resync_seconds=2):
        world.apply()
        world.eventually_ready("Unknown", "WorkflowStarting")
        proxy.cut()
        first = world.workflow()["metadata"]["name"]
        world.delete_workflow(first)
        proxy.heal()
        world.eventually_workflows(1)
    assert world.workflow()["metadata"]["name"] != first


def _unlabel(world: World, name: str) -> None:
    world.send("PATCH", "workflows", name, {"metadata": {"labels": None, "ownerReferences": None}})


@pytest.mark.parametrize("change", [World.delete_workflow, _unlabel], ids=["deleted", "unlabelled"])
def test_a_workflow_that_leaves_between_the_first_list_and_the_watch_is_missed(
    plane: ControlPlane, world: World, proxy: Proxy, tmp_path: Path, change: Callable[[World, str], None]
) -> None:
    """The list of the watch no longer holds it, and no event tells of it."""
    with _operator(plane, world, tmp_path):
        world.apply()
        world.eventually_ready("Unknown", "WorkflowStarting")
    name = world.workflow()["metadata"]["name"]
    before = [name]

    def strike(path: str) -> None:
        opens = "/workflows?" in path and "limit=" not in path  # of the runtime's own lists each has one
        if opens and before:
            change(world, before.pop())

    proxy.before_read = strike
    with _operator(plane, world, tmp_path, proxy):
        world.eventually(lambda: not before and _is_owned_and_told(world))


def _is_owned_and_told(world: World) -> bool:
    [workflow] = world.workflows() or [{}]
    meta = workflow.get("metadata", {})
    known = ((world.enrichment() or {}).get("status", {}).get("workflow") or {}).get("uid")
    return bool(meta.get("ownerReferences") and meta.get("labels")) and known == meta["uid"]


def test_a_killed_operator_leaves_the_api_usable_and_a_late_one_catches_up(
    plane: ControlPlane, world: World, operator: OperatorProcess, tmp_path: Path
) -> None:
    world.apply()
    world.eventually_ready("Unknown", "WorkflowStarting")
    world.argo(fetched())
    world.eventually(lambda: "finalizers" in (world.enrichment() or {})["metadata"])
    operator.kill()
    world.delete()
    world.argo(*DONE, phase="Succeeded")
    assert world.enrichment() is not None  # its finalizer waits for the operator
    with _operator(plane, world, tmp_path):
        world.eventually(lambda: world.enrichment() is None)


def test_a_silent_watch_turns_the_liveness_probe_red(
    plane: ControlPlane, world: World, tmp_path: Path
) -> None:
    kinds = {
        "episodeschedules": "episode-schedule",
        "datasetsyncs": "dataset-sync",
        "catalogrestores": "catalog-restore",
    }
    with running_operator(plane, tmp_path, namespace=world.namespace, watch_age_limit=5) as operator:
        world.eventually(lambda: operator.health() == 503)  # bookmarks come once a minute only
        named = {plural: create(world, plural, sample) for plural, sample in kinds.items()}
        named["animeenrichments"] = world.apply()["metadata"]["name"]
        world.eventually(lambda: world.workflows())
        named["workflows"] = world.workflows()[0]["metadata"]["name"]
        world.eventually(lambda: touched(world, named) and operator.health() == 200)


def create(world: World, plural: str, sample: str) -> str:
    """Create the object of a sample; its name."""
    body = yaml.safe_load((SAMPLES / f"{sample}.yaml").read_text())
    assert world.send("POST", plural, "", body) == 201
    return str(body["metadata"]["name"])


def touched(world: World, named: dict[str, str]) -> bool:
    """Change each object, so that each watch has something to deliver."""
    note = {"metadata": {"annotations": {"example.com/touched": f"{time.monotonic()}"}}}
    return {world.send("PATCH", plural, name, note) for plural, name in named.items()} <= {200, 409}
