# SPDX-License-Identifier: Apache-2.0
"""CatalogRestores against a real API server: a Workflow for the plan and one for the restore."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from control_plane import ControlPlane
from integration.otakube_operator.argo_nodes import MERGE, condition, task, text, write
from integration.otakube_operator.conftest import Body, World, eventually
from integration.otakube_operator.proxy import Proxy
from operator_process import OperatorProcess, running_operator

REQUEST = "otakube.dev/requested-at"
SNAPSHOT = {
    "name": "20261122T100000Z", "digest": "sha256:5f", "entries": 43, "leftOut": 0, "release": "1.2.3",
    "schema": 4, "writtenTime": "2026-11-22T10:02:03+00:00",
}  # fmt: skip
PLANNED = {"total": 43, "snapshot": SNAPSHOT, "outcomes": {"Restored": 40, "Same": 3}, "withoutImages": 0}
APPLIED = {"outcomes": {"Restored": 40, "Same": 3}, "withoutImages": 0, "rows": 5, "notes": []}
VERIFIED = {"matching": 43, "newer": 0, "differing": 0}
MISSING = "Error (exit code 65): SnapshotMissing: there is no snapshot latest"
AWAY = "Error (exit code 75): StoreUnavailable: MongoDB is away"


@dataclass(frozen=True, slots=True)
class Restores:
    """One namespace with a CatalogRestore."""

    world: World
    operator: Callable[..., AbstractContextManager[OperatorProcess]]

    def apply(self, **spec: Any) -> None:
        body = {"apiVersion": "otakube.dev/v1alpha1", "kind": "CatalogRestore", "metadata": {"name": "back"}}
        answer = self.world.api.post(path(self.world), json=body | {"spec": spec})
        assert answer.status_code == 201, answer.text

    def patch(self, body: Body) -> None:
        self.world.api.patch(f"{path(self.world)}/back", json=body, headers=MERGE).raise_for_status()

    def start(self) -> None:
        self.patch({"spec": {"dryRun": False}})

    def ask(self, token: str) -> None:
        self.patch({"metadata": {"annotations": {REQUEST: token}}})

    def delete(self) -> None:
        self.world.api.delete(f"{path(self.world)}/back").raise_for_status()

    def status(self) -> Body:
        body: Body = self.world.api.get(f"{path(self.world)}/back").json()
        return body.get("status", {})

    def condition(self, type_: str = "Ready") -> tuple[str, str]:
        return condition(self.status(), type_)

    def outcomes(self) -> list[tuple[str, str]]:
        return [(each["purpose"], each["outcome"]) for each in self.status().get("recentRuns", [])]

    def argo(self, *tasks: list[Body], phase: str = "Running", **more: Any) -> None:
        write(self.world, *tasks, phase=phase, **more)

    def eventually(self, check: Callable[[], object]) -> None:
        eventually(check, lambda: f"{self.status()} {self.world.workflows()}")


def path(world: World) -> str:
    return f"/apis/otakube.dev/v1alpha1/namespaces/{world.namespace}/catalogrestores"


@pytest.fixture
def restores(plane: ControlPlane, world: World, proxy: Proxy, tmp_path: Path) -> Restores:
    def operator(**options: object) -> AbstractContextManager[OperatorProcess]:
        return running_operator(plane, tmp_path, namespace=world.namespace, server=proxy.url, **options)

    return Restores(world, operator)


def test_a_restore_is_planned_carried_out_and_verified_with_its_progress(
    restores: Restores, world: World, plane: ControlPlane
) -> None:
    with restores.operator():
        restores.apply(entries=["https://anilist.co/anime/1"])
        restores.eventually(lambda: restores.status().get("phase") == "Starting")
        [made] = world.workflows()
        assert made["spec"]["workflowTemplateRef"] == {"name": "otakube-snapshot-restore"}
        given = {each["name"]: each["value"] for each in made["spec"]["arguments"]["parameters"]}
        assert (given["restore"], given["dry-run"]) == (f"{world.namespace}/back", "true")
        assert json.loads(given["entries"]) == ["https://anilist.co/anime/1"]
        [owner] = made["metadata"]["ownerReferences"]
        assert (owner["kind"], owner["name"], owner["controller"]) == ("CatalogRestore", "back", True)
        restores.argo(task("plan-restore", "Succeeded", PLANNED), phase="Succeeded")
        restores.eventually(lambda: restores.condition() == ("True", "Planned"))
        assert restores.status()["counts"]["restored"] == 40
        assert restores.status()["snapshot"]["name"] == "20261122T100000Z"
        restores.start()
        plan = task("plan-restore", "Succeeded", PLANNED)
        restores.argo(plan, task("apply-restore", "Running", progress="12/43"))
        restores.eventually(lambda: restores.status().get("progress", {}).get("done") == 12)
        status = restores.status()
        assert (status["phase"], status["progress"]["percent"]) == ("Restoring", 27)
        assert {"timeLeft", "perSecond"} <= set(status["progress"])
        shown = plane.kubectl("-n", world.namespace, "get", "catalogrestore", "back").stdout
        assert {"20261122T100000Z", "Restoring", "12", "43"} <= set(shown.split())
        done = task("apply-restore", "Succeeded", APPLIED)
        restores.argo(plan, done, task("verify-restore", "Running"))
        restores.eventually(lambda: restores.condition() == ("Unknown", "Verifying"))
        restores.argo(plan, done, task("verify-restore", "Succeeded", VERIFIED), phase="Succeeded")
        restores.eventually(lambda: restores.condition() == ("True", "Restored"))
        status = restores.status()
        assert status["verification"] == VERIFIED
        assert (status["addedRows"], status["progress"]["percent"]) == (5, 100)
        assert restores.outcomes() == [("Plan", "Succeeded"), ("Restore", "Succeeded")]
        told = {"RestoreStarted", "Planned", "Restoring", "Verifying", "Restored"}
        world.eventually(lambda: told <= set(world.events()))


def test_an_operator_that_is_killed_starts_nothing_twice_and_writes_nothing(
    restores: Restores, world: World, proxy: Proxy
) -> None:
    restores.apply(dryRun=False)
    with restores.operator(resync_seconds=1) as one:
        restores.eventually(lambda: restores.outcomes() == [("Restore", "Running")])
        restores.argo(
            task("plan-restore", "Succeeded", PLANNED), task("apply-restore", "Running", progress="12/43")
        )
        restores.eventually(lambda: restores.status().get("phase") == "Restoring")
        one.kill()
    before, made = len(proxy.writes), world.workflows()
    with restores.operator(resync_seconds=1) as one:
        passes = "otakube_operator_reconciles_total"
        restores.eventually(lambda: one.metric(passes, kind="CatalogRestore") >= 3)
        counted = one.metric(
            "otakube_operator_object_conditions",
            kind="CatalogRestore", type="Ready", status="Unknown", reason="Restoring",
        )  # fmt: skip
        assert counted == 1
    assert (proxy.writes[before:], world.workflows()) == ([], made)


def test_a_missing_snapshot_stalls_and_a_store_that_is_away_does_not(
    restores: Restores, world: World
) -> None:
    with restores.operator():
        restores.apply()
        waits = task("plan-restore", "Running")
        waits[1] |= {"phase": "Failed", "message": AWAY, "finishedAt": text(-5)}
        restores.argo(waits)
        restores.eventually(lambda: restores.condition() == ("Unknown", "StoreUnavailable"))
        assert restores.condition("Stalled") == ("", "")
        restores.argo(task("plan-restore", "Failed", message=MISSING), phase="Failed")
        restores.eventually(lambda: restores.condition() == ("False", "SnapshotMissing"))
        assert restores.condition("Stalled") == ("True", "SnapshotMissing")
        world.eventually(lambda: "SnapshotMissing" in world.events())
        [told] = [each for each in world.event_bodies() if each["reason"] == "SnapshotMissing"]
        assert told["type"] == "Warning"
        restores.ask("again")
        restores.eventually(lambda: restores.outcomes() == [("Plan", "Failed"), ("Plan", "Running")])
        assert restores.status()["lastHandledRequest"] == "again"


def test_a_workflow_that_somebody_deletes_is_told_and_the_next_request_starts_another(
    restores: Restores, world: World
) -> None:
    with restores.operator():
        restores.apply(dryRun=False)
        restores.eventually(lambda: restores.status().get("phase") == "Starting")
        world.delete_workflow(world.workflow()["metadata"]["name"])
        restores.eventually(lambda: restores.condition() == ("False", "WorkflowDeleted"))
        assert restores.outcomes() == [("Restore", "Deleted")]
        restores.ask("again")
        restores.eventually(lambda: restores.outcomes() == [("Restore", "Deleted"), ("Restore", "Running")])


def test_what_belongs_to_an_object_that_is_deleted_is_the_garbage_collector_s(
    restores: Restores, world: World
) -> None:
    with restores.operator():
        restores.apply()
        restores.eventually(lambda: restores.status().get("phase") == "Starting")
        restores.delete()
        world.eventually(lambda: world.api.get(f"{path(world)}/back").status_code == 404)
        [left] = world.workflows()  # no garbage collector runs here
        assert left["metadata"]["ownerReferences"][0]["blockOwnerDeletion"]
