# SPDX-License-Identifier: Apache-2.0
"""A later run that somebody deleted: an earlier one does not take its place."""

from dataclasses import replace

from operator_builders import (
    after,
    committed,
    condition,
    enrichment,
    fetched,
    imaged,
    planned,
    results_of,
    run_of,
)
from otakube_operator.enrichment.observed import Enrichment, Results, WorkflowRun

PUBLISHED = results_of([fetched(), imaged(), committed()])


def published_and_asked_again(
    phase: str, results: Results | None = None
) -> tuple[Enrichment, WorkflowRun, WorkflowRun]:
    """An enrichment that was published, and the second run, which a request has started."""
    seen = enrichment()
    first = run_of(seen, phase="Succeeded", results=PUBLISHED)
    asked = replace(after(seen, planned(seen, first)), requested_at="today")
    started = after(asked, planned(asked, first))
    second = run_of(started, attempt=2, phase=phase, **({"results": results} if results else {}))
    return after(started, planned(started, first, second)), first, second


def test_a_request_whose_run_was_deleted_is_answered_by_the_next() -> None:
    seen, first, _ = published_and_asked_again("Running")
    made = planned(seen, first)
    assert condition(made, "Ready") == ("Unknown", "WorkflowDeleted")
    assert made.create is not None
    assert made.create.attempt == 3


def test_a_live_version_stays_told_when_the_workflow_that_made_it_is_deleted() -> None:
    seen, first, _ = published_and_asked_again("Succeeded", results_of([fetched(), imaged(), committed(2)]))
    assert seen.status.live_version == 2
    assert planned(seen, first).changes_nothing(seen)
