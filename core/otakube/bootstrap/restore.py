# SPDX-License-Identifier: Apache-2.0
"""A restore from a snapshot, joined with the stores."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from otakube.bootstrap.wiring import Wiring

if TYPE_CHECKING:
    from otakube.maintenance.snapshots.manifest import SnapshotManifest
    from otakube.maintenance.snapshots.restore import Restore
    from otakube.ports.objects import AgedObjects


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreChoice:
    """Options of a restore: entries by id, none means all; `replace` newer content; set missing locks too."""

    chosen: Collection[str] = ()
    replace: bool = False
    locks_too: bool = False
    dry_run: bool = False
    concurrency: int | None = None


async def restorable(source: "AgedObjects", name: str) -> "SnapshotManifest":
    """The snapshot of that name; Fatal if there is none that can be restored from."""
    from otakube.maintenance.snapshots.restore import check_restorable
    from otakube.maintenance.snapshots.shelf import named

    manifest = await named(source, name)
    check_restorable(manifest)
    return manifest


async def restore_of(
    wiring: Wiring,
    source: "AgedObjects",
    manifest: "SnapshotManifest",
    choice: RestoreChoice,
    *,
    images_too: bool,
    told: Callable[[int, int], None] | None = None,
) -> "Restore":
    """The restore; `images_too`: they are copied from the place of the snapshot."""
    from otakube.maintenance.snapshots.blobs import Blobs
    from otakube.maintenance.snapshots.progress import Progress
    from otakube.maintenance.snapshots.restore import CONCURRENCY, Restore
    from otakube.maintenance.snapshots.restore_entry import EntryRestorer

    restorer = EntryRestorer(
        stores=await wiring.stores.commit_stores(),
        rows=await wiring.stores.rows(),
        clock=lambda: datetime.now(UTC),
        lease_seconds=wiring.settings.lease_seconds,
        collection=wiring.settings.qdrant_collection,
        run=f"restore/{manifest.name}/{datetime.now(UTC):%Y%m%dT%H%M%SZ}",
        embedder=cache(wiring.text_embedder),
        images=Blobs(source, await wiring.stores.objects()) if images_too else None,
        replace=choice.replace,
        dry_run=choice.dry_run,
    )
    total = len(choice.chosen) or manifest.entries
    return Restore(
        snapshot=source,
        manifest=manifest,
        entries=restorer,
        progress=Progress("restore", total, time.monotonic, told=told),
        chosen=choice.chosen,
        locks_too=choice.locks_too,
        concurrency=choice.concurrency or CONCURRENCY,
    )
