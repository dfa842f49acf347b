# SPDX-License-Identifier: Apache-2.0
"""The scrubber's command line: durations, the form of the report, exit statuses."""

import json
from datetime import timedelta

import pytest
import typer
from typer.testing import CliRunner

from otakube.commands import scrub
from otakube.errors import Retriable
from otakube_api.contract import FailureReason

FOUND = {"outcome": "Failed", "damage": "BlobMissing", "subject": "ani_x", "detail": "images/a.png is gone"}


@pytest.mark.parametrize(
    ("text", "seconds"), [("0s", 0), ("90s", 90), ("10m", 600), ("24h", 86_400), ("7d", 604_800)]
)
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert scrub.duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "10", "h", "-1h", "1.5h", "10 m", "1w"])
def test_another_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="such as 24h"):
        scrub.duration(text)


def run(monkeypatch: pytest.MonkeyPatch, answer: object, *arguments: str) -> tuple[int, str]:
    async def scrubbed(**_: object) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(scrub, "_scrub", scrubbed)
    done = CliRunner().invoke(scrub.app, list(arguments))
    return done.exit_code, done.stdout


def test_a_clean_catalogue_is_status_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, ([], 3, True)) == (0, "3 entries, 0 findings: nothing is left\n")


def test_what_is_left_is_listed_and_is_status_one(monkeypatch: pytest.MonkeyPatch) -> None:
    status, text = run(monkeypatch, ([FOUND], 1, False))
    assert status == 1
    assert "BlobMissing" in text
    assert "images/a.png is gone" in text


def test_the_report_is_json_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    _, text = run(monkeypatch, ([FOUND], 1, False), "--output", "json")
    assert json.loads(text) == {"entries": 1, "clean": False, "findings": [FOUND]}


def test_a_store_that_is_away_is_worth_another_try(monkeypatch: pytest.MonkeyPatch) -> None:
    away = Retriable(FailureReason.STORE_UNAVAILABLE, "the vector store is away")
    assert run(monkeypatch, away)[0] == 75
