# SPDX-License-Identifier: Apache-2.0
"""Titles as other sites write them: the bars of `make bench-matcher`, where the data are present."""

import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[4] / "bench"
sys.path.insert(0, str(BENCH))

from real_titles_bench import DATA, DATASET, Asked, ask_all, figures  # noqa: E402 - benches are no package


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    """All queries, each asked once."""
    if not DATASET.is_file():
        pytest.skip(f"{DATA} is absent: it has the dataset and the titles")
    return ask_all(DATASET, DATA)


def test_titles_that_tell_their_season_are_found_and_the_others_left_to_a_person(asked: list[Asked]) -> None:
    assert len(asked) >= 500
    for half in (0, 1):
        some = figures([one for one in asked if one.query.half == half])
        assert some.precision >= 0.985, some
        assert some.recall >= 0.93, some
    reported = figures([one for one in asked if one.query.half == 1])
    assert reported.untold >= 100
    assert reported.untold_share <= 0.02, reported
