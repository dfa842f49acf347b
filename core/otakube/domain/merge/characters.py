# SPDX-License-Identifier: Apache-2.0
"""Characters of all providers as one list: merged by name, native name and role; ids are kept."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from otakube.domain.merge.fields import Claim, Claimants
from otakube.domain.merge.people import Tell, all_keys, group_people, keys, unheard
from otakube.domain.merge.policies import CHARACTER_ORDER, CHARACTER_POLICIES
from otakube.domain.merge.rows import merge_row
from otakube.domain.record.claims import Character
from otakube.domain.record.golden import CharacterEntry, Image, ImageKind, Role
from otakube.domain.record.ids import derived_id
from otakube.domain.record.text import name_key
from otakube_api.contract import Provider

PROMINENCE: dict[Role, int] = {"Main": 0, "Supporting": 1, "Background": 2}
_MOST = 5_000  # the record's own limit

Claims = Mapping[Provider, Character]


def merge_characters(
    entry_id: str,
    said: Mapping[Provider, Sequence[Character]],
    claimants: Claimants,
    known: Sequence[CharacterEntry] = (),
    tell: Tell = unheard,
) -> list[CharacterEntry]:
    """One entry a character, main ones first; a character that the catalogue has keeps its id."""
    spoken = claimants.by_provider(CHARACTER_ORDER, said)
    groups = group_people(spoken, alike=lambda one, other: one.role == other.role, tell=tell)
    ids = _known_ids(groups, known)
    taken = set(ids.values())
    for number, claims in enumerate(groups):
        if number not in ids:
            ids[number] = _new_id(entry_id, next(iter(claims.values())), taken)
            taken.add(ids[number])
    return by_prominence(_merge(ids[number], claims, claimants) for number, claims in enumerate(groups))[
        :_MOST
    ]


def by_prominence(characters: Iterable[CharacterEntry]) -> list[CharacterEntry]:
    """Main ones first, else as they come."""
    return sorted(characters, key=lambda one: PROMINENCE[one.role])


def _known_ids(groups: Sequence[Claims], known: Sequence[CharacterEntry]) -> dict[int, str]:
    """The catalogue's ids by group: the more names two have in common, the sooner they are one."""
    at: dict[str, list[int]] = {}
    for position, one in enumerate(known):
        for name in all_keys(one):
            at.setdefault(name, []).append(position)
    shared = Counter(
        (number, position)
        for number, claims in enumerate(groups)
        for name in {name for one in claims.values() for name in keys(one.name, one.name_native)}
        for position in at.get(name, ())
    )
    ids: dict[int, str] = {}
    used: set[int] = set()
    for pair in sorted(
        shared, key=lambda pair: (-shared[pair], _role(groups[pair[0]]) != known[pair[1]].role, pair)
    ):
        if pair[0] not in ids and pair[1] not in used:
            ids[pair[0]] = known[pair[1]].id
            used.add(pair[1])
    return ids


def _role(claims: Claims) -> Role:
    return min((one.role for one in claims.values()), key=PROMINENCE.__getitem__)


def _new_id(entry_id: str, first: Character, taken: Container[str]) -> str:
    """An id that follows from the name; of namesakes each has one."""
    chosen = derived_id("char", entry_id, name_key(first.name) or first.name, first.name_native or "")
    while chosen in taken:  # two guards are two characters
        chosen = derived_id("char", chosen)
    return chosen


def _merge(own_id: str, said: Claims, claimants: Claimants) -> CharacterEntry:
    claims = {field: _claims(field, said, claimants) for field in CHARACTER_POLICIES}
    credits = {"description": {p: one.description_credit for p, one in said.items()}}
    row = merge_row(claims, CHARACTER_POLICIES, claimants.agreement, credits)
    return CharacterEntry(id=own_id, providers=list(said), provenance=row.provenance, **row.values)


def _claims(field: str, said: Claims, claimants: Claimants) -> list[Claim]:
    claims = claimants.claims(
        CHARACTER_POLICIES[field].order, {p: _value(field, p, one) for p, one in said.items()}
    )
    if field == "role":
        return sorted(claims, key=lambda claim: PROMINENCE[claim.value])
    return claims


def _value(field: str, provider: Provider, said: Character) -> Any:
    if field == "image":
        portrait = said.image_url
        return Image(kind=ImageKind.CHARACTER, source_url=portrait, provider=provider) if portrait else None
    return getattr(said, field)
