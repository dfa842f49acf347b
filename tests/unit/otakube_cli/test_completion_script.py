# SPDX-License-Identifier: Apache-2.0
"""`otakube completion SHELL`: a shell that reads what it prints completes commands and options."""

import os
import subprocess
from pathlib import Path

import pytest

from console import OTAKUBE

COMPLETE = """
source <(otakube completion bash)
COMP_WORDS=({words})
COMP_CWORD={last}
_otakube_completion otakube
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def in_shell(script: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(OTAKUBE).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", script], env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=300
    )


def completed(words: str) -> list[str]:
    return in_shell(COMPLETE.format(words=words, last=len(words.split()) - 1)).stdout.split()


def test_bash_completes_commands_and_options() -> None:
    assert completed("otakube enr") == ["enrich"]
    assert "--reviewer" in completed("otakube review approve --rev")


@pytest.mark.parametrize("shell", ["zsh", "fish", "powershell"])
def test_other_shells_get_a_script_that_asks_otakube(shell: str) -> None:
    assert "complete_" + shell in in_shell(f"otakube completion {shell}").stdout


def test_an_unknown_shell_is_answered_with_those_there_are() -> None:
    done = in_shell("otakube completion tcsh")
    assert done.returncode == 2
    assert "'bash', 'zsh', 'fish'" in done.stderr
