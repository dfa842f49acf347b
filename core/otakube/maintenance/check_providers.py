# SPDX-License-Identifier: Apache-2.0
"""Checks the providers with one known title: reachable, budget left, answers of the shape that we read."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from otakube.domain.checks.plausibility import Health, ProviderCondition
from otakube.domain.providers.answer_shape import (
    ShapeDrift,
    asked_anew,
    drift,
    question_of_parts,
    shape_of,
    without,
)
from otakube.domain.record.pages import identify
from otakube.errors import SourceError
from otakube.notes import collected
from otakube.ports.checks import CheckedShape, CheckHistory
from otakube.ports.providers import ProviderAdapter, RawRecord
from otakube.ports.rate_limits import RateLimitStatus
from otakube_api.contract import Provider, SourceReason

READINGS = ("metadata", "episodes", "relationships", "statistics", "characters", "staff")
_SHOWN = 5  # paths of a drift in one sentence


class CheckState(StrEnum):
    OK = "Ok"
    SWITCHED_OFF = "SwitchedOff"  # this installation does not ask it
    UNREACHABLE = "Unreachable"
    STALE = "Stale"  # it answers with old copies
    IGNORED = "Ignored"  # its answers shrank or froze, so enrichments leave it out
    DRIFTED = "Drifted"  # its answers have another shape, or cannot be read


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCheck:
    """One provider's row; `remaining` requests of the `limit` of its longest rate, mostly a minute's."""

    provider: str
    state: CheckState
    message: str
    seconds: float | None = None
    breaker: str | None = None
    remaining: int | None = None
    limit: int | None = None
    remaining_today: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """Parts and functions of a check; `clock` counts seconds, `now` dates what is kept."""

    adapters: Mapping[Provider, ProviderAdapter]
    switched_off: Callable[[Provider], str | None]
    rate_limit_status: Callable[[Provider], Awaitable[RateLimitStatus]]
    history: CheckHistory
    health: Callable[[Provider], Awaitable[Health]]
    clock: Callable[[], float]
    now: datetime

    async def check_all(self, title: str, wanted: tuple[Provider, ...] = ()) -> list[ProviderCheck]:
        """A row for every provider, or for those that are wanted, all at once."""
        return await asyncio.gather(*(self.check(provider, title) for provider in wanted or tuple(Provider)))

    async def check(self, provider: Provider, title: str) -> ProviderCheck:
        """One provider's row; its budget as it stands after the check."""
        reason = self.switched_off(provider)
        if reason is not None:
            return ProviderCheck(provider=provider, state=CheckState.SWITCHED_OFF, message=reason)
        started = self.clock()
        row = await self._asked(provider, self.adapters[provider], title)
        status = await self.rate_limit_status(provider)
        return replace(
            row,
            seconds=round(self.clock() - started, 2),
            breaker=status.breaker,
            remaining=status.remaining,
            limit=status.limit,
            remaining_today=status.remaining_today,
        )

    async def _asked(self, provider: Provider, adapter: ProviderAdapter, title: str) -> ProviderCheck:
        def row(state: CheckState, message: str) -> ProviderCheck:
            return ProviderCheck(provider=provider, state=state, message=message[:500])

        try:
            record = await known_title(adapter, title)
        except SourceError as error:
            unread = error.reason in (SourceReason.ANSWER_INVALID, SourceReason.ANSWER_TOO_LARGE)
            return row(CheckState.DRIFTED if unread else CheckState.UNREACHABLE, f"{error.reason}: {error}")
        faults = unreadable(adapter, record)
        changed, anew = await self._compared(provider, title, record)
        if faults:
            return row(CheckState.DRIFTED, "; ".join(faults))
        health = await self.health(provider)
        if health.state is not ProviderCondition.SOUND:
            return row(CheckState.IGNORED, health.evidence)
        if changed:
            return row(CheckState.DRIFTED, format_drift(changed) + format_anew(anew))
        if record.stale:
            return row(CheckState.STALE, f"answers of {record.fetched_at:%Y-%m-%d %H:%M} UTC")
        return row(CheckState.OK, f"{len(record.answers)} answers read{format_anew(anew)}")

    async def _compared(
        self, provider: Provider, title: str, record: RawRecord
    ) -> tuple[ShapeDrift | None, list[str]]:
        """Drift since the last check of this title, and the parts that another question was asked for.

        A new shape becomes the known one once it was told.
        """
        shape = shape_of({part: answer.body for part, answer in record.answers.items()})
        questions = question_of_parts({part: answer.question for part, answer in record.answers.items()})
        last = await self.history.last(provider, title)
        checked = CheckedShape(
            provider=provider, title=title, shape=shape, questions=questions, checked_at=self.now
        )
        await self.history.put(checked)
        if last is None:
            return None, []
        anew = asked_anew(last.questions, questions, last.shape)
        return drift(without(last.shape, anew), without(shape, anew)) or None, anew


async def known_title(adapter: ProviderAdapter, title: str) -> RawRecord:
    """The best hit of a search, whole."""
    rows = await adapter.source.search(title)
    page = identify(rows[0].source_url) if rows else None
    if page is None:
        raise SourceError(SourceReason.NOT_FOUND, f"{title!r:.100} is not found: check a title that it knows")
    return await adapter.source.fetch(page.id)


def unreadable(adapter: ProviderAdapter, record: RawRecord) -> list[str]:
    """Faults that the converters find, each once, and parts that did not answer."""
    faults: dict[str, list[str]] = {}
    for part, missing in record.missing.items():
        faults.setdefault(f"{missing.reason}: {missing.message}", []).append(part)
    for part in READINGS:
        with collected() as notes:
            try:
                getattr(adapter.converter, part)(record)
            except SourceError as error:
                faults.setdefault(str(error), []).append(part)
        for why in notes.left_out:
            faults.setdefault(f"rows left out: {why}", []).append(part)
    return [f"{', '.join(parts)}: {fault}" for fault, parts in faults.items()]


def format_drift(found: ShapeDrift) -> str:
    """A drift as a sentence."""
    parts = {"vanished": found.vanished, "changed type": found.changed, "new": found.appeared}
    return "; ".join(f"{what}: {_some(paths)}" for what, paths in parts.items() if paths)


def format_anew(parts: list[str]) -> str:
    """A remark on parts whose shape is compared from now on."""
    return f"; compared from now on, as another question is asked: {_some(parts)}" if parts else ""


def _some(paths: list[str]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + more
