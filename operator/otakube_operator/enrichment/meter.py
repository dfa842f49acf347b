# SPDX-License-Identifier: Apache-2.0
"""Metrics of the steps of runs: the attempts that failed, and the runs that do not get on."""

from collections.abc import Iterable, Sequence

from prometheus_client import Counter, Gauge

from otakube_operator.enrichment.observed import Enrichment, WorkflowRun
from otakube_operator.runtime.metrics import PREFIX

Counted = tuple[str, int]  # step, and how many of its failures were counted
Trouble = tuple[str, str]  # step and reason


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
        before = self._counted.pop(seen.uid, {})
        counted = {run.uid: self._count(before.get(run.uid), run) for run in runs}
        troubles = [trouble for run in runs if not run.finished for trouble in _trouble(run)]
        if runs and not seen.deleting:
            self._counted[seen.uid] = counted
        for trouble in self._troubles.pop(seen.uid, ()):
            self.troubled.labels(*trouble).dec()
        for trouble in troubles:
            self.troubled.labels(*trouble).inc()
        if troubles:
            self._troubles[seen.uid] = troubles

    def _count(self, before: Counted | None, run: WorkflowRun) -> Counted:
        """Count what is new; failures of a run that was never seen before happened under another process."""
        step = run.results.step
        if step is None:
            return before or ("", 0)
        known = before[1] if before is not None and before[0] == step.step else 0
        fresh = step.failures[known:] if before is not None else ()
        for failure in fresh:
            self.failures.labels(step.step, str(failure.reason)).inc()
        return step.step, len(step.failures)


def _trouble(run: WorkflowRun) -> Iterable[Trouble]:
    step = run.results.step
    if step is not None and step.cause is not None:
        yield step.step, str(step.cause.reason)
