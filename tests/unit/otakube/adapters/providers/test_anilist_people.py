# SPDX-License-Identifier: Apache-2.0
"""AniList's characters, voices and staff in our words."""

from collections.abc import Sequence
from typing import Any

import pytest

from otakube.adapters.http.parsing import read
from otakube.adapters.providers.anilist import convert, people
from otakube.adapters.providers.anilist.answers import (
    AniListVoice,
    CharacterEdge,
    CharacterNode,
    PersonName,
    StaffEdge,
)
from otakube.domain.record.claims import Character, Staff
from otakube.domain.record.golden import VoiceActor
from otakube.errors import SourceError
from unit.otakube.adapters.providers.anilist_media import raw


def aoi(**said: Any) -> CharacterNode:
    return read(CharacterNode, {"name": {"full": "Aoi Minato"}} | said)


def person(role: str | None, node: CharacterNode, voices: Sequence[AniListVoice] = ()) -> Character:
    found = people.character(CharacterEdge(role=role, node=node, voiceActors=list(voices)))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("node", "field", "value"),
    [
        ({}, "name", "Aoi Minato"),
        ({"name": {"full": " ", "native": "湊 葵"}}, "name", "湊 葵"),
        ({"name": {"full": "Aoi", "native": "葵"}}, "name_native", "葵"),
        ({}, "role", "Main"),
        ({"description": "~!spoiler!~ <i>x</i>"}, "description", "x"),
        ({"image": {"large": "https://a.example/p.jpg"}}, "image_url", "https://a.example/p.jpg"),
        ({"image": None}, "image_url", None),
    ],
)
def test_a_character_says_each_field(node: dict[str, Any], field: str, value: object) -> None:
    assert getattr(person("MAIN", aoi(**node)), field) == value


@pytest.mark.parametrize(
    ("role", "name", "complaint"),
    [
        ("CAMEO", "Aoi", r"characters.role is 'CAMEO'"),
        (None, "Aoi", r"characters.role is None"),
        ("MAIN", " ", r"characters.node.name is ' '"),
    ],
)
def test_a_character_without_a_name_or_a_known_role_is_named(
    role: str | None, name: str, complaint: str
) -> None:
    with pytest.raises(SourceError, match=complaint):
        person(role, aoi(name={"full": name}))


def test_a_role_that_nobody_plays_is_left_out() -> None:
    edges = [{"role": "MAIN", "node": None}, None, {"role": "MAIN", "node": {"name": {"full": "Aoi"}}}]
    assert [one.name for one in convert.characters(raw(characters={"edges": edges}))] == ["Aoi"]


@pytest.mark.parametrize(
    ("name", "language", "found"),
    [
        ({"full": "Rin Kuzuhara"}, "Japanese", VoiceActor(name="Rin Kuzuhara", language="Japanese")),
        ({"full": "Rin Kuzuhara"}, None, None),
        ({"full": None}, "Japanese", None),
        (None, "Japanese", None),
    ],
)
def test_a_voice_has_a_name_and_a_language(name: Any, language: str | None, found: VoiceActor | None) -> None:
    assert people.voice_actor(read(AniListVoice, {"name": name, "languageV2": language})) == found


def test_a_character_speaks_in_all_languages() -> None:
    said = [
        {"name": {"full": "Rin"}, "languageV2": "Japanese"},
        {"name": {"full": "D"}, "languageV2": "French"},
    ]
    voices = [read(AniListVoice, one) for one in said]
    assert [one.language for one in person("MAIN", aoi(), voices).voice_actors] == [
        "Japanese",
        "French",
    ]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"full": "Aoi Minato", "userPreferred": "Aoi"}, "Aoi Minato"),
        ({"full": None, "userPreferred": "Aoi", "native": "葵"}, "Aoi"),
        ({"full": " ", "native": "葵"}, "葵"),
        ({}, None),
    ],
)
def test_a_person_is_named_in_latin_letters_where_anilist_has_them(
    said: dict[str, str], found: str | None
) -> None:
    assert people.person_name(read(PersonName, said)) == found


def member(number: int, role: str | None, full: str = "Mio Hanasaki") -> dict[str, Any]:
    return {"role": role, "node": {"id": number, "name": {"full": full, "native": "花咲 澪"}}}


@pytest.mark.parametrize(
    ("edges", "found"),
    [
        ([member(1, "Director"), member(2, "Music"), member(1, "Storyboard (ep 1)")], [2, 1]),
        ([member(1, "Music"), member(1, "Music")], [1]),
        ([member(1, None), None, {"role": "Music", "node": None}], [0]),
        ([member(1, "Music"), member(2, "Art")], [1, 1]),
        (None, []),
    ],
)
def test_a_person_stands_once_with_all_positions(edges: Any, found: list[int]) -> None:
    assert [len(one.positions) for one in convert.staff(raw(staff={"edges": edges}))] == found


def test_a_member_of_the_staff_is_named() -> None:
    said = read(StaffEdge, member(1, "Director"))
    assert said.node
    assert people.member(said.node, ["Director"]) == Staff(
        name="Mio Hanasaki", name_native="花咲 澪", positions=["Director"]
    )
    with pytest.raises(SourceError, match=r"staff.node.name is None"):
        convert.staff(raw(staff={"edges": [{"role": "Music", "node": {"id": 1, "name": None}}]}))
