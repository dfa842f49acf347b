# SPDX-License-Identifier: Apache-2.0
"""One value from what several providers say: by its field's policy, with provenance and losing values."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import sqrt
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from otakube.domain.claims import Metadata
from otakube.domain.entry import Attribution, Confidence, LosingValue, Provenance, Provider
from otakube.domain.policies import CORROBORATION, POLICIES, STALE_FACTOR, Policy, Rule
from otakube.domain.text import comparable

_JSON: TypeAdapter[Any] = TypeAdapter(Any)


class Said(NamedTuple):
    """A field's value in one provider's words."""

    by: Attribution
    value: Any


class Merged(NamedTuple):
    value: Any
    provenance: Provenance


def merge_metadata(
    described: Mapping[Provider, Metadata],
    attributions: Mapping[Provider, Attribution],
    agreement: Mapping[Provider, Confidence],
) -> dict[str, Merged]:
    """Every field of the policy table that anybody says something about."""
    merged = {}
    for field, policy in POLICIES.items():
        said = [Said(attributions[p], getattr(described[p], field)) for p in policy.order if p in described]
        value = merge(policy, [one for one in said if one.value not in (None, [])], agreement)
        if value is not None:
            merged[field] = value
    return merged


def merge(policy: Policy, said: Sequence[Said], agreement: Mapping[Provider, Confidence]) -> Merged | None:
    """One value of those said, which come in the policy's order; None if nobody says anything."""
    if not said:
        return None
    if policy.rule is Rule.UNION:
        return _union(said, agreement)
    winner = said[0] if policy.rule is Rule.FIRST else _most_said(said)
    backed = [one for one in said if alike(one.value, winner.value)]
    losing = [one for one in said if one not in backed]
    spoken = (
        len(said) if policy.rule is Rule.MAJORITY else len(backed)
    )  # other words for a synopsis are no dissent
    return Merged(winner.value, _provenance(winner, losing, _confidence(backed, spoken, agreement)))


def _most_said(said: Sequence[Said]) -> Said:
    # max keeps the first of equals: the order of the policy.
    return max(said, key=lambda one: sum(alike(one.value, other.value) for other in said))


def _union(said: Sequence[Said], agreement: Mapping[Provider, Confidence]) -> Merged:
    values = distinct((value for one in said for value in one.value), key=comparable)
    return Merged(values, _provenance(said[0], [], _confidence(said, len(said), agreement)))


def distinct(values: Iterable[str], key: Callable[[str], str]) -> list[str]:
    """The first of all that compare equal."""
    found: dict[str, str] = {}
    for value in values:
        found.setdefault(key(value) or value, value)
    return list(found.values())


def _confidence(backed: Sequence[Said], spoken: int, agreement: Mapping[Provider, Confidence]) -> float:
    """How many of those who speak agree, how many they are, and how sure it is that they mean this anime."""
    surest = max(
        agreement.get(one.by.provider, 1.0) * (STALE_FACTOR if one.by.stale else 1) for one in backed
    )
    corroboration = CORROBORATION[min(len(backed), max(CORROBORATION))]
    return round(surest * corroboration * sqrt(len(backed) / spoken), 3)


def _provenance(winner: Said, losing: Sequence[Said], confidence: float) -> Provenance:
    return Provenance(
        provider=winner.by.provider,
        fetched_at=winner.by.fetched_at,
        licence=winner.by.licence,
        stale=winner.by.stale,
        confidence=confidence,
        losing=[LosingValue(provider=one.by.provider, value=shown(one.value)) for one in losing],
    )


def shown(value: Any) -> str:
    """A value as JSON, cut to what a reviewer reads."""
    text = json.dumps(_JSON.dump_python(value, mode="json"), ensure_ascii=False)
    return text if len(text) <= 500 else text[:499] + "…"


def alike(one: Any, other: Any) -> bool:
    """Whether two values mean the same: spelling aside, and Japan's day may be the day before in UTC."""
    if isinstance(one, date) and isinstance(other, date):
        return abs(one - other) <= timedelta(days=1)
    if isinstance(one, str) and isinstance(other, str):
        return comparable(one) == comparable(other)
    return shown(one) == shown(other)
