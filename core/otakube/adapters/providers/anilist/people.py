# SPDX-License-Identifier: Apache-2.0
"""Characters, their voices and the staff, as AniList lists them. Pure."""

from collections.abc import Iterable

from otakube.adapters.http.parsing import refuse, word
from otakube.adapters.http.rows import converted
from otakube.adapters.providers.anilist.answers import (
    AniListVoice,
    CharacterEdge,
    PersonName,
    StaffEdge,
    StaffNode,
)
from otakube.adapters.providers.anilist.vocabulary import PLACEHOLDERS, ROLES
from otakube.domain.record.claims import Character, Staff
from otakube.domain.record.golden import VoiceActor
from otakube.domain.record.text import plain


def character(edge: CharacterEdge) -> Character | None:
    """One character with its voices in all languages; None if nobody plays it, or it has no name yet."""
    node = edge.node
    if node is None or nameless(node.name):
        return None
    about = PLACEHOLDERS.prose(node.description)
    return Character(
        name=person_name(node.name) or refuse("characters.node.name", node.name.full, "a name"),
        name_native=PLACEHOLDERS.name(node.name.native),
        role=word("characters.role", edge.role, ROLES),
        description=about.text,
        description_credit=about.credit,
        description_spoilers=about.spoilers,
        image_url=PLACEHOLDERS.picture(node.image.large),
        voice_actors=[voice for one in edge.voiceActors or [] if (voice := voice_actor(one))],
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
    return converted(people, lambda number: member(people[number], positions[number]))


def member(person: StaffNode, positions: Iterable[str | None]) -> Staff | None:
    """One person of the staff; None while nobody knows who it is."""
    if nameless(person.name):
        return None
    return Staff(
        name=person_name(person.name) or refuse("staff.node.name", person.name.full, "a name"),
        name_native=PLACEHOLDERS.name(person.name.native),
        positions=PLACEHOLDERS.names(positions),
    )


def nameless(said: PersonName) -> bool:
    """True if a placeholder stands where the name will be."""
    return person_name(said) is None and plain(said.full) is not None


def person_name(said: PersonName) -> str | None:
    """The name in Latin letters, in the person's own where there is no other."""
    names = (said.full, said.userPreferred, said.native)
    return next((name for one in names if (name := PLACEHOLDERS.name(one))), None)
