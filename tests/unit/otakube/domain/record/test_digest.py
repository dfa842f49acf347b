# SPDX-License-Identifier: Apache-2.0
"""The digest of a record, which a release must not change."""

import hashlib
import json

from golden import a_record, an_entry
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord, Relation, Statistics

STORED = """{
  "entry": {
    "id": "ani_00000000000000000000000001", "schema_version": 1,
    "sources": ["https://myanimelist.net/anime/1"], "titles": {"main": "Tide"},
    "type": "TV", "status": "Finished", "confidence": 0.9,
    "statistics": [{"provider": "Jikan", "score": 7.5}],
    "relations": [{"kind": "Sequel", "title": "Tide 2"}],
    "provenance": {"title": {
      "provider": "Jikan", "fetched_at": "2026-04-01T12:00:00Z", "licence": "theirs", "confidence": 0.9
    }}
  },
  "episodes": [{"id": "ep_00000000000000000000000001", "number": 1}],
  "characters": [{"id": "char_00000000000000000000000001", "name": "Ilse", "role": "Main"}],
  "assembled_at": "2026-04-01T12:00:00Z"
}"""
COMMITTED = "794ac5171ae868d18559fbb2513b91452beace78d11d77a0b89fbdd4831096f1"
"""The digest that the release of the first schema computed of this record."""


def test_a_record_of_the_first_schema_has_the_digest_that_it_was_committed_with() -> None:
    assert handover.digest(GoldenRecord.model_validate_json(STORED)) == COMMITTED


def test_fields_of_later_schemas_are_no_part_of_an_earlier_digest() -> None:
    entry = an_entry(schema_version=3, synopsis_spoilers=None)
    fields = a_record(entry=entry).model_dump(mode="json")
    del fields["entry"]["synopsis_spoilers"], fields["entry"]["spoiler_tags"]
    for row in fields["episodes"]:
        del row["synopsis_spoilers"]
    for row in fields["characters"]:
        del row["description_spoilers"]
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert handover.digest(a_record(entry=entry)) == hashlib.sha256(text.encode()).hexdigest()


def test_a_record_of_the_fourth_schema_has_no_spoiler_tags_in_its_digest() -> None:
    entry = an_entry(schema_version=4)
    fields = a_record(entry=entry).model_dump(mode="json")
    del fields["entry"]["spoiler_tags"]
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert handover.digest(a_record(entry=entry)) == hashlib.sha256(text.encode()).hexdigest()


def test_every_field_of_a_record_counts() -> None:
    statistics = [Statistics.model_validate({"provider": "Jikan", "reviews": 1}, strict=False)]
    relations = [Relation(kind="Sequel", title="x", providers=[])]
    whole = a_record(entry=an_entry(statistics=statistics, relations=relations))
    changed = [
        a_record(entry=an_entry(statistics=[], relations=relations)),
        a_record(entry=an_entry(statistics=statistics, relations=[])),
        whole.model_copy(update={"stage_versions": {"metadata": 2}}),
    ]
    assert len({handover.digest(one) for one in [whole, *changed]}) == 4
