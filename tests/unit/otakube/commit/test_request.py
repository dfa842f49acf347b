# SPDX-License-Identifier: Apache-2.0
"""Requests that a commit refuses before it writes anything, and the key that names it."""

from typing import Any

import pytest

from drill import records
from otakube.commit.request import check, check_size, commit_key, image_keys, payload
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import Commit, VectorSet
from otakube.errors import Fatal
from otakube_api.contract import FailureReason


def wanted(*, golden: dict[str, Any] | None = None, vectors: dict[str, Any] | None = None) -> Commit:
    """A sound commit with some fields changed."""
    made = records.golden(records.made_id("ani", "x"), 1, images={"a" * 64: f"images/{'a' * 64}.png"})
    record = GoldenRecord.model_validate_json(records.body(made | (golden or {})))
    digest = handover.digest(record)
    set_ = records.vectors(record.model_dump(mode="json"), digest) | (vectors or {})
    return Commit(
        record=record,
        vectors=VectorSet.model_validate_json(records.body(set_)),
        digest=digest,
        run="work/x/1-1",
        decision="automatic",
        note="",
        reviewer="",
    )


def test_a_sound_commit_passes() -> None:
    check(wanted())


def point(kind: str = "title", number: int = 0, dimensions: int = records.DIMENSION) -> dict[str, Any]:
    return {"kind": kind, "number": number, "text": "t", "vector": [0.5] * dimensions}


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([point("poster")], "there is no vector 'poster'"),
        ([point(dimensions=3)], "title 0 has 3 dimensions"),
        ([point(), point()], "two points are title 0"),
    ],
)
def test_points_without_a_place_are_refused(points: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(Fatal, match=message):
        check(wanted(vectors={"points": points}))


def test_vectors_of_another_record_are_refused() -> None:
    with pytest.raises(Fatal, match="belongs to the record"):
        check(wanted(vectors={"golden_digest": "0" * 64}))


def test_an_id_given_twice_is_refused() -> None:
    episode = {"id": records.made_id("ep", "1"), "number": 1}
    with pytest.raises(Fatal, match=episode["id"]):
        check(wanted(golden={"episodes": [episode, episode | {"number": 2}]}))


@pytest.mark.parametrize(
    ("golden", "message"),
    [
        (
            {"stage_versions": {"1-metadata": 2**63}},
            "stage_versions.1-metadata is 9223372036854775808, beyond -9223372036854775808 to 92233",
        ),
        ({"stage_versions": {"1-meta\0data": 1}}, "stage_versions has the key '1-meta.x00data', with a NUL"),
    ],
)
def test_what_no_document_store_holds_is_refused_by_field_value_and_cure(
    golden: dict[str, Any], message: str
) -> None:
    with pytest.raises(Fatal, match=message) as refused:
        check(wanted(golden=golden))
    assert refused.value.reason is FailureReason.RECORD_INVALID
    assert "apply again" in str(refused.value)


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)])
def test_the_largest_whole_numbers_are_held(number: int) -> None:
    check(wanted(golden={"stage_versions": {"1-metadata": number}}))


def test_a_record_beyond_one_document_is_refused() -> None:
    check_size(14 * 2**20)
    with pytest.raises(Fatal, match="14680064 fit into one document; leave out a provider"):
        check_size(14 * 2**20 + 1)


def test_the_same_content_has_the_same_key_and_another_model_another() -> None:
    assert commit_key(wanted()) == commit_key(wanted())
    assert commit_key(wanted()) != commit_key(wanted(vectors={"model": "other@1"}))


def test_points_are_filtered_by_what_the_entry_says() -> None:
    assert payload(wanted().record.entry) == {
        "title": "Drill " + records.made_id("ani", "x")[-4:],
        "type": "TV",
        "status": "Ongoing",
        "genres": ["Slice of Life"],
        "year": 2026,
        "score": 7.5,
    }


def test_each_mirrored_image_is_named_once() -> None:
    assert image_keys(wanted().record) == [f"images/{'a' * 64}.png"]
