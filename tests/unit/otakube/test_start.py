# SPDX-License-Identifier: Apache-2.0
"""^C while the command line imports what it needs."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

SCRIPTS = ("otakube", "kubectl-otakube")
WAITS = "import time\nprint('imported', flush=True)\ntime.sleep(600)\n"


def interrupted(folder: Path, module: str, script: str, words: Sequence[str]) -> tuple[int, str, str]:
    """The end of a command that is interrupted while it imports the module."""
    (folder / f"{module}.py").write_text(WAITS)
    process = subprocess.Popen(
        [Path(sys.executable).with_name(script), *words],
        env={"PYTHONPATH": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, error = process.communicate(timeout=60)
    return process.returncode, said + rest, error


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    ("module", "words"),
    [
        pytest.param("typer", ("--help",), id="before anything is known of the command"),
        pytest.param("asyncio", ("status",), id="of a command"),
    ],
)
def test_an_interrupted_import_ends_without_a_word(
    script: str, module: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    assert interrupted(tmp_path, module, script, words) == (130, "imported\n", "")
