# SPDX-License-Identifier: Apache-2.0
"""One value from what several providers say: by its field's policy, with provenance and losing values."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import sqrt
from statistics import fmean
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter

from otakube.domain.merge.languages import language_key
from otakube.domain.merge.policies import CORROBORATION, POLICIES, STALE_FACTOR, MergeRule, Policy
from otakube.domain.merge.subjects import subject_key
from otakube.domain.record.claims import Metadata
from otakube.domain.record.dates import days_apart, span
from otakube.domain.record.golden import (
    AnimeStatus,
    Attribution,
    Confidence,
    Exactness,
    Image,
    LosingValue,
    Provenance,
    VoiceActor,
)
from otakube.domain.record.text import comparable, sound_key
from otakube_api.contract import AnimeType, Provider
from otakube_api.providers import ALTERNATIVES

_JSON: TypeAdapter[Any] = TypeAdapter(Any)
_DAY_APART = timedelta(days=1)  # Japan's day may be the day before in UTC
_UNKNOWN: dict[str, StrEnum] = {"type": AnimeType.UNKNOWN, "status": AnimeStatus.UNKNOWN}
_MINUTE = 60
_CLOCKS_APART = timedelta(hours=1)

Value = TypeVar("Value")


class Claim(NamedTuple):
    """A field's value in one provider's words."""

    by: Attribution
    value: Any
    exactness: Exactness | None = None  # None: stated as it is


class Merged(NamedTuple):
    value: Any
    provenance: Provenance


class Claimants(NamedTuple):
    """Providers whose claims are merged, and the confidence that they describe this anime."""

    attributions: Mapping[Provider, Attribution]
    agreement: Mapping[Provider, Confidence]

    def claims(
        self,
        order: Sequence[Provider],
        values: Mapping[Provider, Any],
        exactness: Mapping[Provider, Exactness] = {},
    ) -> list[Claim]:
        """Claims in order, one vote per site; who says nothing makes none."""
        claims = [Claim(self.attributions[p], values[p], exactness.get(p)) for p in order if p in values]
        return one_vote_per_site([claim for claim in claims if claim.value not in (None, [])])

    def by_provider(
        self, order: Sequence[Provider], values: Mapping[Provider, Value]
    ) -> dict[Provider, Value]:
        """The same by provider."""
        return {claim.by.provider: claim.value for claim in self.claims(order, values)}

    def merge(
        self,
        policy: Policy,
        values: Mapping[Provider, Any],
        exactness: Mapping[Provider, Exactness] = {},
    ) -> Merged | None:
        """One value by a policy."""
        return merge(policy, self.claims(policy.order, values, exactness), self.agreement)


def one_vote_per_site(said: Sequence[Claim]) -> list[Claim]:
    """Of two ways to one site the fresh one speaks, else the first."""
    speakers: dict[str, Claim] = {}
    for claim in said:
        site = _site(claim.by.provider)
        known = speakers.get(site)
        if known is None or (known.by.stale and not claim.by.stale):
            speakers[site] = claim
    return [claim for claim in said if speakers[_site(claim.by.provider)] is claim]


def _site(provider: Provider) -> str:
    return min(provider, ALTERNATIVES.get(provider, provider))


def merge_metadata(described: Mapping[Provider, Metadata], claimants: Claimants) -> dict[str, Merged]:
    """Every field of the policy table that anybody says something about."""
    genres = {subject_key(genre) for one in described.values() for genre in one.genres}
    hidden = {subject_key(tag) for one in described.values() for tag in one.spoiler_tags} - genres

    def value(field: str, one: Metadata) -> Any:
        """Value of a field; a tag that is a genre elsewhere is left out, one that tells is hidden."""
        if field == "genres":
            return distinct(one.genres, subject_key)
        if field in ("tags", "spoiler_tags"):
            left = genres | hidden if field == "tags" else genres
            return distinct((tag for tag in getattr(one, field) if subject_key(tag) not in left), subject_key)
        return getattr(one, field)

    def values(field: str) -> dict[Provider, Any]:
        """Values of a field; an unknown type or status is no vote beside a known one."""
        said = {provider: value(field, one) for provider, one in described.items()}
        known = {provider: one for provider, one in said.items() if one is not _UNKNOWN.get(field)}
        return known or said

    def exactness(field: str) -> dict[Provider, Exactness]:
        return {p: one.exactness[field] for p, one in described.items() if field in one.exactness}

    found = {
        field: claimants.merge(policy, values(field), exactness(field)) for field, policy in POLICIES.items()
    }
    merged = {field: one for field, one in found.items() if one is not None}
    return merged | _with_credit(merged, described)


def _with_credit(merged: Mapping[str, Merged], described: Mapping[Provider, Metadata]) -> dict[str, Merged]:
    """The synopsis with who wrote it, in the words of the provider that is believed."""
    if "synopsis" not in merged:
        return {}
    value, source = merged["synopsis"]
    credit = described[source.provider].synopsis_credit
    return {"synopsis": Merged(value, source.model_copy(update={"credit": credit}))}


def merge(policy: Policy, said: Sequence[Claim], agreement: Mapping[Provider, Confidence]) -> Merged | None:
    """One value of those said, which come in the policy's order; None if nobody says anything."""
    if not said:
        return None
    if policy.rule is MergeRule.UNION:
        return _union(said, agreement, policy.most)
    winner = said[0] if policy.rule is MergeRule.FIRST else _most_said(said)
    backed = [winner, *(one for one in said if one is not winner and agree(one, winner))]
    losing = [one for one in said if not any(one is backer for backer in backed)]
    spoken = (
        len(said) if policy.rule is MergeRule.MAJORITY else len(backed)
    )  # other words for a synopsis are no dissent
    return Merged(winner.value, provenance(backed, losing, confidence(backed, spoken, agreement)))


def _most_said(said: Sequence[Claim]) -> Claim:
    """The claim that most of those back who know it best: none derived, rounded or half-known outvotes it.

    Of equals a fresh one, then what the others back, then the first, as max keeps it: the policy's order.
    """
    best = max(_rank(one) for one in said)
    voters = [one for one in said if _rank(one) == best]

    def votes(one: Claim, among: Sequence[Claim]) -> int:
        return sum(agree(one, other) for other in among)

    return max(voters, key=lambda one: (votes(one, voters), not one.by.stale, votes(one, said)))


def _rank(one: Claim) -> int:
    return 0 if one.exactness is Exactness.YEAR else 1 if one.exactness is not None else 2


def agree(one: Claim, other: Claim) -> bool:
    """Tell whether two claims mean the same, as exactly as each knows it."""
    if type(one.value) is date and type(other.value) is date:
        apart = days_apart(span(one.value, one.exactness), span(other.value, other.exactness))
        return apart is None or apart <= _DAY_APART.days
    rounded = [one.exactness, other.exactness].count(Exactness.ROUNDED)
    if rounded == 1 and isinstance(one.value, int) and isinstance(other.value, int):
        return abs(one.value - other.value) < _MINUTE
    return alike(one.value, other.value)


def _union(said: Sequence[Claim], agreement: Mapping[Provider, Confidence], most: int | None) -> Merged:
    claimants: dict[str, list[Provider]] = {}
    values: dict[str, Any] = {}
    for one in said:
        for value in one.value:
            key = identity(value)
            values.setdefault(key, value)
            if one.by.provider not in claimants.setdefault(key, []):
                claimants[key].append(one.by.provider)
    kept = list(values.values())[:most]
    # Other rows name their providers themselves.
    shares = (
        list(claimants.values())[:most] if all(isinstance(value, str | VoiceActor) for value in kept) else []
    )
    source = provenance(said, [], union_confidence(list(claimants.values())[:most], said, agreement))
    return Merged(kept, source.model_copy(update={"shares": shares}))


def identity(value: Any) -> str:
    """By what a union tells its values apart."""
    if isinstance(value, str):
        address = value.startswith(("http://", "https://"))
        return value.rstrip("/") if address else subject_key(value) or value
    if isinstance(value, VoiceActor):
        return f"{sound_key(value.name)}\0{language_key(value.language)}"
    return format_value(value, limit=10_000)


def distinct(values: Iterable[str], key: Callable[[str], str]) -> list[str]:
    """The first of all that compare equal."""
    found: dict[str, str] = {}
    for value in values:
        found.setdefault(key(value) or value, value)
    return list(found.values())


def union_confidence(
    claimants: Sequence[Sequence[Provider]], said: Sequence[Claim], agreement: Mapping[Provider, Confidence]
) -> float:
    """Mean of its items': a list whose items have one claimant each is no surer than one claimant."""
    by = {one.by.provider: one for one in said}
    items = [confidence([by[provider] for provider in each], len(each), agreement) for each in claimants]
    return round(fmean(items), 3)


def confidence(backed: Sequence[Claim], spoken: int, agreement: Mapping[Provider, Confidence]) -> float:
    """Confidence by the share of claimants that agree, their number, and the agreement on the anime."""
    surest = max(
        agreement.get(one.by.provider, 1.0) * (STALE_FACTOR if one.by.stale else 1) for one in backed
    )
    corroboration = CORROBORATION[min(len(backed), max(CORROBORATION))]
    return round(surest * corroboration * sqrt(len(backed) / spoken), 3)


def provenance(backed: Sequence[Claim], losing: Sequence[Claim], sure: float) -> Provenance:
    """Of a value that all of `backed` say, the first of them first."""
    winner = backed[0].by
    publishable, expires_at = permission([one.by for one in backed])
    return Provenance(
        provider=winner.provider,
        providers=[one.by.provider for one in backed],
        fetched_at=winner.fetched_at,
        licence=winner.licence,
        stale=winner.stale,
        publishable=publishable,
        expires_at=expires_at,
        confidence=sure,
        exactness={one.by.provider: one.exactness for one in backed if one.exactness is not None},
        losing=[
            LosingValue(provider=one.by.provider, value=format_value(one.value), exactness=one.exactness)
            for one in losing
        ],
    )


def permission(backers: Sequence[Attribution]) -> tuple[bool, datetime | None]:
    """Permission to publish a value, and the end of its time: the longest that one claimant allows."""
    granting = [one for one in backers if one.publishable] or backers
    ends = [one.expires_at for one in granting]
    latest = None if None in ends else max(filter(None, ends))
    return granting[0].publishable, latest


def format_value(value: Any, limit: int = 500) -> str:
    """A value as JSON, cut to what a reviewer reads; of a picture its address."""
    value = value.source_url if isinstance(value, Image) else value
    text = json.dumps(_JSON.dump_python(value, mode="json"), ensure_ascii=False)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def parse_value(text: str) -> Any:
    """The value of a losing value's JSON; None for one that was cut."""
    try:
        return json.loads(text)
    except ValueError:  # cut to what a reviewer reads
        return None


def alike(one: Any, other: Any) -> bool:
    """Tell whether two values mean the same: spelling, clocks and the order of lists aside."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return abs(one - other) <= _CLOCKS_APART
    if isinstance(one, date) and isinstance(other, date):
        return abs(_day(one) - _day(other)) <= _DAY_APART
    if isinstance(one, str) and isinstance(other, str):
        return comparable(one) == comparable(other)
    if isinstance(one, list) and isinstance(other, list):
        return {identity(value) for value in one} == {identity(value) for value in other}
    return format_value(one) == format_value(other)


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
