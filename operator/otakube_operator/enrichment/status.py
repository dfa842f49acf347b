# SPDX-License-Identifier: Apache-2.0
"""Assessment and run -> status: pure, whole, and the same as before if nothing changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from otakube_api.contract import Gate, ReviewState, SourceReason, SourceState, source_state
from otakube_api.reasons import CommonCondition, CommonReason
from otakube_api.v1alpha1.anime_enrichment import (
    AnimeEnrichmentStatus,
    GateStatus,
    ImageStatus,
    ReviewStatus,
    SourceStatus,
    WorkflowStatus,
)
from otakube_api.v1alpha1.enrichment_reasons import EnrichmentCondition, EnrichmentReason
from otakube_operator.enrichment.assessment import (
    Activity,
    Assessment,
    review_approved,
    review_deadline,
    review_timed_out,
)
from otakube_operator.enrichment.observed import Enrichment, Results, WorkflowRun
from otakube_operator.enrichment.steps import step_status
from otakube_operator.enrichment.waiting import NOTHING, Waiting
from otakube_operator.runtime.conditions import DesiredCondition, apply_conditions


def describe(
    enrichment: Enrichment,
    run: WorkflowRun | None,
    assessment: Assessment,
    now: datetime,
    waiting: Waiting = NOTHING,
    beside: Sequence[DesiredCondition] = (),
) -> AnimeEnrichmentStatus:
    """The status to write; what the run has not said yet stays as it was."""
    fields: dict[str, Any] = {"observed_generation": enrichment.generation} | waiting._asdict()
    if run is not None:
        fields |= _of_run(enrichment, run) | _of_results(run)
    status = _with(enrichment.status, fields)
    wanted = [*_conditions(status, assessment), *beside]
    conditions = apply_conditions(
        enrichment.status.conditions, wanted, generation=enrichment.generation, now=now
    )
    return _with(status, {"conditions": conditions})


def _with(status: AnimeEnrichmentStatus, fields: dict[str, Any]) -> AnimeEnrichmentStatus:
    """A validated copy: what is too long is cut, since a status write must not fail over it."""
    return AnimeEnrichmentStatus(**(dict(status) | fields))


def _of_run(enrichment: Enrichment, run: WorkflowRun) -> dict[str, Any]:
    workflow = WorkflowStatus(
        name=run.name,
        generation=run.generation,
        attempt=run.attempt,
        uid=run.uid or None,
        phase=run.phase,
        start_time=run.started_at,
    )
    fields: dict[str, Any] = {
        "workflow": workflow,
        "step": step_status(run.results.step),
        "review": _review(enrichment, run),
        "gates": _gates(run),
    }
    if run.requested_at is not None:
        fields["last_handled_request"] = run.requested_at
    return fields


def _of_results(run: WorkflowRun) -> dict[str, Any]:
    results, publication = run.results, run.results.publication
    fields: dict[str, Any] = {
        "entry_id": results.entry_id,
        "title": results.title,
        "confidence": results.confidence,
        "sources": _sources(results),
        "images": _images(results),
    }
    if publication is not None:
        fields |= {
            "entry_id": publication.entry_id or results.entry_id,
            "live_version": publication.version,
            "digest": publication.digest or None,
            "publication_time": publication.at,
        }
    return {name: value for name, value in fields.items() if value is not None}


def _review(enrichment: Enrichment, run: WorkflowRun) -> ReviewStatus | None:
    results, review = run.results, run.results.review
    findings = [str(finding) for finding in results.findings]
    if review is None:
        return None if results.review_needed is not False else _answer(ReviewState.NOT_NEEDED, findings)
    if review.running:
        return _answer(ReviewState.WAITING, findings, review_deadline(enrichment, run))
    if review_approved(enrichment, run) or run.published:
        return _answer(ReviewState.APPROVED, findings)
    if not review.answered:
        return None
    late = review_timed_out(enrichment, run)
    return _answer(ReviewState.TIMED_OUT if late else ReviewState.REJECTED, findings)


def _answer(state: ReviewState, findings: list[str], deadline: datetime | None = None) -> ReviewStatus:
    return ReviewStatus(state=state, deadline=deadline, findings=findings)


def _sources(results: Results) -> list[SourceStatus] | None:
    if results.failed_sources is None:
        return None
    # Of several parts of one provider, one that failed outweighs one that it does not have.
    failures = sorted(results.failed_sources, key=lambda source: source.reason != SourceReason.NOT_FOUND)
    failed = {source.provider: source for source in failures}
    asked = dict.fromkeys([*results.answered_sources, *failed])
    return [
        SourceStatus(
            provider=name[:32],
            state=source_state(
                failed[name].reason if name in failed else None, answered=name in results.answered_sources
            ),
            reason=failed[name].reason[:64] if name in failed else None,
            message=failed[name].message if name in failed else None,
        )
        for name in asked
    ][:16]


def _gates(run: WorkflowRun) -> list[GateStatus]:
    """Of this run alone, so that a gate that fails again is told again."""
    return [GateStatus.model_validate(failure._asdict()) for failure in run.results.gates]


def _images(results: Results) -> ImageStatus | None:
    if results.images_stored is None and results.images_failed is None:
        return None
    return ImageStatus(stored=results.images_stored or 0, failed=results.images_failed or 0)


def _conditions(status: AnimeEnrichmentStatus, assessment: Assessment) -> list[DesiredCondition]:
    wanted = _trio(assessment)
    if status.review is not None and status.review.state is ReviewState.WAITING and _goes_on(assessment):
        wanted.append(
            DesiredCondition(
                EnrichmentCondition.AWAITING_REVIEW,
                "True",
                EnrichmentReason.AWAITING_DECISION,
                assessment.message,
            )
        )
    missing = [source for source in status.sources if source.state is SourceState.FAILED]
    if missing:
        sources = "; ".join(f"{source.provider}: {source.reason}" for source in missing)
        wanted.append(
            DesiredCondition(
                EnrichmentCondition.SOURCE_FAILED,
                "True",
                EnrichmentReason.SOURCE_FAILED,
                f"No answer from {sources}.",
            )
        )
    return [*wanted, *_gate_failed(status.gates)]


REASON_OF_GATE = {
    Gate.IDENTITY: EnrichmentReason.MATCH_DOUBTFUL,
    Gate.LOSS: EnrichmentReason.PROVIDER_LOST,
    Gate.DRIFT: EnrichmentReason.DRIFTED,
    Gate.CONSISTENCY: EnrichmentReason.INCONSISTENT,
    Gate.PLAUSIBILITY: EnrichmentReason.UPSTREAM_IMPLAUSIBLE,
    Gate.COMPLETENESS: EnrichmentReason.INCOMPLETE,
}
"""The gravest first: words of another anime, that are lost, that changed, that clash, that are missing."""


def _gate_failed(gates: Sequence[GateStatus]) -> list[DesiredCondition]:
    if not gates:
        return []
    failed = {Gate(each.gate) for each in gates}
    worst = next(gate for gate in REASON_OF_GATE if gate in failed)
    first = sorted(gates, key=lambda each: list(REASON_OF_GATE).index(Gate(each.gate)))
    message = "; ".join(f"{each.gate}: {each.message}" for each in first)
    return [DesiredCondition(EnrichmentCondition.GATE_FAILED, "True", REASON_OF_GATE[worst], message)]


def _goes_on(assessment: Assessment) -> bool:
    return assessment.reason in {EnrichmentReason.AWAITING_DECISION, CommonReason.SUSPENDED}


def _trio(assessment: Assessment) -> list[DesiredCondition]:
    """Ready, and at most one of Reconciling and Stalled."""
    wanted = [
        DesiredCondition(CommonCondition.READY, assessment.ready, assessment.reason, assessment.message)
    ]
    if assessment.progress is Activity.WORKING:
        reason, message = assessment.goes_on or (assessment.reason, assessment.message)
        wanted.append(DesiredCondition(CommonCondition.RECONCILING, "True", reason, message))
    if assessment.progress is Activity.STUCK:
        wanted.append(
            DesiredCondition(CommonCondition.STALLED, "True", assessment.reason, assessment.message)
        )
    return wanted
