# SPDX-License-Identifier: Apache-2.0
"""A shell's way to the cluster."""

import os
from pathlib import Path

import pytest

from otakube_cluster import binaries, environment
from otakube_cluster.settings import load


def test_a_shell_gets_the_cluster_s_programs_and_our_own_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTAKUBE_DATA_DIR", str(tmp_path / "a folder"))
    monkeypatch.setattr(binaries, "program", lambda name, _: Path("/built") / name)  # building takes minutes
    settings = load(name="shell")
    lines = environment.shell_lines(settings)
    assert f"'{settings.data}/bin':$PATH" in lines
    links = {path.name: os.readlink(path) for path in (settings.data / "bin").iterdir()}
    assert links["kubectl"] == "/built/kubernetes"
    assert Path(links["otakube"]).is_file()
