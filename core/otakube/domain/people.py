# SPDX-License-Identifier: Apache-2.0
"""People of all providers, real and drawn: who is who by name, native name and order of name parts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from otakube.domain.claims import Staff
from otakube.domain.entry import Provider, RowProvenance, StaffEntry
from otakube.domain.merging import Voices, parsed
from otakube.domain.policies import STAFF_ORDER, STAFF_POLICIES
from otakube.domain.rows import merge_row
from otakube.domain.text import comparable, name_key

_MOST = 2_000  # the record's own limit


class Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def name_native(self) -> str | None: ...


class Stored(Named, Protocol):
    @property
    def provenance(self) -> RowProvenance | None: ...


Person = TypeVar("Person", bound=Named)


def keys(name: str, native: str | None) -> list[str]:
    """What a person is recognised by."""
    script = comparable(native or "").replace(" ", "")  # some put a space between family and given name
    return [name_key(name) or name, *([f"native {script}"] if script else [])]


def known_by(one: Stored) -> list[str]:
    """All names of somebody whom the catalogue has, those that lost included."""
    losing = one.provenance.losing if one.provenance else []
    others = [
        key
        for lost in losing
        if lost.field in ("name", "name_native") and isinstance(value := parsed(lost.value), str)
        for key in keys(*((value, None) if lost.field == "name" else (one.name, value)))
    ]
    return list(dict.fromkeys([*keys(one.name, one.name_native), *others]))


def gathered(
    said: Mapping[Provider, Sequence[Person]], alike: Callable[[Person, Person], bool] = lambda _, __: True
) -> list[dict[Provider, Person]]:
    """What all providers say of each person, the most trusted first, as `said` is ordered.

    Two of one name at one provider are two people; of namesakes the one that is `alike` is meant.
    """
    groups: list[dict[Provider, Person]] = []
    by_key: dict[str, list[dict[Provider, Person]]] = {}
    for provider, person in ((p, one) for p, people in said.items() for one in people):
        own = keys(person.name, person.name_native)
        free = [group for key in own for group in by_key.get(key, ()) if provider not in group]
        best = next((group for group in free if any(alike(person, one) for one in group.values())), None)
        group = best if best is not None else free[0] if free else None
        if group is None:
            group = {}
            groups.append(group)
        group[provider] = person
        for key in own:
            if not any(one is group for one in by_key.setdefault(key, [])):
                by_key[key].append(group)
    return groups


def merge_staff(said: Mapping[Provider, Sequence[Staff]], voices: Voices) -> list[StaffEntry]:
    """One entry a person, with all positions that anybody names."""
    return [_merge(group, voices) for group in gathered(voices.spoken(STAFF_ORDER, _once(said)))][:_MOST]


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


def _merge(group: Mapping[Provider, Staff], voices: Voices) -> StaffEntry:
    claims = {
        field: voices.said(policy.order, {p: getattr(one, field) for p, one in group.items()})
        for field, policy in STAFF_POLICIES.items()
    }
    row = merge_row(claims, STAFF_POLICIES, voices.agreement)
    return StaffEntry(providers=list(group), provenance=row.provenance, **row.values)
