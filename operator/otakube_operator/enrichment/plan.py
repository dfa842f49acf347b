# SPDX-License-Identifier: Apache-2.0
"""Observed -> EnrichmentPlan: every decision about runs, without I/O, clock or memory.

A plan follows from the present state alone, so a restart, a lost event or a second delivery ends in the same
place.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from otakube_api.reasons import CommonCondition, CommonReason
from otakube_api.v1alpha1.anime_enrichment import KIND
from otakube_api.v1alpha1.enrichment_reasons import EnrichmentCondition, EnrichmentReason
from otakube_operator.enrichment import pods
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
from otakube_operator.enrichment.decision import (
    ObservedEnrichment,
    RunDecision,
    WorkflowChange,
    WorkflowPatch,
)
from otakube_operator.enrichment.deferral import come_back, described_to_others, wait_in_queue, woken
from otakube_operator.enrichment.observed import Enrichment, WorkflowRun
from otakube_operator.enrichment.pods import Note, notes_of
from otakube_operator.enrichment.run_queue import Peer, QueueLimits
from otakube_operator.enrichment.start import recorded_run, start
from otakube_operator.enrichment.waiting import earliest
from otakube_operator.enrichment.workflows import NewRun
from otakube_operator.runtime.conditions import DesiredCondition, find
from otakube_operator.runtime.controller import CreateFailure, Observed, ReconcilePlan

UNWATCHED_INTERVAL = timedelta(seconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichmentPlan(ReconcilePlan[WorkflowRun]):
    """Finalizer and clean-up follow from the decision; without one, the object is about to go."""

    decision: RunDecision | None = None
    repairs: tuple[Repair, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def create(self) -> NewRun | None:
        """The run to create."""
        return self.decision.create if self.decision is not None else None

    @property
    def patches(self) -> tuple[WorkflowPatch, ...]:
        """The changes to runs."""
        return self.decision.patches if self.decision is not None else ()


def plan(
    claimed: ObservedEnrichment, now: datetime, limits: QueueLimits, failure: CreateFailure | None = None
) -> EnrichmentPlan:
    """Plan the next changes; `failure` is why creating a Workflow has just failed."""
    enrichment = claimed.object
    family = family_of(enrichment, claimed.owned)
    observed = Observed(enrichment, family.runs, claimed.peers)
    strays = [stray for stray in family.strays if not stray.finished]
    live = [*strays, *(run for run in family.runs if not run.finished)]
    repairs = repairs_of(enrichment, family.runs)
    if enrichment.deleting and not live:
        return EnrichmentPlan(
            remove_finalizer=enrichment.has_finalizer, repairs=repairs, wake=woken(observed, limits, now)
        )
    decision = wait_in_queue(observed, _decide(observed, strays, now), limits, now)
    if failure is not None:
        decision = RunDecision(stuck(as_reason(failure.reason), failure.message))
    return EnrichmentPlan(
        decision=decision,
        add_finalizer=_must_be_undone(live) and not enrichment.has_finalizer and not enrichment.deleting,
        prune=() if enrichment.deleting else _beyond_history(observed, decision.run),
        remove_finalizer=enrichment.has_finalizer and not live and decision.create is None,
        repairs=repairs,
        notes=notes_of(family.runs),
        revisit_at=_revisit_at(live, decision, now),
        wake=woken(observed, limits, now),
    )


def peer_of(enrichment: Enrichment, owned: tuple[WorkflowRun, ...], now: datetime) -> Peer:
    """The part of an enrichment that the plans of others have to know."""
    family = family_of(enrichment, owned)
    strays = [stray for stray in family.strays if not stray.finished]
    decision = _decide(Observed(enrichment, family.runs), strays, now)
    return described_to_others(enrichment, family.runs, decision)


def _revisit_at(live: list[WorkflowRun], decision: RunDecision, now: datetime) -> datetime | None:
    """The moment to look again without an event: a run without its label is in no watch, a pod in none."""
    unwatched = now + UNWATCHED_INTERVAL if any(run.damage is not None for run in live) else None
    return earliest([unwatched, decision.due, pods.next_look(live, now)])


def _must_be_undone(active: list[WorkflowRun]) -> bool:
    """True if a deletion would leave something outside: not before Argo has taken a Workflow up.

    Until then the garbage collector does all there is to do, and the API server is spared a write.
    """
    return any(run.phase not in {"", "Pending"} for run in active)


def current_run(observed: ObservedEnrichment) -> WorkflowRun | None:
    """The latest run, if it is of the present spec and answers the latest request."""
    latest = max(observed.owned, key=lambda run: run.order, default=None)
    return latest if latest is not None and _is_current(observed.object, latest) else None


def _is_current(enrichment: Enrichment, run: WorkflowRun) -> bool:
    answered = {None, run.requested_at, enrichment.status.last_handled_request}
    return (
        run.spec_hash == enrichment.spec_hash
        and not run.superseded
        and not run.altered
        and not _came_before_the_recorded(enrichment, run)
        and enrichment.requested_at in answered
    )


def _came_before_the_recorded(enrichment: Enrichment, run: WorkflowRun) -> bool:
    """True if the status tells of a later run, whatever has become of its Workflow."""
    record = enrichment.status.workflow
    return record is not None and run.order < (record.generation, record.attempt)


def _decide(observed: ObservedEnrichment, strays: list[WorkflowRun], now: datetime) -> RunDecision:
    """The decision about runs, whoever else wants to start one."""
    return come_back(observed, _beside_strays(_judge(observed, strays, now), strays), now)


def _judge(observed: ObservedEnrichment, strays: list[WorkflowRun], now: datetime) -> RunDecision:
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
    return start(observed, now)


def _settled_before(enrichment: Enrichment) -> Assessment | None:
    """The assessment of a run that is gone, if there was one: a published generation stays published."""
    conditions = enrichment.status.conditions
    ready, stalled = find(conditions, CommonCondition.READY), find(conditions, CommonCondition.STALLED)
    if ready is not None and ready.status == "True":
        return Assessment("True", EnrichmentReason.PUBLISHED, ready.message, Activity.RESTING)
    if stalled is not None and _judged_the_run(stalled.reason):
        return stuck(as_reason(stalled.reason), stalled.message)
    reconciling = find(conditions, CommonCondition.RECONCILING)
    if (
        ready is not None
        and reconciling is not None
        and reconciling.reason == EnrichmentReason.RETRY_SCHEDULED
    ):
        return stuck(as_reason(ready.reason), ready.message)
    return None


def _judged_the_run(reason: str) -> bool:
    """True if a Stalled reason speaks of a run, rather than of our failure to create or read one."""
    about_us = {
        EnrichmentReason.WORKFLOW_CONFLICT,
        EnrichmentReason.WORKFLOW_REFUSED,
        CommonReason.SPEC_INVALID,
    }
    return reason in set(KIND.reasons) - about_us


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
