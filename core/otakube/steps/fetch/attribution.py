# SPDX-License-Identifier: Apache-2.0
"""Decides which answers are about the anime that was asked for, and how sure that is."""

from collections.abc import Collection

from otakube.domain.checks.identity import doubt, doubtful, surely_another
from otakube.domain.matching.agreement import agreement
from otakube.domain.record.golden import GateFinding
from otakube.errors import SourceError
from otakube.steps.fetch.run_locks import RunDecisions
from otakube.steps.fetch.state import AskedState, AttributedState
from otakube_api.contract import Provider, SourceReason
from otakube_api.providers import ALTERNATIVES


def attribute(
    asked: AskedState, decisions: RunDecisions, *, vouched: Collection[Provider], reviewed: bool
) -> AttributedState:
    """Report providers that may speak of another anime; without a person who looks they are left out.

    `vouched` are providers whose page a person named, or the catalogue holds.
    """
    sites = {*vouched, *(ALTERNATIVES[provider] for provider in vouched if provider in ALTERNATIVES)}
    doubts = doubtful(asked.metadata, sites, asked.ignored)
    decided = decisions.decided(asked.metadata, asked.records.keys() - doubts)
    gates: list[GateFinding] = []
    for provider, best in doubts.items():
        if provider in decided:
            continue
        metadata = asked.records[provider].metadata
        finding = doubt(provider, metadata, best)
        another = provider not in sites and surely_another(metadata, best, asked.metadata.values())
        if not another:
            gates.append(finding)
        if another or not reviewed:
            why = "so little that nobody need look" if another else "since nobody reviews"
            message = f"{finding.message}; left out, {why}"
            asked = asked.without(provider, SourceError(SourceReason.NOT_FOUND, message))
    return AttributedState(asked=asked, agreement=agreements(asked, decisions), gates=tuple(gates))


def agreements(asked: AskedState, decisions: RunDecisions) -> dict[Provider, float]:
    """Agreement of each provider's anime with the others': a wrong link shows, unless a person knows."""
    described = asked.metadata
    measured: dict[Provider, float] = {}
    for provider, metadata in described.items():
        others = {other: about for other, about in described.items() if other is not provider}
        decided = provider in decisions.decided(described, others)
        best = max((agreement(metadata, about) for about in others.values()), default=1.0)
        measured[provider] = 1.0 if decided else round(best, 3)
    return measured
