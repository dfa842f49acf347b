# SPDX-License-Identifier: Apache-2.0
"""Verify a snapshot: every file by its digest and its number of rows, every record by its own digest."""

from dataclasses import dataclass, field

from otakube.errors import Fatal
from otakube.ingest.orders import read_copies
from otakube.maintenance.snapshots.contents import OF_ENTRIES
from otakube.maintenance.snapshots.entry_rows import check_digest, read_entries
from otakube.maintenance.snapshots.files import lines, read_part
from otakube.maintenance.snapshots.manifest import Part, SnapshotManifest
from otakube.maintenance.snapshots.progress import Progress
from otakube.ports.objects import ObjectStore
from otakube.ports.take_downs import Refusals


@dataclass(slots=True)
class Verified:
    """Result of reading a snapshot: rows by collection, and what is wrong."""

    rows: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


async def verify(objects: ObjectStore, manifest: SnapshotManifest, *, progress: Progress) -> Verified:
    """Read every file: digests, numbers of rows, each record's digest, and the images of a copy."""
    found = Verified()
    for name, held in manifest.collections.items():
        count = 0
        for part in held.parts:
            try:
                rows = sum(1 for _ in lines(await read_part(objects, part)))
            except Fatal as error:
                found.faults.append(str(error))
                continue
            if rows != part.rows:
                found.faults.append(f"{part.key}: it has {rows} rows, not {part.rows}")
            count += rows
            progress.add()
        found.rows[name] = count
    if not found.faults:
        found.faults += await _faults_of_entries(objects, manifest)
    return found


async def _faults_of_entries(objects: ObjectStore, manifest: SnapshotManifest) -> list[str]:
    faults = []
    refusals = Refusals.of(await read_copies(objects))
    for parts in entry_parts(manifest):
        try:
            for stored in await read_entries(objects, parts):
                check_digest(stored)
                if manifest.blobs:
                    faults += [
                        f"{stored.state.entry_id}: {key} is not in the copy"
                        for key in stored.state.blobs
                        if not (refusals.covers_key(key) or await objects.exists(key))
                    ]
        except Fatal as error:
            faults.append(str(error))
    return faults


def entry_parts(manifest: SnapshotManifest) -> list[tuple[Part, ...]]:
    """Parts of one number together: they hold the same entries."""
    return list(zip(*(manifest.collections[name].parts for name in OF_ENTRIES[:3]), strict=True))
