# SPDX-License-Identifier: Apache-2.0
"""Upkeep beside the runs: the last good snapshot, and the last sync of the dataset that succeeded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ValidationError

from otakube.errors import Damaged
from otakube.ports.listings import SyncHistory
from otakube.ports.objects import LATEST_SNAPSHOT, ObjectStore

_SYNCS = 20
"""Syncs to look back on: those that were cut off have no end."""


@dataclass(frozen=True, slots=True)
class LastSnapshot:
    """The newest good snapshot: when it ended, bytes of its files, entries."""

    ended_at: datetime
    size: int
    entries: int


class _Part(BaseModel):
    size: int


class _Collection(BaseModel):
    parts: Sequence[_Part]


class _Manifest(BaseModel):
    ended_at: AwareDatetime
    entries: int
    collections: Mapping[str, _Collection]


async def last_snapshot(objects: ObjectStore) -> LastSnapshot | None:
    """The snapshot under the stable name; None if there is none, Damaged if it cannot be read."""
    try:
        body = await objects.get(LATEST_SNAPSHOT)
    except KeyError:
        return None
    try:
        manifest = _Manifest.model_validate_json(body)
    except ValidationError as error:
        raise Damaged(
            LATEST_SNAPSHOT, str(error)[:300], "`otakube snapshot create` writes it anew"
        ) from error
    size = sum(part.size for held in manifest.collections.values() for part in held.parts)
    return LastSnapshot(ended_at=manifest.ended_at, size=size, entries=manifest.entries)


async def last_sync(history: SyncHistory) -> datetime | None:
    """The end of the latest sync that succeeded."""
    ends = [one.finished_at for one in await history.newest(_SYNCS)]
    return max((end for end in ends if end), default=None)
