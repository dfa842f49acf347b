# SPDX-License-Identifier: Apache-2.0
"""Checks of a record before a person's look, and the decision whether a person must look."""

from collections.abc import Callable, Sequence

from otakube.domain.checks.completeness import completeness_findings
from otakube.domain.checks.consistency import consistency_findings
from otakube.domain.checks.drift import drift_findings
from otakube.domain.checks.loss import loss_findings
from otakube.domain.merge.carry import absent_providers
from otakube.domain.merge.policies import KEY_FIELDS
from otakube.domain.record.golden import GateFinding, GoldenRecord
from otakube.domain.record.handover import FetchSummary
from otakube_api.contract import Gate, Provider, ReviewPolicy, SourceReason
from otakube_api.providers import ALTERNATIVES

MOST = 100  # findings that a record holds
LASTING = (Gate.COMPLETENESS, Gate.CONSISTENCY)
"""Gates whose findings are facts of an anime: one that the live version has as well is no news."""


def with_findings(record: GoldenRecord, findings: Sequence[str]) -> GoldenRecord:
    """The record with everything that a reviewer must know beside the gates."""
    found = [*findings, *(finding for check in CHECKS for finding in check(record))]
    return record.model_copy(update={"findings": [finding[:500] for finding in found[:200]]})


def with_gate_findings(
    record: GoldenRecord, live: GoldenRecord | None, summary: FetchSummary
) -> GoldenRecord:
    """The record with what the gates found wrong, by the run's own day, so that a second look is the same."""
    today = summary.fetched_at.date()
    found = [*summary.gates, *plausibility_findings(summary)]
    if live is not None:
        absent = absent_providers(summary.failed, summary.answered)
        found += [*loss_findings(record, live, absent), *drift_findings(record, live, excused(summary))]
    found += [*consistency_findings(record, today), *completeness_findings(record, today)]
    return record.model_copy(update={"gates": list(dict.fromkeys(found))[:MOST]})


def plausibility_findings(summary: FetchSummary) -> list[GateFinding]:
    """Providers that were ignored because their answers shrank or froze."""
    return [
        GateFinding(gate=Gate.PLAUSIBILITY, message=f"{one['provider']}: {one['message']}"[:500])
        for one in summary.failed
        if one["reason"] == SourceReason.IMPLAUSIBLE
    ]


def excused(summary: FetchSummary) -> set[Provider]:
    """Sites whose absence is reported otherwise, or that nobody asked; one that lost the anime is no such."""
    failed = {Provider(one["provider"]): one["reason"] for one in summary.failed}
    asked = {*summary.answered, *failed}
    unasked = {one for one in Provider if not asked & {one, ALTERNATIVES.get(one, one)}}
    return unasked | {one for one, reason in failed.items() if reason != SourceReason.NOT_FOUND}


def new_findings(record: GoldenRecord, live: GoldenRecord | None) -> list[GateFinding]:
    """The findings that nobody had before them when the live version was let through."""
    known = live.gates if live else []
    return [one for one in record.gates if one.gate not in LASTING or one not in known]


def review_needed(
    policy: str, confidence: float, threshold: float, *, failed: bool = False, loses: bool = False
) -> bool:
    """Tell whether a person must look: `policy` is spec.review.policy; `failed`: a gate has news.

    What would be lost because nobody answered goes live unseen under no policy (`loses`).
    """
    return (
        loses
        or policy == ReviewPolicy.REQUIRED
        or (policy != ReviewPolicy.NEVER and (failed or confidence < threshold))
    )


def contested(record: GoldenRecord) -> list[str]:
    """Key fields in which the providers contradict each other, and which nobody has decided."""
    said = record.entry.provenance
    return [
        f"{field}: {said[field].provider} is believed, "
        + ", ".join(f"{one.provider} says {one.value}" for one in said[field].losing)
        for field in KEY_FIELDS
        if field != "title" and field in said and said[field].losing and not said[field].decided_by
    ]


CHECKS: tuple[Callable[[GoldenRecord], list[str]], ...] = (contested,)
"""Checks for the reviewer; each is named for its finding."""
