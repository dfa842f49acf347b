# SPDX-License-Identifier: Apache-2.0
"""Metrics of the steps of runs, read off Argo's nodes: their pods end before anybody could scrape them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from prometheus_client import Counter, Gauge, Histogram

from otakube_api.contract import FailureReason, Node, PodReason, Provider, SourceReason, SourceState
from otakube_operator.enrichment.observed import Enrichment, WorkflowRun
from otakube_operator.runtime.metrics import PREFIX

Trouble = tuple[str, str]  # step and reason

BUCKETS = (1, 2.5, 5, 10, 20, 30, 60, 120, 300, 900, 3600)
OTHER = "Other"
"""For a word that this release does not know, so that nothing written into a Workflow makes a series."""

STEPS = tuple(node.value for node in Node if node != Node.REVIEW)

_PROVIDERS, _REASONS = frozenset(Provider), frozenset(SourceReason)


class Counted(NamedTuple):
    """Failures and successes that were counted of a run."""

    step: str = ""
    failures: int = 0  # of that step
    passed: frozenset[str] = frozenset()  # steps whose success was counted


class StepMeter:
    """Counts from the nodes of runs, as often as they are looked at; a failure or a success counts once."""

    def __init__(self) -> None:
        self.failures = Counter(
            f"{PREFIX}_step_failures", "Attempts at a step that failed", ["step", "reason"], registry=None
        )
        self.durations = Histogram(
            f"{PREFIX}_step_duration_seconds",
            "Seconds from a step's first attempt to its success",
            ["step"],
            buckets=BUCKETS,
            registry=None,
        )
        self.sources = Counter(
            f"{PREFIX}_source_results",
            "Parts of providers in runs that got through fetch: Answered, or the reason of SourceFailed",
            ["provider", "result"],
            registry=None,
        )
        self.troubled = Gauge(
            f"{PREFIX}_troubled_runs",
            "Runs whose step waits or failed last",
            ["step", "reason"],
            registry=None,
        )
        self._begin_at_zero()
        self._counted: dict[str, dict[str, Counted]] = {}  # by owner and run
        self._troubles: dict[str, list[Trouble]] = {}  # by owner

    def _begin_at_zero(self) -> None:
        """Make the series that may come: Prometheus sees no increase in one that begins with one."""
        for step in STEPS:
            self.durations.labels(step)
            for cause in (*FailureReason, *PodReason):
                self.failures.labels(step, str(cause))
        for provider in Provider:
            for result in (SourceState.ANSWERED, *SourceReason):
                self.sources.labels(provider.value, result.value)

    @property
    def collectors(self) -> Sequence[Counter | Gauge | Histogram]:
        """The metrics, to be registered."""
        return self.failures, self.durations, self.sources, self.troubled

    def note(self, seen: Enrichment, runs: Sequence[WorkflowRun]) -> None:
        """Take the runs of one enrichment into account.

        What an object had when it was first looked at, another process has counted.
        """
        before = self._counted.pop(seen.uid, None)
        if before is not None:
            for run in runs:
                self._count(run, before.get(run.uid, Counted()))
        if not seen.deleting:
            known = before or {}
            self._counted[seen.uid] = {run.uid: _counted(run, known.get(run.uid)) for run in runs}
        self._note_troubles(seen.uid, [trouble for run in runs for trouble in _troubles(run)])

    def _count(self, run: WorkflowRun, before: Counted) -> None:
        """Count what is new."""
        step = run.results.step
        if step is not None:
            known = before.failures if before.step == step.step else 0
            for failure in step.failures[known:]:
                self.failures.labels(step.step, str(failure.reason)).inc()
        for passed in run.durations:
            if passed.step not in before.passed:
                self.durations.labels(passed.step).observe(passed.seconds)
                if passed.step == Node.FETCH:
                    self._count_sources(run)

    def _count_sources(self, run: WorkflowRun) -> None:
        for provider in run.results.answered_sources:
            self.sources.labels(_known(provider, _PROVIDERS), SourceState.ANSWERED.value).inc()
        for failed in run.results.failed_sources or ():
            self.sources.labels(_known(failed.provider, _PROVIDERS), _known(failed.reason, _REASONS)).inc()

    def _note_troubles(self, uid: str, troubles: list[Trouble]) -> None:
        for trouble in self._troubles.pop(uid, ()):
            self.troubled.labels(*trouble).dec()
        for trouble in troubles:
            self.troubled.labels(*trouble).inc()
        if troubles:
            self._troubles[uid] = troubles


def _counted(run: WorkflowRun, before: Counted | None) -> Counted:
    step, passed = run.results.step, frozenset(each.step for each in run.durations)
    if step is None:
        return (before or Counted())._replace(passed=passed)
    return Counted(step.step, len(step.failures), passed)


def _troubles(run: WorkflowRun) -> Iterable[Trouble]:
    step = run.results.step
    if not run.finished and step is not None and step.cause is not None:
        yield step.step, str(step.cause.reason)


def _known(word: str, words: frozenset[str]) -> str:
    return word if word in words else OTHER
