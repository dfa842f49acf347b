# SPDX-License-Identifier: Apache-2.0
"""The metric of due syncs."""

from otakube_api.v1alpha1.sync_reasons import SyncReason
from otakube_operator.dataset_sync.meter import REASONS, sync_meter
from otakube_operator.dataset_sync.plan import TICK, WHY
from otakube_operator.runtime.events import Occurrence


def test_each_due_time_counts_by_its_reason_and_has_its_series_from_the_start() -> None:
    meter = sync_meter()
    told = (SyncReason.SYNC_STARTED, SyncReason.DEADLINE_MISSED, SyncReason.SYNC_REPLACED)
    meter.note(Occurrence(TICK, reason, "words") for reason in told)
    [family] = meter.ticks.collect()
    samples = {each.labels["reason"]: each.value for each in family.samples if each.name.endswith("_total")}
    assert samples == {"SyncStarted": 1, "DeadlineMissed": 1, "SyncRunning": 0}
    assert set(WHY) <= set(REASONS)
