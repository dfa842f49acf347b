# SPDX-License-Identifier: Apache-2.0
"""The operator's decisions, by what a person sees and does."""

from dataclasses import replace
from itertools import product

import pytest

from operator_builders import (
    LATER,
    after,
    condition,
    edited,
    enrichment,
    kstatus,
    planned,
    run_of,
)
from otakube_api import labels
from otakube_operator.enrichment.decision import WorkflowChange
from run_phases import ACTIVE, FAILED, FINISHED, PHASES, PUBLISHED, in_phase


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
