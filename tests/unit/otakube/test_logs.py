# SPDX-License-Identifier: Apache-2.0
"""Where lines of the log go, also after the file of a command is closed."""

import json
from pathlib import Path

import pytest

from otakube import logs


def test_a_line_after_its_file_is_closed_goes_to_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.log"
    with path.open("a") as log:
        logs.start(to=log, command="sync")
        logs.logger().info("begun")
    logs.logger().info("ended")
    assert json.loads(path.read_text())["event"] == "begun"
    assert json.loads(capsys.readouterr().err)["event"] == "ended"
