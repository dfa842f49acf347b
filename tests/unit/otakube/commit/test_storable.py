# SPDX-License-Identifier: Apache-2.0
"""Values that a document store cannot hold, against the encoder of the store itself."""

from typing import Any

import bson
import pytest
from bson.errors import InvalidDocument
from hypothesis import given
from hypothesis import strategies as st

from otakube.commit.storable import DEPTH_LIMIT, unstorable

LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(2**62, 2**64),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
)  # fmt: skip
DOCUMENTS = st.dictionaries(
    st.text(max_size=3),
    st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner)),
)


def held(document: dict[str, Any]) -> bool:
    try:
        bson.encode(document)
    except (OverflowError, InvalidDocument):
        return False
    return True


@given(DOCUMENTS)
def test_what_passes_is_just_what_the_store_encodes(document: dict[str, Any]) -> None:
    assert held(document) == (list(unstorable(document)) == [])


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_named(number: float) -> None:
    assert list(unstorable({"a": [1, number]})) == [f"a.1 is {number}, which is no number"]


def test_nesting_has_an_end() -> None:
    nested: Any = 1
    for _ in range(DEPTH_LIMIT):
        nested = [nested]
    assert list(unstorable({"a": nested})) == []
    [fault] = unstorable({"a": [nested]})
    assert fault.endswith(f"is nested deeper than {DEPTH_LIMIT} levels")
