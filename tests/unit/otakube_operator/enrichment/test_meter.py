# SPDX-License-Identifier: Apache-2.0
"""Metrics of steps, counted from runs that are looked at again and again."""

from dataclasses import replace

from prometheus_client import Counter
from prometheus_client.samples import Sample

from operator_builders import enrichment, run_of
from otakube_api.argo import StepProgress
from otakube_api.contract import Failure, FailureReason, PodReason
from otakube_operator.enrichment.meter import StepMeter
from otakube_operator.enrichment.observed import FailedSource, Results, StepDuration, WorkflowRun

AWAY = Failure(FailureReason.STORE_UNAVAILABLE, "no answer")
KILLED = Failure(PodReason.OOM_KILLED, "main: OOMKilled (exit code 137)")
SEEN = enrichment()


def at(step: str, *failures: Failure) -> WorkflowRun:
    cause = failures[-1] if failures else None
    progress = StepProgress(step=step, attempt=1, attempts=7, cause=cause, failures=failures)
    return run_of(SEEN, results=Results(step=progress))


def failed(meter: StepMeter, step: str, reason: str) -> float:
    return _value(meter.failures.labels(step, reason).collect())


def troubled(meter: StepMeter, step: str, reason: str) -> float:
    return _value(meter.troubled.labels(step, reason).collect())


def _value(families: object) -> float:
    [family] = families  # type: ignore[misc]  # the package left it untyped
    return float(family.samples[0].value)


def after(*durations: tuple[str, float]) -> WorkflowRun:
    """A run that got through these steps, and whose fetch was answered by two of three."""
    results = Results(
        answered_sources=("Jikan", "AniList"),
        failed_sources=(FailedSource("Kitsu", "Refused", "403"), FailedSource("Hostile", "word", "")),
    )
    return run_of(SEEN, results=results, durations=tuple(StepDuration(*each) for each in durations))


def taken(meter: StepMeter, step: str) -> tuple[float, float]:
    """Count and sum of the durations."""
    [family] = meter.durations.collect()
    found = {sample.name: sample.value for sample in family.samples if sample.labels.get("step") == step}
    name = "otakube_operator_step_duration_seconds"
    return found.get(f"{name}_count", 0), found.get(f"{name}_sum", 0)


def results(meter: StepMeter) -> dict[tuple[str, ...], float]:
    found = totals(meter.sources)
    return {tuple(sample.labels.values()): sample.value for sample in found if sample.value}


def totals(counter: Counter) -> list[Sample]:
    """The samples of a counter, without the times at which they were made."""
    return [each for family in counter.collect() for each in family.samples if each.name.endswith("_total")]


def test_a_step_counts_once_with_the_time_that_it_took() -> None:
    meter = StepMeter()
    for run in (after(), after(("fetch", 40)), after(("fetch", 40)), after(("fetch", 40), ("stage", 3))):
        meter.note(SEEN, [run])
    assert taken(meter, "fetch") == (1, 40)
    assert taken(meter, "stage") == (1, 3)


def test_a_step_that_was_over_under_the_process_before_is_not_counted_again() -> None:
    meter = StepMeter()
    meter.note(SEEN, [after(("fetch", 40))])
    meter.note(SEEN, [after(("fetch", 40), ("stage", 3))])
    assert (taken(meter, "fetch"), taken(meter, "stage")) == ((0, 0), (1, 3))
    assert results(meter) == {}


def test_a_fetch_counts_what_each_provider_gave_and_no_words_that_nobody_knows() -> None:
    meter = StepMeter()
    for run in (after(), after(("fetch", 40)), after(("fetch", 40), ("stage", 3))):
        meter.note(SEEN, [run])
    assert results(meter) == {
        ("Jikan", "Answered"): 1,
        ("AniList", "Answered"): 1,
        ("Kitsu", "Refused"): 1,
        ("Other", "Other"): 1,
    }


def test_each_failed_attempt_counts_once() -> None:
    meter = StepMeter()
    for run in (
        at("fetch"),
        at("fetch", AWAY),
        at("fetch", AWAY),
        at("fetch", AWAY, AWAY),
        at("embed", KILLED),
    ):
        meter.note(SEEN, [run])
    assert failed(meter, "fetch", "StoreUnavailable") == 2
    assert failed(meter, "embed", "OOMKilled") == 1


def test_what_failed_under_the_process_before_is_not_counted_again() -> None:
    meter = StepMeter()
    meter.note(SEEN, [at("fetch", AWAY, AWAY)])
    assert failed(meter, "fetch", "StoreUnavailable") == 0
    meter.note(SEEN, [at("fetch", AWAY, AWAY, KILLED)])
    assert failed(meter, "fetch", "OOMKilled") == 1


def test_counters_begin_at_zero_since_an_increase_needs_a_beginning() -> None:
    meter = StepMeter()
    failures, sources = totals(meter.failures), totals(meter.sources)
    assert {"step": "fetch", "reason": "OOMKilled"} in [sample.labels for sample in failures]
    assert {"provider": "AniDB", "result": "RateLimited"} in [sample.labels for sample in sources]
    assert {sample.value for sample in [*failures, *sources]} == {0}


def test_a_run_is_troubled_until_its_step_gets_on_or_it_ends() -> None:
    meter = StepMeter()
    meter.note(SEEN, [at("fetch", AWAY)])
    meter.note(SEEN, [at("fetch", AWAY)])
    assert troubled(meter, "fetch", "StoreUnavailable") == 1
    meter.note(SEEN, [at("stage")])
    assert troubled(meter, "fetch", "StoreUnavailable") == 0
    meter.note(SEEN, [at("fetch", AWAY)])
    meter.note(SEEN, [replace(at("fetch", AWAY), phase="Failed")])
    assert troubled(meter, "fetch", "StoreUnavailable") == 0


def test_the_first_sight_of_a_new_run_counts_the_attempts_that_have_failed_already() -> None:
    meter = StepMeter()
    meter.note(SEEN, [])
    meter.note(SEEN, [at("fetch", AWAY)])
    assert failed(meter, "fetch", "StoreUnavailable") == 1
