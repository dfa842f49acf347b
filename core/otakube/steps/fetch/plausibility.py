# SPDX-License-Identifier: Apache-2.0
"""Compares a provider's record with those before it, and remembers it."""

from collections.abc import Sized
from datetime import datetime
from hashlib import sha256

from otakube import logs
from otakube.domain.checks.plausibility import (
    MANY_MEMBERS,
    Health,
    Reading,
    TitleOutcome,
    accepted,
    health,
    ignored,
    judge,
    outcome,
    worth_keeping,
)
from otakube.domain.record.claims import ConvertedRecord
from otakube.domain.record.golden import AnimeStatus, Statistics
from otakube.ports.history import History
from otakube_api.contract import Provider
from otakube_api.providers import PROFILES


async def check_plausibility(
    history: History, title: str, record: ConvertedRecord, *, cached: bool, episodes_only: bool, at: datetime
) -> str | None:
    """The reason to ignore a record; None if it is plausible. A cached answer is no sign of life."""
    now = reading_of(record, episodes_only=episodes_only, at=at)
    before = await history.readings(record.provider, title)
    if worth_keeping(before, judged := accepted(before, now)):
        await history.add(record.provider, title, judged)
    evidence = outcome(title, before, now)
    if evidence and cached and not (evidence.lost or evidence.frozen):
        evidence = None
    condition = await provider_health(history, record.provider, [evidence] if evidence else [], at)
    return ignored(record.provider, judge(before, now), condition)


async def record_loss(history: History, provider: Provider, title: str, at: datetime) -> None:
    """Hold it against a provider that it says it never had a title which it answered before."""
    if await history.readings(provider, title):
        await provider_health(history, provider, [TitleOutcome(title=title, at=at, lost=True)], at)


async def provider_health(
    history: History, provider: Provider, new: list[TitleOutcome], at: datetime
) -> Health:
    """A provider's health with the new evidence; a change is kept and logged."""
    found = health(await history.outcomes(provider, new), at)
    if found != await history.health(provider):
        await history.set_health(provider, found)
        logs.logger().warning(
            "provider health", provider=provider.value, state=found.state.value, evidence=found.evidence
        )
    return found


def reading_of(record: ConvertedRecord, *, episodes_only: bool, at: datetime) -> Reading:
    """Counts of what a record holds, but for lists with missing parts and those that promise nothing."""
    about = record.metadata
    filled = [value for value in about.model_dump(exclude={"source_url"}).values() if value not in (None, [])]
    episodes_may_go = record.missing or PROFILES[record.provider].looks_forward
    counts = {
        "fields": None if episodes_only else len(filled),
        "episodes": None if episodes_may_go else count(record.episodes),
        "characters": None if record.missing or episodes_only else count(record.characters),
    }
    moves = about.status is AnimeStatus.ONGOING and not episodes_only
    return Reading(at=at, counts=counts, digest=moving_digest(record.statistics) if moves else None)


def count(rows: Sized | None) -> int | None:
    """Rows of a part; None if it cannot be read."""
    return None if rows is None else len(rows)


def moving_digest(statistics: Statistics | None) -> str | None:
    """sha256 of the statistics, where enough people count for them to move."""
    if statistics is None or (statistics.members or statistics.scored_by or 0) < MANY_MEMBERS:
        return None
    return sha256(statistics.model_dump_json(exclude={"provider"}).encode()).hexdigest()
