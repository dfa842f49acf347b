# SPDX-License-Identifier: Apache-2.0
"""Decisions that are put off: until what was away may be back, and until it is the object's turn."""

from dataclasses import replace
from datetime import datetime

from otakube_api.v1alpha1.waiting import RetryStatus
from otakube_operator.enrichment.decision import ObservedEnrichment, RunDecision
from otakube_operator.enrichment.observed import Enrichment, WorkflowRun
from otakube_operator.enrichment.retry import COMES_BACK
from otakube_operator.enrichment.run_queue import Peer, QueueLimits, is_admitted, next_admitted, queue_status
from otakube_operator.enrichment.start import recorded_run, start
from otakube_operator.enrichment.waiting import (
    Waiting,
    earliest,
    next_look,
    next_retry,
    queued,
    scheduled,
    ticket_of,
)
from otakube_operator.runtime.objects import ObjectKey


def come_back(observed: ObservedEnrichment, decision: RunDecision, now: datetime) -> RunDecision:
    """The same decision, unless a run has failed for lack of something that comes back."""
    enrichment, written = observed.object, observed.object.status.retry
    if not _has_passing_failure(enrichment, decision):
        return replace(decision, waiting=Waiting(retry=_of_earlier_runs(enrichment, decision)))
    retry = next_retry(enrichment, decision.run, observed.peers)
    decision = replace(decision, waiting=Waiting(retry=retry))
    if retry is None or retry.next_time is None or enrichment.spec.suspend or enrichment.deleting:
        return decision
    if retry == written and retry.next_time <= now and not decision.patches:
        return replace(start(observed, now), waiting=decision.waiting)
    due = retry.next_time if retry.next_time <= now else min(retry.next_time, next_look(enrichment, now))
    return replace(decision, assessment=scheduled(decision.assessment, retry), due=due)


def wait_in_queue(
    observed: ObservedEnrichment, decision: RunDecision, limits: QueueLimits, now: datetime
) -> RunDecision:
    """The same decision, unless it starts a run and others have the slots."""
    enrichment, retry = observed.object, decision.waiting.retry
    ticket = ticket_of(enrichment, returning=retry is not None)
    if decision.create is None or is_admitted(ticket, observed.peers, limits, now):
        return decision
    queue = queue_status(ticket, enrichment.status.queue, observed.peers, limits, now)
    return RunDecision(queued(queue), waiting=Waiting(queue, retry), due=next_look(enrichment, now))


def described_to_others(enrichment: Enrichment, runs: tuple[WorkflowRun, ...], decision: RunDecision) -> Peer:
    """The part of an enrichment that the plans of others have to know, by its decision before the queue."""
    asking = [run for run in runs if run.asks_providers]
    waits = decision.create is not None or decision.due is not None
    retry = decision.waiting.retry
    return Peer(
        asking=bool(asking),
        asking_since=earliest(run.started_at for run in asking),
        ticket=ticket_of(enrichment, returning=retry is not None) if waits else None,
        due=None if decision.create is not None else _counts_from(decision),
        passed=tuple(each for run in runs for each in run.passed),
    )


def woken(observed: ObservedEnrichment, limits: QueueLimits, now: datetime) -> tuple[ObjectKey, ...]:
    """Those whose turn it is, if a run of this object may have made way."""
    if not observed.owned or any(run.asks_providers for run in observed.owned):
        return ()
    admitted = next_admitted(observed.peers, limits, now)
    return tuple(key for key in admitted if key != observed.object.key)


def _counts_from(decision: RunDecision) -> datetime | None:
    retry = decision.waiting.retry
    return retry.next_time if retry is not None and retry.next_time is not None else decision.due


def _has_passing_failure(enrichment: Enrichment, decision: RunDecision) -> bool:
    """True if the run, or the one that is gone and left its status, failed for a reason that passes."""
    if decision.create is not None or decision.assessment.reason not in COMES_BACK:
        return False
    if decision.run is not None:
        return decision.run.finished
    record, written = recorded_run(enrichment), enrichment.status.retry
    return record is not None and written is not None and written.workflow == record.name


def _of_earlier_runs(enrichment: Enrichment, decision: RunDecision) -> RetryStatus | None:
    """The count of failures so far, while a run that may add to it is to come or goes on."""
    goes_on = decision.create is not None or (decision.run is not None and not decision.run.finished)
    return enrichment.status.retry if goes_on and recorded_run(enrichment) is not None else None
