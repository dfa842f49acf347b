# SPDX-License-Identifier: Apache-2.0
"""Write a snapshot: a part after the other, each noted before the next one begins, the manifest last.

Cut off anywhere, the next call goes on behind the last part that was noted. A part's key has the digest of
its content, so that two processes at one snapshot cannot spoil it: each manifest names the parts it means.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson

from otakube import logs
from otakube.domain.locks.lock import LOCK, lock_id
from otakube.domain.record import handover
from otakube.domain.record.golden import SCHEMA_VERSION
from otakube.maintenance.snapshots.blobs import Blobs
from otakube.maintenance.snapshots.contents import OF_ENTRIES, ROWS, SnapshotFile
from otakube.maintenance.snapshots.entry_rows import split
from otakube.maintenance.snapshots.files import CONTENT_TYPE, PartWriter
from otakube.maintenance.snapshots.licences import with_record
from otakube.maintenance.snapshots.manifest import (
    LATEST,
    MANIFEST,
    UNFINISHED,
    LeftOut,
    Part,
    SnapshotCollection,
    SnapshotDraft,
    SnapshotManifest,
    folder,
    has_shrunk,
    name_at,
)
from otakube.maintenance.snapshots.progress import Monotonic, Progress
from otakube.maintenance.snapshots.shelf import latest, unfinished
from otakube.ports.locks import PAGE, Locks
from otakube.ports.objects import AgedObjects
from otakube.ports.rows import ROW_FORMS, StoredEntry, StoredRows

PART_BYTES = 16 << 20
"""Bytes of lines after which a file ends; with the longest record, what is in memory at once."""

RESUMED_FOR = timedelta(hours=24)
"""An unfinished snapshot that is older is not gone on with: its entries would be days apart."""

_LEFT_OUT_NAMED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The document store, in whole collections."""

    rows: StoredRows
    locks: Locks


@dataclass(slots=True, kw_only=True)
class SnapshotWriter:
    """Writes one snapshot into `target`; `blobs` copies the images too, where they lie in another place."""

    source: Source
    target: AgedObjects
    release: str
    clock: Callable[[], datetime]
    monotonic: Monotonic
    blobs: Blobs | None = None
    part_bytes: int = PART_BYTES
    allow_shrink: bool = False
    draft: SnapshotDraft = field(init=False)
    entry_files: Sequence[SnapshotFile] = OF_ENTRIES

    async def run(self) -> tuple[SnapshotManifest, bool]:
        """Write it, or go on with it; and whether too many entries are gone since the snapshot before."""
        before = await latest(self.target)
        self.draft = await self._unfinished_or_new()
        if SnapshotFile.ANIMES not in self.draft.done:
            await self.write_entries()
        for held in SnapshotFile:
            if held not in self.draft.done:
                await self._write_rows(held)
        manifest = self.draft.manifest.model_copy(update={"ended_at": self.clock()})
        body = manifest.model_dump_json(indent=1).encode()
        await self.target.put(self.key(MANIFEST), body)
        shrunk = has_shrunk(manifest, before) and not self.allow_shrink
        if not shrunk:
            await self.target.put(LATEST, body)
        await self.target.delete(self.key(UNFINISHED))
        return manifest, shrunk

    def key(self, file: str) -> str:
        """Bucket key of one of its files."""
        return folder(self.draft.manifest.name) + file

    async def _unfinished_or_new(self) -> SnapshotDraft:
        """The newest unfinished snapshot that is young enough and of this release, else a new one."""
        return self.resumable(await unfinished(self.target))

    def resumable(self, drafts: Sequence[SnapshotDraft]) -> SnapshotDraft:
        """The first of these that can be gone on with, else a new one."""
        now = self.clock()
        for draft in drafts:
            manifest = draft.manifest
            if manifest.release == self.release and manifest.begun_at > now - RESUMED_FOR:
                return draft
        manifest = SnapshotManifest(
            name=name_at(now),
            release=self.release,
            record_schema=SCHEMA_VERSION,
            begun_at=now,
            ended_at=now,
            blobs=self.blobs is not None,
        )
        return SnapshotDraft(manifest=manifest)

    async def write_entries(self) -> None:
        rows, files = self.source.rows, {name: PartWriter() for name in self.entry_files}
        before = self.draft.manifest.entries + self.draft.manifest.left_out_number
        progress = Progress("snapshot", await rows.live_entries(), self.monotonic, before=before)
        manifest, place = self.draft.manifest, self.draft.after
        async for stored in rows.entries(after=self.draft.after):
            place = stored.state.entry_id
            manifest = await self.add_entry(manifest, stored, files)
            progress.add()
            if sum(file.size for file in files.values()) >= self.part_bytes:
                await self._store(files, manifest, after=place)
                files, manifest = {name: PartWriter() for name in self.entry_files}, self.draft.manifest
        await self._store(files, manifest, after=place, ended=True)

    async def add_entry(
        self, manifest: SnapshotManifest, stored: StoredEntry, files: dict[SnapshotFile, PartWriter]
    ) -> SnapshotManifest:
        """Add the lines of an entry; one that is damaged is left out, and named."""
        if why := fault(stored):
            return left_out(manifest, stored.state.entry_id, why)
        lines, live = split(stored), stored.live
        assert live is not None
        files[SnapshotFile.ANIMES].add(lines.animes)
        for name, several in (
            (SnapshotFile.EPISODES, lines.episodes),
            (SnapshotFile.CHARACTERS, lines.characters),
        ):
            for line in several:
                files[name].add(line)
        for key in stored.state.blobs:
            files[SnapshotFile.IMAGES].add(orjson.dumps({"key": key}))
        if self.blobs:
            await self.blobs.copy(stored.state.blobs)
        return manifest.model_copy(
            update={
                "entries": manifest.entries + 1,
                "models": sorted({*manifest.models, live.model}),
                "licences": with_record(manifest.licences, live.record),
            }
        )

    async def _write_rows(self, held: SnapshotFile) -> None:
        file, place, manifest = PartWriter(), self.draft.after, self.draft.manifest
        async for found in self._lines(held, after=self.draft.after):
            place, line = found
            if line is None:
                manifest = manifest.model_copy(update={"left_out_rows": manifest.left_out_rows + 1})
                continue
            file.add(line)
            if file.size >= self.part_bytes:
                await self._store({held: file}, manifest, after=place)
                file, manifest = PartWriter(), self.draft.manifest
        await self._store({held: file}, manifest, after=place, ended=True)

    async def _lines(self, held: SnapshotFile, *, after: str) -> AsyncIterator[tuple[str, bytes | None]]:
        """Rows as lines, each with its place; None for one that is damaged, which the log names."""
        if held is SnapshotFile.MERGE_LOCKS:
            while found := await self.source.locks.after(after, PAGE):
                for lock in found:
                    after = lock_id(lock)
                    yield after, LOCK.dump_json(lock)
            return
        form = ROW_FORMS[ROWS[held]].rows
        async for stored in self.source.rows.rows(ROWS[held], after=after):
            if stored.damage:
                message = f"{held.value} {stored.place} cannot be read ({stored.damage}); see the full scrub"
                logs.logger().error("left out", message=message)
                yield stored.place, None
            else:
                yield stored.place, form.dump_json(stored.row)

    async def _store(
        self,
        files: dict[SnapshotFile, PartWriter],
        manifest: SnapshotManifest,
        *,
        after: str,
        ended: bool = False,
    ) -> None:
        """Store the parts, then note them, and where the next ones begin."""
        collections = dict(manifest.collections)
        for name, file in files.items():
            held = collections.get(name.value, SnapshotCollection())
            if any(each.rows for each in files.values()):
                held = held.with_part(await self._put(name, len(held.parts) + 1, file))
            collections[name.value] = held
        self.draft = SnapshotDraft(
            manifest=manifest.model_copy(update={"collections": collections}),
            done=[*self.draft.done, *(name.value for name in files)] if ended else self.draft.done,
            after="" if ended else after,
        )
        await self.target.put(self.key(UNFINISHED), self.draft.model_dump_json().encode())

    async def _put(self, name: SnapshotFile, number: int, file: PartWriter) -> Part:
        written = file.finish()
        key = self.key(f"{name}-{number:05d}-{written.content_sha256[:12]}.jsonl.zst")
        await self.target.put(key, written.body, content_type=CONTENT_TYPE)
        return Part(
            key=key,
            rows=written.rows,
            size=len(written.body),
            sha256=written.sha256,
            content_sha256=written.content_sha256,
        )


def fault(stored: StoredEntry) -> str:
    """Reason to leave an entry out; empty for a whole one."""
    if stored.live is None:
        return stored.damage
    found = handover.digest(stored.live.record)
    return "" if found == stored.live.digest else f"its digest is {found}, not {stored.live.digest}"


def left_out(manifest: SnapshotManifest, entry_id: str, reason: str) -> SnapshotManifest:
    """The manifest, with one more entry that it lacks."""
    named = [*manifest.left_out, LeftOut(entry_id=entry_id, reason=reason[:500])][:_LEFT_OUT_NAMED]
    return manifest.model_copy(update={"left_out": named, "left_out_number": manifest.left_out_number + 1})
