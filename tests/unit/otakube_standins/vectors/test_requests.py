# SPDX-License-Identifier: Apache-2.0
"""Qdrant's JSON as the engine's objects: what is known is translated, what is not is refused."""

from typing import Any

import pytest

from otakube_standins.vectors import requests
from otakube_standins.vectors.requests import BadRequest


@pytest.mark.parametrize("raw", [0, 7, "5f1f4a24-6a1c-4d36-9d8c-6d0e0a1f7b11"])
def test_integers_and_uuids_are_ids(raw: object) -> None:
    assert str(requests.point_id(raw)) == str(raw)


@pytest.mark.parametrize("raw", [-1, "seven", None, True, 1.5])
def test_other_ids_are_refused_in_qdrants_words(raw: object) -> None:
    with pytest.raises(BadRequest, match="is not a valid point ID"):
        requests.point_id(raw)


@pytest.mark.parametrize(
    "raw",
    [
        {"must": [{"key": "year", "geo_radius": {}}]},
        {"must": [{"key": "title", "match": {"regex": ".*"}}]},
        {"maybe": []},
    ],
)
def test_a_filter_beyond_the_server_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="the development server does not know"):
        requests.filter_(raw)


def test_nested_filters_are_translated() -> None:
    inner = {"should": [{"key": "genres", "match": {"any": ["Mystery"]}}, {"has_id": [1, 2]}]}
    made = requests.filter_({"must": [inner, {"key": "year", "range": {"gte": 1999}}], "must_not": None})
    assert len(made.must) == 2
    assert made.must_not is None


@pytest.mark.parametrize("query", [{"recommend": {}}, {"discover": {}}, 5, {"formula": {}}])
def test_a_query_beyond_the_server_is_refused(query: object) -> None:
    with pytest.raises(BadRequest, match="answers nearest"):
        requests.query_request({"query": query})


def test_points_come_as_a_list_or_as_columns() -> None:
    columns = {"batch": {"ids": [1, 2], "vectors": {"title": [[1.0], [2.0]]}, "payloads": [{"a": 1}, None]}}
    listed = {"points": [{"id": 1, "vector": {"title": [1.0]}}]}
    assert [point.vector for point in requests.points(columns)] == [{"title": [1.0]}, {"title": [2.0]}]
    assert [point.id for point in requests.points(listed)] == [1]
    with pytest.raises(BadRequest):
        requests.points({})
