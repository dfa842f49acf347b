# SPDX-License-Identifier: Apache-2.0
"""Characters, their voices and the staff, from Jikan's answers. Pure."""

from otakube.adapters.http.parsing import refuse, word
from otakube.adapters.http.placeholders import is_placeholder
from otakube.adapters.providers.jikan.answers import CharacterRow, JikanVoice, StaffRow
from otakube.adapters.providers.jikan.vocabulary import PLACEHOLDERS, ROLES
from otakube.domain.record.claims import Character, Staff
from otakube.domain.record.golden import VoiceActor
from otakube.domain.record.text import plain


def character(row: CharacterRow) -> Character | None:
    """One character; MAL writes "Family, Given". None while nobody knows its name."""
    name = plain(row.character.name) or refuse("character.name", row.character.name, "a name")
    if is_placeholder(name):
        return None
    return Character(
        name=given_first(name),
        role=word("characters.role", row.role, ROLES),
        image_url=portrait(row.character.images.jpg.image_url),
        voice_actors=[actor for one in row.voice_actors if (actor := voice(one))],
    )


def voice(said: JikanVoice) -> VoiceActor | None:
    """Voice actor of a character in one language; None without a visible name."""
    name = PLACEHOLDERS.name(said.person.name)
    return VoiceActor(name=given_first(name), language=said.language) if name else None


def portrait(url: str | None) -> str | None:
    """A character's picture; the site's question mark is none."""
    return PLACEHOLDERS.picture(url)


def staff(row: StaffRow) -> Staff | None:
    """One person with all that they did; None without a visible name."""
    name = PLACEHOLDERS.name(row.person.name)
    return Staff(name=given_first(name), positions=PLACEHOLDERS.names(row.positions)) if name else None


def given_first(name: str) -> str:
    """ "Takamaki, Ann" as "Ann Takamaki"."""
    family, comma, given = name.partition(", ")
    return f"{given} {family}".strip() if comma and given else name
