# SPDX-License-Identifier: Apache-2.0
"""Runs that wait before they start: for a turn at the providers, or for something that comes back."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from otakube_api.reasons import CommonCondition
from otakube_api.v1alpha1.enrichment_reasons import EnrichmentReason
from otakube_api.v1alpha1.waiting import QueueStatus, RetryStatus
from otakube_operator.enrichment.assessment import Activity, Assessment, working
from otakube_operator.enrichment.observed import Enrichment, WorkflowRun
from otakube_operator.enrichment.retry import brought_forward, format_look, format_retry, retry_of, share
from otakube_operator.enrichment.run_queue import NEVER, Peers, Ticket, format_queue
from otakube_operator.runtime.conditions import find

LOOK = timedelta(minutes=1)
"""Mean interval at which one that waits looks at the others."""


class Waiting(NamedTuple):
    """The reasons for which a run waits, as the status tells them."""

    queue: QueueStatus | None = None
    retry: RetryStatus | None = None


NOTHING = Waiting()


def ticket_of(enrichment: Enrichment, *, returning: bool) -> Ticket:
    """The place that an enrichment has a right to; what is not recorded yet stands behind."""
    queue, status = enrichment.status.queue, enrichment.status
    first = enrichment.created_at if status.workflow is None else None
    since = queue.since_time if queue is not None else first
    stalled = find(status.conditions, CommonCondition.STALLED)
    refused = stalled is not None and stalled.reason in {
        EnrichmentReason.WORKFLOW_REFUSED,
        EnrichmentReason.WORKFLOW_CONFLICT,
    }
    return Ticket(refused, returning, -enrichment.spec.priority, since or NEVER, enrichment.key)


def next_retry(enrichment: Enrichment, failed: WorkflowRun | None, peers: Peers) -> RetryStatus | None:
    """The next try after `failed`; None: its Workflow is gone, and the status is what is left of it."""
    others = (each for key, peer in peers.items() if key != enrichment.key for each in peer.passed)
    if failed is not None:
        return retry_of(enrichment, failed, others)
    written = enrichment.status.retry
    return None if written is None else brought_forward(written, enrichment, others)


def queued(queue: QueueStatus) -> Assessment:
    """The assessment of a run that waits for its turn."""
    return working(EnrichmentReason.QUEUED, format_queue(queue))


def scheduled(failed: Assessment, retry: RetryStatus) -> Assessment:
    """The assessment of a failed run that is tried again."""
    awaits = failed.reason is EnrichmentReason.EPISODE_NOT_OUT
    text = format_look(retry) if awaits else format_retry(retry)
    return replace(failed, progress=Activity.WORKING, goes_on=(EnrichmentReason.RETRY_SCHEDULED, text))


def next_look(enrichment: Enrichment, now: datetime) -> datetime:
    """The moment of the next look at the others: an object's own, so that not all look at once."""
    return now + LOOK * (0.75 + share(enrichment.uid, 0) / 2)


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    """The first of the moments that there are."""
    return min((each for each in moments if each is not None), default=None)
