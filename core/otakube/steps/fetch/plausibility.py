# SPDX-License-Identifier: Apache-2.0
"""Holds a provider's record against those before it, and remembers it; a part of the fetch step."""

from collections.abc import Callable, Sequence, Sized
from datetime import datetime
from hashlib import sha256

from otakube import logs
from otakube.domain.checks.plausibility import (
    MANY_MEMBERS,
    Health,
    Reading,
    TitleOutcome,
    believed,
    health,
    ignored,
    judge,
    outcome,
    worth_keeping,
)
from otakube.domain.record.golden import AnimeStatus, Statistics
from otakube.errors import SourceError
from otakube.ports.history import History
from otakube.ports.providers import Converter, RawRecord
from otakube_api.contract import Provider


async def weigh(
    history: History,
    title: str,
    record: RawRecord,
    converter: Converter,
    *,
    episodes_only: bool,
    at: datetime,
) -> str | None:
    """Why a record is to be ignored; None if it is plausible."""
    now = reading_of(record, converter, episodes_only=episodes_only, at=at)
    before = await history.readings(record.provider, title)
    if worth_keeping(before, judged := believed(before, now)):
        await history.add(record.provider, title, judged)
    found = await provider_health(history, record.provider, evidence(title, record, before, now), at)
    return ignored(record.provider, judge(before, now), found)


def evidence(title: str, record: RawRecord, before: Sequence[Reading], now: Reading) -> list[TitleOutcome]:
    """What the record says of its provider; an answer out of our cache is no sign of life."""
    found = outcome(title, before, now)
    cached = all(answer.cached for answer in record.answers.values())
    if found is None or (cached and not (found.lost or found.frozen)):
        return []
    return [found]


async def gone(history: History, provider: Provider, title: str, at: datetime) -> None:
    """A title that the provider answered before, and now says it never had."""
    if await history.readings(provider, title):
        await provider_health(history, provider, [TitleOutcome(title=title, at=at, lost=True)], at)


async def provider_health(
    history: History, provider: Provider, new: list[TitleOutcome], at: datetime
) -> Health:
    """What is thought of a provider with the new evidence; a change is kept and told."""
    found = health(await history.outcomes(provider, new), at)
    if found != await history.health(provider):
        await history.pronounce(provider, found)
        logs.logger().warning(
            "provider health", provider=provider.value, state=found.state.value, evidence=found.evidence
        )
    return found


def reading_of(record: RawRecord, converter: Converter, *, episodes_only: bool, at: datetime) -> Reading:
    """What a record holds; lists of a record with missing parts are not counted."""
    described = converter.metadata(record)
    filled = [
        value for value in described.model_dump(exclude={"source_url"}).values() if value not in (None, [])
    ]
    counts: dict[str, int | None] = {
        "fields": None if episodes_only else len(filled),
        "episodes": None if record.missing else count(lambda: converter.episodes(record)),
        "characters": None
        if record.missing or episodes_only
        else count(lambda: converter.characters(record)),
    }
    moves = described.status is AnimeStatus.ONGOING and not episodes_only
    return Reading(
        at=at,
        counts=counts,
        digest=moving_digest(record, converter) if moves else None,
    )


def count(rows: Callable[[], Sized]) -> int | None:
    """Rows of a part; None if it cannot be read, which is reported elsewhere."""
    try:
        return len(rows())
    except SourceError:  # cannot be counted; fetch reports it
        return None


def moving_digest(record: RawRecord, converter: Converter) -> str | None:
    """sha256 of the statistics, where enough people count for them to move."""
    try:
        said: Statistics = converter.statistics(record)
    except SourceError:  # cannot be compared; fetch reports it
        return None
    if (said.members or said.scored_by or 0) < MANY_MEMBERS:
        return None
    return sha256(said.model_dump_json(exclude={"provider"}).encode()).hexdigest()
