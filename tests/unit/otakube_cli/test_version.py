# SPDX-License-Identifier: Apache-2.0
"""The versions that are told without a cluster."""

import importlib.metadata
import json
from pathlib import Path

from typer.testing import CliRunner

from otakube_cli.version import app


def test_the_version_of_the_client_alone_needs_no_cluster(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["--client", "-o", "json"], env={"KUBECONFIG": str(tmp_path / "none")})
    assert told.exit_code == 0
    assert json.loads(told.stdout) == {"client": importlib.metadata.version("otakube")}
