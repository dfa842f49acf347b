# SPDX-License-Identifier: Apache-2.0
import pytest

from otakube_cli.record import print_fields, print_images, short


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


FIELD = {
    "field": "episode_count",
    "value": 12,
    "provider": "AniList",
    "providers": ["AniList", "Jikan"],
    "confidence": 0.75,
    "fetched_at": "2026-04-01T12:00:00Z",
    "licence": "AniList terms of use",
    "stale": True,
    "publishable": True,
    "expires_at": "2026-06-30T12:00:00Z",
    "decided_by": None,
    "losing": [{"provider": "Kitsu", "value": "24"}],
}


def test_who_disagrees_stands_below_who_won(capsys: pytest.CaptureFixture[str]) -> None:
    print_fields({"fields": [FIELD, FIELD]})
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1] == ["episode_count", "12", "AniList,", "Jikan", "(stale)", "0.75", "2026-04-01"]
    assert lines[2] == ["24", "not", "Kitsu"]


def test_one_field_is_shown_with_all_that_is_known_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    withheld = [
        {"field": name, "count": 2, "reason": "AnimePlanet: no"} for name in ("episode_count", "images")
    ]
    print_fields({"fields": [FIELD], "withheld": withheld})
    shown = capsys.readouterr().out
    for words in (
        "AniList, Jikan",
        "0.75",
        "2026-04-01T12:00:00Z",
        "AniList terms of use",
        "2026-06-30",
        "24",
    ):
        assert words in shown
    assert shown.endswith("Withheld: episode_count (2): AnimePlanet: no\n")
    assert "images" not in shown, "what is withheld of other fields is no news here"


def test_a_person_who_decided_speaks_alone(capsys: pytest.CaptureFixture[str]) -> None:
    print_fields({"fields": [FIELD | {"decided_by": "ada"}]})
    assert "AniList, Jikan" not in capsys.readouterr().out


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
