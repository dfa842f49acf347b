# SPDX-License-Identifier: Apache-2.0
"""Commands that people type, and the state in which they find a title."""

import subprocess
import sys
from pathlib import Path

from e2e import kube, observer, titles

OTAKUBE = str(Path(sys.executable).with_name("otakube"))


def otakube(*words: str, check: bool = True, seconds: float = 300) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([OTAKUBE, *words], capture_output=True, text=True, timeout=seconds)
    assert not check or done.returncode == 0, done.stderr
    return done


def at_the_gate(name: str) -> None:
    kube.apply(name, {"anime": titles.SERIES, "review": {"policy": "Required", "timeout": "1h"}})
    observer.wait(name, observer.is_true("AwaitingReview"))
