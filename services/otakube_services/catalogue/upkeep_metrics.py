# SPDX-License-Identifier: Apache-2.0
"""Metrics of the upkeep: the last good snapshot and the last sync, whose pods are gone before a scrape."""

from collections.abc import Callable, Iterable
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from otakube.ports.listings import SyncHistory
from otakube.ports.objects import ObjectStore
from otakube.queries.upkeep import LastSnapshot, last_snapshot, last_sync

INTERVAL = 60.0
"""Seconds between two looks: both change once a week."""


class UpkeepMetrics(Collector):
    """The figures as they were when the stores were last looked at; what there is not yet has none."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._due = monotonic()
        self._snapshot: LastSnapshot | None = None
        self._synced_at: datetime | None = None

    async def look(self, snapshots: ObjectStore, syncs: SyncHistory) -> None:
        """Read both once a minute; raises where a store is away, and looks again with the next call."""
        if self._monotonic() < self._due:
            return
        self._snapshot, self._synced_at = await last_snapshot(snapshots), await last_sync(syncs)
        self._due = self._monotonic() + INTERVAL

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        snapshot = self._snapshot
        yield _gauge(
            "otakube_snapshot_last_good_timestamp_seconds",
            "Time at which the newest good snapshot ended, in Unix seconds; none before the first",
            snapshot.ended_at.timestamp() if snapshot else None,
        )
        yield _gauge(
            "otakube_snapshot_last_good_bytes",
            "Bytes of the files of the newest good snapshot, without images",
            snapshot.size if snapshot else None,
        )
        yield _gauge(
            "otakube_snapshot_last_good_entries",
            "Entries of the newest good snapshot",
            snapshot.entries if snapshot else None,
        )
        yield _gauge(
            "otakube_dataset_sync_last_success_timestamp_seconds",
            "Time at which the last sync of the dataset succeeded, in Unix seconds; none before the first",
            self._synced_at.timestamp() if self._synced_at else None,
        )


def _gauge(name: str, documentation: str, value: float | None) -> Metric:
    family = GaugeMetricFamily(name, documentation, labels=[])
    if value is not None:
        family.add_metric([], value)
    return family
