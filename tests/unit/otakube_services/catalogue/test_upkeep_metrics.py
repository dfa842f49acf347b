# SPDX-License-Identifier: Apache-2.0
"""Metrics of the last good snapshot and of the last sync that succeeded."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.adapters.stores.sqlite.listings import SqliteSyncHistory
from otakube.errors import Damaged
from otakube.maintenance.snapshots.manifest import LATEST, Part, SnapshotCollection, SnapshotManifest
from otakube.ports.listings import SyncRecord
from otakube_services.catalogue.upkeep_metrics import INTERVAL, UpkeepMetrics

SUNDAY, LATER = datetime(2026, 11, 22, 10, tzinfo=UTC), datetime(2026, 11, 29, 10, tzinfo=UTC)


class Clock:
    now = 7.0

    def __call__(self) -> float:
        return self.now


class Kept:
    """A catalogue's upkeep, its metrics, and a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.snapshots = FolderObjects(folder / "snapshots")
        self.syncs = SqliteSyncHistory(SqliteDocuments(folder))
        self.clock = Clock()
        self.metrics = UpkeepMetrics(self.clock)
        self.registry = CollectorRegistry()
        self.registry.register(self.metrics)

    async def look(self) -> dict[str, float | None]:
        await self.metrics.look(self.snapshots, self.syncs)
        names = [
            "snapshot_last_good_timestamp_seconds",
            "snapshot_last_good_bytes",
            "snapshot_last_good_entries",
            "dataset_sync_last_success_timestamp_seconds",
        ]
        return {name: self.registry.get_sample_value(f"otakube_{name}") for name in names}

    async def write(self, ended_at: datetime, *sizes: int) -> None:
        parts = [
            Part(key=f"snapshots/{size}", rows=1, size=size, sha256="0" * 64, content_sha256="0" * 64)
            for size in sizes
        ]
        manifest = SnapshotManifest(
            name="20261122T100000Z", release="1", record_schema=1, begun_at=ended_at, ended_at=ended_at,
            entries=3, collections={"animes": SnapshotCollection(parts=parts)},
        )  # fmt: skip
        await self.snapshots.put(LATEST, manifest.model_dump_json().encode())

    async def sync(self, started_at: datetime, finished_at: datetime | None) -> None:
        made = SyncRecord(
            revision="1",
            dataset="d",
            last_update=None,
            started_at=started_at,
            finished_at=finished_at,
            rows=1,
        )
        await self.syncs.put(made)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


async def test_what_there_is_not_yet_has_no_figure(kept: Kept) -> None:
    assert set((await kept.look()).values()) == {None}


async def test_the_figures_are_those_of_the_newest_snapshot_and_of_the_last_sync_that_ended(
    kept: Kept,
) -> None:
    await kept.write(SUNDAY, 300, 20)
    await kept.sync(SUNDAY, SUNDAY)
    await kept.sync(LATER, None)
    assert list((await kept.look()).values()) == [SUNDAY.timestamp(), 320, 3, SUNDAY.timestamp()]


async def test_the_stores_are_asked_once_a_minute(kept: Kept) -> None:
    await kept.look()
    await kept.write(SUNDAY, 300)
    assert (await kept.look())["snapshot_last_good_bytes"] is None
    kept.clock.now += INTERVAL
    assert (await kept.look())["snapshot_last_good_bytes"] == 300


async def test_a_manifest_that_cannot_be_read_is_told_and_looked_at_again(kept: Kept) -> None:
    await kept.snapshots.put(LATEST, b"{}")
    with pytest.raises(Damaged, match="otakube snapshot create"):
        await kept.look()
    await kept.write(SUNDAY, 300)
    assert (await kept.look())["snapshot_last_good_entries"] == 3
