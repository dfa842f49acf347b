# SPDX-License-Identifier: Apache-2.0
"""`otakube bucket` against a real S3 server that has no lifecycle rules and no public access block."""

import json
import secrets
from pathlib import Path

import pytest
from typer.testing import CliRunner

from otakube.adapters.stores.s3.objects import S3Objects
from otakube.commands.bucket import app
from stores import Stores


@pytest.fixture
def name(stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bucket that does not exist yet, in the environment of the commands."""
    chosen = f"test-{secrets.token_hex(4)}"
    for variable, value in stores.environment(tmp_path / "secrets", s3_bucket=chosen).items():
        monkeypatch.setenv(variable, value)
    return chosen


def reports(*words: str) -> tuple[int, dict[str, dict[str, str]]]:
    done = CliRunner().invoke(app, [*words, "-o", "json"])
    return done.exit_code, {row["setting"]: row for row in json.loads(done.stdout)}


async def test_a_bucket_is_created_and_what_the_server_cannot_is_said(stores: Stores, name: str) -> None:
    missing = reports("check")
    created = reports("init")
    again = reports("init")
    assert missing[0] == 1
    assert missing[1]["bucket"]["state"] == "Differs"
    assert (created[0], created[1]["bucket"]["state"]) == (0, "Changed")
    assert (again[0], again[1]["bucket"]["state"]) == (0, "Ok")
    for setting in ("public access", "answers/", "work/", "unfinished uploads"):
        assert created[1][setting]["state"] == "Unsupported"
    assert "a job of your own" in created[1]["answers/"]["cure"]
    objects = S3Objects(stores.settings(s3_bucket=name))
    await objects.put("work/one", b"{}")
    assert await objects.get("work/one") == b"{}"


def test_keys_that_the_server_does_not_know_end_with_65(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTAKUBE_SECRETS_DIR")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    done = CliRunner().invoke(app, ["check"])
    assert done.exit_code == 65
    assert done.stderr.startswith(f"SettingsInvalid: bucket '{name}'")
