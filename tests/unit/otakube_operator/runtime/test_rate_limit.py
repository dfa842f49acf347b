# SPDX-License-Identifier: Apache-2.0
"""The rate of writes."""

import itertools

from otakube_operator.runtime.rate_limit import WriteRateLimiter


def test_a_burst_is_free_and_what_follows_keeps_the_rate() -> None:
    limiter = WriteRateLimiter(at_once=1, rate=50, burst=3, clock=lambda: 0.0)
    assert [limiter.take() for _ in range(6)] == [0, 0, 0, 1 / 50, 2 / 50, 3 / 50]


def test_credit_comes_back_with_time_up_to_the_burst() -> None:
    times = itertools.chain([0.0, 0.0, 0.0, 1000.0], itertools.repeat(1000.0))
    limiter = WriteRateLimiter(at_once=1, rate=1, burst=2, clock=lambda: next(times))
    assert [limiter.take() for _ in range(5)] == [0, 0, 0, 0, 1]
