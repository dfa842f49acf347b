# SPDX-License-Identifier: Apache-2.0
"""Suggestions as a reviewer sees and accepts them."""

import json
from typing import Any

import pytest

from otakube_cli.suggestions import lines, strange, suggested

SHIPS = {
    "id": "tag-ships", "kind": "Tag", "value": "Ships", "confidence": 0.55, "reason": "says ship",
    "made_by": "rules@1",
}  # fmt: skip


def workflow(text: str, phase: str = "Succeeded") -> dict[str, Any]:
    node = {
        "displayName": "assemble", "phase": phase,
        "outputs": {"parameters": [{"name": "suggestions", "value": text}]},
    }  # fmt: skip
    return {"status": {"nodes": {"a": {"displayName": "fetch", "phase": "Succeeded"}, "b": node}}}


def test_they_are_read_from_the_images_step() -> None:
    assert suggested(workflow(json.dumps([SHIPS]))) == [SHIPS]


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"id": "tag-ships"}]', "[]"])
def test_what_cannot_be_read_is_no_suggestion(text: str) -> None:
    assert suggested(workflow(text)) == []


def test_a_run_that_has_not_come_so_far_has_none() -> None:
    assert suggested(workflow(json.dumps([SHIPS]), phase="Running")) == []
    assert suggested({}) == []


def test_an_id_that_nobody_suggested_is_named_with_those_that_there_are() -> None:
    assert strange(["tag-ships"], [SHIPS]) is None
    assert strange(["tag-ninja"], [SHIPS]) == "--accept 'tag-ninja': suggested are tag-ships"
    assert strange(["summary"], []) == "--accept 'summary': suggested are none"


def test_a_line_cannot_steer_a_terminal() -> None:
    (line,) = lines([SHIPS | {"value": "Ships\x1b[31m"}])
    assert line.startswith("tag-ships (0.55, rules@1): Ships")
    assert "\x1b" not in line
