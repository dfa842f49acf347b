# SPDX-License-Identifier: Apache-2.0
"""Characters, their voices and the staff, as AniList lists them. Pure."""

from collections.abc import Iterable

from otakube.adapters.http.parsing import refuse, texts, word
from otakube.adapters.providers.anilist.answers import (
    AniListVoice,
    CharacterNode,
    PersonName,
    StaffEdge,
    StaffNode,
)
from otakube.adapters.providers.anilist.vocabulary import ROLES
from otakube.domain.record.claims import Character, Staff
from otakube.domain.record.golden import VoiceActor
from otakube.domain.record.text import plain, prose, web_address


def character(role: str | None, node: CharacterNode, voices: Iterable[AniListVoice]) -> Character:
    """One character with its voices in all languages."""
    return Character(
        name=person_name(node.name) or refuse("characters.node.name", node.name.full, "a name"),
        name_native=plain(node.name.native),
        role=word("characters.role", role, ROLES),
        description=prose(node.description),
        image_url=web_address(node.image.large),
        voice_actors=[voice for one in voices if (voice := voice_actor(one))],
    )


def voice_actor(said: AniListVoice) -> VoiceActor | None:
    """A voice with a name and a language; without either it says nothing."""
    name, language = person_name(said.name), plain(said.languageV2)
    return VoiceActor(name=name, language=language) if name and language else None


def members(edges: Iterable[tuple[StaffEdge, StaffNode]]) -> list[Staff]:
    """Each person once, with all positions in their order: AniList has a row for each position."""
    people: dict[int, StaffNode] = {}
    positions: dict[int, list[str | None]] = {}
    for edge, person in edges:
        people.setdefault(person.id, person)
        positions.setdefault(person.id, []).append(edge.role)
    return [member(person, positions[number]) for number, person in people.items()]


def member(person: StaffNode, positions: Iterable[str | None]) -> Staff:
    """One person of the staff."""
    return Staff(
        name=person_name(person.name) or refuse("staff.node.name", person.name.full, "a name"),
        name_native=plain(person.name.native),
        positions=texts(positions),
    )


def person_name(said: PersonName) -> str | None:
    """The name in Latin letters, in the person's own where there is no other."""
    return plain(said.full) or plain(said.userPreferred) or plain(said.native)
