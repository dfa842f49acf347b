# SPDX-License-Identifier: Apache-2.0
"""Episodes of all providers as one list: keyed by kind and number, with ids that a second run gives again."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, get_args

from otakube.domain.merge.broadcast import airing_time
from otakube.domain.merge.fields import Claim, Claimants
from otakube.domain.merge.policies import EPISODE_ORDER, EPISODE_POLICIES
from otakube.domain.merge.rows import merge_row
from otakube.domain.record.claims import Episode
from otakube.domain.record.golden import Broadcast, EpisodeDetailEntry, EpisodeKind, Image, ImageKind
from otakube.domain.record.ids import derived_id
from otakube_api.contract import Provider

_FAR_APART = timedelta(days=2)  # two clocks and a broadcaster's day differ by less
_KINDS: tuple[EpisodeKind, ...] = get_args(EpisodeKind)
_UNNAMED = re.compile(r"(?i)(?:episode|ep\.?|#)\s*\d+")

JAPANS_DAYS = (Provider.JIKAN, Provider.MYANIMELIST, Provider.ANIDB)
"""Providers that name an episode's day by the calendar of Japan, so that the weekly slot tells its time."""


class EpisodeKey(NamedTuple):
    """Key of an episode within its anime."""

    kind: EpisodeKind
    number: int

    @property
    def order(self) -> tuple[int, int]:
        """Regular ones first, then kind by kind."""
        return _KINDS.index(self.kind), self.number

    def id(self, entry_id: str) -> str:
        """Its id where the catalogue has none; a regular episode's names no kind, as it always did."""
        kind = () if self.kind == "Regular" else (self.kind,)
        return derived_id("ep", entry_id, *kind, str(self.number))


def episode_key(episode: Episode | EpisodeDetailEntry) -> EpisodeKey:
    """The key of a claim or a stored episode."""
    return EpisodeKey(episode.kind, episode.number)


def merge_episodes(
    entry_id: str,
    said: Mapping[Provider, Sequence[Episode]],
    claimants: Claimants,
    *,
    known: Sequence[EpisodeDetailEntry] = (),
    slot: Broadcast | None = None,
) -> list[EpisodeDetailEntry]:
    """One entry a kind and number; an episode that the catalogue has keeps its id.

    `slot` is when it is broadcast: it makes a time of a day in Japan.
    """
    claims: dict[EpisodeKey, dict[Provider, Episode]] = {}
    for provider, episodes in claimants.by_provider(EPISODE_ORDER, said).items():
        for episode in episodes:
            claims.setdefault(episode_key(episode), {}).setdefault(provider, episode)
    ids = {episode_key(episode): episode.id for episode in known}
    return [
        merge_episode(ids.get(one) or one.id(entry_id), claims[one], claimants, slot)
        for one in sorted(claims, key=lambda one: one.order)
    ]


def merge_episode(
    episode_id: str, said: Mapping[Provider, Episode], claimants: Claimants, slot: Broadcast | None = None
) -> EpisodeDetailEntry:
    """One episode from its claims, field by field."""
    claims = {field: _claims(field, said, claimants, slot) for field in EPISODE_POLICIES}
    credits = {"synopsis": {p: one.synopsis_credit for p, one in said.items()}}
    row = merge_row(claims, EPISODE_POLICIES, claimants.agreement, credits)
    providers = [claim.by.provider for claim in claims["number"]]
    return EpisodeDetailEntry(id=episode_id, providers=providers, provenance=row.provenance, **row.values)


def _claims(
    field: str, said: Mapping[Provider, Episode], claimants: Claimants, slot: Broadcast | None
) -> list[Claim]:
    claims = claimants.claims(
        EPISODE_POLICIES[field].order, {p: _value(field, p, one, slot) for p, one in said.items()}
    )
    if field == "aired":
        return sorted(claims, key=lambda claim: not isinstance(claim.value, datetime))
    if field == "title":
        return sorted(claims, key=lambda claim: not is_named(claim.value))
    return claims


def is_named(title: str | None) -> bool:
    """True of a title that says more than the number."""
    return title is not None and _UNNAMED.fullmatch(title) is None


def _value(field: str, provider: Provider, said: Episode, slot: Broadcast | None) -> Any:
    if field == "image":
        still = said.image_url
        return Image(kind=ImageKind.EPISODE, source_url=still, provider=provider) if still else None
    if field == "aired":
        return _aired(provider, said.aired, slot)
    value = getattr(said, field)
    return None if value is False else value  # fillers and recaps: no provider knows of all


def _aired(
    provider: Provider, said: datetime | date | None, slot: Broadcast | None
) -> datetime | date | None:
    if said is None or isinstance(said, datetime) or provider not in JAPANS_DAYS:
        return said
    return airing_time(said, slot)


def airing_findings(said: Mapping[Provider, Sequence[Episode]]) -> list[str]:
    """Episodes whose providers name days far apart: a skipped week, or another numbering."""
    days: dict[EpisodeKey, list[date]] = {}
    for episode in (one for claims in said.values() for one in claims):
        if episode.aired is not None:
            days.setdefault(episode_key(episode), []).append(_day(episode.aired))
    apart = sorted(
        (one for one, found in days.items() if max(found) - min(found) > _FAR_APART),
        key=lambda one: one.order,
    )
    if not apart:
        return []
    some = ", ".join(map(format_key, apart[:5])) + (", …" if len(apart) > 5 else "")
    return [f"providers name different days for {len(apart)} episodes ({some})"]


def doubled_findings(said: Mapping[Provider, Sequence[Episode]]) -> list[str]:
    """Providers that list an episode twice: the first row is taken, the others may be another episode."""
    counts = {
        provider: Counter(map(episode_key, said[provider])) for provider in Provider if provider in said
    }
    doubled = {provider: [one for one in found if found[one] > 1] for provider, found in counts.items()}
    return [
        f"{provider} lists {len(twice)} episodes more than once ({', '.join(map(format_key, twice[:5]))}); "
        "the first of each is taken"
        for provider, twice in doubled.items()
        if twice
    ]


def format_key(one: EpisodeKey) -> str:
    """An episode as people write it: 3 is regular, S1 a special, C1 credits."""
    return f"{'' if one.kind == 'Regular' else one.kind[0]}{one.number}"


def _day(aired: datetime | date) -> date:
    return aired.date() if isinstance(aired, datetime) else aired
