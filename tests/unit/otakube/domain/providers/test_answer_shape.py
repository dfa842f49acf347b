# SPDX-License-Identifier: Apache-2.0
"""A schema drift shows in the answers' shape, and other values in the same shape do not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otakube.domain.providers.answer_shape import asked_anew, drift, question_of_parts, shape_of, without

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
TRUE = {"data": {"title": "One", "score": 8.1, "genres": [{"name": "Drama"}], "season": None}}


def changed(answer: Any) -> tuple[list[str], list[str], list[str]]:
    return tuple(drift(shape_of({"anime": TRUE}), shape_of({"anime": answer})))  # type: ignore[return-value]  # three lists


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (TRUE, ([], [], [])),
        ({"data": TRUE["data"] | {"title": "Two", "score": 3}}, ([], [], [])),
        ({"data": TRUE["data"] | {"season": "spring"}}, ([], [], [])),
        ({"data": TRUE["data"] | {"score": None}}, ([], [], [])),
        ({"data": TRUE["data"] | {"genres": []}}, ([], [], [])),
        ({"data": TRUE["data"] | {"score": "8.1"}}, ([], [], ["anime.data.score"])),
        ({"data": TRUE["data"] | {"votes": 3}}, ([], ["anime.data.votes"], [])),
        ({"data": {"title": "One", "genres": [{"name": "Drama"}]}}, (["anime.data.score"], [], [])),
        (
            {"data": TRUE["data"] | {"genres": [{"id": 1}]}},
            (["anime.data.genres[].name"], ["anime.data.genres[].id"], []),
        ),
        ({"data": [TRUE["data"]]}, ([], [], ["anime.data"])),
        ({}, (["anime.data"], [], [])),
    ],
)
def test_a_drift_names_the_paths(answer: Any, expected: tuple[list[str], list[str], list[str]]) -> None:
    assert changed(answer) == expected


def test_pages_of_one_part_are_one_shape() -> None:
    assert shape_of({"episodes/1": {"n": 1}, "episodes/2": {"n": 2}}) == {
        "episodes": ["object"],
        "episodes.n": ["number"],
    }


def test_a_part_is_asked_anew_by_its_first_pages_question() -> None:
    before = question_of_parts({"episodes/10": "ten", "episodes/2": "two", "anime": "all"})
    assert before == {"episodes": "two", "anime": "all"}
    shape = shape_of({"anime": {}, "episodes/1": {"n": 1}})
    assert asked_anew(before, {"episodes": "one", "anime": "all", "staff": "new"}, shape) == ["episodes"]
    assert without(shape, ["episodes"]) == shape_of({"anime": {}})


def test_a_part_whose_question_changed_is_not_compared_and_the_others_are() -> None:
    before, now = shape_of({"anime": {"a": 1}, "staff": [1]}), shape_of({"anime": {"b": 1}, "staff": ["x"]})
    assert drift(without(before, ["anime"]), without(now, ["anime"])) == ([], [], ["staff[]"])


def test_of_xml_the_elements_are_the_shape() -> None:
    before, now = (
        {"anime": f'<?xml version="1.0"?><anime id="1"><{name}/></anime>'} for name in ("ratings", "rating")
    )
    assert drift(shape_of(before), shape_of(now)) == (["anime.ratings"], ["anime.rating"], [])


@given(JSON)
def test_the_same_answer_has_not_drifted(answer: Any) -> None:
    shape = shape_of({"anime": answer})
    assert not drift(shape, shape)


def test_a_deep_answer_is_cut() -> None:
    deep: Any = 1
    for _ in range(5_000):
        deep = [deep]
    assert len(shape_of({"anime": deep})) < 100
