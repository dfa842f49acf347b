# SPDX-License-Identifier: Apache-2.0
"""The limit on how often runs of one object start."""

from datetime import timedelta

import pytest

from operator_builders import NOW, after, condition, edited, enrichment, planned, run_of
from otakube_operator.enrichment.observed import Enrichment
from otakube_operator.enrichment.run_rate import LIMIT, WINDOW, next_start, recent_starts

SECOND = timedelta(seconds=1)


def after_starts(number: int) -> Enrichment:
    """An enrichment whose Workflows vanish as soon as they are there, so many a second apart."""
    seen = enrichment()
    for start in range(number):
        seen = after(seen, planned(seen, now=NOW + start * SECOND))
    return seen


def test_so_many_start_at_once_and_the_next_waits() -> None:
    seen = after_starts(LIMIT)
    assert len(seen.status.recent_starts) == LIMIT
    made = planned(seen, now=NOW + LIMIT * SECOND)
    assert made.create is None
    assert condition(made, "Ready") == ("Unknown", "WorkflowRateLimited")
    assert condition(made, "Reconciling") == ("True", "WorkflowRateLimited")
    assert made.plan.revisit_at == NOW + WINDOW


def test_it_goes_on_by_itself_when_the_rate_allows() -> None:
    seen = after_starts(LIMIT)
    waiting = after(seen, planned(seen, now=NOW + LIMIT * SECOND))
    assert planned(waiting, now=NOW + WINDOW - SECOND).create is None
    assert planned(waiting, now=NOW + WINDOW).create is not None


def test_no_ten_minutes_see_more_starts_than_the_limit() -> None:
    seen, starts = enrichment(), []
    for second in range(3600):
        now = NOW + second * SECOND
        made = planned(edited(seen, mode=("FullEnrichment", "EpisodeUpdate")[second % 2]), now=now)
        if made.create is not None:
            starts.append(now)
        seen = after(seen, made)
    assert len(starts) == LIMIT * 6
    assert all(late - early >= WINDOW for early, late in zip(starts, starts[LIMIT:], strict=False))


def test_runs_that_no_status_recorded_count_too() -> None:
    seen = enrichment()
    runs = [
        run_of(seen, attempt=attempt, phase="Failed", created_at=NOW, superseded=True)
        for attempt in range(1, LIMIT + 1)
    ]
    assert planned(seen, *runs[:-1]).create is not None
    assert planned(seen, *runs).create is None


def test_a_run_is_counted_once() -> None:
    seen = enrichment()
    seen = after(seen, planned(seen))
    run = run_of(seen, created_at=NOW + SECOND)
    assert recent_starts(seen, [run], NOW + 2 * SECOND) == [NOW]


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_jumps_delays_no_longer_than_the_window(hours: int) -> None:
    seen, now = after_starts(LIMIT), NOW + timedelta(hours=hours)
    due = next_start(recent_starts(seen, [], now))
    assert due is None or due <= now + WINDOW


def test_a_settled_run_writes_no_start_anew() -> None:
    seen = enrichment()
    seen = after(seen, planned(seen))
    run = run_of(seen, uid="w", created_at=NOW)
    settled = after(seen, planned(seen, run))
    later = planned(settled, run, now=NOW + 2 * WINDOW)
    assert later.status == settled.status
    assert settled.status.recent_starts == [NOW]
