# SPDX-License-Identifier: Apache-2.0
"""People of all providers, real and drawn: who is who by name, native name and order of name parts."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from otakube.domain.merge.fields import Claimants, parse_value
from otakube.domain.merge.policies import STAFF_ORDER, STAFF_POLICIES
from otakube.domain.merge.rows import merge_row
from otakube.domain.record.claims import Staff
from otakube.domain.record.golden import RowProvenance, StaffEntry
from otakube.domain.record.text import comparable, name_key, sound_key
from otakube.domain.record.variants import folded
from otakube_api.contract import Provider

_MOST = 2_000  # the record's own limit
_SHORTEST = 3  # letters of a sound; "Ko" and "Kou" are two people sooner than two spellings
_KANJI = re.compile(r"[\u3005\u3400-\u9fff\uf900-\ufaff]")
Tell = Callable[[str], None]


def unheard(_: str) -> None:
    """Tell nobody."""


class NamedPerson(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def name_native(self) -> str | None: ...


class StoredPerson(NamedPerson, Protocol):
    @property
    def provenance(self) -> RowProvenance | None: ...


Person = TypeVar("Person", bound=NamedPerson)
Group = TypeVar("Group")


def keys(name: str, native: str | None) -> list[str]:
    """Keys by which a person is recognised."""
    script = comparable(native or "").replace(" ", "")  # some put a space between family and given name
    return [name_key(name) or name, *([f"native {script}"] if script else [])]


def loose_keys(name: str, native: str | None) -> list[str]:
    """Keys by which two spellings of one person meet: another romanisation, or variant characters."""
    script = folded(comparable(native or "").replace(" ", ""))
    sound = sound_key(name)
    return [
        *([f"sound {sound}"] if len(sound) >= _SHORTEST else []),
        *([f"folded {script}"] if script else []),
    ]


def spelled_otherwise(one: NamedPerson, other: NamedPerson) -> bool:
    """True of two spellings of one person: native names, where both have them, are one but for variants."""
    natives = [
        folded(comparable(each.name_native).replace(" ", "")) for each in (one, other) if each.name_native
    ]
    return len(set(natives)) < 2


def natives_differ(one: NamedPerson, other: NamedPerson) -> bool:
    """True of two native names in kanji of which neither is the other, a variant of it or a part of it.

    A name in kana may be the reading of one in kanji.
    """
    first, second = (folded(comparable(each.name_native or "").replace(" ", "")) for each in (one, other))
    both = _KANJI.search(first) is not None and _KANJI.search(second) is not None
    return both and first not in second and second not in first


def all_keys(one: StoredPerson) -> list[str]:
    """All names of somebody whom the catalogue has, those that lost included."""
    losing = one.provenance.losing if one.provenance else []
    others = [
        key
        for lost in losing
        if lost.field in ("name", "name_native") and isinstance(value := parse_value(lost.value), str)
        for key in keys(*((value, None) if lost.field == "name" else (one.name, value)))
    ]
    return list(dict.fromkeys([*keys(one.name, one.name_native), *others]))


def group_people(
    said: Mapping[Provider, Sequence[Person]],
    alike: Callable[[Person, Person], bool] = lambda _, __: True,
    tell: Tell = unheard,
) -> list[dict[Provider, Person]]:
    """Claims of all providers about each person, the most trusted first, as `said` is ordered.

    Two of one name at one provider are two people. Who shares all names is found before who shares the name
    alone, and that before who shares any; of namesakes the one that is `alike` is meant. Who shares no name
    is found by another spelling, and that is told.
    """
    groups: list[dict[Provider, Person]] = []
    by_key: dict[str, list[dict[Provider, Person]]] = {}
    for provider, people in said.items():
        found = _homes(provider, people, by_key, alike, tell)
        _join_spellings(provider, people, found, by_key, tell)
        for number, person in enumerate(people):
            if number not in found:
                groups.append(found.setdefault(number, {provider: person}))
            names = person.name, person.name_native
            for key in (*keys(*names), *loose_keys(*names)):
                known = by_key.setdefault(key, [])
                if not any(one is found[number] for one in known):
                    known.append(found[number])
    return groups


def _homes(
    provider: Provider,
    people: Sequence[Person],
    by_key: Mapping[str, Sequence[dict[Provider, Person]]],
    alike: Callable[[Person, Person], bool],
    tell: Tell,
) -> dict[int, dict[Provider, Person]]:
    """The group of each of a provider's people that are known already, to which they are added."""
    found: dict[int, dict[Provider, Person]] = {}
    for share in (_both, _first, _any):
        for number, person in enumerate(people):
            if number in found:
                continue
            known = [by_key.get(key, ()) for key in keys(person.name, person.name_native)]
            free = [group for group in share(known) if provider not in group]
            fit = [one for one in free if not any(natives_differ(person, each) for each in one.values())]
            if not fit and share is _any and len(free) == 1 and _alone(person, people):
                fit = free
                tell(
                    f"{_pair(provider, person, free[0])} are taken for one person, though native names differ"
                )
            best = next((group for group in fit if any(alike(person, one) for one in group.values())), None)
            if fit:
                found[number] = best if best is not None else fit[0]
                found[number][provider] = person
    return found


def _alone(person: Person, people: Sequence[Person]) -> bool:
    """Tell whether a provider has one of a name alone."""
    return sum(name_key(one.name) == name_key(person.name) for one in people) == 1


def _join_spellings(
    provider: Provider,
    people: Sequence[Person],
    found: dict[int, dict[Provider, Person]],
    by_key: Mapping[str, Sequence[dict[Provider, Person]]],
    tell: Tell,
) -> None:
    """Add those who have no home yet to the group of another spelling, if there is one alone."""
    for number, person in enumerate(people):
        if number in found:
            continue
        known = [
            group for key in loose_keys(person.name, person.name_native) for group in by_key.get(key, ())
        ]
        fit = {
            id(group): group
            for group in known
            if provider not in group and all(spelled_otherwise(person, one) for one in group.values())
        }
        if len(fit) != 1:
            continue
        [home] = fit.values()
        tell(f"{_pair(provider, person, home)} are taken for one person, by spelling alone")
        home[provider] = person
        found[number] = home


def _pair(provider: Provider, person: NamedPerson, home: Mapping[Provider, NamedPerson]) -> str:
    return f"{_both_names(next(iter(home.values())))} and {_both_names(person)} of {provider}"


def _both_names(one: NamedPerson) -> str:
    return f"{one.name[:100]!r}" + (f" ({one.name_native[:100]})" if one.name_native else "")


def _both(known: Sequence[Sequence[Group]]) -> list[Group]:
    """Of name and native name; who has but one of them waits."""
    native = {id(group) for group in known[1]} if len(known) > 1 else set()
    return [group for group in known[0] if id(group) in native]


def _first(known: Sequence[Sequence[Group]]) -> list[Group]:
    return list(known[0])


def _any(known: Sequence[Sequence[Group]]) -> list[Group]:
    return [group for groups in known for group in groups]


def merge_staff(
    said: Mapping[Provider, Sequence[Staff]], claimants: Claimants, tell: Tell = unheard
) -> list[StaffEntry]:
    """One entry a person, with all positions that anybody names; who is one by spelling alone is told."""
    groups = group_people(claimants.by_provider(STAFF_ORDER, _once(said)), tell=tell)
    return [_merge(group, claimants) for group in groups][:_MOST]


def _once(said: Mapping[Provider, Sequence[Staff]]) -> dict[Provider, list[Staff]]:
    """Providers list a person once a position."""
    found: dict[Provider, dict[tuple[str, str], Staff]] = {}
    for provider, one in ((p, one) for p, people in said.items() for one in people):
        rows = found.setdefault(provider, {})
        key = (name_key(one.name) or one.name, comparable(one.name_native or ""))
        known = rows.get(key)
        positions = list(dict.fromkeys([*(known.positions if known else ()), *one.positions]))[:100]
        rows[key] = one.model_copy(update={"positions": positions})
    return {provider: list(rows.values()) for provider, rows in found.items()}


def _merge(group: Mapping[Provider, Staff], claimants: Claimants) -> StaffEntry:
    claims = {
        field: claimants.claims(policy.order, {p: getattr(one, field) for p, one in group.items()})
        for field, policy in STAFF_POLICIES.items()
    }
    row = merge_row(claims, STAFF_POLICIES, claimants.agreement)
    return StaffEntry(providers=list(group), provenance=row.provenance, **row.values)
