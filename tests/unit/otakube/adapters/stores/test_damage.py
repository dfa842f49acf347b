# SPDX-License-Identifier: Apache-2.0
"""Stored documents that cannot be read: named with the cure, and left out of lists."""

from typing import Any

import pytest

from otakube.adapters.stores.damage import all_intact, intact, intact_record
from otakube.domain.record.golden import Titles
from otakube.errors import Damaged
from otakube_api.contract import FailureReason


def title_of(row: dict[str, Any]) -> str:
    return Titles.model_validate(row["titles"]).main


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({}, "KeyError"),
        ({"titles": {}}, "main: Field required"),
        ({"titles": 7}, "it: Input should be"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_fault_and_cure(row: dict[str, Any], fault: str) -> None:
    with pytest.raises(Damaged) as damaged, intact_record("ani_1"):
        title_of(row)
    assert damaged.value.reason is FailureReason.RECORD_INVALID
    words = str(damaged.value)
    assert words.startswith(f"the stored record of ani_1 cannot be read ({fault}")
    assert words.endswith(": restore it from its copy below audit/ani_1/ in the bucket")


def test_the_value_itself_is_not_repeated() -> None:
    with pytest.raises(Damaged) as damaged, intact("it", "write it anew"):
        Titles.model_validate({"main": ["a private word"]})
    assert "private" not in str(damaged.value)


def test_of_many_the_damaged_ones_are_left_out() -> None:
    rows = [{"_id": "ani_1", "titles": {"main": "Mushishi"}}, {"_id": "ani_2"}, {"_id": "ani_3", "titles": 7}]
    assert all_intact(rows, "_id", title_of) == ["Mushishi"]


def test_an_error_of_another_kind_is_nobody_s_damage() -> None:
    with pytest.raises(ConnectionError), intact_record("ani_1"):
        raise ConnectionError
