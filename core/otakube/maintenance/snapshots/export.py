# SPDX-License-Identifier: Apache-2.0
"""The entries as files for other people: what their licences hide is left out, and counted."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from pydantic import ValidationError

from otakube.domain.licences.redaction import blocked_by, readable
from otakube.domain.record.golden import GoldenRecord
from otakube.errors import Fatal
from otakube.maintenance.snapshots.contents import SnapshotFile
from otakube.maintenance.snapshots.files import PartWriter
from otakube.maintenance.snapshots.licences import with_record
from otakube.maintenance.snapshots.manifest import MANIFEST, UNFINISHED, SnapshotDraft, SnapshotManifest
from otakube.maintenance.snapshots.write import SnapshotWriter, fault, left_out
from otakube.ports.catalogue import LiveEntry
from otakube.ports.rows import StoredEntry
from otakube_api.contract import FailureReason

WHOLE_ENTRY = "whole entries"
_FILES = (SnapshotFile.ANIMES, SnapshotFile.EPISODES, SnapshotFile.CHARACTERS)


class ExportWriter(SnapshotWriter):
    """Writes animes, episodes and characters into a folder of their own, as readers may see them."""

    async def export(self) -> SnapshotManifest:
        """Write them, or go on with what was cut off; Fatal where an export lies already."""
        if await self.target.exists(MANIFEST):
            message = "the folder has an export already: name another, or remove it"
            raise Fatal(FailureReason.SETTINGS_INVALID, message)
        self.entry_files = _FILES
        self.draft = self.resumable(await self._unfinished())
        if SnapshotFile.ANIMES not in self.draft.done:
            await self.write_entries()
        manifest = self.draft.manifest.model_copy(update={"ended_at": self.clock()})
        await self.target.put(MANIFEST, manifest.model_dump_json(indent=1).encode())
        await self.target.delete(UNFINISHED)
        return manifest

    async def _unfinished(self) -> list[SnapshotDraft]:
        try:
            return [SnapshotDraft.model_validate_json(await self.target.get(UNFINISHED))]
        except (KeyError, ValidationError):
            return []

    def key(self, file: str) -> str:
        """The file itself: the folder has nothing else."""
        return file

    async def add_entry(
        self, manifest: SnapshotManifest, stored: StoredEntry, files: Mapping[SnapshotFile, PartWriter]
    ) -> SnapshotManifest:
        """Add what readers may see of an entry, and count the rest."""
        if why := fault(stored):
            return left_out(manifest, stored.state.entry_id, why)
        live, now = stored.live, self.clock()
        assert live is not None
        found = readable(live.record, now)
        withheld = Counter(manifest.withheld)
        for one in found.withheld:
            withheld[f"{one.field} ({one.reason})"] += one.count
        if found.record is None:
            withheld[WHOLE_ENTRY] += 1
            return manifest.model_copy(update={"withheld": dict(withheld)})
        for name, lines in _lines(live, found.record).items():
            for line in lines:
                files[name].add(line)
        return manifest.model_copy(
            update={
                "entries": manifest.entries + 1,
                "withheld": dict(withheld),
                "licences": with_record(manifest.licences, _attributed(found.record, now)),
            }
        )


def _attributed(record: GoldenRecord, now: datetime) -> GoldenRecord:
    """The record with the attributions alone whose words are left."""
    gone = blocked_by(record, now)
    kept = [one for one in record.attributions if one.provider not in gone]
    return record.model_copy(update={"attributions": kept})


def _lines(live: LiveEntry, record: GoldenRecord) -> dict[SnapshotFile, list[bytes]]:
    body = record.model_dump(mode="json")
    rows: dict[SnapshotFile, list[Any]] = {name: body.pop(name) for name in _FILES[1:]}
    rows[SnapshotFile.ANIMES] = [body]
    named = {"entry_id": live.entry_id, "version": live.version, "committed_at": live.committed_at}
    return {
        name: [orjson.dumps(named | {"record": row}) for row in several] for name, several in rows.items()
    }
