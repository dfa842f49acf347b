# SPDX-License-Identifier: Apache-2.0
"""Rate limits over a clock of the test's own."""

from hypothesis import given
from hypothesis import strategies as st

from otakube_standins.upstream.limits import Limiter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_fourth_request_of_a_second_is_refused_until_the_first_is_a_second_old() -> None:
    clock = Clock()
    limiter = Limiter({1.0: 3, 60.0: 60}, clock)
    assert [limiter.admit().allowed for _ in range(4)] == [True, True, True, False]
    clock.now += 1.0
    assert limiter.admit().allowed


def test_a_refusal_says_when_to_come_back_and_then_keeps_its_word() -> None:
    clock = Clock()
    limiter = Limiter({60.0: 30}, clock)
    for _ in range(30):
        limiter.admit()
    clock.now += 12.5
    refused = limiter.admit()
    assert (refused.allowed, refused.remaining, refused.retry_after) == (False, 0, 48)
    clock.now += refused.retry_after
    assert limiter.admit().allowed


def test_remaining_counts_down() -> None:
    limiter = Limiter({60.0: 30}, Clock())
    assert [limiter.admit().remaining for _ in range(3)] == [29, 28, 27]


def test_no_limits_never_refuse() -> None:
    limiter = Limiter({}, Clock())
    assert all(limiter.admit().allowed for _ in range(1000))


@given(pauses=st.lists(st.floats(0, 2), max_size=60))
def test_no_window_ever_holds_more_than_its_limit(pauses: list[float]) -> None:
    clock, passed = Clock(), []
    limiter = Limiter({1.0: 3, 5.0: 7}, clock)
    for pause in pauses:
        clock.now += pause
        if limiter.admit().allowed:
            passed.append(clock.now)
    for seconds, limit in ((1.0, 3), (5.0, 7)):
        assert all(sum(end - seconds < at <= end for at in passed) <= limit for end in passed)
