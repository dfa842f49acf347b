# SPDX-License-Identifier: Apache-2.0
"""Characters, their voices and the staff, from Jikan's answers. Pure."""

from otakube.adapters.http.parsing import refuse, texts, word
from otakube.adapters.providers.jikan.answers import CharacterRow, JikanVoice, StaffRow
from otakube.adapters.providers.jikan.vocabulary import ROLES
from otakube.domain.record.claims import Character, Staff
from otakube.domain.record.golden import VoiceActor
from otakube.domain.record.text import plain, web_address

_NO_PICTURE = "/questionmark"  # in the address of the site's placeholder


def character(row: CharacterRow) -> Character:
    """One character; MAL writes "Family, Given"."""
    name = plain(row.character.name) or refuse("character.name", row.character.name, "a name")
    return Character(
        name=given_first(name),
        role=word("characters.role", row.role, ROLES),
        image_url=portrait(row.character.images.jpg.image_url),
        voice_actors=[actor for one in row.voice_actors if (actor := voice(one))],
    )


def voice(said: JikanVoice) -> VoiceActor | None:
    """Voice actor of a character in one language; None without a visible name."""
    name = plain(said.person.name)
    return VoiceActor(name=given_first(name), language=said.language) if name else None


def portrait(url: str | None) -> str | None:
    """A character's picture; the site's question mark is none."""
    found = web_address(url)
    return None if found is None or _NO_PICTURE in found else found


def staff(row: StaffRow) -> Staff | None:
    """One person with all that they did; None without a visible name."""
    name = plain(row.person.name)
    return Staff(name=given_first(name), positions=texts(row.positions)) if name else None


def given_first(name: str) -> str:
    """ "Takamaki, Ann" as "Ann Takamaki"."""
    family, comma, given = name.partition(", ")
    return f"{given} {family}".strip() if comma and given else name
