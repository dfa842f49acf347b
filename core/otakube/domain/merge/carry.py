# SPDX-License-Identifier: Apache-2.0
"""Claims of providers that did not answer, carried over from the live version while their licences last.

A provider that says it has no such anime has answered: of it nothing is carried.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from otakube.domain.locks.effects import RunLocks, allowed_pages
from otakube.domain.merge.earlier_claims import earlier_attribution, earlier_claims
from otakube.domain.merge.episodes import episode_key
from otakube.domain.merge.people import keys
from otakube.domain.record.claims import ConvertedRecord
from otakube.domain.record.golden import GoldenRecord, Record
from otakube.domain.record.pages import identify
from otakube_api.contract import Provider, SourceReason
from otakube_api.providers import Licence

PARTS = ("metadata", "episodes", "relationships", "statistics", "characters", "staff")
"""Parts of a converted record."""

PART_OF = {
    "pictures": "metadata",
    "recommendations": "relationships",
    "relations": "relationships",
    "reviews": "statistics",
    "castings": "characters",
    "timetable": "episodes",
    **{part: part for part in PARTS},
}
"""The part that lacks something where a provider did not answer this."""

Claim = TypeVar("Claim", bound=Record)


class Carried(NamedTuple):
    """The records to merge, those of their parts that hold earlier words, and what cannot stay."""

    records: dict[Provider, ConvertedRecord]
    earlier: dict[Provider, frozenset[str]]
    times: dict[Provider, datetime]  # of the earlier words
    refused: dict[Provider, str]
    whole: frozenset[Provider] = frozenset()  # all of whose record is earlier words


class CarryTerms(NamedTuple):
    """Terms of a carry-over: `episodes` for an episode update, `now` the run's own time."""

    licences: Mapping[Provider, Licence]
    locks: RunLocks
    now: datetime
    episodes: bool = False


def absent_providers(
    failed: Iterable[Mapping[str, str]], answered: Collection[Provider]
) -> dict[Provider, str]:
    """Providers without any answer, with the reasons; one that has no such anime is not absent."""
    reasons: dict[Provider, list[str]] = {}
    for one in failed:
        reasons.setdefault(Provider(one["provider"]), []).append(one["reason"])
    return {
        provider: said[-1]
        for provider, said in reasons.items()
        if provider not in answered and SourceReason.NOT_FOUND not in said
    }


def carry_over(
    records: Mapping[Provider, ConvertedRecord],
    absent: Collection[Provider],
    live: GoldenRecord | None,
    terms: CarryTerms,
) -> Carried:
    """The records of those that answered, completed by what the live version has of the others."""
    carried = Carried(dict(records), {}, {}, {})
    if live is None:
        return carried
    lacking = {provider: _lacking(record) for provider, record in records.items()}
    wanted = {provider: parts for provider, parts in lacking.items() if parts}
    wanted |= {provider: frozenset(PARTS) for provider in absent}
    for provider in (one for one in Provider if one in wanted):
        said = earlier_attribution(live, provider, episodes=terms.episodes)
        if said is None:
            continue
        earlier = earlier_claims(live, provider, episodes=terms.episodes)
        why = _refused(provider, earlier, records, terms)
        if earlier is None or why:
            carried.refused[provider] = why or "the live version does not note which words are its own"
            continue
        fresh = records.get(provider)
        whole = completed(fresh, earlier, wanted[provider]) if fresh else earlier
        parts = frozenset(part for part in PARTS if not fresh or getattr(whole, part) != getattr(fresh, part))
        if parts:
            carried.records[provider] = whole
            carried.earlier[provider] = parts
            carried.times[provider] = earlier.fetched_at
    return carried._replace(whole=frozenset(carried.records).difference(records))


def _lacking(record: ConvertedRecord) -> frozenset[str]:
    """The parts of which the provider did not answer all."""
    failed = [name for name, fault in record.faults.items() if fault.reason is not SourceReason.NOT_FOUND]
    return frozenset(PART_OF[name] for name in failed if name in PART_OF)


def _refused(
    provider: Provider,
    earlier: ConvertedRecord | None,
    records: Mapping[Provider, ConvertedRecord],
    terms: CarryTerms,
) -> str | None:
    """Why earlier words may not stay; None if they may."""
    licence = terms.licences[provider]
    if not licence.storable:
        return "its licence lets nothing be stored"
    if earlier is None:
        return None
    until = licence.expires(earlier.fetched_at)
    if until is not None and until <= terms.now:
        return f"its licence let it be kept until {until:%Y-%m-%d}"
    own = [record.source_url for other, record in records.items() if other is not provider]
    page = earlier.source_url
    if page in terms.locks.others or page not in allowed_pages(terms.locks.locks, [*own, page]):
        return f"a merge lock says that {page} shows another anime"
    return _elsewhere(page, records.values())


def _elsewhere(page: str, records: Iterable[ConvertedRecord]) -> str | None:
    """Other providers link this anime to another page of the same site, and none to this one."""
    mine = identify(page)
    linked = [identify(url) for record in records for url in record.metadata.same_as]
    others = {one.id: one.url for one in linked if one and mine and one.provider is mine.provider}
    if mine is None or not others or mine.id in others:
        return None
    return f"it spoke of {page}, and the others link to {next(iter(others.values()))}"


def completed(fresh: ConvertedRecord, earlier: ConvertedRecord, parts: Collection[str]) -> ConvertedRecord:
    """An answer with the earlier words in those of its parts that it lacks."""
    changes = {part: _COMPLETED[part](getattr(fresh, part), getattr(earlier, part)) for part in parts}
    return fresh.model_copy(update=changes)


def _filled(fresh: Claim | None, earlier: Claim | None) -> Claim | None:
    """A record whose empty fields are the earlier one's."""
    if fresh is None or earlier is None:
        return fresh or earlier
    empty = [name for name in type(fresh).model_fields if getattr(fresh, name) in (None, [])]
    return fresh.model_copy(update={name: getattr(earlier, name) for name in empty})


def _with_pictures(fresh: Any, earlier: Any) -> Any:
    """Metadata always answers; what may be missing beside it are pictures."""
    known = {one.url for one in fresh.images}
    more = [one for one in earlier.images if one.url not in known]
    return fresh.model_copy(update={"images": [*fresh.images, *more][:20]})


def _rows(
    key: Callable[[Any], object],
) -> Callable[[Sequence[Any] | None, Sequence[Any] | None], list[Any]]:
    """Completes rows: earlier ones that are not listed stay, those that are keep what is not said anew."""

    def complete(fresh: Sequence[Any] | None, earlier: Sequence[Any] | None) -> list[Any]:
        before = {key(row): row for row in reversed(earlier or ())}
        listed = {key(row) for row in fresh or ()}
        return [
            *(_filled(row, before.get(key(row))) for row in fresh or ()),
            *(row for row in earlier or () if key(row) not in listed),
        ]

    return complete


def _person(one: Any) -> str:
    return keys(one.name, one.name_native)[0]


_COMPLETED: dict[str, Callable[[Any, Any], Any]] = {
    "metadata": _with_pictures,
    "episodes": _rows(episode_key),
    "relationships": _filled,
    "statistics": _filled,
    "characters": _rows(_person),
    "staff": _rows(_person),
}
