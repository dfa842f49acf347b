# SPDX-License-Identifier: Apache-2.0
"""The command line of the export over the embedded stores of a folder."""

import json
from pathlib import Path

from typer.testing import CliRunner

from otakube.adapters.stores.sqlite.connection import FILE
from otakube.commands.export import app


def test_an_export_is_written_once_and_counted(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    words = [str(tmp_path / "export"), f"--objects=file:{tmp_path}", "-o", "json"]
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, json.loads(done.stdout)["entries"]) == (0, 0)
    again = CliRunner().invoke(app, words)
    assert again.exit_code == 65
    assert "the folder has an export already: name another, or remove it" in again.stderr
