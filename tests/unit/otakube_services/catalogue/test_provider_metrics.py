# SPDX-License-Identifier: Apache-2.0
"""Metrics of the providers, from a rate-limit state that is there or away."""

import pytest
from prometheus_client import CollectorRegistry

from otakube.errors import Retriable
from otakube.ports.rate_limits import RateLimitStatus
from otakube_api.contract import FailureReason, Provider
from otakube_services.catalogue.provider_metrics import ProviderMetrics

REFUSING = RateLimitStatus(
    breaker="Open", remaining=0, limit=60, outcomes={"Answered": 7, "RateLimited": 2}, opened=3
)
ANIDB = RateLimitStatus(breaker="Closed", remaining=1, limit=1, remaining_today=12)
FRESH = RateLimitStatus(breaker="Closed", remaining=90, limit=90)


async def status(provider: Provider) -> RateLimitStatus:
    return {Provider.JIKAN: REFUSING, Provider.ANIDB: ANIDB}.get(provider, FRESH)


async def gone(_: Provider) -> RateLimitStatus:
    raise Retriable(FailureReason.STORE_UNAVAILABLE, "Redis is away")


@pytest.fixture
async def registry() -> CollectorRegistry:
    metrics, found = ProviderMetrics(), CollectorRegistry()
    found.register(metrics)
    await metrics.look(status)
    return found


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"otakube_provider_{name}", labels)


async def test_requests_openings_and_budgets_are_those_of_the_shared_state(
    registry: CollectorRegistry,
) -> None:
    assert value(registry, "requests_total", provider="Jikan", outcome="Answered") == 7
    assert value(registry, "requests_total", provider="Jikan", outcome="RateLimited") == 2
    assert value(registry, "breaker_openings_total", provider="Jikan") == 3
    assert value(registry, "remaining_requests", provider="Jikan") == 0
    assert value(registry, "remaining_requests_today", provider="AniDB") == 12
    assert value(registry, "remaining_requests_today", provider="Jikan") is None, (
        "it has no budget of the day"
    )


async def test_a_counter_begins_at_zero_since_an_increase_needs_a_beginning(
    registry: CollectorRegistry,
) -> None:
    assert value(registry, "requests_total", provider="Kitsu", outcome="Refused") == 0
    assert value(registry, "breaker_openings_total", provider="Kitsu") == 0


async def test_a_breaker_is_in_one_of_three_states(registry: CollectorRegistry) -> None:
    states = {
        state: value(registry, "breaker_state", provider="Jikan", state=state)
        for state in ("Closed", "Open", "HalfOpen")
    }
    assert states == {"Closed": 0, "Open": 1, "HalfOpen": 0}


async def test_without_the_store_there_are_no_figures_rather_than_old_ones() -> None:
    metrics, registry = ProviderMetrics(), CollectorRegistry()
    registry.register(metrics)
    await metrics.look(status)
    with pytest.raises(Retriable):
        await metrics.look(gone)
    assert [family.name for family in registry.collect() if family.samples] == []
