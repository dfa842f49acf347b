# SPDX-License-Identifier: Apache-2.0
"""Whole collections of the document store, as a snapshot reads them and a restore fills them.

Collections that the store derives from others, or that belong to processes at work, have no rows here.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from pydantic import TypeAdapter, ValidationError

from otakube.ports.catalogue import LiveEntry, MirroredImage, ReviewDecision
from otakube.ports.flags import Flag
from otakube.ports.ledger import EntryState, Event, Lease
from otakube.ports.listings import ListedEntry, SyncRecord, sync_key


class RowCollection(StrEnum):
    """Collections whose rows can be read and inserted one by one, in any store."""

    COUNTERS = "counters"
    IDENTITIES = "identities"
    IMAGE_MAP = "image_map"
    REVIEWS = "reviews"
    EVENTS = "events"
    LISTINGS = "listings"
    SYNCS = "syncs"
    FLAGS = "flags"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCounter:
    """The highest version that was drawn for an entry, live or not."""

    entry_id: str
    next_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundPage:
    """A page's entry, `since` as in a Binding. Tokens are left out: a restore notes its own."""

    source_url: str
    entry_id: str
    since: datetime | None = None


class RowForm(NamedTuple):
    """The form of a collection's rows, and the key by which a row is told from others."""

    rows: TypeAdapter[Any]
    key: Callable[[Any], str]


ROW_FORMS: Mapping[RowCollection, RowForm] = {
    RowCollection.COUNTERS: RowForm(TypeAdapter(EntryCounter), lambda row: row.entry_id),
    RowCollection.IDENTITIES: RowForm(TypeAdapter(BoundPage), lambda row: row.source_url),
    RowCollection.IMAGE_MAP: RowForm(TypeAdapter(MirroredImage), lambda row: row.source_url),
    RowCollection.REVIEWS: RowForm(TypeAdapter(ReviewDecision), lambda row: row.run),
    RowCollection.EVENTS: RowForm(TypeAdapter(Event), lambda row: row.id),
    RowCollection.LISTINGS: RowForm(TypeAdapter(ListedEntry), lambda row: row.entry_id),
    RowCollection.SYNCS: RowForm(TypeAdapter(SyncRecord), sync_key),
    RowCollection.FLAGS: RowForm(TypeAdapter(Flag), lambda row: row.id),
}


class StoredRow(NamedTuple):
    """One row: a dataclass of its collection's form, and the place after which the next one follows.

    `row` is None where it cannot be read, as `damage` says.
    """

    place: str
    row: Any
    damage: str = ""


def stored_row(collection: RowCollection, place: str, read: Callable[[TypeAdapter[Any]], Any]) -> StoredRow:
    """Read one row by its collection's form."""
    try:
        return StoredRow(place, read(ROW_FORMS[collection].rows))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, fault["loc"])) or "it"
        return StoredRow(place, None, f"{where}: {fault['msg']}")
    except (KeyError, TypeError, ValueError) as error:
        return StoredRow(place, None, f"{type(error).__name__}: {error}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """A live entry and its bookkeeping in one piece; `live` None and `damage` where it cannot be read."""

    state: EntryState
    live: LiveEntry | None
    damage: str = ""


class StoredRows(Protocol):
    """Reads go by the store's own keys, and lock nothing. An unreachable store raises Retriable."""

    async def live_entries(self) -> int:
        """Number of live entries."""

    def entries(self, *, after: str = "") -> AsyncIterator[StoredEntry]:
        """Live entries by id, each as of one instant."""

    def rows(self, collection: RowCollection, *, after: str = "") -> AsyncIterator[StoredRow]:
        """Rows of a collection behind a place."""

    async def insert(self, collection: RowCollection, rows: Sequence[Any]) -> int:
        """Insert the rows that are not there, and count them; those that are there stay, counters grow."""

    async def reinstate(self, stored: StoredEntry, *, expected: int | None, lease: Lease) -> bool:
        """Make a version live again under its own number, if this lease holds the entry.

        The live version must be `expected`, and not a newer one. One compare-and-set, as the commit's own.
        """
