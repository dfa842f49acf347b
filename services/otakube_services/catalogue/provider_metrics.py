# SPDX-License-Identifier: Apache-2.0
"""Metrics of the providers, read from the rate-limit state that all pods share: requests, breakers, budgets.

The pods that ask are gone before anybody could scrape them, and no single one of them knows these figures.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from otakube.ports.rate_limits import OUTCOMES, Breaker, RateLimitStatus
from otakube_api.contract import Provider

PREFIX = "otakube_provider"

ReadStatus = Callable[[Provider], Awaitable[RateLimitStatus]]


class ProviderMetrics(Collector):
    """The figures as they were when the state was last looked at; none while it cannot be read."""

    def __init__(self) -> None:
        self._seen: Mapping[Provider, RateLimitStatus] = {}

    async def look(self, read: ReadStatus) -> None:
        """Read the state of all providers; what raises leaves no figures, since old ones would look fresh."""
        self._seen = {}
        found = await asyncio.gather(*map(read, Provider))
        self._seen = dict(zip(Provider, found, strict=True))

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        seen = self._seen.items()
        yield _family(
            CounterMetricFamily(
                f"{PREFIX}_requests",
                "Requests to a provider by what came of them: Answered, or the reason of SourceFailed",
                labels=["provider", "outcome"],
            ),
            (((one, word), status.outcomes.get(word, 0)) for one, status in seen for word in OUTCOMES),
        )
        yield _family(
            CounterMetricFamily(
                f"{PREFIX}_breaker_openings", "Times that a provider's breaker opened", labels=["provider"]
            ),
            (((one,), status.opened) for one, status in seen),
        )
        yield _family(
            GaugeMetricFamily(
                f"{PREFIX}_breaker_state",
                "1 for the state that a provider's breaker is in, 0 for the others",
                labels=["provider", "state"],
            ),
            (((one, each), each == status.breaker) for one, status in seen for each in get_args(Breaker)),
        )
        yield _family(
            GaugeMetricFamily(
                f"{PREFIX}_remaining_requests",
                "Requests left in a provider's longest window; 0 while it is closed",
                labels=["provider"],
            ),
            (((one,), status.remaining) for one, status in seen),
        )
        yield _family(
            GaugeMetricFamily(
                f"{PREFIX}_remaining_requests_today",
                "Requests left of a provider's budget of the day, UTC",
                labels=["provider"],
            ),
            (((one,), status.remaining_today) for one, status in seen),
        )


def _family(
    family: CounterMetricFamily | GaugeMetricFamily,
    samples: Iterator[tuple[tuple[str, ...], float | None]],
) -> Metric:
    """The family with its samples; what is unknown has none."""
    for labels, value in samples:
        if value is not None:
            family.add_metric([str(label) for label in labels], value)
    return family
