# SPDX-License-Identifier: Apache-2.0
"""The next run of an AnimeEnrichment: its attempt, and the rate of starts that it keeps."""

from datetime import datetime

from otakube_api.argo import FINAL_PHASES
from otakube_api.v1alpha1.anime_enrichment import WorkflowStatus
from otakube_api.v1alpha1.enrichment_reasons import EnrichmentReason
from otakube_operator.enrichment.assessment import Assessment, working
from otakube_operator.enrichment.decision import ObservedEnrichment, RunDecision
from otakube_operator.enrichment.observed import Enrichment, WorkflowRun
from otakube_operator.enrichment.run_rate import explained, next_start, recent_starts, with_start
from otakube_operator.enrichment.workflows import NewRun, name_of


def recorded_run(enrichment: Enrichment) -> WorkflowStatus | None:
    """The Workflow that the status records, if it ran the present spec and answers the latest request."""
    record = enrichment.status.workflow
    if record is None or record.name != name_of(enrichment, record.generation, record.attempt):
        return None
    return record if enrichment.requested_at in {None, enrichment.status.last_handled_request} else None


def start(observed: ObservedEnrichment, now: datetime) -> RunDecision:
    """Create the next run, unless too many have started of late."""
    enrichment = observed.object
    starts = recent_starts(enrichment, observed.owned, now)
    due = next_start(starts)
    if due is not None:
        return RunDecision(working(EnrichmentReason.WORKFLOW_RATE_LIMITED, explained(due)), due=due)
    new = NewRun(enrichment, _next_attempt(observed))
    assessment = _starting(new, recorded_run(enrichment))
    return RunDecision(assessment, run=_expected(new), create=new, starts=with_start(starts, now))


def _starting(new: NewRun, record: WorkflowStatus | None) -> Assessment:
    if record is not None and record.phase not in FINAL_PHASES:
        return working(
            EnrichmentReason.WORKFLOW_DELETED, f"Workflow {record.name} is gone; {new.name} replaces it."
        )
    return working(EnrichmentReason.WORKFLOW_STARTING, f"Workflow {new.name} waits for the Argo controller.")


def _next_attempt(observed: ObservedEnrichment) -> int:
    generation, record = observed.object.generation, observed.object.status.workflow
    attempts = [run.attempt for run in observed.owned if run.generation == generation]
    if record is not None and record.generation == generation:
        attempts.append(record.attempt)
    return max(attempts, default=0) + 1


def _expected(new: NewRun) -> WorkflowRun:
    """The run as it will be, so that one pass creates it and writes the status that says so."""
    enrichment = new.enrichment
    return WorkflowRun(
        namespace=enrichment.key.namespace,
        name=new.name,
        uid="",
        owner_uid=enrichment.uid,
        generation=enrichment.generation,
        attempt=new.attempt,
        spec_hash=enrichment.spec_hash,
        requested_at=enrichment.requested_at,
    )
