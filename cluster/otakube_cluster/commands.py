# SPDX-License-Identifier: Apache-2.0
"""Run one program and turn its failure into a sentence."""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from otakube_cluster.errors import ClusterError

Argument = str | Path


def run(
    command: Sequence[Argument],
    *,
    stdin: str | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    timeout: float = 600,
) -> str:
    """Standard output of a command that succeeded; ClusterError with the end of its output otherwise."""
    done = attempt(command, stdin=stdin, environment=environment, folder=folder, timeout=timeout)
    if done.returncode:
        tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-12:])
        raise ClusterError(f"{shlex.join(map(str, command))[:200]} ended with {done.returncode}:\n{tail}")
    return done.stdout


def attempt(
    command: Sequence[Argument],
    *,
    stdin: str | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    timeout: float = 600,
) -> subprocess.CompletedProcess[str]:
    """Run a command whose failure the caller judges; a missing program is still a ClusterError."""
    try:
        return subprocess.run(
            [str(part) for part in command],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            env={**os.environ, **(environment or {})},
            cwd=folder,
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        raise ClusterError(f"The program {command[0]} is not installed.") from error
    except subprocess.TimeoutExpired as error:
        raise ClusterError(
            f"{shlex.join(map(str, command))[:200]} did not end within {timeout:.0f} s."
        ) from error
