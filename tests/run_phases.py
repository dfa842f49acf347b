# SPDX-License-Identifier: Apache-2.0
"""Enrichments in each phase of a run, for the tests of plan and status."""

from typing import Any

from operator_builders import (
    after,
    committed,
    enrichment,
    fetched,
    gate,
    imaged,
    planned,
    results_of,
    run_of,
)
from otakube_api.contract import Failure, FailureReason
from otakube_operator.enrichment.observed import Enrichment, Results, WorkflowRun

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
