# SPDX-License-Identifier: Apache-2.0
"""Observed -> EnrichmentPlan: every decision about runs, without I/O, clock or memory.

A plan follows from the present state alone, so a restart, a lost event or a second delivery ends in the same
place.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from otakube_api.argo import FINAL_PHASES
from otakube_api.reasons import CommonCondition, CommonReason
from otakube_api.v1alpha1.anime_enrichment import KIND, EnrichmentCondition, EnrichmentReason, WorkflowStatus
from otakube_operator.enrichment.adoption import Repair, family_of, repairs_of
from otakube_operator.enrichment.assessment import (
    Activity,
    Assessment,
    as_reason,
    assess,
    resting,
    stuck,
    working,
)
from otakube_operator.enrichment.observed import Enrichment, WorkflowRun
from otakube_operator.enrichment.run_rate import explained, next_start, recent_starts, with_start
from otakube_operator.enrichment.workflows import NewRun, name_of
from otakube_operator.runtime.conditions import DesiredCondition, find
from otakube_operator.runtime.controller import CreateFailure, Observed, ReconcilePlan

ObservedEnrichment = Observed[Enrichment, WorkflowRun]

UNWATCHED_INTERVAL = timedelta(seconds=20)


class WorkflowChange(Enum):
    """A change to a run."""

    STOP = "Stop"  # its exit handler cleans up
    SUPERSEDE = "Terminate"  # a newer run does not wait for a clean-up
    SUSPEND = "Suspend"
    RESUME = "Resume"


@dataclass(frozen=True, slots=True)
class WorkflowPatch:
    """One change to a run."""

    run: WorkflowRun
    change: WorkflowChange


@dataclass(frozen=True, slots=True)
class RunDecision:
    """The assessment of the object, the run that its status is to describe, and what changes about runs."""

    assessment: Assessment
    run: WorkflowRun | None = None
    create: NewRun | None = None
    patches: tuple[WorkflowPatch, ...] = ()
    beside: tuple[DesiredCondition, ...] = ()
    starts: tuple[datetime, ...] = ()
    """The starts to record, if one is added."""
    due: datetime | None = None
    """When time alone changes the decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichmentPlan(ReconcilePlan[WorkflowRun]):
    """Finalizer and clean-up follow from the decision; without one, the object is about to go."""

    decision: RunDecision | None = None
    repairs: tuple[Repair, ...] = ()

    @property
    def create(self) -> NewRun | None:
        """The run to create."""
        return self.decision.create if self.decision is not None else None

    @property
    def patches(self) -> tuple[WorkflowPatch, ...]:
        """The changes to runs."""
        return self.decision.patches if self.decision is not None else ()


def plan(claimed: ObservedEnrichment, now: datetime, failure: CreateFailure | None = None) -> EnrichmentPlan:
    """Plan the next changes; `failure` is why creating a Workflow has just failed."""
    enrichment = claimed.object
    family = family_of(enrichment, claimed.owned)
    observed = Observed(enrichment, family.runs)
    strays = [stray for stray in family.strays if not stray.finished]
    live = [*strays, *(run for run in family.runs if not run.finished)]
    repairs = repairs_of(enrichment, family.runs)
    if enrichment.deleting and not live:
        return EnrichmentPlan(remove_finalizer=enrichment.has_finalizer, repairs=repairs)
    decision = _beside_strays(_decide(observed, strays, now), strays)
    if failure is not None:
        decision = RunDecision(stuck(as_reason(failure.reason), failure.message))
    return EnrichmentPlan(
        decision=decision,
        add_finalizer=_must_be_undone(live) and not enrichment.has_finalizer and not enrichment.deleting,
        prune=() if enrichment.deleting else _beyond_history(observed, decision.run),
        remove_finalizer=enrichment.has_finalizer and not live and decision.create is None,
        repairs=repairs,
        revisit_at=_revisit_at(live, decision, now),
    )


def _revisit_at(live: list[WorkflowRun], decision: RunDecision, now: datetime) -> datetime | None:
    """The moment to look again without an event: a run without its label is in no watch."""
    unwatched = [now + UNWATCHED_INTERVAL] if any(run.damage is not None for run in live) else []
    return min([*unwatched, *([decision.due] if decision.due is not None else [])], default=None)


def _must_be_undone(active: list[WorkflowRun]) -> bool:
    """True if a deletion would leave something outside: not before Argo has taken a Workflow up.

    Until then the garbage collector does all there is to do, and the API server is spared a write.
    """
    return any(run.phase not in {"", "Pending"} for run in active)


def current_run(observed: ObservedEnrichment) -> WorkflowRun | None:
    """The latest run, if it is of the present spec and answers the latest request."""
    latest = max(observed.owned, key=lambda run: run.order, default=None)
    return latest if latest is not None and _is_current(observed.object, latest) else None


def recorded_run(enrichment: Enrichment) -> WorkflowStatus | None:
    """The Workflow that the status records, if it ran the present spec and answers the latest request."""
    record = enrichment.status.workflow
    if record is None or record.name != name_of(enrichment, record.generation, record.attempt):
        return None
    return record if enrichment.requested_at in {None, enrichment.status.last_handled_request} else None


def _is_current(enrichment: Enrichment, run: WorkflowRun) -> bool:
    answered = {None, run.requested_at, enrichment.status.last_handled_request}
    return (
        run.spec_hash == enrichment.spec_hash
        and not run.superseded
        and not run.altered
        and enrichment.requested_at in answered
    )


def _decide(observed: ObservedEnrichment, strays: list[WorkflowRun], now: datetime) -> RunDecision:
    enrichment, current = observed.object, current_run(observed)
    active = [run for run in observed.owned if not run.finished]
    if enrichment.deleting:
        return _stop_runs(active, WorkflowChange.STOP, _deleting([*active, *strays]))
    outdated = [run for run in active if run is not current]
    if current is not None:
        decision = _stop_runs(outdated, WorkflowChange.SUPERSEDE, assess(enrichment, current))
        patches = (*decision.patches, *_suspension(enrichment, current))
        return replace(decision, run=current, patches=patches)
    if outdated:
        return _stop_runs(outdated, WorkflowChange.SUPERSEDE, _superseded(outdated))
    if strays:
        return RunDecision(working(EnrichmentReason.FOREIGN_WORKFLOW, _foreign(strays)))
    return _without_run(observed, now)


def _beside_strays(decision: RunDecision, strays: list[WorkflowRun]) -> RunDecision:
    """The same decision, while what others started in the object's name is ended and told of."""
    if not strays:
        return decision
    ending = _stop_runs(strays, WorkflowChange.SUPERSEDE, decision.assessment)
    told = DesiredCondition(
        EnrichmentCondition.FOREIGN_WORKFLOW, "True", EnrichmentReason.FOREIGN_WORKFLOW, _foreign(strays)
    )
    return replace(decision, patches=(*decision.patches, *ending.patches), beside=(told,))


def _without_run(observed: ObservedEnrichment, now: datetime) -> RunDecision:
    enrichment, record = observed.object, recorded_run(observed.object)
    settled = _settled_before(enrichment) if record is not None else None
    if settled is not None:
        return RunDecision(settled)
    if enrichment.spec.suspend:
        return RunDecision(resting(CommonReason.SUSPENDED, "spec.suspend is true: no Workflow is started."))
    starts = recent_starts(enrichment, observed.owned, now)
    due = next_start(starts)
    if due is not None:
        return RunDecision(working(EnrichmentReason.WORKFLOW_RATE_LIMITED, explained(due)), due=due)
    new = NewRun(enrichment, _next_attempt(observed))
    return RunDecision(_starting(new, record), run=_expected(new), create=new, starts=with_start(starts, now))


def _starting(new: NewRun, record: WorkflowStatus | None) -> Assessment:
    if record is not None and record.phase not in FINAL_PHASES:
        return working(
            EnrichmentReason.WORKFLOW_DELETED, f"Workflow {record.name} is gone; {new.name} replaces it."
        )
    return working(EnrichmentReason.WORKFLOW_STARTING, f"Workflow {new.name} waits for the Argo controller.")


def _settled_before(enrichment: Enrichment) -> Assessment | None:
    """The assessment of a run that is gone, if there was one: a published generation stays published."""
    conditions = enrichment.status.conditions
    ready, stalled = find(conditions, CommonCondition.READY), find(conditions, CommonCondition.STALLED)
    if ready is not None and ready.status == "True":
        return Assessment("True", EnrichmentReason.PUBLISHED, ready.message, Activity.RESTING)
    if stalled is not None and _judged_the_run(stalled.reason):
        return stuck(as_reason(stalled.reason), stalled.message)
    return None


def _judged_the_run(reason: str) -> bool:
    """True if a Stalled reason speaks of a run, rather than of our failure to create or read one."""
    about_us = {
        EnrichmentReason.WORKFLOW_CONFLICT,
        EnrichmentReason.WORKFLOW_REFUSED,
        CommonReason.SPEC_INVALID,
    }
    return reason in set(KIND.reasons) - about_us


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


def _stop_runs(runs: list[WorkflowRun], change: WorkflowChange, assessment: Assessment) -> RunDecision:
    steps = tuple(step for run in runs if (step := _end(run, change)) is not None)
    return RunDecision(assessment, patches=steps)


def _end(run: WorkflowRun, change: WorkflowChange) -> WorkflowPatch | None:
    """A published run only cleans up after itself and is left to it; a paused one cannot end."""
    if run.published or run.shutdown:
        return WorkflowPatch(run, WorkflowChange.RESUME) if run.suspended else None
    return WorkflowPatch(run, change)


def _suspension(enrichment: Enrichment, run: WorkflowRun) -> tuple[WorkflowPatch, ...]:
    if run.finished or run.suspended == enrichment.spec.suspend or run.shutdown:
        return ()
    if run.published and not run.suspended:
        return ()
    return (WorkflowPatch(run, WorkflowChange.SUSPEND if enrichment.spec.suspend else WorkflowChange.RESUME),)


def _deleting(active: list[WorkflowRun]) -> Assessment:
    names = ", ".join(run.name for run in active)
    return working(EnrichmentReason.DELETING, f"Waiting for Workflow {names} to stop.")


def _superseded(outdated: list[WorkflowRun]) -> Assessment:
    names = ", ".join(run.name for run in outdated)
    if all(run.altered for run in outdated):
        return working(
            EnrichmentReason.WORKFLOW_ALTERED,
            f"The arguments of Workflow {names} were changed by hand; it is stopped and started anew.",
        )
    return working(EnrichmentReason.SUPERSEDED, f"Waiting for Workflow {names} to stop; the new one follows.")


def _foreign(strays: list[WorkflowRun]) -> str:
    names = ", ".join(stray.name for stray in strays)
    return f"Workflow {names} runs in this object's name and is none of the operator's: it is terminated."


def _beyond_history(observed: ObservedEnrichment, described: WorkflowRun | None) -> tuple[WorkflowRun, ...]:
    """Finished runs beyond the limits, oldest first, that the status to be written no longer needs."""
    spec, record = observed.object.spec, described or observed.object.status.workflow
    finished = sorted(
        (run for run in observed.owned if run.finished), key=lambda run: run.order, reverse=True
    )
    recorded = [
        run for run in finished if record is not None and run.order <= (record.generation, record.attempt)
    ]
    succeeded = [run for run in recorded if run.phase == "Succeeded"]
    failed = [run for run in recorded if run.phase != "Succeeded"]
    extra = (
        succeeded[spec.successful_workflows_history_limit :] + failed[spec.failed_workflows_history_limit :]
    )
    return tuple(reversed(extra))
