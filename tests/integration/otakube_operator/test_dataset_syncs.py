# SPDX-License-Identifier: Apache-2.0
"""DatasetSyncs against a real API server: a Workflow for each due time or request, and what it says."""

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
HOUR = 3600.0
COUNTS = {"new": 40, "changed": 2, "unchanged": 0, "removed": 1, "merged": 0, "split": 0, "unreadable": 0}
PLANNED = {
    "source": "bucket:datasets/week.jsonl", "digest": "sha256:12", "revision": "5f",
    "lastUpdate": "2026-11-21", "rows": 42, "total": 43, "counts": COUNTS,
}  # fmt: skip
SHRUNK = "Error (exit code 65): Shrunk: 400 rows less than before, of 1,000 (spec.limits.shrinkPercent)"


@dataclass(frozen=True, slots=True)
class Syncs:
    """One namespace with DatasetSyncs; `operator` starts one whose clock is so many seconds ahead."""

    world: World
    operator: Callable[..., AbstractContextManager[OperatorProcess]]

    def apply(self, name: str = "weekly", **spec: Any) -> None:
        body = {"apiVersion": "otakube.dev/v1alpha1", "kind": "DatasetSync", "metadata": {"name": name}}
        answer = self.world.api.post(path(self.world), json=body | {"spec": spec})
        assert answer.status_code == 201, answer.text

    def patch(self, body: Body, name: str = "weekly") -> None:
        where = f"{path(self.world)}/{name}"
        self.world.api.patch(where, json=body, headers=MERGE).raise_for_status()

    def ask(self, token: str = "now") -> None:
        self.patch({"metadata": {"annotations": {REQUEST: token}}})

    def status(self, name: str = "weekly") -> Body:
        body: Body = self.world.api.get(f"{path(self.world)}/{name}").json()
        return body.get("status", {})

    def condition(self, type_: str = "Ready") -> tuple[str, str]:
        return condition(self.status(), type_)

    def outcomes(self) -> list[tuple[str, str | None]]:
        return [(each["outcome"], each.get("reason")) for each in self.status().get("recentRuns", [])]

    def argo(self, *tasks: list[Body], phase: str = "Running", **more: Any) -> None:
        write(self.world, *tasks, phase=phase, **more)

    def eventually(self, check: Callable[[], object]) -> None:
        eventually(check, lambda: f"{self.status()} {self.world.workflows()}")


def path(world: World) -> str:
    return f"/apis/otakube.dev/v1alpha1/namespaces/{world.namespace}/datasetsyncs"


@pytest.fixture
def syncs(plane: ControlPlane, world: World, proxy: Proxy, tmp_path: Path) -> Syncs:
    def operator(ahead: float = 0, **options: object) -> AbstractContextManager[OperatorProcess]:
        return running_operator(
            plane,
            tmp_path,
            namespace=world.namespace,
            server=proxy.url,
            clock_offset_seconds=ahead,
            **options,
        )

    return Syncs(world, operator)


def test_a_request_is_planned_applied_and_told_with_its_progress(syncs: Syncs, world: World) -> None:
    with syncs.operator():
        syncs.apply(limits={"shrinkPercent": 10})
        syncs.eventually(lambda: syncs.condition() == ("True", "Scheduled"))
        assert world.workflows() == []
        syncs.ask()
        syncs.eventually(lambda: syncs.status().get("phase") == "Starting")
        [made] = world.workflows()
        assert made["spec"]["workflowTemplateRef"] == {"name": "otakube-sync-dataset"}
        given = {each["name"]: each["value"] for each in made["spec"]["arguments"]["parameters"]}
        assert given["limits"] == "shrink=0.1,growth=0.2,changed=0.6,site=0.2,age=42"
        assert (given["dry-run"], given["sync"]) == ("false", f"{world.namespace}/weekly")
        [owner] = made["metadata"]["ownerReferences"]
        assert (owner["kind"], owner["name"], owner["controller"]) == ("DatasetSync", "weekly", True)
        syncs.argo(task("plan-week", "Running"))
        syncs.eventually(lambda: syncs.condition() == ("Unknown", "Planning"))
        syncs.argo(task("plan-week", "Succeeded", PLANNED), task("apply-week", "Running", progress="12/43"))
        syncs.eventually(lambda: syncs.status().get("progress", {}).get("done") == 12)
        status = syncs.status()
        assert (status["phase"], status["progress"]["total"], status["progress"]["percent"]) == (
            "Applying",
            43,
            27,
        )
        assert "timeLeft" in status["progress"]
        assert (status["counts"]["new"], status["dataset"]["lastUpdate"]) == (40, "2026-11-21")
        done = {**PLANNED, "counts": {**COUNTS, "flagged": 3}}
        syncs.argo(
            task("plan-week", "Succeeded", PLANNED), task("apply-week", "Succeeded", done), phase="Succeeded"
        )
        syncs.eventually(lambda: syncs.condition() == ("True", "Synced"))
        status = syncs.status()
        assert (status["phase"], status["progress"]["percent"]) == ("Succeeded", 100)
        assert status["counts"]["flagged"] == 3
        assert (syncs.outcomes(), status["lastHandledRequest"]) == ([("Succeeded", "Synced")], "now")
        assert "lastSuccessfulTime" in status
        world.eventually(lambda: {"SyncStarted", "Planning", "Applying", "Synced"} <= set(world.events()))


ENRICHMENT = {"due": 60, "enriched": 18, "refused": 1, "failed": 1, "passedOver": 0, "left": 40}


def test_an_enrichment_is_told_while_it_goes_on_and_by_its_counts(syncs: Syncs, world: World) -> None:
    with syncs.operator():
        syncs.apply(enrichment={"policy": "All", "maxPerRun": 20})
        syncs.ask()
        syncs.eventually(lambda: syncs.status().get("phase") == "Starting")
        [made] = world.workflows()
        given = {each["name"]: each["value"] for each in made["spec"]["arguments"]["parameters"]}
        assert (given["enrich"], given["enrich-order"], given["enrich-max"]) == ("All", "ByPopularity", "20")
        week = [task("plan-week", "Succeeded", PLANNED), task("apply-week", "Succeeded", PLANNED)]
        syncs.argo(*week, task("enrich-listed", "Running", progress="5/20"))
        syncs.eventually(lambda: syncs.status().get("progress", {}).get("total") == 20)
        assert (syncs.condition(), syncs.status()["phase"]) == (("Unknown", "Enriching"), "Enriching")
        assert "timeLeft" in syncs.status()["progress"]
        syncs.argo(*week, task("enrich-listed", "Succeeded", {"enrichment": ENRICHMENT}), phase="Succeeded")
        syncs.eventually(lambda: syncs.condition() == ("True", "Synced"))
        assert syncs.status()["enrichment"] == ENRICHMENT
        world.eventually(lambda: {"Enriching", "Synced"} <= set(world.events()))


def test_a_limit_that_breaks_is_told_before_the_workflow_has_cleaned_up(syncs: Syncs, world: World) -> None:
    with syncs.operator():
        syncs.apply()
        syncs.ask()
        syncs.eventually(lambda: len(world.workflows()) == 1)
        syncs.argo(task("plan-week", "Failed", message=SHRUNK), task("conclude-week.onExit", "Running"))
        syncs.eventually(lambda: syncs.condition() == ("False", "Shrunk"))
        assert syncs.condition("Stalled") == ("True", "Shrunk")
        [ready] = [each for each in syncs.status()["conditions"] if each["type"] == "Ready"]
        assert "400 rows less" in ready["message"]
        assert "The next sync is due at" in ready["message"]
        world.eventually(lambda: "Shrunk" in world.events())
        [told] = [each for each in world.event_bodies() if each["reason"] == "Shrunk"]
        assert told["type"] == "Warning"
        syncs.argo(task("plan-week", "Failed", message=SHRUNK), phase="Failed")
        syncs.eventually(lambda: syncs.outcomes() == [("Stopped", "Shrunk")])
        assert syncs.status()["phase"] == "Stopped"


def test_a_due_time_starts_one_sync_whatever_is_killed_and_the_next_one_waits_for_it(
    syncs: Syncs, world: World, proxy: Proxy
) -> None:
    syncs.apply(schedule="0 */6 * * *")
    with syncs.operator(ahead=7 * HOUR, resync_seconds=1) as one:
        syncs.eventually(lambda: [each[0] for each in syncs.outcomes()] == ["Running"])
        one.kill()
    before, made = len(proxy.writes), world.workflows()
    with syncs.operator(ahead=7 * HOUR, resync_seconds=1) as one:
        passes = "otakube_operator_reconciles_total"
        syncs.eventually(lambda: one.metric(passes, kind="DatasetSync") >= 3)
    assert (proxy.writes[before:], world.workflows()) == ([], made)
    with syncs.operator(ahead=13 * HOUR):
        syncs.eventually(lambda: syncs.status()["nextScheduleTime"] < text(13 * HOUR))
        assert len(world.workflows()) == 1
        syncs.argo(task("plan-week", "Succeeded", PLANNED), phase="Succeeded")
        syncs.eventually(lambda: [each[0] for each in syncs.outcomes()] == ["Succeeded", "Running"])
        assert len({each["metadata"]["name"] for each in world.workflows()}) == 2


def test_what_is_long_past_is_told_as_missed_and_suspend_lets_it_pass(syncs: Syncs, world: World) -> None:
    syncs.apply(schedule="0 0 * * *", startingDeadlineSeconds=10)
    with syncs.operator(ahead=49 * HOUR):
        world.eventually(lambda: "DeadlineMissed" in world.events())
        assert world.workflows() == []
    syncs.patch({"spec": {"suspend": True, "startingDeadlineSeconds": 86_400}})
    with syncs.operator(ahead=73 * HOUR):
        syncs.eventually(lambda: syncs.condition() == ("True", "Suspended"))
        syncs.eventually(lambda: syncs.status()["nextScheduleTime"] > text(73 * HOUR))
        assert world.workflows() == []
        syncs.ask()
        syncs.eventually(lambda: len(world.workflows()) == 1)


def test_replace_deletes_the_sync_under_way(syncs: Syncs, world: World) -> None:
    with syncs.operator():
        syncs.apply(concurrencyPolicy="Replace")
        syncs.ask("first")
        syncs.eventually(lambda: len(world.workflows()) == 1)
        [first] = world.workflows()
        syncs.ask("second")
        syncs.eventually(lambda: [each[0] for each in syncs.outcomes()] == ["Replaced", "Running"])
        assert first["metadata"]["name"] not in {each["metadata"]["name"] for each in world.workflows()}


def test_a_workflow_that_somebody_deletes_is_told_and_the_next_request_starts_another(
    syncs: Syncs, world: World
) -> None:
    with syncs.operator():
        syncs.apply()
        syncs.ask("first")
        syncs.eventually(lambda: syncs.status().get("phase") == "Starting")
        world.delete_workflow(world.workflow()["metadata"]["name"])
        syncs.eventually(lambda: syncs.condition() == ("False", "WorkflowDeleted"))
        assert syncs.outcomes() == [("Deleted", None)]
        syncs.ask("second")
        syncs.eventually(lambda: [each[0] for each in syncs.outcomes()] == ["Deleted", "Running"])


def test_workflows_beyond_the_history_go_and_their_outcomes_stay(syncs: Syncs, world: World) -> None:
    with syncs.operator():
        syncs.apply(successfulWorkflowsHistoryLimit=0, dryRun=True)
        for number in range(2):
            syncs.ask(f"{number}")
            syncs.eventually(lambda: any(each["outcome"] == "Running" for each in runs(syncs)))
            syncs.argo(task("plan-week", "Succeeded", PLANNED), phase="Succeeded")
            syncs.eventually(lambda: world.workflows() == [])
        assert syncs.outcomes() == [("Succeeded", "Planned")] * 2
        assert syncs.condition() == ("True", "Planned")
        assert "lastSuccessfulTime" not in syncs.status()


def runs(syncs: Syncs) -> list[Body]:
    found: list[Body] = syncs.status().get("recentRuns", [])
    return found
