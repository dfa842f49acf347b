# SPDX-License-Identifier: Apache-2.0
"""Failpoints: armed by name, refused by a sentence, and each compiled into the commit exactly once."""

import re
from pathlib import Path

import pytest

import otakube
from otakube.failpoints import BOUNDARIES, POINTS, armed, fp

SOURCES = Path(otakube.__file__).parent


def test_points_are_armed_by_name() -> None:
    assert armed("S4.before:stop,S5.after:kill") == {"S4.before": "stop", "S5.after": "kill"}
    assert armed("") == {}


@pytest.mark.parametrize("text", ["S9.before:kill", "S4.before", "S4.before:explode", "S4:kill"])
def test_an_unknown_point_or_action_is_refused_with_those_that_exist(text: str) -> None:
    with pytest.raises(SystemExit, match=r"S0\.before.*kill"):
        armed(text)


def test_an_unarmed_point_does_nothing() -> None:
    for point in POINTS:
        fp(point)


def test_every_point_is_in_the_code_once_and_every_boundary_names_its_store() -> None:
    code = "".join(path.read_text() for path in SOURCES.rglob("*.py"))
    assert sorted(re.findall(r'fp\("(S\d\.\w+)"\)', code)) == sorted(POINTS)
    assert {boundary.store for boundary in BOUNDARIES} == {"documents", "vectors", "objects"}
