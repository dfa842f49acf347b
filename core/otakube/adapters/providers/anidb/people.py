# SPDX-License-Identifier: Apache-2.0
"""AniDB's people: characters with their seiyuu, creators with their work. Pure."""

from xml.etree.ElementTree import Element

from otakube.adapters.http.parsing import refuse, word
from otakube.adapters.http.placeholders import is_placeholder
from otakube.adapters.http.rows import converted
from otakube.adapters.providers.anidb.document import (
    PLACEHOLDERS,
    attribute,
    file_name,
    text_at,
    without_markup,
)
from otakube.domain.record.claims import Character, Staff
from otakube.domain.record.golden import Role, VoiceActor
from otakube.domain.record.text import plain

_ROLES: dict[str | None, Role] = {
    "main character in": "Main",
    "secondary cast in": "Supporting",
    "appears in": "Background",
    "cameo appearance in": "Background",
}
_HAS_A_FACE: dict[str | None, bool] = {
    "Character": True,
    "Mecha": True,
    "Vessel": True,
    "Organisation": False,
    "Organization": False,
    None: True,
}
_STUDIO = "Animation Work"


def is_character(node: Element) -> bool:
    """True of persons and things with a name; AniDB lists clubs and armies beside them."""
    has_a_face = word("characters.charactertype", text_at(node, "charactertype"), _HAS_A_FACE)
    return has_a_face and not is_placeholder(text_at(node, "name") or "a name that is missing")


def character(node: Element, pictures: str) -> Character:
    """One character; names are romaji, family name first where Japan has it so."""
    picture = file_name("characters.picture", text_at(node, "picture"))
    about = without_markup(node.findtext("description"))
    return Character(
        name=text_at(node, "name") or refuse("characters.name", node.findtext("name"), "a name"),
        role=word("characters.type", node.get("type"), _ROLES),
        description=about.text,
        description_credit=about.credit,
        description_spoilers=about.spoilers,
        image_url=PLACEHOLDERS.picture(pictures + picture) if picture else None,
        voice_actors=[VoiceActor(name=name, language="Japanese") for name in _seiyuu(node)],
    )


def _seiyuu(node: Element) -> list[str]:
    return PLACEHOLDERS.names(voice.text for voice in node.iterfind("seiyuu"))


def staff(anime: Element) -> list[Staff]:
    """One row a person: AniDB has one for each position."""
    positions: dict[tuple[str | None, str], list[str]] = {}
    nodes = anime.iterfind("creators/name")
    rows = converted(nodes, lambda node: (node, plain(attribute(node, "type")), PLACEHOLDERS.name(node.text)))
    for node, position, name in rows:
        if name and position and position != _STUDIO:
            positions.setdefault((node.get("id"), name), []).append(position)
    return [Staff(name=name, positions=list(dict.fromkeys(found))) for (_, name), found in positions.items()]


def studios(anime: Element) -> list[str]:
    """Studios: creators whose work is the animation."""
    return PLACEHOLDERS.names(
        node.text for node in anime.iterfind("creators/name") if node.get("type") == _STUDIO
    )[:50]
