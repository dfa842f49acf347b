# SPDX-License-Identifier: Apache-2.0
"""Seasons and parts in titles."""

import pytest

from otakube.domain.titles import Name, take_apart


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Mushishi", Name("mushishi")),
        ("Mushishi 2nd Season", Name("mushishi", season=2)),
        ("Mushishi: Season 2", Name("mushishi", season=2)),
        ("Mushishi Second Season", Name("mushishi", season=2)),
        ("Mushishi II", Name("mushishi", season=2)),
        ("Mushishi S3", Name("mushishi", season=3)),
        ("Mushishi 3", Name("mushishi", season=3)),
        ("Mushishi Final Season Part 2", Name("mushishi", season=99, part=2)),
        ("Mushishi 2nd Season Part 2", Name("mushishi", season=2, part=2)),
        ("Season 2", Name("season", season=2)),
        ("Part 8", Name("part", season=8)),
        ("!!", Name("")),
        ("Akira 1988", Name("akira 1988")),
    ],
)
def test_season_and_part_are_told_from_the_name(title: str, expected: Name) -> None:
    assert take_apart(title) == expected
