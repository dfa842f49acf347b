# SPDX-License-Identifier: Apache-2.0
"""Characters, their voices and the staff of a Media. Pure."""

from typing import Any

from otakube_services.upstream.anilist.connections import SITE, Json, View, connection, page_info
from otakube_services.upstream.catalogue import Character, Title
from otakube_services.upstream.names import person_id


def character_id(title: Title, index: int) -> int:
    return title.ids.anilist * 100 + index


def character_path(title: Title, index: int, size: str) -> str:
    return f"/images/anilist/character/{size}/b{character_id(title, index)}.jpg"


def staff_path(name: str, size: str) -> str:
    return f"/images/anilist/staff/{size}/n{100_000 + person_id(name)}.jpg"


def people(title: Title, view: View) -> Json:
    """`characters`, `staff` and `reviews` of a Media."""
    edges = [_character_edge(title, index, view.base) for index in range(len(title.characters))]
    staff = [
        {"id": place, "role": ", ".join(one.positions), "node": _staff(one.name, "Japanese", view.base)}
        for place, one in enumerate(title.staff)
    ]

    def characters(_: Any, *, page: int = 1, perPage: int = 25, role: str | None = None, **__: Any) -> Json:
        shown = [edge for edge in edges if role is None or edge["role"] == role]
        answer = connection(shown, page, perPage, edge=lambda edge: edge)
        return answer | {"nodes": [edge["node"] for edge in answer["edges"]]}

    def staffs(_: Any, *, page: int = 1, perPage: int = 25, **__: Any) -> Json:
        answer = connection(staff, page, perPage, edge=lambda edge: edge)
        return answer | {"nodes": [edge["node"] for edge in answer["edges"]]}

    return {"characters": characters, "staff": staffs, "reviews": _no_reviews}


def _no_reviews(_: Any, **__: Any) -> Json:
    return {"nodes": [], "edges": [], "pageInfo": page_info(0, 1, 25)}


def _character_edge(title: Title, index: int, base: str) -> Json:
    one = title.characters[index]
    actors = [_staff(voice.name, voice.language, base) for voice in one.voices]

    def spoken(language: str | None) -> list[Json]:
        return [actor for actor in actors if language in (None, actor["language"])]

    return {
        "id": character_id(title, index) + 5_000_000, "role": one.role.upper(), "name": None,
        "node": _character(title, index, one, base),
        "voiceActors": lambda _, language=None, **__: spoken(language),
        "voiceActorRoles": lambda _, language=None, **__: [
            {"voiceActor": actor, "roleNotes": None, "dubGroup": None} for actor in spoken(language)
        ],
    }  # fmt: skip


def _character(title: Title, index: int, one: Character, base: str) -> Json:
    number = character_id(title, index)
    named = one.image if ":" in (one.image or "") else None
    return {
        "id": number, "name": _name(one.name, one.native), "description": one.about, "gender": None,
        "age": None,
        "siteUrl": f"{SITE}/character/{number}", "favourites": title.favourites // (9 + index),
        "image": {
            "large": named or f"{base}{character_path(title, index, 'large')}",
            "medium": f"{base}{character_path(title, index, 'medium')}",
        },
    }  # fmt: skip


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
