# SPDX-License-Identifier: Apache-2.0
"""Metrics of the steps of runs: the attempts that failed, and the runs that do not get on."""

from collections.abc import Iterable, Sequence

from prometheus_client import Counter, Gauge

from otakube_operator.enrichment.observed import Enrichment, WorkflowRun
from otakube_operator.runtime.metrics import PREFIX

Counted = tuple[str, int]  # step, and how many of its failures were counted
Trouble = tuple[str, str]  # step and reason

NOTHING: Counted = ("", 0)


class StepMeter:
    """Counts from the nodes of runs, as often as they are looked at; a failure counts once."""

    def __init__(self) -> None:
        labels = ["step", "reason"]
        self.failures = Counter(
            f"{PREFIX}_step_failures", "Attempts at a step that failed", labels, registry=None
        )
        self.troubled = Gauge(
            f"{PREFIX}_troubled_runs", "Runs whose step waits or failed last", labels, registry=None
        )
        self._counted: dict[str, dict[str, Counted]] = {}  # by owner and run
        self._troubles: dict[str, list[Trouble]] = {}  # by owner

    @property
    def collectors(self) -> Sequence[Counter | Gauge]:
        """The metrics, to be registered."""
        return self.failures, self.troubled

    def note(self, seen: Enrichment, runs: Sequence[WorkflowRun]) -> None:
        """Take the runs of one enrichment into account."""
        before = self._counted.pop(seen.uid, None)
        counted = {
            run.uid: self._count(run, None if before is None else before.get(run.uid, NOTHING))
            for run in runs
        }
        troubles = [trouble for run in runs if not run.finished for trouble in _trouble(run)]
        if not seen.deleting:
            self._counted[seen.uid] = counted
        for trouble in self._troubles.pop(seen.uid, ()):
            self.troubled.labels(*trouble).dec()
        for trouble in troubles:
            self.troubled.labels(*trouble).inc()
        if troubles:
            self._troubles[seen.uid] = troubles

    def _count(self, run: WorkflowRun, before: Counted | None) -> Counted:
        """Count what is new; what an object had when it was first looked at, another process has counted."""
        step = run.results.step
        if step is None:
            return before or NOTHING
        known = before[1] if before is not None and before[0] == step.step else 0
        for failure in step.failures[known:] if before is not None else ():
            self.failures.labels(step.step, str(failure.reason)).inc()
        return step.step, len(step.failures)


def _trouble(run: WorkflowRun) -> Iterable[Trouble]:
    step = run.results.step
    if step is not None and step.cause is not None:
        yield step.step, str(step.cause.reason)
