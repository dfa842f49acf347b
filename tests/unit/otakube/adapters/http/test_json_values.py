# SPDX-License-Identifier: Apache-2.0
"""JSON of a stranger: how many values and levels are read."""

import json
import tracemalloc
from typing import Any

import pytest

from growth import LINEAR, growth
from otakube.adapters.http.json_values import DEEPEST, MOST_VALUES, deeper, loads
from otakube.adapters.http.parsing import Lenient, read, refuse
from otakube.errors import SourceError
from otakube_api.contract import SourceReason


def nested(levels: int) -> Any:
    value: Any = 1
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


@pytest.mark.parametrize("levels", [0, 1, 2, DEEPEST])
def test_levels_that_a_provider_may_need_are_read(levels: int) -> None:
    assert loads(json.dumps(nested(levels)).encode()) == nested(levels)
    assert deeper(nested(levels), levels - 1) == (levels > 0)


@pytest.mark.parametrize("levels", [DEEPEST + 1, 300, 900])
def test_more_levels_than_others_can_write_are_refused(levels: int) -> None:
    with pytest.raises(SourceError, match="levels deep") as caught:
        loads(json.dumps(nested(levels)).encode())
    assert caught.value.reason is SourceReason.ANSWER_INVALID


@pytest.mark.parametrize("value", [b"[]", b"{}", b"1", b'{"":1}', b'"x"'])
def test_more_values_than_a_provider_needs_are_refused_before_they_are_made(value: bytes) -> None:
    body = b"[" + b",".join([value] * (MOST_VALUES + 1)) + b"]"
    tracemalloc.start()
    try:
        with pytest.raises(SourceError) as caught:
            loads(body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (caught.value.reason, peak < 100_000) == (SourceReason.ANSWER_TOO_LARGE, True)


def test_the_levels_are_counted_in_linear_time() -> None:
    def count(size: int) -> None:
        deeper([nested(40)] * size, DEEPEST)

    assert growth(count, 2_000) < LINEAR


class Row(Lenient):
    number: int


class Rows(Lenient):
    rows: list[Row]


def test_very_many_faults_are_counted_and_not_listed() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match="100000 faults as Rows"):
            read(Rows, {"rows": [1] * 100_000})
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("value", ["\x00" * 10**7, nested(1000), [nested(900)] * 10**5, {"a" * 10**7: 1}])
def test_of_a_refused_value_no_more_is_written_than_is_shown(value: Any) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match=r"x is .{1,110}, expected y"):
            refuse("x", value, "y")
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
