# SPDX-License-Identifier: Apache-2.0
"""One entry as three files have it, and put together again: a row of animes, its episodes, its characters."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from pydantic import TypeAdapter, ValidationError

from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord, Record
from otakube.maintenance.snapshots.contents import SnapshotFile
from otakube.maintenance.snapshots.files import damaged, lines, read_part
from otakube.maintenance.snapshots.manifest import Part
from otakube.ports.catalogue import LiveEntry
from otakube.ports.ledger import EntryState, Event
from otakube.ports.objects import ObjectStore
from otakube.ports.rows import StoredEntry

_EVENTS = TypeAdapter(list[Event])
_ROW_LISTS = (SnapshotFile.EPISODES, SnapshotFile.CHARACTERS)


class AnimeRow(Record):
    """A row of animes; `record` lacks the episodes and characters, which are counted."""

    entry_id: str
    version: int
    commit_key: str
    digest: str
    model: str
    collection: str | None
    points: int
    blobs: list[str]
    committed_at: datetime
    episodes: int
    characters: int
    outbox: list[dict[str, Any]]
    record: dict[str, Any]


class EntryLines(NamedTuple):
    """The lines of one entry, by file."""

    animes: bytes
    episodes: list[bytes]
    characters: list[bytes]


def split(stored: StoredEntry) -> EntryLines:
    """The lines of a whole entry."""
    live, state = stored.live, stored.state
    assert live is not None
    record = live.record.model_dump(mode="json")
    taken = {name: record.pop(name) for name in _ROW_LISTS}
    row = AnimeRow(
        entry_id=live.entry_id,
        version=live.version,
        commit_key=live.commit_key,
        digest=live.digest,
        model=live.model,
        collection=state.collection,
        points=state.points,
        blobs=state.blobs,
        committed_at=live.committed_at,
        episodes=len(taken[SnapshotFile.EPISODES]),
        characters=len(taken[SnapshotFile.CHARACTERS]),
        outbox=_EVENTS.dump_python(state.outbox, mode="json"),
        record=record,
    )
    return EntryLines(
        animes=row.model_dump_json().encode(),
        **{name: [_sub_row(live, each) for each in rows] for name, rows in taken.items()},
    )


def _sub_row(live: LiveEntry, record: dict[str, Any]) -> bytes:
    return orjson.dumps({"entry_id": live.entry_id, "version": live.version, "record": record})


async def read_entries(objects: ObjectStore, parts: Sequence[Part]) -> Iterator[StoredEntry]:
    """The entries of the three parts of one number; Fatal where a file or a row is not what was written."""
    bodies = [await read_part(objects, part) for part in parts]
    return _joined(parts[0].key, *(lines(body) for body in bodies))


def _joined(
    key: str, animes: Iterator[bytes], episodes: Iterator[bytes], characters: Iterator[bytes]
) -> Iterator[StoredEntry]:
    for line in animes:
        try:
            row = AnimeRow.model_validate_json(line)
            record = row.record | {
                "episodes": [orjson.loads(next(episodes))["record"] for _ in range(row.episodes)],
                "characters": [orjson.loads(next(characters))["record"] for _ in range(row.characters)],
            }
            stored = _stored(row, GoldenRecord.model_validate_json(orjson.dumps(record)))
        except (ValidationError, ValueError, KeyError, TypeError, StopIteration) as error:
            raise damaged(key, f"a row cannot be read ({type(error).__name__})") from error
        yield stored


def _stored(row: AnimeRow, record: GoldenRecord) -> StoredEntry:
    live = LiveEntry(
        entry_id=row.entry_id,
        version=row.version,
        commit_key=row.commit_key,
        digest=row.digest,
        model=row.model,
        record=record,
        committed_at=row.committed_at,
    )
    state = EntryState(
        entry_id=row.entry_id,
        live_version=row.version,
        commit_key=row.commit_key,
        digest=row.digest,
        next_version=row.version,
        lease=None,
        blobs=row.blobs,
        points=row.points,
        collection=row.collection,
        outbox=_EVENTS.validate_python(row.outbox),
    )
    return StoredEntry(state=state, live=live)


def check_digest(stored: StoredEntry) -> None:
    """Fatal unless the record has the digest that it was committed under."""
    assert stored.live is not None
    if (found := handover.digest(stored.live.record)) != stored.live.digest:
        raise damaged(stored.live.entry_id, f"its record has the digest {found}, not {stored.live.digest}")
