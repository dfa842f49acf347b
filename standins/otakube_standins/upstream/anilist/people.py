# SPDX-License-Identifier: Apache-2.0
"""Characters, their voices and the staff of a Media. Pure."""

from typing import Any

from otakube_standins.upstream.anilist.connections import SITE, AniListView, Json, connection
from otakube_standins.upstream.catalogue import InventedTitle, TitleCharacter
from otakube_standins.upstream.names import person_id


def character_id(title: InventedTitle, index: int) -> int:
    return title.ids.anilist * 100 + index


def character_path(title: InventedTitle, index: int, size: str) -> str:
    return f"/images/anilist/character/{size}/b{character_id(title, index)}.jpg"


def staff_path(name: str, size: str) -> str:
    return f"/images/anilist/staff/{size}/n{100_000 + person_id(name)}.jpg"


def people(title: InventedTitle, view: AniListView) -> Json:
    """`characters` and `staff` of a Media."""

    def characters(_: Any, *, page: int = 1, perPage: int = 25, role: str | None = None, **__: Any) -> Json:
        edges = [_character_edge(title, index, view.base) for index in range(len(title.characters))]
        return _of_people([edge for edge in edges if role in (None, edge["role"])], page, perPage)

    def staff(_: Any, *, page: int = 1, perPage: int = 25, **__: Any) -> Json:
        rows = [(one.name, position) for one in title.staff for position in one.positions]
        edges = [
            {"id": place, "role": position, "node": _staff(name, "Japanese", view.base)}
            for place, (name, position) in enumerate(rows)
        ]
        return _of_people(edges, page, perPage)

    return {"characters": characters, "staff": staff}


def _of_people(edges: list[Json], page: int, size: int) -> Json:
    answer = connection(edges, page, size, edge=lambda edge: edge)
    return answer | {"nodes": [edge["node"] for edge in answer["edges"]]}


def _character_edge(title: InventedTitle, index: int, base: str) -> Json:
    one = title.characters[index]
    actors = [_staff(voice.name, voice.language, base) for voice in one.voices]

    def voice_actors(language: str | None) -> list[Json]:
        return [actor for actor in actors if language in (None, actor["language"])]

    return {
        "id": character_id(title, index) + 5_000_000, "role": one.role.upper(), "name": None,
        "node": _character(title, index, one, base),
        "voiceActors": lambda _, language=None, **__: voice_actors(language),
        "voiceActorRoles": lambda _, language=None, **__: [
            {"voiceActor": actor, "roleNotes": None, "dubGroup": None} for actor in voice_actors(language)
        ],
    }  # fmt: skip


def _character(title: InventedTitle, index: int, one: TitleCharacter, base: str) -> Json:
    number = character_id(title, index)
    named = one.image if ":" in (one.image or "") else None
    return {
        "id": number, "name": _name(one.name, one.native), "description": _description(one), "gender": None,
        "age": None,
        "siteUrl": f"{SITE}/character/{number}", "favourites": title.favourites // (9 + index),
        "image": {
            "large": named or f"{base}{character_path(title, index, 'large')}",
            "medium": f"{base}{character_path(title, index, 'medium')}",
        },
    }  # fmt: skip


def _description(one: TitleCharacter) -> str | None:
    return f"{one.about or ''} ~!{one.hides}!~".strip() if one.hides else one.about


def _name(name: str, native: str | None) -> Json:
    given, _, family = name.rpartition(" ")
    return {
        "first": given or name, "middle": None, "last": family if given else None, "full": name,
        "native": native,
        "alternative": [], "userPreferred": name,
    }  # fmt: skip


def _staff(name: str, language: str, base: str) -> Json:
    number = 100_000 + person_id(name)
    return {
        "id": number, "name": _name(name, None), "language": language.upper(), "languageV2": language,
        "siteUrl": f"{SITE}/staff/{number}",
        "image": {
            "large": f"{base}{staff_path(name, 'large')}",
            "medium": f"{base}{staff_path(name, 'medium')}",
        },
    }  # fmt: skip
