# SPDX-License-Identifier: Apache-2.0
"""Memory of an answer, as it is foretold from its bytes: never less than what Python's objects take."""

import sys
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otakube.adapters.http.bodies import json_size, stored_size, text_size

TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=12) | st.dictionaries(TEXTS, inner, max_size=12),
    max_leaves=60,
)


ITEMS = ["[]", "{}", '""', "1e9", "123456789012", '{"a":{}}', '{"k":"v"}', '"\\ud83d\\ude00"', '"é"']


def taken(value: Any) -> int:
    """Bytes of a value and of all within it."""
    size = sys.getsizeof(value)
    if isinstance(value, dict):
        return size + sum(taken(key) + taken(inner) for key, inner in value.items())
    return size + sum(map(taken, value)) if isinstance(value, list) else size


@given(VALUES)
def test_json_takes_no_more_than_its_bytes_foretell(value: Any) -> None:
    body = orjson.dumps([value])
    assert taken(orjson.loads(body)) <= json_size(body)


@pytest.mark.parametrize(
    "item", ["[]", "{}", '""', "1e9", "123456789012", '{"a":{}}', '{"k":"v"}', '"\\ud83d\\ude00"', '"é"']
)
@pytest.mark.parametrize("count", [1, 5, 6, 11, 22, 43, 86, 1000])
def test_many_of_a_kind_take_no_more_than_their_bytes_foretell(item: str, count: int) -> None:
    listed = "[" + ",".join([item] * count) + "]"
    named = "{" + ",".join(f'"{number}":{item}' for number in range(count)) + "}"
    for body in (listed.encode(), named.encode()):
        assert taken(orjson.loads(body)) <= json_size(body)


@given(st.text(min_size=200))
def test_a_text_takes_no_more_than_its_bytes_foretell(text: str) -> None:
    assert sys.getsizeof(text) - 80 <= text_size(text.encode("utf-8", "replace"))
    assert stored_size(text) == sys.getsizeof(text)


def test_a_stored_answer_counts_as_a_fresh_one() -> None:
    body = orjson.dumps({"data": [{"title": "星", "score": 1.5}] * 50})
    assert stored_size(orjson.loads(body)) == json_size(body)
