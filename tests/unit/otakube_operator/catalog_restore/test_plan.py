# SPDX-License-Identifier: Apache-2.0
"""A CatalogRestore and its jobs in, what to do and the status that says so out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otakube_api.contract import SnapshotReason
from otakube_api.v1alpha1.catalog_restore import CatalogRestoreStatus
from otakube_api.v1alpha1.job import JobReason
from otakube_operator.catalog_restore.observed import RestoreObject, read_restore
from otakube_operator.catalog_restore.plan import RestorePlan, plan
from otakube_operator.catalog_restore.status import describe
from otakube_operator.jobs.job import Job, read_job
from otakube_operator.jobs.manifest import manifest
from otakube_operator.runtime.controller import CreateFailure, Observed
from otakube_operator.runtime.objects import UnreadableObject

NOW = datetime(2026, 11, 28, 1, 0, 5, tzinfo=UTC)
UID = "6d9c5a3e-0000-4000-8000-000000000003"
SNAPSHOT = {
    "name": "20261122T100000Z", "digest": "sha256:5f", "entries": 400, "leftOut": 1, "release": "1.2.3",
    "schema": 4, "writtenTime": "2026-11-22T10:02:03+00:00",
}  # fmt: skip
PLANNED = {"total": 400, "snapshot": SNAPSHOT, "outcomes": {"Restored": 390, "Same": 10}, "withoutImages": 0}
APPLIED = {"outcomes": {"Restored": 390, "Same": 10}, "withoutImages": 0, "rows": 12, "notes": []}
VERIFIED = {"matching": 400, "newer": 0, "differing": 0}
END = {"phase": "Succeeded", "finishedAt": "2026-11-28T01:01:00Z"}


def restore(
    *, status: Mapping[str, Any] | None = None, requested: str | None = None, **spec: Any
) -> RestoreObject:
    notes = {} if requested is None else {"otakube.dev/requested-at": requested}
    meta = {
        "namespace": "anime",
        "name": "back",
        "uid": UID,
        "generation": 1,
        "resourceVersion": "7",
        "creationTimestamp": "2026-11-28T01:00:00Z",
        "annotations": notes,
    }
    seen = read_restore({"metadata": meta, "spec": spec, "status": dict(status or {})})
    assert not isinstance(seen, UnreadableObject)
    return seen


def node(name: str, phase: str, **more: Any) -> dict[str, Any]:
    report = more.pop("report", None)
    outputs = {} if report is None else {"parameters": [{"name": "report", "value": json.dumps(report)}]}
    times = {"startedAt": "2026-11-28T01:00:00Z", "finishedAt": "2026-11-28T01:00:04Z"}
    return {"displayName": name, "type": "Pod", "phase": phase, "outputs": outputs, **times, **more}


def planned(**more: Any) -> dict[str, Any]:
    return node("plan-restore", "Succeeded", report={**PLANNED, **more})


def applied(**more: Any) -> dict[str, Any]:
    return node("apply-restore", "Succeeded", report={**APPLIED, **more})


def verified(**more: Any) -> dict[str, Any]:
    return node("verify-restore", "Succeeded", report={**VERIFIED, **more})


def job(made: RestorePlan, *nodes: dict[str, Any], phase: str = "Running", **more: Any) -> Job:
    """The job that a plan creates, as Argo leaves it."""
    assert made.create is not None
    body = manifest(made.create)
    body["metadata"] |= {"uid": "w1", "resourceVersion": "9", "creationTimestamp": "2026-11-28T01:00:01Z"}
    status = {"phase": phase, "nodes": {str(place): each for place, each in enumerate(nodes)}, **more}
    return read_job({**body, "status": status}, UID)


@dataclass(frozen=True, slots=True)
class Pass:
    """A plan, and the status after it."""

    plan: RestorePlan
    status: CatalogRestoreStatus

    def ready(self) -> tuple[str, str]:
        found = next(each for each in self.status.conditions if each.type == "Ready")
        return found.status, found.reason

    def message(self) -> str:
        return next(each.message for each in self.status.conditions if each.type == "Ready")

    def has(self, kind: str) -> bool:
        return any(each.type == kind for each in self.status.conditions)


def passed(
    seen: RestoreObject, *jobs: Job, now: datetime = NOW, failure: CreateFailure | None = None
) -> Pass:
    observed = Observed(seen, tuple(jobs))
    made = plan(observed, failure)
    return Pass(made, describe(observed, made, now))


def after(seen: RestoreObject, found: Pass) -> RestoreObject:
    return replace(seen, status=found.status)


def started(seen: RestoreObject) -> RestoreObject:
    return replace(seen, spec=seen.spec.model_copy(update={"dry_run": False}))


def test_an_object_is_planned_first_and_a_second_pass_starts_nothing() -> None:
    seen = restore()
    first = passed(seen)
    assert first.plan.create is not None
    assert first.plan.create.name.startswith("back-plan-")
    assert first.plan.create.arguments == {
        "restore": "anime/back",
        "snapshot": "latest",
        "entries": "[]",
        "newer-content": "Keep",
        "merge-locks": "IfNone",
        "dry-run": "true",
    }
    made = job(first.plan, phase="")
    again = passed(seen, made)
    assert again.plan.create is None, "a crash before the status was written"
    assert (again.ready(), again.status.phase) == (("Unknown", "WorkflowStarting"), "Starting")


def test_a_plan_is_told_with_its_counts_and_the_restore_starts_when_dry_run_is_false() -> None:
    seen = restore()
    made = job(passed(seen).plan, planned(), **END)
    found = passed(seen, made)
    assert (found.ready(), found.status.phase) == (("True", "Planned"), "Planned")
    assert "400 entries of snapshot 20261122T100000Z would find: 390 restored, 10 same" in found.message()
    assert found.status.snapshot is not None
    assert found.status.snapshot.digest == "sha256:5f"
    assert found.status.restored_time is None
    assert [each.purpose for each in found.status.recent_runs] == ["Plan"]
    asked = started(after(seen, found))
    second = passed(asked, made)
    assert second.plan.create is not None
    assert second.plan.create.name.startswith("back-restore-")
    assert second.plan.create.arguments["dry-run"] == "false"
    assert passed(started(seen), made, job(second.plan)).plan.create is None


def test_a_restore_waits_for_the_plan_that_runs() -> None:
    seen = restore()
    running = job(passed(seen).plan)
    asked = started(after(seen, passed(seen, running)))
    assert passed(asked, running).plan.create is None
    ended = passed(asked, replace(running, phase="Succeeded"))
    assert ended.plan.create is not None


@pytest.mark.parametrize(
    ("nodes", "phase", "done"),
    [
        ([node("plan-restore", "Running", progress="100/400")], "Planning", 100),
        ([planned(), node("apply-restore", "Running", progress="50/400")], "Restoring", 50),
        ([planned(), node("apply-restore", "Running")], "Restoring", None),
        ([planned(), applied(), node("verify-restore", "Running", progress="7/400")], "Verifying", 7),
    ],
)
def test_each_step_has_its_phase_progress_rate_and_time_left(
    nodes: list[dict[str, Any]], phase: str, done: int | None
) -> None:
    seen = started(restore())
    found = passed(seen, job(passed(seen).plan, *nodes))
    assert (found.ready(), found.status.phase) == (("Unknown", phase), phase)
    progress = found.status.progress
    assert (progress and progress.done) == done
    if progress is not None:
        assert (progress.total, progress.per_second) == (400, round(done / 5 if done else 0))
        assert progress.time_left is not None


def test_the_progress_of_a_step_is_not_that_of_the_step_before() -> None:
    seen = started(restore())
    running = job(passed(seen).plan, node("plan-restore", "Running", progress="399/400"))
    later = job(passed(seen).plan, planned(), node("apply-restore", "Running"))
    assert passed(after(seen, passed(seen, running)), later).status.progress is None


def test_a_status_that_nothing_changes_stays_as_it_is() -> None:
    seen = started(restore())
    for made in (
        job(passed(seen).plan, planned(), node("apply-restore", "Running", progress="40/400")),
        job(passed(seen).plan, planned(), applied(), verified(), **END),
    ):
        first = passed(seen, made)
        later = passed(after(seen, first), made, now=NOW + timedelta(minutes=5))
        assert later.status == first.status


def test_a_restore_that_is_verified_is_restored() -> None:
    seen = started(restore())
    found = passed(seen, job(passed(seen).plan, planned(), applied(), verified(matching=399, newer=1), **END))
    assert (found.ready(), found.status.phase) == (("True", "Restored"), "Restored")
    assert "399 match it by digest, 1 are newer" in found.message()
    assert found.status.verification is not None
    assert (found.status.verification.matching, found.status.added_rows) == (399, 12)
    assert found.status.restored_time == datetime(2026, 11, 28, 1, 1, tzinfo=UTC)
    assert found.status.progress is not None
    assert found.status.progress.percent == 100
    gone = passed(after(seen, found))
    assert (gone.plan.create, gone.status) == (None, found.status), "the Workflow is removed by its age"


@pytest.mark.parametrize(
    ("apply", "verify"),
    [
        ({"outcomes": {"Failed": 1}}, {}),
        ({"withoutImages": 1}, {}),
        ({"notes": ["merge locks: they contradict"]}, {}),
        ({}, {"differing": 1}),
        ({}, {"matching": "many"}),
    ],
)
def test_what_is_left_to_a_person_makes_it_incomplete(apply: dict[str, Any], verify: dict[str, Any]) -> None:
    seen = started(restore())
    named = {"entries": [{"entry": "ani_1", "outcome": "Failed", "detail": "its page is another's"}]}
    nodes = [planned(), applied(**named, **apply), verified(**verify)]
    found = passed(seen, job(passed(seen).plan, *nodes, **END))
    assert (found.ready(), found.status.phase) == (("False", "Incomplete"), "Incomplete")
    assert found.has("Stalled")
    assert "ani_1 Failed: its page is another's" in found.message()
    assert found.status.restored_time is None
    assert [each.outcome for each in found.status.recent_runs] == ["Incomplete"]


@pytest.mark.parametrize("reason", [each for each in SnapshotReason if each != SnapshotReason.ENTRIES_HELD])
def test_what_keeps_a_snapshot_from_being_restored_is_told_at_once(reason: SnapshotReason) -> None:
    seen = restore()
    message = f"Error (exit code 65): {reason}: there is none"
    found = passed(seen, job(passed(seen).plan, node("plan-restore", "Failed", message=message)))
    assert (found.ready(), found.status.phase) == (("False", reason.value), "Failed")
    assert found.has("Stalled")
    assert found.message() == "there is none"


@pytest.mark.parametrize("reason", ["StoreUnavailable", "EntriesHeld"])
def test_what_passes_is_told_while_the_step_is_tried_again(reason: str) -> None:
    seen = started(restore())
    message = f"Error (exit code 75): {reason}: MongoDB is away"
    nodes = [
        planned(),
        node("apply-restore", "Running", type="Retry", finishedAt=None),
        node("apply-restore(0)", "Failed", message=message),
    ]
    found = passed(seen, job(passed(seen).plan, *nodes))
    assert (found.ready(), found.status.phase) == (("Unknown", reason), "Restoring")
    assert found.has("Reconciling")
    assert not found.has("Stalled")


def test_a_failed_restore_is_tried_again_when_somebody_asks_and_once() -> None:
    seen = started(restore())
    message = "Error (exit code 65): SnapshotDamaged: a file is gone"
    failed = job(passed(seen).plan, node("plan-restore", "Failed", message=message), phase="Failed")
    told = after(seen, passed(seen, failed))
    assert passed(told, failed).plan.create is None
    asked = passed(replace(told, requested_at="r1"), failed)
    assert asked.plan.create is not None
    assert asked.plan.create.requested_at == "r1"
    again = job(asked.plan)
    done = passed(replace(told, requested_at="r1"), failed, again)
    assert (done.plan.create, done.status.last_handled_request) == (None, "r1")
    assert passed(replace(told, requested_at="r1", status=done.status)).plan.create is None


def test_a_workflow_that_is_gone_before_its_end_was_deleted_and_none_follows() -> None:
    seen = restore()
    found = passed(after(seen, passed(seen, job(passed(seen).plan))))
    assert (found.ready(), found.status.phase) == (("False", "WorkflowDeleted"), "Failed")
    assert found.plan.create is None
    assert [each.outcome for each in found.status.recent_runs] == ["Deleted"]


def test_a_workflow_that_cannot_be_created_is_told_and_counts_for_nothing() -> None:
    found = passed(restore(), failure=CreateFailure(JobReason.WORKFLOW_REFUSED, "quota"))
    assert (found.ready(), found.status.recent_runs) == (("False", "WorkflowRefused"), [])
    assert passed(after(restore(), found)).plan.create is not None


def test_ended_workflows_beyond_five_go_the_oldest_first() -> None:
    seen = restore()
    ended = replace(job(passed(seen).plan, planned(), **END))
    jobs = [replace(ended, name=f"w{place}", created_at=NOW + timedelta(minutes=place)) for place in range(7)]
    assert [each.name for each in passed(seen, *reversed(jobs)).plan.prune] == ["w0", "w1"]


@pytest.mark.parametrize(
    "report",
    [
        {"snapshot": 7, "outcomes": 7, "total": "x", "entries": 7, "notes": 7},
        {"snapshot": {"name": 7, "writtenTime": "soon", "entries": -1}, "outcomes": {"Restored": "all"}},
        {"entries": [7, {"entry": 7}], "notes": [7], "snapshot": {"writtenTime": "2026-11-22T10:02:03"}},
    ],
)
def test_a_report_that_somebody_wrote_is_read_as_far_as_it_makes_sense(report: dict[str, Any]) -> None:
    seen = restore()
    found = passed(seen, job(passed(seen).plan, node("plan-restore", "Succeeded", report=report), **END))
    assert found.ready() == ("True", "Planned")


def test_an_object_that_goes_starts_nothing() -> None:
    assert passed(replace(restore(), deleting=True)).plan.create is None
