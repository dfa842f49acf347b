# SPDX-License-Identifier: Apache-2.0
import pytest

from otakube_services.console.command import print_table
from otakube_services.console.record import print_fields, print_images, short


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12, "12"),
        ("凍る潮", "凍る潮"),
        ({"main": "Frozen Tide", "english": None, "synonyms": []}, "main Frozen Tide"),
        (["Action", "Drama"], "Action, Drama"),
        (None, "null"),
        ("a\x1b[31mb\nc", "a [31mb c"),
        ("x" * 70, f"{'x' * 59}…"),
    ],
)
def test_a_value_is_one_short_line(value: object, text: str) -> None:
    assert short(value) == text


def test_who_disagrees_stands_below_who_won(capsys: pytest.CaptureFixture[str]) -> None:
    field = {
        "field": "episode_count",
        "value": 12,
        "provider": "AniList",
        "confidence": 0.75,
        "fetched_at": "2026-04-01T12:00:00Z",
        "stale": True,
        "losing": [{"provider": "Kitsu", "value": "24"}],
    }
    print_fields({"fields": [field]})
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1] == ["episode_count", "12", "AniList", "(stale)", "0.75", "2026-04-01"]
    assert lines[2] == ["24", "not", "Kitsu"]


def test_an_image_that_failed_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    image = {
        "kind": "Poster",
        "width": None,
        "height": None,
        "sha256": None,
        "error": "404",
        "source_url": "u",
    }
    print_images([image])
    assert "not mirrored: 404" in capsys.readouterr().out


def test_columns_stand_below_each_other_though_letters_are_wide(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("a", "b"), [("潮", 1), ("tide", 2)])
    assert capsys.readouterr().out == "A      B\n潮     1\ntide   2\n"
