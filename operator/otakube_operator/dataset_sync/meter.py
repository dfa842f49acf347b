# SPDX-License-Identifier: Apache-2.0
"""Metric of the due times of DatasetSyncs: acted on, or passed without a sync, by reason."""

from otakube_api.v1alpha1.sync_reasons import SyncReason
from otakube_operator.runtime.tick_meter import TickMeter

REASONS = (SyncReason.SYNC_STARTED, SyncReason.DEADLINE_MISSED, SyncReason.SYNC_RUNNING)


def sync_meter() -> TickMeter:
    """A new meter, registered nowhere."""
    return TickMeter("dataset_sync", "Due times of DatasetSyncs", REASONS)
