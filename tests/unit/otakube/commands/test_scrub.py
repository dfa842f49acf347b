# SPDX-License-Identifier: Apache-2.0
"""The scrubber's command line: durations, the form of the report, exit statuses."""

import json
from datetime import timedelta
from pathlib import Path

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


def test_a_store_that_is_away_is_named_with_its_address_and_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KUBERNETES_SERVICE_HOST", "OTAKUBE_QDRANT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OTAKUBE_MONGODB_URI", "mongodb://ada:secret@one:27017,two/db?tls=false")
    monkeypatch.setenv("OTAKUBE_S3_ENDPOINT", "")
    away = Retriable(FailureReason.STORE_UNAVAILABLE, "creating indexes: the document store is away")

    async def scrubbed(**_: object) -> object:
        raise away

    monkeypatch.setattr(scrub, "_scrub", scrubbed)
    done = CliRunner().invoke(scrub.app, [])
    assert (done.exit_code, done.stderr.strip()) == (75, f"StoreUnavailable: {away}; {ASKED}{scrub.CURE}")
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    assert CliRunner().invoke(scrub.app, []).stderr.strip() == f"StoreUnavailable: {away}; {ASKED}"
    embedded = CliRunner().invoke(scrub.app, ["--objects", "file:/somewhere"])
    assert embedded.stderr.strip() == f"StoreUnavailable: {away}"


ASKED = (
    "asked were MongoDB at mongodb://one:27017,two (OTAKUBE_MONGODB_URI), Qdrant at http://localhost:6333 "
    "(OTAKUBE_QDRANT_URL) and the bucket otakube at AWS (OTAKUBE_S3_ENDPOINT)"
)


def test_a_folder_without_stores_is_refused_rather_than_found_clean(tmp_path: Path) -> None:
    done = CliRunner().invoke(scrub.app, ["--full", "--objects", f"file:{tmp_path / 'typo'}"])
    assert done.exit_code == 65
    assert (
        "typo', but no embedded stores lie there: give the folder that `otakube run --stores`" in done.stderr
    )
    assert list(tmp_path.iterdir()) == []
