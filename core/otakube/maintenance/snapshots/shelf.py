# SPDX-License-Identifier: Apache-2.0
"""The snapshots of a bucket: found, read, verified, and removed when newer ones stand in for them."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import orjson
from pydantic import ValidationError

from otakube.errors import Fatal
from otakube.maintenance.snapshots.contents import SnapshotFile
from otakube.maintenance.snapshots.files import damaged, lines, read_part
from otakube.maintenance.snapshots.manifest import (
    FORMAT,
    LATEST,
    MANIFEST,
    NAME,
    UNFINISHED,
    SnapshotDraft,
    SnapshotManifest,
    draft_key,
    folder,
    manifest_key,
    names_in,
    superseded,
)
from otakube.ports.objects import ObjectStore, Prefix
from otakube_api.contract import LATEST_SNAPSHOT, SnapshotReason


async def names(objects: ObjectStore) -> list[str]:
    """Names of the snapshots that have a manifest, oldest first."""
    return names_in([key async for key in objects.list(Prefix.SNAPSHOTS)], MANIFEST)


async def manifests(objects: ObjectStore) -> list[SnapshotManifest]:
    """All snapshots, oldest first."""
    return [await named(objects, name) for name in await names(objects)]


async def named(objects: ObjectStore, name: str) -> SnapshotManifest:
    """A snapshot by its name, or the latest; Fatal if there is none, or none that this release reads."""
    key = LATEST if name == LATEST_SNAPSHOT else manifest_key(name)
    if name != LATEST_SNAPSHOT and not NAME.fullmatch(name):
        raise _unknown(f"{name!r} is no name of a snapshot: give {LATEST_SNAPSHOT}, or one that `list` shows")
    try:
        return _read(key, await objects.get(key))
    except KeyError as error:
        cure = (
            "`otakube snapshot create` makes one"
            if name == LATEST_SNAPSHOT
            else "`otakube snapshot list` has the names"
        )
        raise _unknown(f"there is no snapshot {name}: {cure}") from error


async def latest(objects: ObjectStore) -> SnapshotManifest | None:
    """The newest snapshot under the stable name, if there is one."""
    try:
        return _read(LATEST, await objects.get(LATEST))
    except KeyError:
        return None


def _read(key: str, body: bytes) -> SnapshotManifest:
    try:
        manifest = SnapshotManifest.model_validate_json(body)
    except ValidationError as error:
        raise damaged(
            key, f"it is no manifest that this release reads ({error.error_count()} faults)"
        ) from error
    if manifest.format > FORMAT:
        message = f"{key}: its form is {manifest.format}, this release reads those up to {FORMAT}"
        raise Fatal(SnapshotReason.NEWER, message)
    return manifest


def _unknown(message: str) -> Fatal:
    return Fatal(SnapshotReason.MISSING, message)


async def unfinished(objects: ObjectStore) -> list[SnapshotDraft]:
    """Snapshots that were cut off, the newest first; one that cannot be read is none."""
    found = []
    keys = [key async for key in objects.list(Prefix.SNAPSHOTS)]
    whole = set(names_in(keys, MANIFEST))
    for name in reversed(names_in(keys, UNFINISHED)):
        try:
            if name not in whole:
                found.append(SnapshotDraft.model_validate_json(await objects.get(draft_key(name))))
        except (KeyError, ValidationError):
            continue
    return found


async def held_images(objects: ObjectStore) -> AsyncIterator[str]:
    """Bucket keys of the images that entries of the snapshots have; each may come several times."""
    for manifest in await manifests(objects):
        for part in manifest.collections[SnapshotFile.IMAGES].parts:
            for line in lines(await read_part(objects, part)):
                yield orjson.loads(line)["key"]


async def prune(
    objects: ObjectStore, *, keep: int, older_than: timedelta, now: datetime, unfinished_for: timedelta
) -> list[str]:
    """Remove the snapshots that newer ones stand in for, and what was left unfinished; the names of them."""
    gone = [
        one.name for one in superseded(await manifests(objects), keep=keep, older_than=older_than, now=now)
    ]
    for draft in await unfinished(objects):
        if draft.manifest.begun_at + unfinished_for < now:
            gone.append(draft.manifest.name)
    for name in gone:
        await remove(objects, name)
    return gone


async def remove(objects: ObjectStore, name: str) -> None:
    """Remove the manifest first: what is left of a snapshot without one is unfinished, and no snapshot."""
    await objects.delete(manifest_key(name))
    keys: Sequence[str] = [key async for key in objects.list(folder(name))]
    for key in keys:
        await objects.delete(key)
