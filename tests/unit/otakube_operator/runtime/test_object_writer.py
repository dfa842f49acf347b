# SPDX-License-Identifier: Apache-2.0
"""Merge patches of a status."""

from typing import Any

import pytest

from otakube_operator.runtime.object_writer import merge_patch


@pytest.mark.parametrize(
    ("before", "after", "patch"),
    [
        ({}, {}, {}),
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {}, {"a": None}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, {"a": {"c": None}}),
        ({"a": [1]}, {"a": [1, 2]}, {"a": [1, 2]}),
        ({}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    ],
)
def test_a_merge_patch_turns_one_into_the_other(before: Any, after: Any, patch: Any) -> None:
    assert merge_patch(before, after) == patch
