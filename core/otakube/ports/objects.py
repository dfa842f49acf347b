# SPDX-License-Identifier: Apache-2.0
"""The bucket, as steps need it."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Prefix(StrEnum):
    """Beginnings of keys, one for each kind of object."""

    IMAGES = "images/"
    VECTORS = "vectors/"
    AUDIT = "audit/"
    DEAD_LETTERS = "dead-letters/"
    WORK = "work/"  # of one run each: contract.work_prefix
    ANSWERS = "answers/"
    SNAPSHOTS = "snapshots/"
    DATASETS = "datasets/"  # weeks that people put there for a DatasetSync
    TAKE_DOWNS = "take-downs/"


LATEST_SNAPSHOT = f"{Prefix.SNAPSHOTS}latest.json"
"""Key of the manifest of the newest good snapshot, a stable name."""

LASTING = (
    Prefix.IMAGES,
    Prefix.VECTORS,
    Prefix.AUDIT,
    Prefix.DEAD_LETTERS,
    Prefix.SNAPSHOTS,
    Prefix.DATASETS,
    Prefix.TAKE_DOWNS,
)
"""Prefixes whose objects Otakube itself removes, if anybody; no lifecycle rule may."""


class ObjectStore(Protocol):
    """Keys are slash-separated; a missing key raises KeyError; an unreachable store raises Retriable."""

    async def get(self, key: str) -> bytes: ...

    async def put(self, key: str, body: bytes, *, content_type: str = "application/json") -> None:
        """Write or overwrite."""

    async def put_new(
        self, key: str, body: bytes, *, content_type: str, metadata: Mapping[str, str] | None = None
    ) -> bool:
        """Write unless the key exists (If-None-Match: *); False if it did. `metadata` lies beside it."""

    async def exists(self, key: str) -> bool: ...

    def list(self, prefix: str) -> AsyncIterator[str]: ...

    async def delete(self, key: str) -> None:
        """Remove; absent is fine."""


class AgedObjects(ObjectStore, Protocol):
    """A bucket that says when each object was written: the sweep of unreferenced blobs needs it."""

    def aged(self, prefix: str) -> AsyncIterator[tuple[str, datetime]]: ...
