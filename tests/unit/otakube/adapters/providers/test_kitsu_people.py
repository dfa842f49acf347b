# SPDX-License-Identifier: Apache-2.0
"""Kitsu's characters, voices and staff in our words."""

from typing import Any

import pytest

from otakube.adapters.http.parsing import read
from otakube.adapters.providers.kitsu import convert
from otakube.adapters.providers.kitsu.answers import Document
from otakube.domain.record.golden import VoiceActor
from otakube.errors import SourceError
from unit.otakube.adapters.providers.kitsu_resources import Json, raw, resource


def role(kind: str | None, number: str = "5") -> Json:
    return resource("mediaCharacters", "1", {"role": kind}, character=("characters", number))


def page(*rows: Json, included: list[Json]) -> Json:
    return {"data": list(rows), "included": included}


def aoi(**said: Any) -> Json:
    return resource("characters", "5", {"canonicalName": "Aoi Minato"} | said)


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ({}, "name", "Aoi Minato"),
        ({"names": {"en": "Aoi", "ja_jp": "湊 葵"}}, "name_native", "湊 葵"),
        ({"names": None}, "name_native", None),
        ({}, "role", "Supporting"),
        ({"description": "<p>x</p>"}, "description", "x"),
        ({"image": {"original": "https://a.example/p"}}, "image_url", "https://a.example/p"),
    ],
)
def test_a_character_says_each_field(said: Json, field: str, value: object) -> None:
    found = convert.characters(raw(characters_1=page(role("supporting"), included=[aoi(**said)])))
    assert [getattr(one, field) for one in found] == [value]


@pytest.mark.parametrize(
    ("kind", "who", "complaint"),
    [
        ("extra", aoi(), "characters.role is 'extra'"),
        (None, aoi(), "characters.role is None"),
        ("main", aoi(canonicalName=None), "characters.canonicalName is None"),
    ],
)
def test_a_character_without_a_name_or_a_known_role_is_named(
    kind: str | None, who: Json, complaint: str
) -> None:
    with pytest.raises(SourceError, match=complaint):
        convert.characters(raw(characters_1=page(role(kind), included=[who])))


def test_a_role_that_nobody_plays_is_left_out() -> None:
    assert convert.characters(raw(characters_1=page(role("main", "gone"), included=[aoi()]))) == []


def casting(number: str, language: str | None, who: str = "5", voice: str = "9") -> Json:
    said = {"language": language, "role": "Voice Actor", "voiceActor": True, "featured": False}
    return resource("castings", number, said, character=("characters", who), person=("people", voice))


RIN = resource("people", "9", {"name": "Rin Kuzuhara"})
DANA = resource("people", "8", {"name": "Dana Whitlow"})


@pytest.mark.parametrize(
    ("castings", "found"),
    [
        ([casting("1", "Japanese")], [("Rin Kuzuhara", "Japanese")]),
        (
            [casting("1", "Japanese"), casting("2", "English", voice="8")],
            [("Rin Kuzuhara", "Japanese"), ("Dana Whitlow", "English")],
        ),
        ([casting("1", "Japanese"), casting("2", "Japanese")], [("Rin Kuzuhara", "Japanese")]),
        ([casting("1", None)], []),
        ([casting("1", "Japanese", voice="gone")], []),
        ([casting("1", "Japanese", who="6")], []),
    ],
)
def test_castings_give_a_character_its_voices(castings: list[Json], found: list[tuple[str, str]]) -> None:
    record = raw(
        characters_1=page(role("main"), included=[aoi()]),
        castings_1=page(*castings, included=[aoi(), RIN, DANA]),
    )
    assert convert.characters(record)[0].voice_actors == [
        VoiceActor(name=name, language=language) for name, language in found
    ]


def job(number: str, said: str | None, who: str | None = "9") -> Json:
    return resource("mediaStaff", number, {"role": said}, person=who and ("people", who))


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([job("1", "Director, Storyboard")], [["Director", "Storyboard"]]),
        ([job("1", "Key Animation (1, 3), Music")], [["Key Animation (1, 3)", "Music"]]),
        ([job("1", "Music"), job("2", "Art"), job("3", "Music", "8")], [["Music", "Art"], ["Music"]]),
        ([job("1", "Music"), job("2", "Music")], [["Music"]]),
        ([job("1", None)], [[]]),
        ([job("1", "Music", "gone"), job("2", "Music", None)], []),
        ([], []),
    ],
)
def test_a_person_stands_once_with_all_positions(rows: list[Json], found: list[list[str]]) -> None:
    record = raw(staff_1=page(*rows, included=[RIN, DANA]))
    assert [one.positions for one in convert.staff(record)] == found


def test_a_person_without_a_name_says_nothing() -> None:
    nobody = resource("people", "9", {"name": " "})
    assert convert.staff(raw(staff_1=page(job("1", "Music"), included=[nobody]))) == []


def test_an_included_resource_is_found_by_type_and_number() -> None:
    document = read(Document, page(role("main"), included=[resource("people", "5", {}), aoi()]))
    assert [one.type for one in document.related(document.data[0], "character")] == ["characters"]
    assert document.related(document.data[0], "castings") == []
