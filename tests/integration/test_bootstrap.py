# SPDX-License-Identifier: Apache-2.0
"""Set-up goes on from whatever an interrupted one left."""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from documents import ROOT

UV = (Path(sys.executable).parent / "uv").resolve()


def bootstrap(target: Path) -> str:
    version = subprocess.run([UV, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    subprocess.run([ROOT / "cluster/bootstrap.sh", target, version], check=True)
    return subprocess.run([target / "bin/uv", "--version"], capture_output=True, text=True, check=True).stdout


def test_an_environment_without_pip_is_made_anew(tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    assert bootstrap(tmp_path / "venv").startswith("uv ")


@pytest.mark.parametrize("part", ["pip", "pip/_internal/utils"])
def test_an_environment_that_was_made_half_is_made_anew(tmp_path: Path, part: str) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    [packages] = (tmp_path / "venv/lib").glob("python3*/site-packages")
    shutil.rmtree(packages / part)
    assert bootstrap(tmp_path / "venv").startswith("uv ")
