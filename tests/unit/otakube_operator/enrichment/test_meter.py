# SPDX-License-Identifier: Apache-2.0
"""Metrics of steps, counted from runs that are looked at again and again."""

from dataclasses import replace

from operator_builders import enrichment, run_of
from otakube_api.argo import StepProgress
from otakube_api.contract import Failure, FailureReason, PodReason
from otakube_operator.enrichment.meter import StepMeter
from otakube_operator.enrichment.observed import Results, WorkflowRun

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
