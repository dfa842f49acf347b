# SPDX-License-Identifier: Apache-2.0
"""Characters of all providers as one list: merged by name, native name and role; ids are kept."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from otakube.domain.claims import Character
from otakube.domain.entry import CharacterEntry, Image, ImageKind, Provider, Role
from otakube.domain.ids import derived_id
from otakube.domain.merging import Said, Voices
from otakube.domain.people import gathered, keys, known_by
from otakube.domain.policies import CHARACTER_ORDER, CHARACTER_POLICIES
from otakube.domain.rows import merge_row
from otakube.domain.text import name_key

PROMINENCE: dict[Role, int] = {"Main": 0, "Supporting": 1, "Background": 2}
_MOST = 5_000  # the record's own limit

Claims = Mapping[Provider, Character]


def merge_characters(
    entry_id: str,
    said: Mapping[Provider, Sequence[Character]],
    voices: Voices,
    known: Sequence[CharacterEntry] = (),
) -> list[CharacterEntry]:
    """One entry a character, main ones first; a character that the catalogue has keeps its id."""
    ids: dict[str, list[str]] = {}
    for one in known:
        for name in known_by(one):
            ids.setdefault(name, []).append(one.id)
    merged: dict[str, CharacterEntry] = {}
    spoken = voices.spoken(CHARACTER_ORDER, said)
    for claims in gathered(spoken, alike=lambda one, other: one.role == other.role):
        entry_of = _id(entry_id, claims, ids, merged)
        merged[entry_of] = _merge(entry_of, claims, voices)
    return by_prominence(merged.values())[:_MOST]


def by_prominence(characters: Iterable[CharacterEntry]) -> list[CharacterEntry]:
    """Main ones first, else as they come."""
    return sorted(characters, key=lambda one: PROMINENCE[one.role])


def _id(
    entry_id: str, claims: Claims, ids: Mapping[str, Sequence[str]], taken: Mapping[str, CharacterEntry]
) -> str:
    """The catalogue's, else one that follows from the first name; namesakes take turns."""
    names = sorted({name for one in claims.values() for name in keys(one.name, one.name_native)})
    known = (found for name in names for found in ids.get(name, ()) if found not in taken)
    first = next(iter(claims.values()))
    own = derived_id("char", entry_id, name_key(first.name) or first.name, first.name_native or "")
    chosen = next(known, own)
    while chosen in taken:  # two guards are two characters
        chosen = derived_id("char", chosen)
    return chosen


def _merge(own_id: str, said: Claims, voices: Voices) -> CharacterEntry:
    claims = {field: _claims(field, said, voices) for field in CHARACTER_POLICIES}
    row = merge_row(claims, CHARACTER_POLICIES, voices.agreement)
    return CharacterEntry(id=own_id, providers=list(said), provenance=row.provenance, **row.values)


def _claims(field: str, said: Claims, voices: Voices) -> list[Said]:
    claims = voices.said(
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
