# SPDX-License-Identifier: Apache-2.0
"""Limits of retries: how often and how soon Argo tries a step again, as its template says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from otakube_api.argo.nodes import ArgoNode, Body, mapping_of, mappings_of, text_of
from otakube_api.durations import parse_duration

_EXPONENT_LIMIT = 32
_GROWTH_LIMIT = 10**6
_LONGEST_PAUSE = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryLimits:
    """A template's retryStrategy; without one there is one attempt."""

    attempts: int = 1
    backoff: timedelta = timedelta()
    factor: int = 1
    cap: timedelta | None = None
    duration: timedelta | None = None
    """Time from the first attempt's start after which there is no other."""

    def next_attempt(self, ended: Sequence[ArgoNode]) -> datetime | None:
        """Time at which Argo starts another attempt after these; None where none follows or it is unknown."""
        last = ended[-1].finished_at if ended else None
        if last is None or len(ended) >= self.attempts:
            return None
        due, limit = _later(last, self._pause(len(ended))), self.gives_up(ended)
        return None if due is None or (limit is not None and due > limit) else due

    def gives_up(self, attempts: Sequence[ArgoNode]) -> datetime | None:
        """The time after which no attempt follows."""
        first = attempts[0].started_at if attempts else None
        return None if first is None or self.duration is None else _later(first, self.duration)

    def _pause(self, ended: int) -> timedelta:
        growth = max(self.factor, 1) ** min(ended - 1, _EXPONENT_LIMIT)
        grown = _LONGEST_PAUSE if growth > _GROWTH_LIMIT else min(self.backoff * growth, _LONGEST_PAUSE)
        return grown if self.cap is None else min(grown, self.cap)


def _later(moment: datetime, by: timedelta) -> datetime | None:
    try:
        return moment + by
    except OverflowError:  # beyond the year 9999
        return None


def read_retries(spec: Body) -> Mapping[str, RetryLimits]:
    """By template, of the spec that Argo stored when the run began."""
    templates = mappings_of(spec.get("templates"))
    return {text_of(each, "name"): _limits(mapping_of(each.get("retryStrategy"))) for each in templates}


def _limits(strategy: Body) -> RetryLimits:
    backoff = mapping_of(strategy.get("backoff"))
    return RetryLimits(
        attempts=_number(strategy.get("limit"), 0) + 1,
        backoff=_duration(backoff.get("duration")) or timedelta(),
        factor=_number(backoff.get("factor"), 1),
        cap=_duration(backoff.get("cap")),
        duration=_duration(backoff.get("maxDuration")),
    )


def _number(value: object, absent: int) -> int:
    """A whole number, which Kubernetes writes as number or text."""
    text = str(value)
    return int(text) if value is not None and text.isdecimal() and len(text) < 6 else absent


def _duration(value: object) -> timedelta | None:
    try:
        return parse_duration(value) if isinstance(value, str) else None
    except ValueError:
        return None
