# SPDX-License-Identifier: Apache-2.0
"""Characters, their voices and the staff, from Kitsu's four kinds of resource. Pure."""

import re
from collections.abc import Iterable

from otakube.adapters.http.parsing import read, refuse, word
from otakube.adapters.http.placeholders import is_placeholder
from otakube.adapters.http.rows import converted
from otakube.adapters.providers.kitsu.answers import (
    CastingAttributes,
    CharacterAttributes,
    Document,
    KitsuPictures,
    KitsuResource,
    PersonAttributes,
    RoleAttributes,
)
from otakube.adapters.providers.kitsu.vocabulary import PLACEHOLDERS, ROLES
from otakube.domain.record.claims import Character, Staff
from otakube.domain.record.golden import VoiceActor
from otakube.domain.record.text import plain

_POSITION = re.compile(r"(?:[^,()]++|\([^()]*+\)|[()])++")  # with the commas of "Key Animation (1, 3)"


def cast(pages: Iterable[Document], castings: Iterable[Document]) -> list[Character]:
    """Characters with their voices; a role without a character says nothing."""
    spoken = voice_actors(castings)
    rows = [
        (row, known[0]) for page in pages for row in page.data if (known := page.related(row, "character"))
    ]
    return converted(rows, lambda pair: character(*pair, spoken.get(pair[1].id, [])))


def character(row: KitsuResource, resource: KitsuResource, spoken: list[VoiceActor]) -> Character | None:
    """One character in its role; None while nobody knows its name."""
    said = read(CharacterAttributes, resource.attributes)
    about = PLACEHOLDERS.prose(said.description)
    name = plain(said.canonicalName) or refuse("characters.canonicalName", said.canonicalName, "a name")
    if is_placeholder(name):
        return None
    return Character(
        name=name,
        name_native=PLACEHOLDERS.name((said.names or {}).get("ja_jp")),
        role=word("characters.role", read(RoleAttributes, row.attributes).role, ROLES),
        description=about.text,
        description_credit=about.credit,
        description_spoilers=about.spoilers,
        image_url=picture(said.image),
        voice_actors=spoken,
    )


def voice_actors(castings: Iterable[Document]) -> dict[str, list[VoiceActor]]:
    """Voices by the number of their character, each once."""
    found: dict[str, list[VoiceActor]] = {}
    rows = [(page, row) for page in castings for row in page.data]
    for page, row, voice in converted(rows, lambda pair: (*pair, voice_actor(*pair))):
        if voice is not None:
            for one in page.related(row, "character"):
                found.setdefault(one.id, []).append(voice)
    return {number: list(dict.fromkeys(known)) for number, known in found.items()}


def voice_actor(page: Document, row: KitsuResource) -> VoiceActor | None:
    """The voice of a character's casting; without a name or a language it says nothing."""
    said, people = read(CastingAttributes, row.attributes), page.related(row, "person")
    name, language = person(people), plain(said.language)
    return VoiceActor(name=name, language=language) if name and language else None


def members(pages: Iterable[Document]) -> list[Staff]:
    """Each person once, with all positions in their order."""
    names: dict[str, str] = {}
    roles: dict[str, list[str]] = {}
    for page in pages:
        for row in page.data:
            people = page.related(row, "person")
            if people and (name := person(people)):
                names.setdefault(people[0].id, name)
                roles.setdefault(people[0].id, []).extend(positions(row))
    return [Staff(name=name, positions=PLACEHOLDERS.names(roles[number])) for number, name in names.items()]


def positions(row: KitsuResource) -> list[str]:
    """A role is a list in a sentence: "Director, Storyboard"."""
    return _POSITION.findall(read(RoleAttributes, row.attributes).role or "")


def person(people: list[KitsuResource]) -> str | None:
    """The name of the first."""
    return PLACEHOLDERS.name(read(PersonAttributes, people[0].attributes).name) if people else None


def picture(said: KitsuPictures | None) -> str | None:
    """The largest form."""
    return PLACEHOLDERS.picture(said.original or said.large) if said else None
