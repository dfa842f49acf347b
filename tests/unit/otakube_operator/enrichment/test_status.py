# SPDX-License-Identifier: Apache-2.0
"""What the status tells of a run and of its end."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from operator_builders import (
    LATER,
    NOW,
    after,
    committed,
    condition,
    enrichment,
    fetched,
    gate,
    imaged,
    node,
    planned,
    results_of,
    run_of,
)
from otakube_api.contract import TEMPLATE
from otakube_api.v1alpha1.enrichment_reasons import EnrichmentReason
from otakube_operator.runtime.controller import CreateFailure
from run_phases import FAILED, PUBLISHED, WAITING, in_phase


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


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (f'workflowtemplates.argoproj.io "{TEMPLATE}" not found', "TemplateMissing"),
        ("invalid spec: entrypoint", "WorkflowRefused"),
        (f"invalid spec: template reference {TEMPLATE}.nowhere not found", "WorkflowRefused"),
        ("WorkflowSpec may not change during execution when the controller is set ...", "TemplateChanged"),
    ],
)
def test_a_run_that_its_template_ended_is_tried_again(message: str, reason: str) -> None:
    seen = enrichment()
    made = planned(seen, run_of(seen, phase="Error", message=message, finished_at=NOW))
    assert condition(made, "Ready") == ("False", reason)
    assert condition(made, "Reconciling") == ("True", "RetryScheduled")
    assert condition(made, "Stalled") is None
    assert message in next(each for each in made.status.conditions if each.type == "Ready").message
    retry = made.status.retry
    assert retry is not None
    assert retry.next_time is not None
    run = run_of(seen, phase="Error", message=message, finished_at=NOW)
    assert planned(after(seen, made), run, now=retry.next_time).create is not None


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
