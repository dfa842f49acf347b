# SPDX-License-Identifier: Apache-2.0
"""Versions of an entry, from their audit copies: for curators, since nothing is withheld here."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Path, Query
from pydantic import BaseModel

from otakube.domain.publish.changes import Change, changes, summary
from otakube.domain.record.golden import GoldenRecord
from otakube.ports.objects import ObjectStore
from otakube.queries.versions import AuditCopy, read_copy, versions
from otakube_services.catalogue.answers import EntryId
from otakube_services.catalogue.ports import Ports
from otakube_services.kit.problems import Problem

Version = Annotated[int, Path(ge=1, le=2**31, description="A version of the entry.")]
Limit = Annotated[int, Query(ge=1, le=100, description="Versions at most, the newest first.")]


class EntryVersion(BaseModel):
    """One version; `changes` says in a line what was different from the version before."""

    version: int
    committed_at: datetime
    run: str
    decision: str
    reviewer: str
    note: str
    digest: str
    kept: bool  # its record is there: it can be compared and gone back to
    changes: str


class EntryHistory(BaseModel):
    id: str
    live: int | None
    versions: list[EntryVersion]
    older: int  # versions beyond the limit


class VersionDiff(BaseModel):
    """Differences of two versions of an entry."""

    id: str
    before: int
    after: int
    changes: list[Change]


def add_versions(app: FastAPI) -> None:
    """Add the routes."""

    @app.get("/animes/{entry_id}/versions", summary="Versions that were live")
    async def history(ports: Ports, entry_id: EntryId, limit: Limit = 20) -> EntryHistory:
        keys = await versions(ports.objects, entry_id)
        if not keys:
            raise _no_version(entry_id, "it has never been published")
        live = await ports.catalogue.entry(entry_id)
        return EntryHistory(
            id=entry_id,
            live=live.version if live else None,
            versions=[row async for row in _rows(ports.objects, list(keys.values()), limit)],
            older=max(0, len(keys) - limit),
        )

    @app.get("/animes/{entry_id}/versions/{before}/diff/{after}", summary="What two versions differ in")
    async def diff(ports: Ports, entry_id: EntryId, before: Version, after: Version) -> VersionDiff:
        keys = await versions(ports.objects, entry_id)
        old, new = [await _record(ports.objects, keys, entry_id, one) for one in (before, after)]
        return VersionDiff(id=entry_id, before=before, after=after, changes=changes(old, new))


async def _rows(objects: ObjectStore, keys: Sequence[str], limit: int) -> AsyncIterator[EntryVersion]:
    """One row a version; two records at a time are in memory, since one may have megabytes."""
    copy = await read_copy(objects, keys[0])
    for key in [*keys[1:], None][:limit]:
        before = await read_copy(objects, key) if key else None
        yield _row(copy, before)
        if before is None:
            return
        copy = before


async def _record(objects: ObjectStore, keys: dict[int, str], entry_id: str, version: int) -> GoldenRecord:
    if version not in keys:
        there = ", ".join(map(str, list(keys)[:20])) or "none"
        raise _no_version(entry_id, f"it has no version {version}; there are {there}")
    record = (await read_copy(objects, keys[version])).record
    if record is None:
        raise _no_version(entry_id, f"nothing is left of version {version}: its licences have ended")
    return record


def _row(copy: AuditCopy, before: AuditCopy | None) -> EntryVersion:
    event = copy.event
    return EntryVersion(
        version=event.version,
        committed_at=event.committed_at,
        run=event.run,
        decision=event.decision,
        reviewer=event.reviewer,
        note=event.note,
        digest=event.digest,
        kept=copy.record is not None,
        changes=_changed(copy, before),
    )


def _changed(copy: AuditCopy, before: AuditCopy | None) -> str:
    if before is None:
        return "the first version"
    if copy.record is None or before.record is None:
        return "unknown: one of the two records is not kept"
    return summary(changes(before.record, copy.record))


def _no_version(entry_id: str, why: str) -> Problem:
    return Problem(
        404, "No such version", f"{entry_id}: {why}; `otakube entry history {entry_id}` lists them"
    )
