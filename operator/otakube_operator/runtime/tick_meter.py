# SPDX-License-Identifier: Apache-2.0
"""Metric of due times: how many were acted on, and how many passed, by reason."""

from collections.abc import Iterable, Sequence

from prometheus_client import Counter

from otakube_api.reasons import Reason
from otakube_operator.runtime.events import Occurrence
from otakube_operator.runtime.metrics import PREFIX


class TickMeter:
    """Counts what the Events of due times tell; `of` is the kind in the metric's name."""

    def __init__(self, of: str, says: str, reasons: Iterable[Reason]) -> None:
        self.reasons = frozenset(str(each) for each in reasons)
        self.ticks = Counter(
            f"{PREFIX}_{of}_ticks",
            f"{says} by what became of them; those skipped in a row count once",
            ["reason"],
            registry=None,
        )
        for reason in sorted(self.reasons):  # Prometheus sees no increase in a series that begins with one
            self.ticks.labels(reason)

    @property
    def collectors(self) -> Sequence[Counter]:
        """The metrics, to be registered."""
        return (self.ticks,)

    def note(self, occurrences: Iterable[Occurrence]) -> None:
        """Count the due times among what a pass has to tell."""
        for each in occurrences:
            if each.reason in self.reasons:
                self.ticks.labels(each.reason).inc()
