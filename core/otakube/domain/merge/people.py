# SPDX-License-Identifier: Apache-2.0
"""People of all providers, real and drawn: who is who by name, native name and order of name parts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from otakube.domain.merge.fields import Claimants, parse_value
from otakube.domain.merge.policies import STAFF_ORDER, STAFF_POLICIES
from otakube.domain.merge.rows import merge_row
from otakube.domain.record.claims import Staff
from otakube.domain.record.golden import RowProvenance, StaffEntry
from otakube.domain.record.text import comparable, name_key
from otakube_api.contract import Provider

_MOST = 2_000  # the record's own limit


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
    said: Mapping[Provider, Sequence[Person]], alike: Callable[[Person, Person], bool] = lambda _, __: True
) -> list[dict[Provider, Person]]:
    """Claims of all providers about each person, the most trusted first, as `said` is ordered.

    Two of one name at one provider are two people. Who shares all names is found before who shares the name
    alone, and that before who shares any; of namesakes the one that is `alike` is meant.
    """
    groups: list[dict[Provider, Person]] = []
    by_key: dict[str, list[dict[Provider, Person]]] = {}
    for provider, people in said.items():
        found = _homes(provider, people, by_key, alike)
        for number, person in enumerate(people):
            if number not in found:
                groups.append(found.setdefault(number, {provider: person}))
            for key in keys(person.name, person.name_native):
                known = by_key.setdefault(key, [])
                if not any(one is found[number] for one in known):
                    known.append(found[number])
    return groups


def _homes(
    provider: Provider,
    people: Sequence[Person],
    by_key: Mapping[str, Sequence[dict[Provider, Person]]],
    alike: Callable[[Person, Person], bool],
) -> dict[int, dict[Provider, Person]]:
    """The group of each of a provider's people that are known already, to which they are added."""
    found: dict[int, dict[Provider, Person]] = {}
    for share in (_both, _first, _any):
        for number, person in enumerate(people):
            if number in found:
                continue
            known = [by_key.get(key, ()) for key in keys(person.name, person.name_native)]
            free = [group for group in share(known) if provider not in group]
            best = next((group for group in free if any(alike(person, one) for one in group.values())), None)
            if free:
                found[number] = best if best is not None else free[0]
                found[number][provider] = person
    return found


def _both(known: Sequence[Sequence[Group]]) -> list[Group]:
    """Of name and native name; who has but one of them waits."""
    native = {id(group) for group in known[1]} if len(known) > 1 else set()
    return [group for group in known[0] if id(group) in native]


def _first(known: Sequence[Sequence[Group]]) -> list[Group]:
    return list(known[0])


def _any(known: Sequence[Sequence[Group]]) -> list[Group]:
    return [group for groups in known for group in groups]


def merge_staff(said: Mapping[Provider, Sequence[Staff]], claimants: Claimants) -> list[StaffEntry]:
    """One entry a person, with all positions that anybody names."""
    return [
        _merge(group, claimants) for group in group_people(claimants.by_provider(STAFF_ORDER, _once(said)))
    ][:_MOST]


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
