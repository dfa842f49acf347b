# SPDX-License-Identifier: Apache-2.0
"""A DatasetSync and its jobs in, what to do and the status that says so out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otakube_api.contract import Breach
from otakube_api.v1alpha1.dataset_sync import DatasetSyncStatus
from otakube_api.v1alpha1.job import JobReason
from otakube_operator.dataset_sync.observed import SyncObject, read_sync
from otakube_operator.dataset_sync.plan import SyncPlan, plan
from otakube_operator.dataset_sync.status import describe
from otakube_operator.jobs.job import Job, read_job
from otakube_operator.jobs.manifest import manifest
from otakube_operator.runtime.controller import CreateFailure, Observed
from otakube_operator.runtime.objects import UnreadableObject

NOW = datetime(2026, 11, 28, 1, 0, 5, tzinfo=UTC)
DUE = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
UID = "6d9c5a3e-0000-4000-8000-000000000002"
REPORT = {"total": 400, "rows": 400, "revision": "5f", "lastUpdate": "2026-11-27", "counts": {"new": 400}}


def sync(*, status: Mapping[str, Any] | None = None, requested: str | None = None, **spec: Any) -> SyncObject:
    notes = {} if requested is None else {"otakube.dev/requested-at": requested}
    meta = {
        "namespace": "anime",
        "name": "weekly",
        "uid": UID,
        "generation": 1,
        "resourceVersion": "7",
        "creationTimestamp": "2026-11-23T12:00:00Z",
        "annotations": notes,
    }
    seen = read_sync({"metadata": meta, "spec": spec, "status": dict(status or {})})
    assert not isinstance(seen, UnreadableObject)
    return seen


def node(name: str, phase: str, **more: Any) -> dict[str, Any]:
    report = more.pop("report", None)
    outputs = {} if report is None else {"parameters": [{"name": "report", "value": json.dumps(report)}]}
    times = {"startedAt": "2026-11-28T01:00:00Z", "finishedAt": "2026-11-28T01:00:04Z"}
    return {"displayName": name, "type": "Pod", "phase": phase, "outputs": outputs, **times, **more}


def job(made: SyncPlan, *nodes: dict[str, Any], phase: str = "Running", **more: Any) -> Job:
    """The job that a plan creates, as Argo leaves it."""
    assert made.create is not None
    body = manifest(made.create)
    body["metadata"] |= {"uid": "w1", "resourceVersion": "9", "creationTimestamp": "2026-11-28T01:00:01Z"}
    status = {"phase": phase, "nodes": {str(place): each for place, each in enumerate(nodes)}, **more}
    return read_job({**body, "status": status}, UID)


@dataclass(frozen=True, slots=True)
class Pass:
    """A plan, and the status after it."""

    plan: SyncPlan
    status: DatasetSyncStatus

    def ready(self) -> tuple[str, str]:
        found = next(each for each in self.status.conditions if each.type == "Ready")
        return found.status, found.reason

    def has(self, kind: str) -> bool:
        return any(each.type == kind for each in self.status.conditions)


def passed(seen: SyncObject, *jobs: Job, now: datetime = NOW, failure: CreateFailure | None = None) -> Pass:
    observed = Observed(seen, tuple(jobs))
    made = plan(observed, now, failure)
    return Pass(made, describe(observed, made, now))


def after(seen: SyncObject, found: Pass) -> SyncObject:
    return replace(seen, status=found.status)


def test_nothing_runs_before_the_first_due_time() -> None:
    found = passed(sync(), now=DUE - timedelta(hours=1))
    assert found.plan.create is None
    assert (found.ready(), found.status.next_schedule_time) == (("True", "Scheduled"), DUE)
    assert found.plan.revisit_at == DUE


def test_a_due_time_starts_one_job_and_a_second_pass_none() -> None:
    seen = sync()
    first = passed(seen)
    assert first.plan.create is not None
    assert first.plan.create.name.startswith("weekly-20261128t0100-")
    assert first.status.last_schedule_time == DUE
    made = job(first.plan, phase="")
    assert passed(seen, made).plan.create is None, "a crash before the status was written"
    again = passed(after(seen, first), made)
    assert again.plan.create is None
    assert (again.ready(), again.status.phase) == (("Unknown", "WorkflowStarting"), "Starting")


def test_a_status_that_nothing_changes_stays_as_it_is() -> None:
    seen = sync()
    nodes = [node("plan-week", "Succeeded", report=REPORT), node("apply-week", "Running", progress="40/400")]
    made = job(passed(seen).plan, *nodes)
    first = passed(seen, made)
    later = passed(after(seen, first), made, now=NOW + timedelta(minutes=5))
    assert later.status == first.status


def test_progress_has_a_rate_and_the_time_left() -> None:
    seen = sync()
    nodes = [node("plan-week", "Succeeded", report=REPORT), node("apply-week", "Running", progress="50/400")]
    progress = passed(seen, job(passed(seen).plan, *nodes)).status.progress
    assert progress is not None
    assert (progress.done, progress.total, progress.percent) == (50, 400, 12)
    assert (progress.per_second, progress.time_left) == (10, "35s")


def test_a_step_that_goes_on_after_a_cut_counts_the_rest_on_top() -> None:
    seen = sync()
    nodes = [
        node("plan-week", "Succeeded", report=REPORT),
        node("apply-week(0)", "Failed", progress="300/400", message="pod deleted"),
        node("apply-week(1)", "Running", progress="50/100"),
    ]
    progress = passed(seen, job(passed(seen).plan, *nodes)).status.progress
    assert progress is not None
    assert (progress.done, progress.total) == (350, 400)


@pytest.mark.parametrize("breach", Breach)
def test_each_limit_that_breaks_is_told_at_once_with_what_comes_next(breach: Breach) -> None:
    seen = sync()
    message = f"Error (exit code 65): {breach}: 9 rows less"
    made = job(passed(seen).plan, node("plan-week", "Failed", message=message))
    found = passed(seen, made)
    assert (found.ready(), found.status.phase) == (("False", breach.value), "Stopped")
    assert found.has("Stalled")
    assert found.status.conditions[0].message == (
        "9 rows less. The next sync is due at 2026-12-05 01:00:00 UTC."
    )


def test_a_store_that_is_away_is_told_while_the_step_is_tried_again() -> None:
    seen = sync()
    message = "Error (exit code 75): StoreUnavailable: MongoDB is away"
    nodes = [
        node("plan-week", "Running", type="Retry", finishedAt=None),
        node("plan-week(0)", "Failed", message=message),
    ]
    found = passed(seen, job(passed(seen).plan, *nodes))
    assert (found.ready(), found.status.phase) == (("Unknown", "StoreUnavailable"), "Planning")
    assert found.has("Reconciling")
    assert not found.has("Stalled")


def test_a_week_that_is_in_is_synced_and_a_dry_run_is_planned() -> None:
    seen = sync(dryRun=True)
    made = passed(seen)
    assert made.plan.create is not None
    assert made.plan.create.arguments["dry-run"] == "true"
    planned = node("plan-week", "Succeeded", report=REPORT)
    end = {"phase": "Succeeded", "finishedAt": "2026-11-28T01:01:00Z"}
    dry = passed(seen, job(made.plan, planned, **end))
    assert (dry.ready(), dry.status.last_successful_time) == (("True", "Planned"), None)
    applied = node("apply-week", "Succeeded", report={**REPORT, "counts": {"new": 400, "flagged": 2}})
    done = passed(seen, job(made.plan, planned, applied, **end))
    assert done.ready() == ("True", "Synced")
    assert done.status.last_successful_time == datetime(2026, 11, 28, 1, 1, tzinfo=UTC)
    assert done.status.counts is not None
    assert done.status.counts.flagged == 2
    assert (
        "The week of 2026-11-27 is in the catalogue: 400 new, 2 flagged." in done.status.conditions[0].message
    )


ENRICHMENT = {"due": 400, "enriched": 90, "refused": 7, "failed": 2, "passedOver": 1, "left": 300}
PLANNED = node("plan-week", "Succeeded", report=REPORT)
APPLIED = node("apply-week", "Succeeded", report=REPORT)


def enriching(*nodes: dict[str, Any], **more: Any) -> tuple[SyncObject, Job]:
    """A sync that enriches entries, and its job at that step."""
    seen = sync(enrichment={"policy": "All", "maxPerRun": 100, "order": "BySeason"})
    return seen, job(passed(seen).plan, PLANNED, APPLIED, *nodes, **more)


def test_an_enrichment_is_an_argument_of_the_job_and_off_unless_it_is_set() -> None:
    made = passed(sync(enrichment={"policy": "NewOnly", "maxPerRun": 20})).plan.create
    assert made is not None
    given = {name: made.arguments[name] for name in ("enrich", "enrich-order", "enrich-max")}
    assert given == {"enrich": "NewOnly", "enrich-order": "ByPopularity", "enrich-max": "20"}
    plain = passed(sync()).plan.create
    assert plain is not None
    assert plain.arguments["enrich"] == "Off"
    seen = sync()
    found = passed(seen, job(passed(seen).plan, PLANNED, APPLIED))
    assert (found.ready(), found.status.phase) == (("Unknown", "Applying"), "Applying")


def test_while_entries_are_enriched_progress_is_theirs_with_the_time_left() -> None:
    seen, made = enriching(node("enrich-listed", "Running", progress="1/100"))
    found = passed(seen, made)
    assert (found.ready(), found.status.phase) == (("Unknown", "Enriching"), "Enriching")
    progress = found.status.progress
    assert progress is not None
    assert (progress.done, progress.total, progress.percent) == (1, 100, 1)
    assert (progress.per_second, progress.time_left) == (None, "8m15s")


def test_an_enrichment_that_goes_on_after_a_cut_counts_the_rest_on_top() -> None:
    first = node("enrich-listed(0)", "Running", progress="40/100")
    seen, made = enriching(first)
    told = after(seen, passed(seen, made))
    cut = {**first, "phase": "Failed", "message": "pod deleted"}
    _, made = enriching(cut, node("enrich-listed(1)", "Running", progress="10/60"))
    progress = passed(told, made).status.progress
    assert progress is not None
    assert (progress.done, progress.total) == (50, 100)


def test_what_became_of_listed_entries_is_told_in_status_history_and_message() -> None:
    ended = node("enrich-listed", "Succeeded", report={"enrichment": ENRICHMENT})
    seen, made = enriching(ended, phase="Succeeded", finishedAt="2026-11-28T03:01:00Z")
    found = passed(seen, made)
    assert (found.ready(), found.status.phase) == (("True", "Synced"), "Succeeded")
    assert found.status.enrichment is not None
    assert found.status.enrichment.model_dump(by_alias=True) == ENRICHMENT
    assert found.status.recent_runs[-1].enrichment == found.status.enrichment
    assert found.status.progress is not None
    assert found.status.progress.percent == 100
    said = "Of 400 listed entries that were due: 90 enriched, 7 refused, 2 failed, 1 passed over, 300 left."
    assert said in found.status.conditions[0].message


def test_a_request_waits_for_the_job_under_way_and_both_ends_are_remembered() -> None:
    seen = sync(requested="r1")
    first = passed(seen)
    assert first.plan.create is not None
    assert first.plan.create.requested_at == "r1", "one job answers a due time and a request"
    running = job(first.plan, phase="Running")
    asked = replace(after(seen, passed(seen, running)), requested_at="r2")
    assert passed(asked, running).plan.create is None
    ended = replace(running, phase="Succeeded")
    found = passed(asked, ended)
    assert found.plan.create is not None
    assert (found.plan.create.requested_at, found.plan.create.scheduled_at) == ("r2", None)


def test_a_workflow_that_is_gone_before_its_end_was_deleted() -> None:
    seen = sync()
    started = after(seen, passed(seen, job(passed(seen).plan)))
    found = passed(started)
    assert (found.ready(), found.status.phase) == (("False", "WorkflowDeleted"), "Failed")
    assert [each.outcome for each in found.status.recent_runs] == ["Deleted"]


def test_a_workflow_that_goes_after_its_end_changes_nothing() -> None:
    seen = sync()
    planned = node("plan-week", "Succeeded", report=REPORT)
    ended = after(seen, passed(seen, job(passed(seen).plan, planned, phase="Succeeded")))
    assert passed(ended).status == ended.status


def test_a_workflow_that_cannot_be_created_is_told_and_the_due_time_stays() -> None:
    failure = CreateFailure(JobReason.WORKFLOW_REFUSED, "quota")
    found = passed(sync(), failure=failure)
    assert found.ready() == ("False", "WorkflowRefused")
    assert found.status.next_schedule_time == DUE
    assert found.status.last_schedule_time is None


def test_a_schedule_that_changes_counts_from_then_on() -> None:
    seen = after(sync(), passed(sync(), now=DUE - timedelta(days=1)))
    changed = replace(seen, spec=seen.spec.model_copy(update={"schedule": "0 0 * * *"}))
    found = passed(changed, now=DUE - timedelta(minutes=30))
    assert found.plan.create is None, "the midnight before the change is past"
    assert found.status.times == "0 0 * * * UTC"


@pytest.mark.parametrize(
    ("value", "count"), [({"counts": 7}, None), ({"counts": {"new": -1, "split": "x"}}, 0), ({}, None)]
)
def test_a_report_that_somebody_wrote_is_read_as_far_as_it_makes_sense(
    value: dict[str, Any], count: int | None
) -> None:
    seen = sync()
    found = passed(seen, job(passed(seen).plan, node("plan-week", "Succeeded", report=value)))
    assert (found.status.counts.new if found.status.counts else None) == count
