# SPDX-License-Identifier: Apache-2.0
"""`otakube run` killed with -9 at random moments and started again: the records are those of a quiet run.

KILLS sets how many; `make drill-try` asks for ten.
"""

import os
import random
import sys
import time
from pathlib import Path

import pytest

from run_bench import DEMO, REPOSITORY, Ended, RunBench

KILLS = int(os.environ.get("KILLS", "3"))
SEED = int(os.environ.get("DRILL_SEED", "20261126"))
FROZEN = [sys.executable, str(REPOSITORY / "tests/frozen_otakube.py")]


@pytest.fixture
def local(tmp_path: Path) -> RunBench:
    """Every call at the same instant of today: digests cover the times at which a record was made."""
    return RunBench(tmp_path, program=[*FROZEN, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())])


def digests(ended: Ended) -> dict[str, str]:
    assert ended.status == 0, ended.error
    return {name: row["digest"] for name, row in ended.enrichments.items()}


def test_a_run_that_is_killed_and_started_again_ends_in_the_same_digests(
    local: RunBench, tmp_path: Path
) -> None:
    quiet = RunBench(tmp_path / "quiet", program=local.program, port=local.port)
    start = time.monotonic()
    wanted = digests(quiet.run(DEMO, "--yes"))
    lasted = time.monotonic() - start
    assert len(wanted) == 3
    source, killed = random.Random(SEED), 0
    for _ in range(KILLS):
        with local.start(DEMO, "--yes") as process:
            time.sleep(source.uniform(0.1, lasted / 2))
            process.kill()
            process.communicate()
        killed += process.returncode == -9
    assert digests(local.run(DEMO, "--yes")) == wanted
    assert killed, "no kill met a run"
    live = {row["digest"] for row in local.documents.documents("animes")}
    assert live == set(wanted.values())
    assert {intent["state"] for intent in local.documents.documents("intents")} <= {"Done", "Aborted"}
