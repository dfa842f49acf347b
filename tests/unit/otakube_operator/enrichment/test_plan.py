# SPDX-License-Identifier: Apache-2.0
"""The operator's decisions, by what a person sees and does."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from operator_builders import (
    LATER,
    NOW,
    after,
    committed,
    condition,
    edited,
    enrichment,
    fetched,
    gate,
    imaged,
    kstatus,
    node,
    planned,
    results_of,
    run_of,
)
from otakube_api import labels
from otakube_api.contract import TEMPLATE, Failure, FailureReason
from otakube_api.v1alpha1.anime_enrichment import EnrichmentReason
from otakube_operator.enrichment.decision import WorkflowChange
from otakube_operator.enrichment.observed import Enrichment, Results, WorkflowRun
from otakube_operator.runtime.controller import CreateFailure

PUBLISHED = results_of([fetched(), imaged(), committed()])
WAITING = results_of([fetched(), imaged("Required", ["title differs"]), gate()])
REJECTED = results_of([fetched(), imaged("Required"), gate("Succeeded", reviewer="mai", note="wrong year")])
FAILED = Results(failure=Failure(FailureReason.ANIME_UNKNOWN, "no provider knows it"))

PHASES: dict[str, dict[str, Any]] = {
    "pending": {"phase": ""},
    "running": {"phase": "Running"},
    "fetched": {"phase": "Running", "results": results_of([fetched()])},
    "waiting for review": {"phase": "Running", "results": WAITING},
    "suspended": {"phase": "Running", "suspended": True},
    "cleaning up": {"phase": "Running", "results": PUBLISHED},
    "published": {"phase": "Succeeded", "results": PUBLISHED},
    "rejected": {"phase": "Succeeded", "results": REJECTED},
    "failed": {"phase": "Failed", "results": FAILED},
    "error": {"phase": "Error", "message": "boom"},
}
ACTIVE = ("pending", "running", "fetched", "waiting for review", "suspended")
FINISHED = ("published", "rejected", "failed", "error")


def in_phase(phase: str) -> tuple[Enrichment, WorkflowRun]:
    """An enrichment whose run is in that phase, as the pass before left it."""
    seen = enrichment(suspend=phase == "suspended")
    run = run_of(seen, **PHASES[phase])
    for _ in range(2):
        seen = after(seen, planned(seen, run))
    return seen, run


def test_a_new_enrichment_gets_one_workflow_and_a_status_that_names_it() -> None:
    made = planned(enrichment())
    assert made.create is not None
    assert made.status.workflow is not None
    assert made.status.workflow.name == made.create.name
    assert condition(made, "Ready") == ("Unknown", "WorkflowStarting")
    assert condition(made, "Reconciling") == ("True", "WorkflowStarting")


@pytest.mark.parametrize("phase", PHASES)
def test_a_settled_state_plans_nothing_more(phase: str) -> None:
    seen, run = in_phase(phase)
    made = planned(seen, run, now=LATER)
    assert made.changes_nothing(seen)


@pytest.mark.parametrize("phase", PHASES)
def test_every_state_is_exactly_one_of_current_in_progress_and_failed(phase: str) -> None:
    seen, run = in_phase(phase)
    assert len(kstatus(planned(seen, run), seen.generation)) == 1


@pytest.mark.parametrize(
    ("phase", "ready", "other"),
    [
        ("running", ("Unknown", "WorkflowRunning"), ("Reconciling", "WorkflowRunning")),
        ("waiting for review", ("Unknown", "AwaitingDecision"), ("AwaitingReview", "AwaitingDecision")),
        ("suspended", ("Unknown", "Suspended"), None),
        ("cleaning up", ("True", "Published"), None),
        ("published", ("True", "Published"), None),
        ("rejected", ("False", "ReviewRejected"), ("Stalled", "ReviewRejected")),
        ("failed", ("False", "AnimeUnknown"), ("Stalled", "AnimeUnknown")),
        ("error", ("False", "UnexpectedError"), ("Stalled", "UnexpectedError")),
    ],
)
def test_conditions_tell_where_a_run_stands(
    phase: str, ready: tuple[str, str], other: tuple[str, str] | None
) -> None:
    seen, run = in_phase(phase)
    made = planned(seen, run)
    assert condition(made, "Ready") == ready
    if other is None:
        assert [each.type for each in made.status.conditions] == ["Ready"]
    else:
        assert condition(made, other[0]) == ("True", other[1])


@pytest.mark.parametrize("phase", ACTIVE)
def test_an_edit_ends_the_run_and_waits_for_its_end(phase: str) -> None:
    seen, run = in_phase(phase)
    made = planned(edited(seen, mode="EpisodeUpdate"), run)
    assert [(step.run.name, step.change) for step in made.patches] == [(run.name, WorkflowChange.SUPERSEDE)]
    assert made.create is None
    assert condition(made, "Ready") == ("Unknown", "Superseded")


@pytest.mark.parametrize("phase", ACTIVE)
def test_after_the_end_of_a_superseded_run_the_new_generation_starts(phase: str) -> None:
    seen, run = in_phase(phase)
    changed = edited(seen, mode="EpisodeUpdate")
    ended = replace(run, superseded=True, shutdown="Terminate", phase="Failed", suspended=False)
    made = planned(after(changed, planned(changed, run)), ended)
    assert made.create is not None
    assert made.create.name.startswith("bebop-2-")


@pytest.mark.parametrize("phase", FINISHED)
def test_an_edit_after_the_end_starts_at_once(phase: str) -> None:
    seen, run = in_phase(phase)
    made = planned(edited(seen, mode="EpisodeUpdate"), run)
    assert made.create is not None
    assert made.patches == ()


def test_a_published_run_may_finish_its_clean_up_before_the_next_generation_starts() -> None:
    seen, run = in_phase("cleaning up")
    made = planned(edited(seen, mode="EpisodeUpdate"), run)
    assert (made.patches, made.create) == ((), None)


@pytest.mark.parametrize("phase", PHASES)
def test_an_edit_of_history_limits_starts_nothing(phase: str) -> None:
    seen, run = in_phase(phase)
    suspended = phase == "suspended"
    made = planned(edited(seen, failedWorkflowsHistoryLimit=9, suspend=suspended), run)
    assert (made.create, made.patches) == (None, ())
    assert made.status.observed_generation == 2


def test_an_edit_taken_back_before_anything_happened_keeps_the_run() -> None:
    seen, run = in_phase("running")
    made = planned(edited(edited(seen, mode="EpisodeUpdate")), run)
    assert (made.create, made.patches) == (None, ())


def test_an_edit_taken_back_after_the_run_was_ended_starts_anew() -> None:
    seen, run = in_phase("running")
    ended = replace(run, superseded=True, shutdown="Terminate", phase="Failed")
    made = planned(edited(edited(seen, mode="EpisodeUpdate")), ended)
    assert made.create is not None


@pytest.mark.parametrize("phase", ["pending", "running", "fetched", "waiting for review"])
def test_suspending_pauses_a_run_and_resuming_lets_it_go_on(phase: str) -> None:
    seen, run = in_phase(phase)
    paused = planned(edited(seen, suspend=True), run)
    assert [step.change for step in paused.patches] == [WorkflowChange.SUSPEND]
    resumed = planned(edited(seen), replace(run, suspended=True))
    assert [step.change for step in resumed.patches] == [WorkflowChange.RESUME]


@pytest.mark.parametrize("phase", FINISHED)
def test_suspending_changes_nothing_for_a_run_that_is_over(phase: str) -> None:
    seen, run = in_phase(phase)
    made = planned(edited(seen, suspend=True), run)
    assert (made.create, made.patches) == (None, ())
    assert condition(made, "Ready") == condition(planned(seen, run), "Ready")


def test_a_suspended_enrichment_starts_no_workflow_until_it_is_resumed() -> None:
    seen = enrichment(suspend=True)
    made = planned(seen)
    assert made.create is None
    assert condition(made, "Ready") == ("Unknown", "Suspended")
    assert planned(edited(after(seen, made))).create is not None


def test_a_review_that_waits_stays_visible_while_the_run_is_suspended() -> None:
    seen, run = in_phase("waiting for review")
    made = planned(edited(seen, suspend=True), replace(run, suspended=True))
    assert condition(made, "AwaitingReview") == ("True", "AwaitingDecision")
    assert condition(made, "Ready") == ("Unknown", "Suspended")


@pytest.mark.parametrize("phase", ["running", "fetched", "waiting for review", "suspended"])
def test_a_deletion_stops_what_runs_and_lets_go_when_it_has_ended(phase: str) -> None:
    seen, run = in_phase(phase)
    assert seen.has_finalizer
    doomed = replace(seen, deleting=True)
    made = planned(doomed, run)
    assert [step.change for step in made.patches] == [WorkflowChange.STOP]
    assert not made.plan.remove_finalizer
    ended = replace(run, shutdown="Stop", phase="Failed", suspended=False)
    assert planned(after(doomed, made), ended).plan.remove_finalizer


def test_a_deletion_waits_for_the_clean_up_of_a_published_run() -> None:
    seen, run = in_phase("cleaning up")
    made = planned(replace(seen, deleting=True), run)
    assert (made.patches, made.plan.remove_finalizer) == ((), False)


@pytest.mark.parametrize("phase", FINISHED)
def test_nothing_delays_a_deletion_when_nothing_runs(phase: str) -> None:
    seen, run = in_phase(phase)
    assert not seen.has_finalizer
    assert planned(replace(seen, deleting=True), run).changes_nothing(seen)


def test_a_deletion_before_argo_took_the_workflow_up_is_not_delayed() -> None:
    seen, _ = in_phase("pending")
    assert not seen.has_finalizer


@pytest.mark.parametrize("phase", PHASES)
def test_no_finalizer_is_added_to_an_object_that_is_being_deleted(phase: str) -> None:
    seen = enrichment(suspend=phase == "suspended")
    doomed = replace(seen, deleting=True)
    assert not planned(doomed, run_of(doomed, **PHASES[phase])).plan.add_finalizer


def test_a_deleted_enrichment_starts_nothing() -> None:
    assert planned(replace(enrichment(), deleting=True)).create is None


def test_other_peoples_finalizers_survive_ours() -> None:
    seen, run = in_phase("running")
    shared = replace(seen, finalizers=("example.org/theirs", labels.FINALIZER))
    ended = replace(run, phase="Failed", results=FAILED)
    assert after(shared, planned(shared, ended)).finalizers == ("example.org/theirs",)


@pytest.mark.parametrize("phase", FINISHED)
def test_a_request_starts_the_next_attempt(phase: str) -> None:
    seen, run = in_phase(phase)
    asked = replace(seen, requested_at="today")
    made = planned(asked, run)
    assert made.create is not None
    assert made.create.attempt == 2
    assert made.status.last_handled_request == "today"


@pytest.mark.parametrize("phase", ACTIVE)
def test_a_request_during_a_run_replaces_it(phase: str) -> None:
    seen, run = in_phase(phase)
    made = planned(replace(seen, requested_at="today"), run)
    assert [step.change for step in made.patches] == [WorkflowChange.SUPERSEDE]


def test_a_request_is_answered_once() -> None:
    seen, first = in_phase("failed")
    asked = replace(seen, requested_at="today")
    answered = after(asked, planned(asked, first))
    second = run_of(answered, attempt=2, phase="Failed", results=FAILED)
    assert planned(answered, first, second).create is None
    settled = after(answered, planned(answered, first, second))
    assert planned(settled).create is None  # also when both Workflows are gone


def test_a_request_that_came_with_the_object_is_answered_by_its_first_run() -> None:
    seen = replace(enrichment(), requested_at="today")
    run = run_of(seen)
    assert planned(seen, run).create is None
    assert planned(seen, run).status.last_handled_request == "today"


def test_taking_a_request_away_changes_nothing() -> None:
    seen = replace(enrichment(), requested_at="today")
    run = run_of(seen, phase="Succeeded", results=PUBLISHED)
    settled = after(seen, planned(seen, run))
    assert planned(replace(settled, requested_at=None), run).changes_nothing(settled)


def test_a_published_generation_stays_ready_when_its_workflow_is_gone() -> None:
    seen, _ = in_phase("published")
    assert planned(seen).changes_nothing(seen)


@pytest.mark.parametrize("phase", ["rejected", "failed", "error"])
def test_a_stalled_generation_stays_stalled_when_its_workflow_is_gone(phase: str) -> None:
    seen, _ = in_phase(phase)
    assert planned(seen).changes_nothing(seen)


@pytest.mark.parametrize("phase", ["pending", "running", "fetched", "waiting for review"])
def test_a_workflow_that_vanished_before_its_end_is_replaced_by_the_next_attempt(phase: str) -> None:
    seen, run = in_phase(phase)
    made = planned(seen)
    assert made.create is not None
    assert made.create.attempt == 2
    assert made.create.name != run.name
    assert condition(made, "Ready") == ("Unknown", "WorkflowDeleted")


def test_a_crash_between_create_and_status_leads_to_the_same_name() -> None:
    first, second = planned(enrichment()).create, planned(enrichment()).create
    assert first is not None
    assert second is not None
    assert first.name == second.name


def test_a_run_found_after_a_crash_is_taken_up() -> None:
    seen = enrichment()
    made = planned(seen, run_of(seen, phase=""))
    assert made.create is None
    assert made.status.workflow is not None


def test_a_fixed_spec_resumes_a_stalled_enrichment() -> None:
    seen, run = in_phase("failed")
    made = planned(edited(seen, providers=["Jikan"]), run)
    assert made.create is not None
    assert condition(made, "Stalled") is None


@pytest.mark.parametrize(("succeeded", "failed"), list(product((0, 1, 3), repeat=2)))
def test_finished_workflows_beyond_the_limits_are_deleted_oldest_first(succeeded: int, failed: int) -> None:
    seen = enrichment(successfulWorkflowsHistoryLimit=succeeded, failedWorkflowsHistoryLimit=failed)
    old = [run_of(seen, attempt=number, phase="Failed", results=FAILED) for number in (1, 3, 5)]
    good = [run_of(seen, attempt=number, phase="Succeeded", results=PUBLISHED) for number in (2, 4, 6)]
    made = planned(seen, *old, *good)
    expected = sorted([1, 3, 5][: 3 - failed] + [2, 4, 6][: 3 - succeeded])
    assert sorted(run.attempt for run in made.plan.prune) == expected
    assert condition(made, "Ready") == ("True", "Published")
    assert planned(after(seen, made)).create is None


def test_a_running_workflow_is_never_pruned() -> None:
    seen = enrichment(failedWorkflowsHistoryLimit=0, successfulWorkflowsHistoryLimit=0)
    assert planned(seen, run_of(seen)).plan.prune == ()


def test_a_provider_that_failed_is_told_and_stays_told_after_publication() -> None:
    seen = enrichment()
    results = results_of([fetched(("AniList", "RateLimited")), imaged(), committed()])
    made = planned(seen, run_of(seen, phase="Succeeded", results=results))
    assert condition(made, "Ready") == ("True", "Published")
    assert condition(made, "SourceFailed") == ("True", "SourceFailed")
    assert {each.provider: each.state for each in made.status.sources} == {
        "Jikan": "Answered", "AniList": "Failed", "Kitsu": "Answered",
    }  # fmt: skip
    restarted = planned(replace(after(seen, made), requested_at="today"))
    assert condition(restarted, "SourceFailed") == ("True", "SourceFailed")
    healed = run_of(seen, attempt=2, phase="Succeeded", results=PUBLISHED)
    assert condition(planned(after(seen, made), healed), "SourceFailed") is None


def test_the_status_carries_what_the_run_told() -> None:
    seen, run = in_phase("published")
    status = planned(seen, run).status
    assert (status.entry_id, status.title, status.live_version) == ("ani_1", "Cowboy Bebop", 1)
    assert (status.digest, status.confidence) == ("d" * 64, "0.91")
    assert status.images is not None
    assert (status.images.stored, status.images.failed) == (12, 1)
    assert status.publication_time == NOW + timedelta(minutes=30)


def test_the_deadline_of_a_review_follows_from_its_start() -> None:
    seen, run = in_phase("waiting for review")
    review = planned(seen, run).status.review
    assert review is not None
    assert review.deadline == NOW + timedelta(hours=72)
    assert review.findings == ["title differs"]


@pytest.mark.parametrize(
    ("decision", "reviewer", "ended_after", "reason"),
    [
        ("reject", "mai", 0.5, "ReviewRejected"),
        ("reject", "", 72, "ReviewTimedOut"),
        ("reject", "", 0.5, "ReviewRejected"),  # argo resume without a decision
        ("Approve", "", 0.5, "ReviewRejected"),  # only the exact word counts
        ("reject", "mai", 73, "ReviewRejected"),
        ("approve", "mai", 72, "ReviewTimedOut"),  # the run was suspended meanwhile
        ("approve", "", 72, "ReviewTimedOut"),  # chosen in Argo's page, and never resumed
    ],
)
def test_a_gate_that_closed_without_an_approval_stalls(
    decision: str, reviewer: str, ended_after: float, reason: str
) -> None:
    closed = gate("Succeeded", decision, reviewer=reviewer)
    closed["finishedAt"] = (NOW + timedelta(hours=ended_after)).isoformat()
    seen = enrichment()
    made = planned(seen, run_of(seen, results=results_of([fetched(), imaged("Required"), closed])))
    assert condition(made, "Ready") == ("False", reason)
    assert condition(made, "Stalled") == ("True", reason)


def test_an_approval_after_the_deadline_is_told_with_both_times() -> None:
    late = gate("Succeeded", "approve", reviewer="mai") | {
        "finishedAt": (NOW + timedelta(hours=80)).isoformat()
    }
    seen = enrichment()
    made = planned(seen, run_of(seen, results=results_of([fetched(), imaged("Required"), late])))
    stalled = next(each for each in made.status.conditions if each.type == "Stalled")
    assert re.fullmatch(
        r"mai approved at .* UTC, and the deadline was .* UTC, so the record counts as rejected\.",
        stalled.message,
    )
    assert made.status.review is not None
    assert made.status.review.state == "TimedOut"


def test_a_reject_without_a_name_still_tells_its_note() -> None:
    seen = enrichment()
    answered = gate("Succeeded", "reject", note="two series in one")
    answered["finishedAt"] = (NOW + timedelta(hours=1)).isoformat()
    made = planned(seen, run_of(seen, results=results_of([fetched(), imaged("Required"), answered])))
    stalled = next(each for each in made.status.conditions if each.type == "Stalled")
    assert stalled.message == "Rejected by somebody: two series in one"


def test_an_approval_lets_the_run_go_on() -> None:
    seen = enrichment()
    approved = gate("Succeeded", "approve", reviewer="mai")
    made = planned(seen, run_of(seen, results=results_of([fetched(), imaged("Required"), approved])))
    assert condition(made, "Ready") == ("Unknown", "ReviewApproved")
    assert condition(made, "Reconciling") == ("True", "ReviewApproved")
    assert made.status.review is not None
    assert made.status.review.state == "Approved"


@pytest.mark.parametrize(
    ("message", "shutdown", "reason"),
    [
        ("Stopped with strategy 'Terminate'", "Terminate", "WorkflowStopped"),
        (f'workflowtemplates.argoproj.io "{TEMPLATE}" not found', "", "TemplateMissing"),
        ("invalid spec: entrypoint", "", "WorkflowRefused"),
        ("Max duration limit exceeded", "", "UnexpectedError"),
    ],
)
def test_a_run_that_ended_without_a_step_telling_why_is_explained(
    message: str, shutdown: str, reason: str
) -> None:
    seen = enrichment()
    run = run_of(seen, phase="Failed", message=message, shutdown=shutdown)
    made = planned(seen, run)
    assert condition(made, "Stalled") == ("True", reason)
    stalled = next(each for each in made.status.conditions if each.type == "Stalled")
    assert message in stalled.message


def test_a_run_stopped_at_the_gate_is_not_a_rejection() -> None:
    seen = enrichment()
    results = results_of([fetched(), imaged("Required"), gate("Failed")])
    run = run_of(seen, phase="Failed", shutdown="Stop", message="Stopped", results=results)
    assert condition(planned(seen, run), "Stalled") == ("True", "WorkflowStopped")


def test_the_end_of_the_exit_handler_does_not_take_ready_back() -> None:
    seen = enrichment()
    results = results_of([fetched(), imaged(), committed(), node("conclude", "Failed", type="Pod")])
    made = planned(seen, run_of(seen, phase="Failed", results=results))
    assert condition(made, "Ready") == ("True", "Published")


def test_a_workflow_that_was_refused_is_told_and_tried_again() -> None:
    seen = enrichment()
    told = planned(seen, failure=CreateFailure(EnrichmentReason.WORKFLOW_REFUSED, "quota exceeded"))
    assert condition(told, "Stalled") == ("True", "WorkflowRefused")
    assert planned(after(seen, told)).create is not None


def test_transition_times_move_with_the_status_only() -> None:
    seen, run = in_phase("running")
    first = planned(seen, run).status.conditions
    later = planned(seen, replace(run, results=WAITING), now=LATER).status.conditions
    ready_before = next(each for each in first if each.type == "Ready")
    ready_after = next(each for each in later if each.type == "Ready")
    assert ready_before.reason != ready_after.reason
    assert ready_before.last_transition_time == ready_after.last_transition_time


def test_a_transition_time_moves_when_the_status_does() -> None:
    seen, run = in_phase("running")
    ended = replace(run, phase="Succeeded", results=PUBLISHED)
    [ready] = planned(seen, ended, now=LATER).status.conditions
    assert (ready.status, ready.last_transition_time) == ("True", LATER)


def test_attempts_are_counted_from_the_workflows_where_no_status_was_written() -> None:
    seen = replace(enrichment(), requested_at="today")
    first = run_of(seen, phase="Failed", results=FAILED, requested_at=None)
    made = planned(seen, first)
    assert made.create is not None
    assert made.create.attempt == 2


def test_a_title_too_long_for_the_api_is_cut() -> None:
    seen = enrichment()
    results = results_of([node("fetch", entry_id="ani_1", title="x" * 9000, failed_sources="[]")])
    title = planned(seen, run_of(seen, results=results)).status.title
    assert title is not None
    assert len(title) == 500


GATED = results_of([fetched(), imaged(gates=[("Completeness", "7 of 12"), ("Drift", "type: TV -> Movie")])])


def test_failed_gates_are_in_the_status_and_the_gravest_gives_the_reason() -> None:
    seen, _ = in_phase("running")
    made = planned(seen, run_of(seen, results=GATED))
    assert [(gate.gate, gate.message) for gate in made.status.gates] == [
        ("Completeness", "7 of 12"),
        ("Drift", "type: TV -> Movie"),
    ]
    assert condition(made, "GateFailed") == ("True", "Drifted")
    (told,) = (each.message for each in made.status.conditions if each.type == "GateFailed")
    assert told == "Drift: type: TV -> Movie; Completeness: 7 of 12"


@pytest.mark.parametrize(
    ("gate", "reason"),
    [
        ("Completeness", "Incomplete"),
        ("Drift", "Drifted"),
        ("Consistency", "Inconsistent"),
        ("Plausibility", "UpstreamImplausible"),
        ("Identity", "MatchDoubtful"),
    ],
)
def test_each_gate_has_its_reason(gate: str, reason: str) -> None:
    seen, _ = in_phase("running")
    made = planned(seen, run_of(seen, results=results_of([fetched(), imaged(gates=[(gate, "no")])])))
    assert condition(made, "GateFailed") == ("True", reason)


def test_a_new_run_tells_anew_of_a_gate_that_fails_again() -> None:
    seen, run = in_phase("running")
    failed = after(seen, planned(seen, replace(run, results=GATED)))
    again = planned(failed, run_of(failed, attempt=2))
    assert condition(again, "GateFailed") is None
    assert again.status.gates == []
    once_more = planned(after(failed, again), run_of(failed, attempt=2, results=GATED), now=LATER)
    (told,) = (each for each in once_more.status.conditions if each.type == "GateFailed")
    assert told.last_transition_time == LATER
