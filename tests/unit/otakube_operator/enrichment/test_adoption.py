# SPDX-License-Identifier: Apache-2.0
"""Which Workflows count as runs of an object, and what happens to those that do not."""

from dataclasses import replace
from typing import Any

import pytest

from operator_builders import NOW, Planned, after, condition, edited, enrichment, planned, run_of
from otakube_operator.enrichment.adoption import family_of, recorded_workflow
from otakube_operator.enrichment.decision import WorkflowChange
from otakube_operator.enrichment.identity import MetadataDamage
from otakube_operator.enrichment.observed import Enrichment, WorkflowRun


def settled(**run: Any) -> tuple[Enrichment, WorkflowRun]:
    """An enrichment at generation 3 whose status records its run."""
    seen = enrichment(generation=3)
    made = run_of(seen, **run)
    return after(seen, planned(seen, made)), made


SEEN, RUN = settled(phase="Failed")


@pytest.mark.parametrize(
    ("claim", "ours"),
    [
        (RUN, True),
        (replace(RUN, spec_hash=""), True),  # proved with the present spec
        (replace(RUN, spec_hash="other"), True),
        (replace(RUN, generation=99), False),
        (replace(RUN, generation=2), False),
        (replace(RUN, attempt=999_999_999), False),
        (replace(RUN, name="bebop-3-00000000", uid="other"), False),
        (replace(RUN, name=f"{RUN.name}-x7k2p", uid="other"), False),  # argo resubmit
        (replace(RUN, name=f"other{RUN.name.removeprefix('bebop')}", uid="other"), False),
        (run_of(enrichment(generation=4)), False),  # of a generation that is still to come
        (run_of(enrichment(generation=2, mode="EpisodeUpdate")), True),
    ],
)  # fmt: skip
def test_a_run_is_one_whose_name_follows_from_what_it_says(claim: WorkflowRun, ours: bool) -> None:
    family = family_of(SEEN, [claim])
    assert (len(family.runs), len(family.strays)) == ((1, 0) if ours else (0, 1))


def test_a_run_of_an_earlier_spec_is_known_by_the_status_that_records_it() -> None:
    seen = edited(SEEN, mode="EpisodeUpdate")
    lost = replace(RUN, spec_hash="")
    assert family_of(seen, [lost]).runs == (lost,)
    assert family_of(seen, [replace(lost, uid="another")]).runs == ()


def test_the_recorded_workflow_can_be_looked_for_by_name_and_uid() -> None:
    found = recorded_workflow(SEEN)
    assert found is not None
    assert (found.name, found.uid, found.identity) == (RUN.name, RUN.uid, RUN.identity)
    assert recorded_workflow(enrichment()) is None


@pytest.mark.parametrize("claim", [{"generation": 99}, {"attempt": 999_999_999}])
def test_a_relabelled_run_starts_nothing_over_and_over(claim: dict[str, int]) -> None:
    seen = edited(SEEN, mode="EpisodeUpdate")
    made = planned(seen, replace(RUN, **claim))
    assert made.create is not None
    assert (made.create.name, made.create.attempt) == (run_of(seen).name, 1)
    answered = after(seen, made)
    assert planned(answered, replace(RUN, **claim), run_of(answered)).create is None


def test_a_late_attempt_does_not_answer_a_request() -> None:
    asked = replace(SEEN, requested_at="today")
    made = planned(asked, replace(RUN, attempt=999_999_999))
    assert made.create is not None
    assert made.create.attempt == 2


def changes(made: Planned) -> list[tuple[str, WorkflowChange]]:
    return [(patch.run.name, patch.change) for patch in made.patches]


STRAY = replace(RUN, name=f"{RUN.name}-x7k2p", uid="stray", phase="Running")


@pytest.mark.parametrize("phase", ["Failed", "Running"])
def test_a_resubmitted_run_is_terminated_and_told_beside_the_state_of_the_true_one(phase: str) -> None:
    seen, run = settled(phase=phase)
    made = planned(seen, run, STRAY)
    assert [(patch.run.name, patch.change) for patch in made.patches] == [
        (STRAY.name, WorkflowChange.SUPERSEDE)
    ]
    assert condition(made, "ForeignWorkflow") == ("True", "ForeignWorkflow")
    assert condition(made, "Ready") == condition(planned(seen, run), "Ready")
    ended = replace(STRAY, shutdown="Terminate", phase="Failed")
    assert condition(planned(after(seen, made), run, ended), "ForeignWorkflow") is None


def test_nothing_starts_beside_a_foreign_workflow() -> None:
    seen = edited(SEEN, mode="EpisodeUpdate")
    made = planned(seen, RUN, STRAY)
    assert made.create is None
    assert condition(made, "Ready") == ("Unknown", "ForeignWorkflow")
    assert planned(after(seen, made), RUN, replace(STRAY, phase="Failed")).create is not None


def test_a_deletion_waits_for_a_foreign_workflow_too() -> None:
    seen, run = settled()
    doomed = replace(seen, deleting=True)
    ended = replace(run, phase="Failed", shutdown="Stop")
    made = planned(doomed, ended, STRAY)
    assert not made.plan.remove_finalizer
    assert [patch.run.name for patch in made.patches] == [STRAY.name]
    assert planned(after(doomed, made), ended, replace(STRAY, phase="Failed")).plan.remove_finalizer


def test_a_finished_foreign_workflow_is_nobodys_business() -> None:
    made = planned(SEEN, RUN, replace(STRAY, phase="Succeeded"))
    assert made.changes_nothing(SEEN)


@pytest.mark.parametrize("phase", ["", "Running"])
def test_a_run_with_other_arguments_is_stopped_and_started_anew(phase: str) -> None:
    seen, run = settled(phase=phase)
    altered = replace(run, altered=True)
    stopping = planned(seen, altered)
    assert [patch.change for patch in stopping.patches] == [WorkflowChange.SUPERSEDE]
    assert condition(stopping, "Ready") == ("Unknown", "WorkflowAltered")
    ended = replace(altered, phase="Failed", shutdown="Terminate", superseded=True)
    again = planned(after(seen, stopping), ended)
    assert again.create is not None
    assert again.create.attempt == 2


def test_a_run_retried_beside_the_current_one_is_ended_while_that_is_described() -> None:
    first = replace(RUN, phase="Running")
    asked = replace(SEEN, requested_at="today")
    asked = after(asked, planned(asked, RUN))
    second = run_of(asked, attempt=2)
    made = planned(asked, first, second)
    assert [(patch.run.name, patch.change) for patch in made.patches] == [
        (first.name, WorkflowChange.SUPERSEDE)
    ]
    assert condition(made, "Ready") == ("Unknown", "WorkflowRunning")


def test_a_run_without_its_label_is_looked_at_again_without_an_event() -> None:
    run = replace(run_of(SEEN), damage=MetadataDamage())
    made = planned(SEEN, run)
    assert made.plan.revisit_at is not None
    assert 0 < (made.plan.revisit_at - NOW).total_seconds() < 60
    assert planned(SEEN, replace(run, damage=None)).plan.revisit_at is None
