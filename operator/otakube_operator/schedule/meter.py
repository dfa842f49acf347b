# SPDX-License-Identifier: Apache-2.0
"""Metric of the due times of EpisodeSchedules: acted on, or passed without an enrichment, by reason."""

from otakube_api.reasons import CommonReason
from otakube_api.v1alpha1.episode_schedule import ScheduleReason
from otakube_operator.runtime.tick_meter import TickMeter

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


def schedule_meter() -> TickMeter:
    """A new meter, registered nowhere."""
    return TickMeter("schedule", "Due times of EpisodeSchedules", REASONS)
