# SPDX-License-Identifier: Apache-2.0
"""Hostile answers of each provider: a result or the source's error, in bounded time and memory.

FUZZ_ANSWERS says how many over all providers, FUZZ_SEED which ones; FUZZ_ANSWER=NAME repeats one of them.
"""

import io
import os
from collections.abc import Iterator

import pytest

from fuzz.provider_answers import CPU_SECONDS, MEMORY, Case, arena
from otakube import logs
from otakube_api.contract import Provider

ANSWERS = int(os.environ.get("FUZZ_ANSWERS", "2000"))
SEED = os.environ.get("FUZZ_SEED", "9")
REPEATED = os.environ.get("FUZZ_ANSWER", "")

pytestmark = pytest.mark.timeout(600 + ANSWERS)  # seven seconds an answer, which hardly takes a tenth of one


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    to = io.StringIO()
    logs.start(to=to)
    yield to
    logs.start()


def names(provider: Provider) -> list[str]:
    """Names of the cases: their seeds."""
    if REPEATED:
        return [REPEATED] if REPEATED.startswith(f"{provider.value}-") else []
    return [f"{provider.value}-{SEED}-{number}" for number in range(-(-ANSWERS // len(Provider)))]


@pytest.mark.parametrize("provider", Provider)
async def test_a_hostile_answer_is_a_result_or_the_source_s_error(
    provider: Provider, log: io.StringIO
) -> None:
    refused, costs = 0, []
    async with arena(provider) as ground:
        for name in names(provider):
            repeat = f"{name}: repeat with `make fuzz FUZZ_ANSWER={name}`"
            try:
                outcome = await ground.attack(Case(name, provider, ground.recording))
            except Exception as error:  # told again with the command that repeats it
                raise AssertionError(f"{repeat}; {error!r}; {log.getvalue()[-6_000:]}") from error
            assert outcome.cost.cpu <= CPU_SECONDS, f"{repeat}; {outcome.cost.cpu:.1f} s of CPU"
            assert outcome.cost.memory <= MEMORY, f"{repeat}; {outcome.cost.memory // 2**20} MiB"
            refused += outcome.refused
            costs.append(outcome.cost)
    if costs:
        most = f"{max(one.cpu for one in costs):.1f} s, {max(one.memory for one in costs) // 2**20} MiB"
        print(f"{provider.value}: {len(costs)} answers, {refused} refused; at most {most}")
    assert REPEATED or len(costs) // 10 < refused < len(costs)
