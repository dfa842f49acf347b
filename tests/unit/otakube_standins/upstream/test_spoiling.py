# SPDX-License-Identifier: Apache-2.0
"""Spoilt answers: wrong in the one way that the kind names."""

import json

from hypothesis import given
from hypothesis import strategies as st

from otakube_standins.upstream.faults import FaultKind
from otakube_standins.upstream.spoiling import BODIES, huge, shrunk, wrong_types

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(value=JSON)
def test_no_value_keeps_its_type_but_objects(value: object) -> None:
    spoilt = wrong_types(value)
    assert isinstance(value, dict) or type(spoilt) is not type(value)


@given(value=st.dictionaries(st.text(max_size=3), JSON))
def test_wrong_types_keep_the_keys(value: dict[str, object]) -> None:
    assert wrong_types(value).keys() == value.keys()


@given(value=JSON)
def test_shrinking_twice_is_shrinking_once(value: object) -> None:
    assert shrunk(shrunk(value)) == shrunk(value)


def test_a_huge_answer_is_valid_json_of_the_promised_size() -> None:
    body = b"".join(huge(3))
    assert len(body) == 3_000_002
    assert len(json.loads(body)["data"]) == 3


def test_a_truncated_answer_is_no_json() -> None:
    assert BODIES[FaultKind.TRUNCATED](b'{"data": [1, 2]}') == b'{"data":'
