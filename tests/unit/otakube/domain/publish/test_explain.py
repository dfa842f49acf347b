# SPDX-License-Identifier: Apache-2.0
"""Provenance (source, time, confidence) of every field of a record that all stand-in providers describe."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from enriched import LIGHTHOUSE, UNLIMITED, enriched, fetched
from golden import NOW, a_character, a_record, an_entry, an_episode
from otakube.domain.licences.terms import Agreement, agreed
from otakube.domain.publish.explain import FIELDS, explain
from otakube.domain.publish.explain_rows import COLLECTIONS, fields, row_name
from otakube.domain.publish.explained import Explained, UnknownField
from otakube.domain.record.golden import GoldenRecord
from otakube.ports.providers import RawRecord
from otakube_api.contract import Provider
from otakube_standins.upstream.faults import FaultRule

ALL = frozenset(LIGHTHOUSE)
UNSAID = {"summary", "spoiler_tags"}  # only a person says it


@pytest.fixture(scope="module")
def answers() -> dict[Provider, RawRecord]:
    return asyncio.run(fetched())


@pytest.fixture(scope="module")
def record(answers: dict[Provider, RawRecord], tmp_path_factory: pytest.TempPathFactory) -> GoldenRecord:
    return asyncio.run(enriched(tmp_path_factory.mktemp("record"), answers))


def only(record: GoldenRecord, field: str) -> Explained:
    [found] = explain(record, field)
    return found


def assert_answered(one: Explained) -> None:
    """Who, when, how sure, under which licence, until when."""
    assert one.provider in ALL, one
    assert one.provider == one.providers[0], one
    assert one.fetched_at is not None, one
    assert one.licence, one
    assert one.confidence is not None, one
    assert 0 < one.confidence <= 1, one


@pytest.mark.parametrize("field", [field for field in FIELDS if field not in UNSAID])
def test_every_field_of_the_entry_is_answered_for(record: GoldenRecord, field: str) -> None:
    one = only(record, field)
    assert one.value not in (None, [], {})
    assert_answered(one)


def test_all_fields_are_the_answer_to_no_field(record: GoldenRecord) -> None:
    assert {one.field for one in explain(record)} == set(FIELDS) - UNSAID


@pytest.mark.parametrize("collection", list(COLLECTIONS))
def test_every_field_of_every_row_is_answered_for(record: GoldenRecord, collection: str) -> None:
    rows = getattr(record, collection)
    assert rows
    seen: set[str] = set()
    for row in rows:
        for one in explain(record, f"{collection}.{row_name(row)}"):
            assert_answered(one)
            name = one.field.rpartition(".")[2]
            seen.add(name)
            assert only(record, one.field) == one
            assert one.value not in (None, [], False)
    unsaid = {"filler", "recap", "synopsis_spoilers"} | ({"name_native"} if collection == "staff" else set())
    assert seen >= set(fields(collection)) - unsaid  # this title has none


def test_all_rows_are_one_line_each(record: GoldenRecord) -> None:
    for collection in COLLECTIONS:
        lines = explain(record, collection)
        assert len(lines) == len(getattr(record, collection))
        for one in lines:
            assert_answered(one)


def test_every_provider_that_was_heard_is_named(record: GoldenRecord) -> None:
    assert {one.provider for one in record.attributions} == ALL
    heard = ALL - {Provider.MYANIMELIST}  # Jikan speaks for the site
    assert set(only(record, "title").providers) == heard
    assert only(record, "duration_seconds").provider == Provider.MYANIMELIST  # it counts seconds


@pytest.mark.parametrize(
    ("field", "same"),
    [
        ("titles.english", "title_english"),
        ("titles.main", "title"),
        ("characters.minato, AOI.role", "characters.Aoi Minato.role"),
        ("staff.Kentaro Yukimura.positions", "staff.Yukimura Kentaro.positions"),
    ],
)
def test_a_field_has_the_names_that_people_give_it(record: GoldenRecord, field: str, same: str) -> None:
    assert only(record, field) == only(record, same)


def test_an_id_names_a_row_too(record: GoldenRecord) -> None:
    for collection in ("episodes", "characters"):
        row = getattr(record, collection)[0]
        assert explain(record, f"{collection}.{row.id}") == explain(record, f"{collection}.{row_name(row)}")


def test_a_name_may_hold_dots() -> None:
    record = a_record(characters=[a_character(1, name="Monkey D. Luffy")])
    assert only(record, "characters.Monkey D. Luffy.role").value == "Main"


def test_a_special_is_not_the_regular_episode(record: GoldenRecord) -> None:
    assert only(record, "episodes.S1.kind").value == "Special"
    assert only(record, "episodes.1.kind").value == "Regular"


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("colour", "field 'colour' is none of an entry's: sources, title,"),
        ("episodes.99", "episodes has no '99'; there are 1, 2, 3"),
        ("episodes.3.colour", "'colour' is none of episodes: number, kind"),
        ("characters.Nobody.role", "characters has no 'Nobody.role'; there are Aoi Minato"),
        ("relations.1", "field 'relations.1' is none of an entry's"),
        ("confidence", "field 'confidence' is none"),
    ],
)
def test_a_field_that_does_not_exist_lists_what_does(record: GoldenRecord, field: str, words: str) -> None:
    with pytest.raises(UnknownField) as refused:
        explain(record, field)
    assert words in str(refused.value)


def test_namesakes_are_told_apart_by_id() -> None:
    record = a_record(characters=[a_character(1), a_character(2)])
    with pytest.raises(UnknownField, match="2 characters are called 'Ilse Varga': give the id"):
        explain(record, "characters.Ilse Varga.role")
    assert only(record, f"characters.{record.characters[1].id}.role").value == "Main"


def test_a_record_of_the_first_schema_says_what_it_knows() -> None:
    record = a_record(entry=an_entry(schema_version=1), episodes=[an_episode(1, providers=[Provider.KITSU])])
    assert only(record, "title").providers == ["AniList"]
    assert only(record, "genres").provider is None
    one = only(record, "episodes.1.title")
    assert (one.provider, one.providers, one.confidence) == (None, ["Kitsu"], None)


def test_an_old_copy_is_not_heard_where_the_other_way_to_the_site_is_fresh(tmp_path: Path) -> None:
    fault: dict[str, Any] = {"provider": "jikan", "kind": "stale"}
    world = UNLIMITED.model_copy(update={"faults": [FaultRule.model_validate(fault)]})
    record = asyncio.run(enriched(tmp_path, asyncio.run(fetched(world=world))))
    assert [one.provider for one in record.attributions if one.stale] == [Provider.JIKAN]
    assert only(record, "title").provider == Provider.MYANIMELIST
    assert Provider.JIKAN not in only(record, "score").providers
    still = only(record, "episodes.3.title")  # the other way has no episodes
    assert (still.provider, still.stale) == (Provider.JIKAN, True)


def test_who_may_not_be_stored_never_enters(answers: dict[Provider, RawRecord], tmp_path: Path) -> None:
    licences = agreed({Provider.ANILIST: Agreement(storable=False)})
    record = asyncio.run(enriched(tmp_path, answers, licences=licences))
    assert "AniList" not in record.entry.model_dump_json()
    assert Provider.ANILIST not in {one.provider for one in record.attributions}
    assert "AniList is left out: its licence lets nothing be stored" in record.findings


def test_a_name_that_ends_like_a_field_is_a_name_first() -> None:
    record = a_record(characters=[a_character(1, name="Mr"), a_character(2, name="Mr.name")])
    assert only(record, "characters.Mr.name.name").value == "Mr.name"
    assert {
        one.field.removeprefix("characters.Mr.name.") for one in explain(record, "characters.Mr.name")
    } == {
        "name",
        "role",
        "description",
    }


def test_an_episode_update_says_when_the_episodes_were_heard(record: GoldenRecord) -> None:
    later = NOW + timedelta(days=7)
    updated = [
        one.model_copy(update={"episodes_only": True, "fetched_at": later}) for one in record.attributions
    ]
    renewed = record.model_copy(update={"attributions": [*updated, *record.attributions]})
    assert only(renewed, "episodes.1.title").fetched_at == later.isoformat().replace("+00:00", "Z")
    assert only(renewed, "characters.Aoi Minato.role") == only(record, "characters.Aoi Minato.role")
