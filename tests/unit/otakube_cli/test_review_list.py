# SPDX-License-Identifier: Apache-2.0
"""The columns that tell one waiting review from another."""

from typing import Any

import pytest

from golden import a_record
from otakube.commands.output import OutputFormat, Printer
from otakube_cli.review_list import print_waiting, record_of, why
from otakube_services.catalogue.answers import Draft, Explanation

DRAFT = Draft(explanation=Explanation.of(a_record()), episodes=1, characters=1, images=[]).model_dump(
    mode="json"
)


def waiting(name: str, *, anime: dict[str, Any] | None = None, **status: Any) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "otakube", "name": name},
        "spec": {"anime": anime or {"title": "Frozen Tide"}},
        "status": {"title": "Frozen Tide", "confidence": "0.62", **status},
    }


def test_year_type_and_pages_are_those_of_the_record_under_review() -> None:
    found = record_of(waiting("tide", anime={"title": "Frozen Tide", "year": 1999, "type": "OVA"}), DRAFT)
    assert found == {"year": 2024, "type": "TV", "pages": ["https://myanimelist.net/anime/90001"]}


def test_without_the_record_they_are_those_that_were_asked_for() -> None:
    gone = {"unavailable": "no such draft"}
    asked = {"title": "Frozen Tide", "year": 1999, "type": "OVA"}
    assert record_of(waiting("tide", anime=asked), gone) == {"year": 1999, "type": "OVA", "pages": []}
    pages = ["https://kitsu.app/anime/7"]
    assert record_of(waiting("tide", anime={"sourceUrls": pages}), gone)["pages"] == pages


def test_a_record_without_a_season_has_the_year_of_its_first_day() -> None:
    fields = [{"field": "season", "value": None}, {"field": "aired_from", "value": "2001-07-20"}]
    assert record_of(waiting("tide"), {"explanation": {"fields": fields}})["year"] == 2001


@pytest.mark.parametrize(
    ("status", "policy", "reason"),
    [
        (
            {
                "gates": [{"gate": "Drift", "message": "type: TV -> Movie"}],
                "review": {"findings": ["two posters"]},
            },
            "Required",
            "Drift: type: TV -> Movie (and 1 more)",
        ),
        ({"review": {"findings": ["two posters"]}}, "OnLowConfidence", "two posters"),
        ({}, "Required", "policy Required"),
        ({}, "OnLowConfidence", "confidence 0.62"),
    ],
)
def test_the_reason_for_a_review_is_its_first_finding_or_the_policy(
    status: dict[str, Any], policy: str, reason: str
) -> None:
    one = waiting("tide", **status)
    one["spec"]["review"] = {"policy": policy}
    assert why(one) == reason


def test_namesakes_are_told_apart_in_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    records = [
        {"year": 1999, "type": "OVA", "pages": ["https://kitsu.app/anime/7"]},
        {"year": 2024, "type": "TV", "pages": []},
    ]
    found = "the title was found with an agreement of 0.71, which is below what is believed"
    rows = [
        {**waiting(f"tide-{number}", review={"findings": [found]}), "record": record}
        for number, record in enumerate(records)
    ]
    print_waiting(rows)
    heading, first, second = capsys.readouterr().out.splitlines()
    assert heading.split() == ["NAMESPACE", "NAME", "ANIME", "YEAR", "TYPE", "CONFIDENCE", "DEADLINE", "WHY"]
    assert "1999   OVA" in first
    assert first.endswith("...")
    assert "2024   TV" in second
    print_waiting(rows, Printer(OutputFormat.WIDE))
    wide = capsys.readouterr().out
    assert "https://kitsu.app/anime/7" in wide
    assert found in wide
