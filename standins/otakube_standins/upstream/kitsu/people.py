# SPDX-License-Identifier: Apache-2.0
"""Characters, their voices and the staff, in Kitsu's four kinds of resource. Pure."""

from functools import partial

from otakube_standins.upstream.catalogue import InventedTitle, TitleCharacter
from otakube_standins.upstream.kitsu.resources import ResourceObject
from otakube_standins.upstream.kitsu.view import TIMES, KitsuView
from otakube_standins.upstream.names import person_id, slug


def character_id(title: InventedTitle, index: int) -> int:
    return title.ids.kitsu * 100 + index


def character_path(title: InventedTitle, index: int) -> str:
    return f"/images/kitsu/characters/images/{character_id(title, index)}/original.jpg"


def character(title: InventedTitle, index: int, view: KitsuView) -> ResourceObject:
    """A resource of type characters."""
    one = title.characters[index]
    named = one.image if ":" in (one.image or "") else None
    attributes = {
        **TIMES, "slug": slug(one.name).lower(),
        "names": {"en": one.name} | ({"ja_jp": one.native} if one.native else {}), "canonicalName": one.name,
        "otherNames": [], "name": one.name, "malId": title.ids.myanimelist * 100 + index,
        "description": one.about or "",
        "image": {"original": named or f"{view.base}{character_path(title, index)}",
        "meta": {"dimensions": {}}},
    }  # fmt: skip
    return ResourceObject("characters", str(character_id(title, index)), attributes)


def anime_characters(title: InventedTitle, view: KitsuView) -> list[ResourceObject]:
    """Resources of type animeCharacters: who plays which role in the title."""
    return [
        ResourceObject(
            "animeCharacters", str(title.ids.kitsu * 100 + index),
            {**TIMES, "role": one.role.lower()},
            {"anime": lambda: view.anime(title, view), "character": partial(character, title, index, view)},
            {"castings": partial(_castings, title, index, one, view)},
        )
        for index, one in enumerate(title.characters)
    ]  # fmt: skip


def media_characters(title: InventedTitle, view: KitsuView) -> list[ResourceObject]:
    """Resources of type mediaCharacters, the same as Kitsu's newer name has them."""
    return [
        ResourceObject(
            "mediaCharacters", str(title.ids.kitsu * 100 + index),
            {**TIMES, "role": one.role.lower()},
            {"media": lambda: view.anime(title, view), "character": partial(character, title, index, view)},
            {"voices": list},
        )
        for index, one in enumerate(title.characters)
    ]  # fmt: skip


def castings(title: InventedTitle, view: KitsuView) -> list[ResourceObject]:
    """Resources of type castings: one for each voice of each character."""
    return [each for index, one in enumerate(title.characters) for each in _castings(title, index, one, view)]


def _castings(title: InventedTitle, index: int, one: TitleCharacter, view: KitsuView) -> list[ResourceObject]:
    return [
        ResourceObject(
            "castings", str(title.ids.kitsu * 1000 + index * 10 + place),
            {
                **TIMES, "role": "Voice Actor", "voiceActor": True,
                "featured": one.role == "Main", "language": voice.language,
            },
            {
                "media": lambda: view.anime(title, view),
                "character": lambda: character(title, index, view),
                "person": partial(_person, voice.name),
            },
        )
        for place, voice in enumerate(one.voices)
    ]  # fmt: skip


def _person(name: str) -> ResourceObject:
    attributes = {
        **TIMES, "image": None, "name": name, "malId": person_id(name),
        "description": "",
    }  # fmt: skip
    return ResourceObject("people", str(person_id(name) // 2), attributes)


def anime_staff(title: InventedTitle, view: KitsuView) -> list[ResourceObject]:
    """Resources of type animeStaff."""
    return [
        ResourceObject(
            "animeStaff", str(title.ids.kitsu * 100 + place),
            {**TIMES, "role": ", ".join(one.positions)},
            {"anime": lambda: view.anime(title, view), "person": partial(_person, one.name)},
        )
        for place, one in enumerate(title.staff)
    ]  # fmt: skip


def media_staff(title: InventedTitle, view: KitsuView) -> list[ResourceObject]:
    """Resources of type mediaStaff, the same as Kitsu's newer name has them."""
    return [
        ResourceObject(
            "mediaStaff", one.id, one.attributes, {"media": one.one["anime"], "person": one.one["person"]}
        )
        for one in anime_staff(title, view)
    ]
