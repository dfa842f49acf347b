# SPDX-License-Identifier: Apache-2.0
"""Random histories of foreign hands and operator deaths, against a real API server and a simulated Argo.

`make test-histories N=200 SEED=...` plays more; `FIRST=7 N=1` plays one of them alone.
"""

import os
from pathlib import Path
from random import Random

import pytest

from control_plane import ControlPlane
from integration.otakube_operator.conftest import World
from integration.otakube_operator.history import drawn
from integration.otakube_operator.history_player import Operators, Stage
from operator_process import running_operator

SEED = os.environ.get("SEED", "20261126")
NUMBER = int(os.environ.get("N", "25"))
FIRST = int(os.environ.get("FIRST", "0"))
BLOCK = 25


@pytest.mark.parametrize("first", range(FIRST, FIRST + NUMBER, BLOCK))
def test_no_history_ends_in_two_runs_an_unseen_one_or_an_untrue_state(
    plane: ControlPlane, world: World, tmp_path: Path, first: int
) -> None:
    histories = [drawn(SEED, number) for number in range(first, min(first + BLOCK, FIRST + NUMBER))]
    operators = Operators(lambda: running_operator(plane, tmp_path, namespace=world.namespace))
    stage = Stage(world, operators, histories, Random(f"{SEED}/{first}"))
    try:
        judge = stage.play()
    finally:
        operators.stop()
    figures = {name: round(seconds, 1) for name, seconds in judge.longest.items()}
    print(
        f"SEED={SEED} FIRST={first}: {len(histories)} histories, {operators.kills} operators killed, ", end=""
    )
    print(f"longest times in seconds {figures}, hands {dict(sorted(stage.tally.items()))}")
    if judge.violations:
        again = f"make test-histories SEED={SEED} FIRST={first} N={len(histories)}"
        pytest.fail("\n".join([again, *judge.violations, *stage.trace]), pytrace=False)
