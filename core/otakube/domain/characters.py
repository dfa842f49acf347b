# SPDX-License-Identifier: Apache-2.0
"""Characters of all providers as one list: merged by name, native name and order of name parts, ids kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from otakube.domain.claims import Character
from otakube.domain.entry import CharacterEntry, Image, ImageKind, Provider, Role, VoiceActor
from otakube.domain.ids import derived_id
from otakube.domain.policies import CHARACTER_ORDER
from otakube.domain.text import comparable, name_key

_PROMINENCE: dict[Role, int] = {"Main": 0, "Supporting": 1, "Background": 2}
_MOST = 5_000  # the record's own limit


@dataclass(slots=True)
class _Group:
    """What all providers say of one character."""

    said: dict[Provider, Character] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)


def merge_characters(
    entry_id: str, said: Mapping[Provider, Sequence[Character]], known: Sequence[CharacterEntry] = ()
) -> list[CharacterEntry]:
    """One entry a character, main ones first; a character that the catalogue has keeps its id."""
    ids = {key: one.id for one in known for key in keys(one.name, one.name_native)}
    merged: dict[str, CharacterEntry] = {}
    for group in _grouped(said):
        entry = _merge(entry_id, group, ids)
        while entry.id in merged:  # a namesake: two guards are two characters
            entry = entry.model_copy(update={"id": derived_id("char", entry.id)})
        merged[entry.id] = entry
    return sorted(merged.values(), key=lambda one: _PROMINENCE[one.role])[:_MOST]


def keys(name: str, native: str | None) -> list[str]:
    """What a character is recognised by."""
    found = [name_key(name) or name]
    return [*found, f"native {comparable(native)}"] if native and comparable(native) else found


def _grouped(said: Mapping[Provider, Sequence[Character]]) -> list[_Group]:
    groups: list[_Group] = []
    by_key: dict[str, _Group] = {}
    for provider, character in ((p, one) for p in CHARACTER_ORDER for one in said.get(p, ())):
        own = keys(character.name, character.name_native)
        known = (by_key[key] for key in own if key in by_key)
        group = next((one for one in known if provider not in one.said), None)
        if group is None:
            group = _Group()
            groups.append(group)
        group.said[provider] = character
        group.keys.update(own)
        for key in own:
            by_key.setdefault(key, group)
    return groups


def _merge(entry_id: str, group: _Group, ids: Mapping[str, str]) -> CharacterEntry:
    claims = list(group.said.values())
    known = next((ids[key] for key in sorted(group.keys) if key in ids), None)
    return CharacterEntry(
        id=known
        or derived_id(
            "char", entry_id, name_key(claims[0].name) or claims[0].name, claims[0].name_native or ""
        ),
        name=claims[0].name,
        name_native=next((one.name_native for one in claims if one.name_native), None),
        role=min((one.role for one in claims), key=_PROMINENCE.__getitem__),
        description=next((one.description for one in claims if one.description), None),
        image=_picture(group.said),
        voice_actors=voices(one for claim in claims for one in claim.voice_actors),
        providers=list(group.said),
    )


def voices(said: Iterable[VoiceActor]) -> list[VoiceActor]:
    """Each voice once a language."""
    found: dict[tuple[str, str], VoiceActor] = {}
    for one in said:
        found.setdefault((name_key(one.name), comparable(one.language)), one)
    return list(found.values())[:100]


def _picture(said: Mapping[Provider, Character]) -> Image | None:
    links = [(provider, one.image_url) for provider, one in said.items() if one.image_url]
    return Image(kind=ImageKind.CHARACTER, source_url=links[0][1], provider=links[0][0]) if links else None
