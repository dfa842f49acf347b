# SPDX-License-Identifier: Apache-2.0
"""Runs that failed for lack of something that comes back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from operator_builders import KEY, NOW, Planned, after, condition, enrichment, kstatus, planned, run_of
from otakube_api.argo import StepProgress
from otakube_api.contract import Failure, FailureReason, Node, PodReason
from otakube_operator.enrichment.observed import Enrichment, Results, WorkflowRun
from otakube_operator.enrichment.retry import COMES_BACK, LONGEST_PAUSE, LOOKS, SPREAD, TRIES, pause
from otakube_operator.enrichment.run_queue import Peer, Peers, QueueLimits
from otakube_operator.runtime.objects import ObjectKey

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
AWAY = Failure(FailureReason.STORE_UNAVAILABLE, "MongoDB does not answer")


def failed(
    seen: Enrichment, *, attempt: int = 1, failure: Failure = AWAY, at: timedelta = 0 * SECOND
) -> WorkflowRun:
    """A run that failed in the step `fetch`."""
    step = StepProgress(step=Node.FETCH, attempt=7, attempts=7, cause=failure)
    return run_of(
        seen,
        attempt=attempt,
        phase="Failed",
        finished_at=NOW + at,
        results=Results(failure=failure, step=step),
    )


def scheduled(seen: Enrichment, run: WorkflowRun) -> tuple[Planned, Enrichment]:
    """The pass that meets the failure, and the object after it."""
    made = planned(seen, run, now=NOW)
    return made, after(seen, made)


def got_through(step: Node, at: timedelta) -> Peers:
    """A run of another enrichment that got through a step."""
    return {ObjectKey("anime", "other"): Peer(passed=((step, NOW + at),))}


def test_a_run_without_its_store_is_tried_again_and_the_status_says_when() -> None:
    made, seen = scheduled(enrichment(), failed(enrichment()))
    assert made.create is None
    assert condition(made, "Ready") == ("False", "StoreUnavailable")
    assert condition(made, "Reconciling") == ("True", "RetryScheduled")
    assert condition(made, "Stalled") is None
    assert kstatus(made, 1) == {"InProgress"}
    retry = seen.status.retry
    assert retry is not None
    assert retry.next_time is not None
    assert (retry.count, retry.step, retry.failure_time) == (1, "fetch", NOW)
    assert NOW < retry.next_time <= NOW + MINUTE
    early = planned(seen, failed(seen), now=retry.next_time - SECOND)
    assert early.changes_nothing(seen) or early.plan.revisit_at is not None
    again = planned(seen, failed(seen), now=retry.next_time)
    assert again.create is not None
    assert again.create.attempt == 2


def test_nothing_is_written_while_the_time_has_not_come() -> None:
    _, seen = scheduled(enrichment(), failed(enrichment()))
    assert planned(seen, failed(seen), now=NOW + SECOND).status == seen.status


def test_the_count_goes_on_over_the_next_run_and_ends_with_a_good_one() -> None:
    _, seen = scheduled(enrichment(), failed(enrichment()))
    running = run_of(seen, attempt=2)
    seen = after(seen, planned(seen, running, failed(seen), now=NOW + MINUTE))
    assert seen.status.retry is not None
    second = planned(seen, failed(seen, attempt=2, at=3 * MINUTE), now=NOW + 3 * MINUTE)
    assert second.status.retry is not None
    assert second.status.retry.count == 2
    good = planned(
        after(seen, second), run_of(seen, attempt=3, phase="Running", results=Results(failure=None))
    )
    assert good.status.retry is not None
    rejected = Failure(FailureReason.REVIEW_REJECTED, "no")
    ended = planned(after(seen, good), failed(seen, attempt=3, failure=rejected, at=9 * MINUTE))
    assert ended.status.retry is None


@pytest.mark.parametrize("reason", [*FailureReason, *PodReason], ids=str)
def test_only_what_comes_back_is_tried_again(reason: FailureReason | PodReason) -> None:
    seen = enrichment()
    made = planned(seen, failed(seen, failure=Failure(reason, "why")))
    assert (made.status.retry is not None) == (reason in COMES_BACK)
    assert (condition(made, "Stalled") is None) == (reason in COMES_BACK)


def test_what_nobody_can_cure_by_waiting_does_not_come_back() -> None:
    permanent = {
        FailureReason.ANIME_UNKNOWN,
        FailureReason.ANIME_AMBIGUOUS,
        FailureReason.RECORD_INVALID,
        FailureReason.REVIEW_REJECTED,
        FailureReason.SETTINGS_INVALID,
        FailureReason.PROVIDERS_UNUSABLE,
        PodReason.STOPPED,
    }
    assert not permanent & COMES_BACK


def test_another_run_that_gets_through_the_step_brings_the_next_try_forward() -> None:
    seen = enrichment()
    for attempt in range(1, 9):
        seen = after(seen, planned(seen, failed(seen, attempt=attempt)))
    assert seen.status.retry is not None
    assert seen.status.retry.next_time is not None
    assert seen.status.retry.next_time > NOW + 30 * MINUTE
    run = failed(seen, attempt=8)
    before = planned(seen, run, now=NOW + 5 * MINUTE, peers=got_through(Node.FETCH, -MINUTE))
    other = planned(seen, run, now=NOW + 5 * MINUTE, peers=got_through(Node.STAGE, 5 * MINUTE))
    assert before.status == other.status == seen.status
    back = planned(seen, run, now=NOW + 5 * MINUTE, peers=got_through(Node.FETCH, 5 * MINUTE))
    assert back.status.retry is not None
    assert back.status.retry.next_time is not None
    assert back.create is None, "the time is recorded first"
    assert NOW + 5 * MINUTE <= back.status.retry.next_time <= NOW + 5 * MINUTE + SPREAD
    recorded = after(seen, back)
    assert planned(recorded, run, now=NOW + 6 * MINUTE, peers=got_through(Node.FETCH, 5 * MINUTE)).create


def test_those_that_waited_for_the_same_do_not_come_back_at_once() -> None:
    lengths = {pause(4, f"uid-{number}") for number in range(50)}
    assert len(lengths) > 40
    assert max(lengths) - min(lengths) > 3 * MINUTE


def test_pauses_double_up_to_an_hour_and_end() -> None:
    lengths = [pause(count, "uid") for count in range(1, TRIES)]
    assert all(length <= LONGEST_PAUSE for length in lengths)
    assert lengths[0] <= MINUTE < lengths[2] < lengths[4]
    assert DAY < sum(lengths, 0 * SECOND) < 4 * DAY
    assert all(length >= LONGEST_PAUSE / 2 for length in lengths[7:])


def test_after_the_last_try_the_object_is_stalled_and_stays_so() -> None:
    seen = enrichment()
    made = planned(seen, failed(seen))
    assert made.status.retry is not None
    last = made.status.retry.model_copy(update={"count": TRIES - 1})
    seen = replace(seen, status=made.status.model_copy(update={"retry": last}))
    run = failed(seen, attempt=2, at=DAY)
    stalled = planned(seen, run, now=NOW + DAY)
    assert condition(stalled, "Stalled") == ("True", "StoreUnavailable")
    assert planned(after(seen, stalled), run, now=NOW + 9 * DAY).changes_nothing(after(seen, stalled))


def test_a_person_who_asks_for_a_run_does_not_wait_and_starts_the_count_anew() -> None:
    _, seen = scheduled(enrichment(), failed(enrichment()))
    asked = replace(seen, requested_at="now")
    made = planned(asked, failed(seen), now=NOW + SECOND)
    assert made.create is not None
    assert made.status.retry is None


def test_a_suspended_object_is_not_tried_again_before_it_goes_on() -> None:
    seen = enrichment(suspend=True)
    run = failed(seen)
    seen = after(seen, planned(seen, run))
    assert planned(seen, run, now=NOW + DAY).create is None
    resumed = replace(seen, spec=enrichment().spec)
    resumed = after(resumed, planned(resumed, run, now=NOW + DAY))
    assert planned(resumed, run, now=NOW + DAY).create is not None


def test_a_failed_workflow_that_is_gone_does_not_shorten_the_pause() -> None:
    _, seen = scheduled(enrichment(), failed(enrichment()))
    assert seen.status.retry is not None
    assert seen.status.retry.next_time is not None
    gone = planned(seen, now=seen.status.retry.next_time - SECOND)
    assert gone.create is None
    assert gone.status == seen.status
    assert planned(seen, now=seen.status.retry.next_time).create is not None


def test_one_that_comes_back_waits_for_its_turn() -> None:
    _, seen = scheduled(enrichment(), failed(enrichment()))
    assert seen.status.retry is not None
    assert seen.status.retry.next_time is not None
    busy = {KEY._replace(name="busy"): Peer(asking=True)}
    made = planned(seen, failed(seen), now=seen.status.retry.next_time, peers=busy, limits=QueueLimits(1, 10))
    assert made.create is None
    assert condition(made, "Reconciling") == ("True", "Queued")
    assert made.status.retry == seen.status.retry


NOT_OUT = Failure(FailureReason.EPISODE_NOT_OUT, "episode 8 is not out: 1 of 3 providers list it")


def test_an_episode_is_looked_for_1_3_12_and_24_hours_after_the_first_time_and_then_no_more() -> None:
    seen, at = enrichment(episode=8), 0 * SECOND
    for attempt, offset in enumerate(LOOKS, 1):
        run = failed(seen, attempt=attempt, failure=NOT_OUT, at=at)
        made = planned(seen, run, now=NOW + at)
        assert (condition(made, "Ready"), condition(made, "Stalled")) == (("False", "EpisodeNotOut"), None)
        seen, at = after(seen, made), offset
        assert seen.status.retry is not None
        assert seen.status.retry.next_time == NOW + offset
        again = planned(seen, run, now=NOW + offset)
        assert again.create is not None
        assert again.create.attempt == attempt + 1
    last = planned(seen, failed(seen, attempt=5, failure=NOT_OUT, at=at), now=NOW + at)
    assert last.create is None
    assert condition(last, "Stalled") == ("True", "EpisodeNotOut")


def test_what_other_runs_fetch_brings_no_look_for_an_episode_forward() -> None:
    run = failed(enrichment(), failure=NOT_OUT)
    _, seen = scheduled(enrichment(), run)
    made = planned(seen, run, now=NOW + 5 * MINUTE, peers=got_through(Node.FETCH, 4 * MINUTE))
    assert made.status == seen.status


def test_an_outage_before_it_takes_no_look_for_an_episode_away() -> None:
    seen = enrichment()
    for attempt in range(1, 9):
        seen = after(seen, planned(seen, failed(seen, attempt=attempt)))
    made = planned(seen, failed(seen, attempt=9, failure=NOT_OUT), now=NOW)
    assert made.status.retry is not None
    assert (made.status.retry.count, made.status.retry.next_time) == (1, NOW + LOOKS[0])
