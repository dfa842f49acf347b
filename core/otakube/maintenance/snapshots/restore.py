# SPDX-License-Identifier: Apache-2.0
"""Restore a catalogue from a snapshot: counters, rows and locks, then entry after entry, the image map last.

Nothing that is there is overwritten, but an entry that is damaged or older. Cut off anywhere, the same call
goes on: what is there already takes a few reads. Several entries are at work at a time, each under its own
lease; no more of them are in memory.
"""

from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from otakube.commit.audit_copies import version_in
from otakube.domain.locks.change import LockChange
from otakube.domain.locks.lock import LOCK, Lock
from otakube.domain.record.golden import SCHEMA_VERSION
from otakube.errors import Fatal
from otakube.ingest.orders import all_orders
from otakube.maintenance.merge_locks import curate
from otakube.maintenance.snapshots.contents import ROWS, SnapshotFile
from otakube.maintenance.snapshots.entry_rows import read_entries
from otakube.maintenance.snapshots.files import lines, read_part
from otakube.maintenance.snapshots.lanes import each
from otakube.maintenance.snapshots.manifest import SnapshotManifest
from otakube.maintenance.snapshots.progress import Progress
from otakube.maintenance.snapshots.restore_entry import EntryRestorer
from otakube.maintenance.snapshots.restore_plan import RestoreOutcome, RestoreReport
from otakube.maintenance.snapshots.verify import entry_parts
from otakube.ports.catalogue import MirroredImage
from otakube.ports.locks import Locks
from otakube.ports.objects import ObjectStore, Prefix
from otakube.ports.rows import ROW_FORMS, EntryCounter, RowCollection, StoredEntry
from otakube.ports.take_downs import Refusals
from otakube_api.contract import SnapshotReason

CONCURRENCY = 16
"""Entries at work: enough to keep a core busy with stores 5 ms away; a record has 14 MiB at most."""

_BATCH = 500
_LOCKS_OF_A_CHANGE = 2000
_OF_ENTRIES = (
    SnapshotFile.COUNTERS,
    SnapshotFile.IDENTITIES,
    SnapshotFile.EVENTS,
    SnapshotFile.LISTINGS,
    SnapshotFile.FLAGS,
)
"""Rows that name an entry: the others are restored with all entries alone."""


@dataclass(slots=True, kw_only=True)
class Restore:
    """One restore; `chosen` are the entries to bring back, none means all and the rest of the snapshot."""

    snapshot: ObjectStore
    manifest: SnapshotManifest
    entries: EntryRestorer
    progress: Progress
    chosen: Collection[str] = ()
    locks_too: bool = False
    concurrency: int = CONCURRENCY

    async def run(self) -> RestoreReport:
        """Carry it out; Fatal for a snapshot that is damaged, Retriable if a store is away."""
        report, stores = self.entries.report, self.entries.stores
        for part in self.manifest.parts:  # before anything is written
            await read_part(self.snapshot, part)
        orders = await all_orders(stores.take_downs, [stores.objects, self.snapshot])
        self.entries.refusals = Refusals.of(orders)
        if not self.entries.dry_run:
            await stores.take_downs.put(orders)  # before any image that they are about
            await stores.ledger.prepare()
            await self._raise_counters()
            for file in ROWS:
                if file in _OF_ENTRIES or (not self.chosen and file is not SnapshotFile.IMAGE_MAP):
                    report.rows[file.value] = await self._insert(file)
        if not self.chosen or self.locks_too:
            await self._restore_locks(stores.locks)
        await self._restore_entries()
        if not (self.chosen or self.entries.dry_run):  # after the images that it leads to
            report.rows[SnapshotFile.IMAGE_MAP.value] = await self._insert(SnapshotFile.IMAGE_MAP)
        return report

    async def _raise_counters(self) -> None:
        """Let no version be drawn again that the bucket remembers: a lost history may have been ahead."""
        highest: dict[str, int] = {}
        for prefix in (Prefix.AUDIT, Prefix.VECTORS):
            async for key in self.entries.stores.objects.list(prefix):
                entry_id, version = key.removeprefix(prefix).partition("/")[0], version_in(key)
                if version and (not self.chosen or entry_id in self.chosen):
                    highest[entry_id] = max(version, highest.get(entry_id, 0))
        counters = [EntryCounter(entry_id=entry_id, next_version=one) for entry_id, one in highest.items()]
        for start in range(0, len(counters), _BATCH):
            await self.entries.rows.insert(RowCollection.COUNTERS, counters[start : start + _BATCH])

    async def _insert(self, file: SnapshotFile) -> int:
        """Insert the rows that are missing; the number of them."""
        inserted, batch, form = 0, list[Any](), ROW_FORMS[ROWS[file]].rows
        async for line in self._lines(file):
            row = form.validate_json(line)
            if not self.chosen or row.entry_id in self.chosen:
                batch.append(row)
            if len(batch) == _BATCH:
                inserted += await self._insert_rows(file, batch)
                batch = []
        return inserted + await self._insert_rows(file, batch)

    async def _insert_rows(self, file: SnapshotFile, rows: list[Any]) -> int:
        if file is SnapshotFile.IMAGE_MAP:
            rows = await self._usable(rows)
        return await self.entries.rows.insert(ROWS[file], rows)

    async def _usable(self, images: list[MirroredImage]) -> list[MirroredImage]:
        """Those that were not taken down and are in the bucket: images of earlier versions may be gone."""
        allowed = [one for one in images if not self.entries.refusals.covers(one)]
        gone = set[str]()

        async def look(key: str) -> None:
            if not await self.entries.stores.objects.exists(key):
                gone.add(key)

        await each(_each_of({one.key for one in allowed if one.key}), look, lanes=self.concurrency)
        return [one for one in allowed if one.key not in gone]

    async def _lines(self, file: SnapshotFile) -> AsyncIterator[bytes]:
        async for line in lines_of(self.snapshot, self.manifest, file):
            yield line

    async def _restore_locks(self, locks: Locks) -> None:
        """Set the locks where none was ever set; where people have decided since, if they are asked for."""
        wanted = [LOCK.validate_json(line) async for line in self._lines(SnapshotFile.MERGE_LOCKS)]
        changes = [
            wanted[start : start + _LOCKS_OF_A_CHANGE] for start in range(0, len(wanted), _LOCKS_OF_A_CHANGE)
        ]
        if wanted and not self.locks_too and await locks.generation() >= len(changes):
            self.entries.report.rows[SnapshotFile.MERGE_LOCKS.value] = 0
            return
        added = 0
        for change in changes:
            added += await self._set(locks, change)
        self.entries.report.rows[SnapshotFile.MERGE_LOCKS.value] = added

    async def _set(self, locks: Locks, wanted: list[Lock]) -> int:
        try:
            done = await curate(locks, LockChange(set=wanted), dry_run=self.entries.dry_run)
        except Fatal as error:  # they contradict locks that were set since
            self.entries.report.notes.append(f"merge locks: {error}")
            return 0
        return done.added

    async def _restore_entries(self) -> None:
        if not self.chosen:
            await self.entries.count_points()
        missing, report = set(self.chosen), self.entries.report

        async def restore(stored: StoredEntry) -> None:
            missing.discard(stored.state.entry_id)
            await self.entries.restore(stored)
            self.progress.add()

        await each(self._wanted(), restore, lanes=self.concurrency)
        for entry_id in sorted(missing):
            reason = next((one.reason for one in self.manifest.left_out if one.entry_id == entry_id), "")
            detail = f"the snapshot lacks it{f': {reason}' if reason else ''}"
            report.note(entry_id, RestoreOutcome.FAILED, detail)
            report.absent.append(entry_id)
        report.entries.sort(key=lambda one: one.entry_id)

    async def _wanted(self) -> AsyncIterator[StoredEntry]:
        for parts in entry_parts(self.manifest):
            for stored in await read_entries(self.snapshot, parts):
                if not self.chosen or stored.state.entry_id in self.chosen:
                    yield stored


async def lines_of(
    snapshot: ObjectStore, manifest: SnapshotManifest, file: SnapshotFile
) -> AsyncIterator[bytes]:
    """All rows of a file, as they were written."""
    for part in manifest.collections[file.value].parts:
        for line in lines(await read_part(snapshot, part)):
            yield line


async def _each_of(keys: Iterable[str]) -> AsyncIterator[str]:
    for key in keys:
        yield key


def check_restorable(manifest: SnapshotManifest) -> None:
    """Fatal for records of a newer release, and for an export: what its licences hide is not in it."""
    if set(manifest.collections) != {file.value for file in SnapshotFile}:
        message = f"{manifest.name} is an export, without what a restore needs: give a snapshot"
        raise Fatal(SnapshotReason.DAMAGED, message)
    if manifest.record_schema > SCHEMA_VERSION:
        message = (
            f"snapshot {manifest.name} of release {manifest.release} has records of schema "
            f"{manifest.record_schema}, this release reads those up to {SCHEMA_VERSION}: upgrade it first"
        )
        raise Fatal(SnapshotReason.NEWER, message)
