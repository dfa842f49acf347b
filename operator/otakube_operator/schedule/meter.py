# SPDX-License-Identifier: Apache-2.0
"""Metric of due times: how many were acted on, and how many passed without an enrichment, by reason."""

from collections.abc import Iterable, Sequence

from prometheus_client import Counter

from otakube_api.reasons import CommonReason
from otakube_api.v1alpha1.episode_schedule import ScheduleReason
from otakube_operator.runtime.events import Occurrence
from otakube_operator.runtime.metrics import PREFIX
from otakube_operator.schedule.occurrences import TICK

REASONS = (
    ScheduleReason.ENRICHMENT_CREATED,
    ScheduleReason.REQUESTED,
    ScheduleReason.DEADLINE_MISSED,
    ScheduleReason.ENRICHMENT_RUNNING,
    ScheduleReason.EPISODE_NOT_OUT,
    ScheduleReason.OVERTAKEN,
    ScheduleReason.SCHEDULE_CHANGED,
    CommonReason.SUSPENDED,
)


class TickMeter:
    """Counts what the Events of due times tell."""

    def __init__(self) -> None:
        self.ticks = Counter(
            f"{PREFIX}_schedule_ticks",
            "Due times of EpisodeSchedules by what became of them; those skipped in a row count once",
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
            if each.type == TICK:
                self.ticks.labels(each.reason).inc()
