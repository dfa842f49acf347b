# SPDX-License-Identifier: Apache-2.0
"""The scrubber's command line: durations, the form of the report, exit statuses."""

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from otakube.commands import scrub
from otakube.errors import Retriable
from otakube_api.contract import FailureReason

FOUND = {"outcome": "Failed", "damage": "BlobMissing", "subject": "ani_x", "detail": "images/a.png is gone"}


def test_ages_are_durations_as_everywhere() -> None:
    assert scrub.duration("1h30m") == timedelta(minutes=90)


@pytest.mark.parametrize("option", ["--older-than", "--blobs-older-than"])
def test_another_duration_is_refused_with_an_example(monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    done = CliRunner().invoke(scrub.app, [option, "7d"])
    assert done.exit_code == 2
    assert "'7d' is no duration: write hours, minutes and seconds, such as 24h or 1h30m" in done.stderr


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
