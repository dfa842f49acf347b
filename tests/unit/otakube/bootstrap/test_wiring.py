# SPDX-License-Identifier: Apache-2.0
"""Parts joined as a step needs them."""

import pytest

from otakube.adapters.http import rate_limit
from otakube.bootstrap.wiring import Wiring
from otakube.commands.step import PERMITS_WITHIN
from otakube.domain.providers.budget import RequestOutcome
from otakube.errors import SourceError
from otakube.ports.rate_limits import RateLimiter
from otakube_api.contract import FETCH_DEADLINE, Provider, SourceReason


@pytest.fixture(autouse=True)
def _fast_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTAKUBE_PROVIDER_CLOCK_SCALE", "20")  # AniDB: one request in 0.2 s


async def second_permit(limiter: RateLimiter) -> None:
    """Take two permits, of which the second has to be waited for."""
    await limiter.acquire()
    await limiter.record(RequestOutcome(status=200))
    await limiter.acquire()


async def test_a_fetch_waits_for_a_permit_longer_than_a_caller_without_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rate_limit, "two_minutes", lambda: 0.01)
    async with Wiring("file:nowhere") as wiring:
        limiter = (await wiring.rate_limiters())[Provider.ANIDB]
        with pytest.raises(SourceError, match="no permit within"):
            await second_permit(limiter)
        await wiring.providers(within=60)
        await second_permit(limiter)


async def test_a_fetch_gives_a_provider_up_before_its_deadline_ends_it() -> None:
    async with Wiring("file:nowhere") as wiring:
        await wiring.providers(within=0.01)
        with pytest.raises(SourceError, match="no permit within") as shed:
            await second_permit((await wiring.rate_limiters())[Provider.ANIDB])
    assert shed.value.reason is SourceReason.RATE_LIMITED
    assert PERMITS_WITHIN < FETCH_DEADLINE
