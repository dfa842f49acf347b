# SPDX-License-Identifier: Apache-2.0
"""Metric of the due times of DatasetSyncs: how many were acted on, and how many passed, by reason."""

from collections.abc import Iterable, Sequence

from prometheus_client import Counter

from otakube_api.v1alpha1.sync_reasons import SyncReason
from otakube_operator.runtime.events import Occurrence
from otakube_operator.runtime.metrics import PREFIX

REASONS = (SyncReason.SYNC_STARTED, SyncReason.DEADLINE_MISSED, SyncReason.SYNC_RUNNING)


class SyncMeter:
    """Counts what the Events of due times tell."""

    def __init__(self) -> None:
        self.ticks = Counter(
            f"{PREFIX}_dataset_sync_ticks",
            "Due times of DatasetSyncs by what became of them; those skipped in a row count once",
            ["reason"],
            registry=None,
        )
        for reason in REASONS:  # Prometheus sees no increase in a series that begins with one
            self.ticks.labels(str(reason))

    @property
    def collectors(self) -> Sequence[Counter]:
        """The metrics, to be registered."""
        return (self.ticks,)

    def note(self, occurrences: Iterable[Occurrence]) -> None:
        """Count the due times among what a pass has to tell."""
        for each in occurrences:
            if each.reason in REASONS:
                self.ticks.labels(each.reason).inc()
